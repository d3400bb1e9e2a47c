package zonetrail.authority;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// When a commit may be tried again: some time after one could not be made, of which the operator
/// is told once, or after it had to be made on something else. One owner, like [Primary].
final class CommitPause {
  /// How long the disk is left alone after a commit failed.
  static final Duration OF_DISK = Duration.ofSeconds(1);

  private final Consumer<Event> teller;
  private @Nullable Instant until;
  private @Nullable String lastFailure;

  /// @param teller tells the operator
  CommitPause(Consumer<Event> teller) {
    this.teller = teller;
  }

  /// A commit could not be made, or what was needed for it not be read.
  void failed(String reason, Instant time) {
    if (!reason.equals(lastFailure)) {
      lastFailure = reason;
      teller.accept(new EditEvent.CommitFailed(reason));
    }
    until = time.plus(OF_DISK);
  }

  /// A commit was made.
  void worked() {
    lastFailure = null;
  }

  /// No commit before this time.
  ///
  /// @param time null for at once
  void until(@Nullable Instant time) {
    until = time;
  }

  /// Looks at the clock.
  void look(Instant time) {
    if (until != null && !time.isBefore(until)) {
      until = null;
    }
  }

  /// Whether it is not over, as of the last [#look].
  boolean isOn() {
    return until != null;
  }

  /// When it is over; null if it is.
  @Nullable Instant due() {
    return until;
  }
}
