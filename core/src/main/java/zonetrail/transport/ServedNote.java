package zonetrail.transport;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneSource;
import zonetrail.authority.ZoneSource.AwayException;

/// The latest that is served and not noted in the source yet, so that a restart goes on from there.
///
/// A note may wait, since what was served after it is found in commits that wait and in what was
/// fetched; but not until these are others. [zonetrail.authority.Effect.Keep] says what it has to
/// be written before.
///
/// Threads: any. One note is written at a time, and who wants the next one waits for it: for the
/// disk, never for the network.
final class ServedNote {
  /// What is served is noted so often at most where nothing has to wait for the note: it costs the
  /// disk more than an update.
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(ServedNote.class);

  private final ZoneSource source;
  private final Consumer<String> failures;
  private final AtomicReference<@Nullable ZoneFiles> due = new AtomicReference<>();
  private volatile long nextNanos = System.nanoTime();

  /// Creates one of which nothing is due.
  ///
  /// @param failures is told why a note could not be written, before who wanted it goes on
  ServedNote(ZoneSource source, Consumer<String> failures) {
    this.source = source;
    this.failures = failures;
  }

  /// This is served, and to be noted.
  void take(ZoneFiles files) {
    due.set(files);
  }

  /// How long a note that nothing waits for is put off.
  long delayNanos() {
    return Math.max(0, nextNanos - System.nanoTime());
  }

  /// Writes what is due, if anything is.
  ///
  /// @return why it could not be written, and stays due; null if nothing is due any more
  synchronized @Nullable String write() {
    ZoneFiles files = due.getAndSet(null);
    if (files == null) {
      return null;
    }
    String failure = write(files);
    if (failure != null) {
      due.compareAndSet(null, files);
    }
    return failure;
  }

  /// Writes what is about to be served in the place of what is due.
  ///
  /// @return why it could not be written; null if it is
  synchronized @Nullable String writeInPlace(ZoneFiles files) {
    String failure = write(files);
    if (failure == null) {
      due.set(null); // or it would be written over this
    }
    return failure;
  }

  private @Nullable String write(ZoneFiles files) {
    if (!source.keepsNotes()) {
      return null;
    }
    String failure;
    try {
      source.keep(files.version(), files.heldBack());
      return null;
    } catch (AwayException notKept) {
      failure = String.valueOf(notKept.getMessage());
    } catch (RuntimeException | Error unexpected) {
      LOG.error("what is served could not be noted because of a defect here", unexpected);
      failure = "internal error: " + unexpected;
    } finally {
      nextNanos = System.nanoTime() + INTERVAL.toNanos();
    }
    failures.accept(failure);
    return failure;
  }
}
