package zonetrail.transport;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Notices that the time of day was set, by comparing it with a clock that nobody sets. Signatures
/// are checked against the time of day, so a wrong one refuses every signed message.
///
/// Time comes in. One owner, not for sharing between threads.
final class ClockWatch {
  /// A difference that is told; a clock that is merely slewed stays far below it between two looks.
  static final Duration JUMP = Duration.ofSeconds(10);

  private Instant lastWall;
  private long lastNanos;

  ClockWatch(Instant wall, long nanos) {
    this.lastWall = wall;
    this.lastNanos = nanos;
  }

  /// Looks at both clocks.
  ///
  /// @return by how much the time of day jumped since the last look, negative if backward; null if
  ///   it did not
  @Nullable Duration look(Instant wall, long nanos) {
    Duration jump = Duration.between(lastWall, wall).minusNanos(nanos - lastNanos);
    lastWall = wall;
    lastNanos = nanos;
    return jump.abs().compareTo(JUMP) > 0 ? jump : null;
  }
}
