package zonetrail.server;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.Primary;
import zonetrail.authority.ZoneSource.AwayException;

/// How long the very first start tries, when nothing is known that could be served meanwhile.
///
/// @param isPatient whether to try until it succeeds
/// @param pause waits between two attempts
record FirstFetch(boolean isPatient, Pause pause) {
  private static final Logger LOG = LoggerFactory.getLogger(FirstFetch.class);

  /// One attempt.
  static final FirstFetch ONCE = new FirstFetch(false, _ -> {});

  /// Attempts until one succeeds, or the process is told to end.
  static FirstFetch patient() {
    return new FirstFetch(true, Thread::sleep);
  }

  /// Waits.
  interface Pause {
    void last(Duration time) throws InterruptedException;
  }

  /// Fetches.
  ///
  /// @param <T> what comes of it
  interface Attempt<T> {
    T fetch() throws AwayException;
  }

  /// The first fetch that succeeds, after 1, 2, 4 ... 60 s. What is the matter is said once, and
  /// again when it changes.
  ///
  /// @throws AwayException if it fails, and another attempt is not wanted
  <T> T of(Attempt<T> attempt) throws AwayException {
    String said = "";
    for (Duration delay = Primary.FIRST_RETRY; ; delay = doubled(delay)) {
      try {
        return attempt.fetch();
      } catch (AwayException away) {
        if (!isPatient) {
          throw away;
        }
        String reason = String.valueOf(away.getMessage());
        if (reason.equals(said)) {
          LOG.debug("fetch failed: {}; trying again in {} s", reason, delay.toSeconds());
        } else if (away.operatorMustAct()) {
          LOG.error(
              "fetch failed: {}; nothing to serve yet, trying again until it is mended", reason);
        } else {
          LOG.warn("fetch failed: {}; nothing to serve yet, trying again", reason);
        }
        said = reason;
        rest(delay, away);
      }
    }
  }

  private void rest(Duration delay, AwayException away) throws AwayException {
    try {
      pause.last(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away;
    }
  }

  private static Duration doubled(Duration delay) {
    Duration twice = delay.multipliedBy(2);
    return twice.compareTo(Primary.MAX_RETRY) < 0 ? twice : Primary.MAX_RETRY;
  }
}
