package zonetrail.authority;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Decides when the next fetch starts, so that one NOTIFY costs no time and a burst costs two
/// fetches.
///
/// ```text
///            request, long after the last start
///   Idle ───────────────────────────────────────► start at once
///    │ request soon after the last start
///    ▼
///   Due: when requests have been quiet for QUIET, at the latest MAX_WAIT after the first of them
/// ```
///
/// While a fetch runs requests are only noted; what is due then starts when it has ended.
final class FetchPacing {
  /// A request this long after the last start is taken as the first of its kind.
  static final Duration APART = Duration.ofMillis(500);

  /// How long a burst has to be quiet before it is answered by a fetch.
  static final Duration QUIET = Duration.ofMillis(50);

  /// How long a burst that never gets quiet waits for a fetch.
  static final Duration MAX_WAIT = Duration.ofMillis(500);

  private @Nullable Instant lastStart;
  private @Nullable Instant firstRequest;
  private @Nullable Instant due;

  /// Notes a wish for a fetch.
  void request(Instant now) {
    if (firstRequest == null) {
      firstRequest = now;
    }
    Instant atTheLatest = firstRequest.plus(MAX_WAIT);
    Instant quiet = now.plus(QUIET);
    boolean isFirstInAWhile = lastStart == null || !now.isBefore(lastStart.plus(APART));
    due = isFirstInAWhile ? now : quiet.isBefore(atTheLatest) ? quiet : atTheLatest;
  }

  /// When a fetch should start; null if none is wanted.
  @Nullable Instant due() {
    return due;
  }

  /// Notes that a fetch starts, which answers all requests so far.
  void started(Instant now) {
    lastStart = now;
    firstRequest = null;
    due = null;
  }
}
