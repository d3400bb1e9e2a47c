package zonetrail.authority;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How long the next group of edits waits for those whose clients were just answered.
///
/// Programs send an update, wait for the answer and send the next one. Without this, those that are
/// answered together come back while the others are being committed: there are always two groups,
/// each half as large as it could be, and twice the forced writes. So a group waits for as many as
/// were answered last, for a moment at most; where they do not come, the next groups do not wait.
///
/// How long that pays is what PostgreSQL's `commit_delay` leaves to its operator; here it is as
/// long as the last group took, as another group would take that, too. One owner, like [Primary].
final class Gathering {
  /// How long a group waits at most, if that before took as long: to wait longer than another group
  /// would take gains nothing.
  static final Duration MAX_PATIENCE = Duration.ofMillis(10);

  /// After waiting in vain so many groups at most do not wait.
  static final int MAX_UNWAITED = 16;

  /// When the last group was begun.
  private Instant began = Instant.MIN;

  /// How many may be there soon: those that waited at the last answer, and those answered.
  private int expected;

  /// How many were there then.
  private int first;

  private @Nullable Instant until;

  /// How many of the next groups do not wait.
  private int unwaited;

  /// How many did not after the last time.
  private int lastUnwaited;

  /// A group is being made.
  void began(Instant time) {
    began = time;
    until = null;
  }

  /// Some were answered, who may come back at once.
  ///
  /// @param answered how many
  /// @param waiting how many wait already
  void answered(int answered, int waiting, Instant time) {
    if (unwaited > 0) {
      unwaited--;
      return;
    }
    Duration took = Duration.between(began, time);
    first = waiting;
    expected = waiting + answered;
    until = time.plus(took.compareTo(MAX_PATIENCE) < 0 ? took : MAX_PATIENCE);
  }

  /// Whether the next group should wait for more than there are.
  ///
  /// @param waiting how many there are
  boolean isWorthWaiting(int waiting, Instant time) {
    if (until == null || waiting == 0) {
      return false;
    }
    if (waiting < expected && time.isBefore(until)) {
      return true;
    }
    until = null;
    boolean isInVain = waiting == first && waiting < expected;
    lastUnwaited = isInVain ? Math.min(2 * lastUnwaited + 1, MAX_UNWAITED) : 0;
    unwaited = lastUnwaited;
    return false;
  }

  /// When waiting is over at the latest; null if nobody is waited for.
  @Nullable Instant due() {
    return until;
  }
}
