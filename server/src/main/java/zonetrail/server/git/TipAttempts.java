package zonetrail.server.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one commit from ending the server again and again.
///
/// Whatever bounds there are, a commit may be found that takes all memory, and the process ends
/// where it stands; the service manager starts it again, and it meets the same commit. So the tip
/// is noted in the state directory before it is taken in, with how often that was begun, and the
/// note goes when the server has lived through it, well or not. Who finds a note at a start has
/// died over it.
///
/// One death is nobody's fault: the power fails, somebody kills the process. After two
/// ([#DEATHS_BORNE]) the tip waits, [#FIRST_DELAY] and twice as long after each further death, up
/// to [#MAX_DELAY]; another tip is tried at once, once.
///
/// ```text
/// COMMIT TIMES SECONDS      which tip, begun how often, when last (since 1970)
/// ```
///
/// Threads: any.
final class TipAttempts implements AutoCloseable {
  /// So often a tip may end the server before it has to wait.
  static final int DEATHS_BORNE = 2;

  /// How long a tip waits that has ended the server so often.
  static final Duration FIRST_DELAY = Duration.ofMinutes(10);

  /// The longest time that a tip waits.
  static final Duration MAX_DELAY = Duration.ofHours(6);

  /// The note's file in the state directory.
  static final String NAME = "taking-in";

  private static final Pattern NOTE = Pattern.compile("([0-9a-f]{40}) (\\d{1,6}) (\\d{1,12})\\s*");

  private static final Logger LOG = LoggerFactory.getLogger(TipAttempts.class);

  private final Path file;
  private final InstantSource clock;
  private final Thread atShutdown = new Thread(this::interrupted, "attempt-interrupted");

  /// What was noted before the attempt under way.
  private @Nullable Note before;

  /// The tip that is being taken in.
  private @Nullable ObjectId underWay;

  /// The tip taken in last; it need not be noted again.
  private @Nullable ObjectId taken;

  private record Note(ObjectId tip, int times, Instant last) {
    Instant due() {
      int doublings = Math.clamp(times - DEATHS_BORNE, 0, 30);
      Duration delay = FIRST_DELAY.multipliedBy(1L << doublings);
      return last.plus(delay.compareTo(MAX_DELAY) < 0 ? delay : MAX_DELAY);
    }

    @Override
    public String toString() {
      return tip.name() + " " + times + " " + last.getEpochSecond() + "\n";
    }
  }

  /// A tip has ended the server too often and is not tried yet.
  static final class WaitsException extends Exception {
    private static final long serialVersionUID = 1L;

    private WaitsException(Note note) {
      super(
          "commit "
              + note.tip().abbreviate(7).name()
              + " is not tried again before "
              + note.due().truncatedTo(ChronoUnit.SECONDS)
              + ", since this server ended "
              + note.times()
              + " times while it took that in; what was served before is served on. If it ran out of"
              + " memory, give it more (-Xmx in ZONETRAIL_JAVA_OPTS), or push a commit without what"
              + " is too large");
    }
  }

  TipAttempts(Path stateDirectory, InstantSource clock) {
    this.file = stateDirectory.resolve(NAME);
    this.clock = clock;
  }

  /// Attempts that are told if the process is told to end, also where it is still busy with its
  /// first fetch; until they are closed.
  static TipAttempts untilShutdown(Path stateDirectory) {
    TipAttempts attempts = new TipAttempts(stateDirectory, InstantSource.system());
    Runtime.getRuntime().addShutdownHook(attempts.atShutdown);
    return attempts;
  }

  /// Notes that `tip`, which an earlier process fetched, is about to be read at a start; where the
  /// last death was over another tip, that one stays noted.
  ///
  /// @throws WaitsException if it has ended the server too often and its time has not come
  /// @throws IOException if that cannot be noted
  synchronized void beginAtStart(ObjectId tip) throws WaitsException, IOException {
    Note last = read();
    if (last == null || last.tip().equals(tip)) {
      begin(tip);
    }
  }

  /// Notes that `tip` is about to be taken in.
  ///
  /// @throws WaitsException if it has ended the server too often and its time has not come
  /// @throws IOException if that cannot be noted
  synchronized void begin(ObjectId tip) throws WaitsException, IOException {
    ended();
    if (tip.equals(taken)) {
      return;
    }
    Note last = read();
    int times = 1;
    if (last != null) {
      boolean isSame = last.tip().equals(tip);
      boolean isSuspect = last.times() >= DEATHS_BORNE;
      // A clock that was set back must not make hours of it.
      boolean isDue =
          !clock.instant().isBefore(last.due()) || clock.instant().isBefore(last.last());
      if (isSame && isSuspect && !isDue) {
        throw new WaitsException(last);
      }
      times = isSame || isSuspect ? last.times() + 1 : 1;
    }
    write(new Note(tip.copy(), times, clock.instant()));
    before = last;
    underWay = tip.copy();
  }

  /// The tip is taken in, and what it brought is served.
  synchronized void succeeded() {
    taken = underWay == null ? taken : underWay;
    ended();
  }

  /// The attempt is over and the server lives.
  synchronized void ended() {
    if (underWay != null) {
      underWay = null;
      restore(null);
    }
  }

  /// The server is told to stop in the middle, which is not the tip's doing.
  synchronized void interrupted() {
    if (underWay != null) {
      underWay = null;
      restore(before);
    }
  }

  /// Nothing is begun any more; what is under way was interrupted.
  @Override
  public void close() {
    interrupted();
    try {
      Runtime.getRuntime().removeShutdownHook(atShutdown);
    } catch (IllegalStateException shuttingDown) {
      LOG.debug("closed while the process ends");
    }
  }

  private void restore(@Nullable Note note) {
    try {
      if (note == null) {
        Files.deleteIfExists(file);
      } else {
        write(note);
      }
    } catch (IOException e) {
      LOG.warn("cannot remove {} ({}): remove it by hand", file, e.getMessage());
    }
  }

  private @Nullable Note read() throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    Matcher note = NOTE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    return note.matches()
        ? new Note(
            ObjectId.fromString(note.group(1)),
            Integer.parseInt(note.group(2)),
            Instant.ofEpochSecond(Long.parseLong(note.group(3))))
        : null; // written by nobody we know; another death writes a good one
  }

  /// By a rename, so that no half of a note is found. It need not reach the disk: a process that
  /// ends leaves its files to the system.
  private void write(Note note) throws IOException {
    Path made = file.resolveSibling(NAME + ".new");
    Files.writeString(made, note.toString(), StandardCharsets.ISO_8859_1);
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
