package zonetrail.server.git;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.HeldBack;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneSource;

/// The [ServedLine] of the clone in use, which may be replaced by another clone at any time.
///
/// What is served is noted by the network lane, and by the commit lane before it leaves a line of
/// commits, while the network lane may be amid a fetch. So a note and the end of a replacement wait
/// for each other; both are at the disk only. A note is written to the clone that is in place, or
/// goes along into the one that comes.
///
/// Threads: any. The lock is taken last: whoever holds it waits for nobody.
final class ServedNotes {
  private static final Logger LOG = LoggerFactory.getLogger(ServedNotes.class);

  private final List<String> folder;
  private final Layout layout;

  /// Set where a damaged object is met; the next fetch makes the clone anew.
  private final AtomicBoolean damageSeen;

  private final Object lock = new Object();
  private volatile CloneDirectory clone;
  private volatile ServedLine line;

  ServedNotes(CloneDirectory clone, List<String> folder, Layout layout, AtomicBoolean damageSeen) {
    this.folder = folder;
    this.layout = layout;
    this.damageSeen = damageSeen;
    this.clone = clone;
    this.line = new ServedLine(clone.repository(), folder, layout);
  }

  /// What was noted last; empty if nothing was, or it cannot be read.
  Optional<ServedLine.Noted> read() {
    try {
      synchronized (lock) {
        return line.read(damageSeen);
      }
    } catch (IOException e) {
      LOG.warn(
          "what was served last cannot be read from {} ({}); going on from what was fetched last",
          clone.directory(),
          e.getMessage());
      damageSeen.set(true);
      return Optional.empty();
    }
  }

  /// Notes what is served.
  ///
  /// @param version the commit looked at last; settled
  /// @throws IOException if it cannot be written
  void write(String version, HeldBack heldBack) throws IOException {
    synchronized (lock) {
      line.write(version, heldBack, Instant.now());
    }
  }

  /// Looks for a version of a file among those that were served, as [ZoneSource#earlier]; waits for
  /// nobody.
  Optional<SourceTree> earlier(String fileName, ZoneSource.Search search) {
    try {
      return line.earlier(fileName, search, damageSeen);
    } catch (IOException | RuntimeException e) {
      // Damaged, or just being replaced by a fresh clone: secondaries get the whole zone.
      LOG.debug("what was served of {} cannot be read: {}", fileName, e.getMessage());
      return Optional.empty();
    }
  }

  /// Takes the last note over into a clone that will be in place.
  ///
  /// @return which it is, for [#move]
  @Nullable ObjectId copyTo(CloneDirectory fresh) {
    ServedLine from = line;
    ObjectId tip = from.tip();
    try {
      from.copyTo(fresh.repository());
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "what was served last cannot be read from {} ({}); a restart before the next change goes"
              + " on from what is fetched",
          clone.directory(),
          RemoteText.oneLine(String.valueOf(e.getMessage())));
    }
    return tip;
  }

  /// Goes over to a clone that takes the place of the one before.
  ///
  /// @param copied what [#copyTo] took over; a later note comes along
  CloneDirectory move(
      CloneDirectory fresh, @Nullable ObjectId copied, LocalCommits.Replacement replacement)
      throws IOException {
    synchronized (lock) {
      if (!Objects.equals(copied, line.tip())) {
        copyTo(fresh);
      }
      clone = replacement.takePlace();
      line = new ServedLine(clone.repository(), folder, layout);
      return clone;
    }
  }
}
