package zonetrail.transport;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Input;
import zonetrail.authority.ZoneSource;

/// What became of the fetches of the source: how many, how long they took, and since when they
/// fail.
///
/// Thread: the network lane writes, any reads.
public final class FetchHistory {
  /// Upper bounds of the buckets in which durations are counted, in seconds; one more bucket has no
  /// bound. A fetch that brings nothing takes some 0.1 s over a kept SSH session; the first clone
  /// of a large repository takes minutes.
  private static final double[] BOUNDS_SECONDS = {
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300
  };

  /// How a fetch ended.
  public enum Result {
    /// Something new is served.
    CHANGED,
    /// The source has nothing new.
    UNCHANGED,
    /// The source could not be had.
    FAILED
  }

  /// The state of the source as seen from here.
  ///
  /// @param lastSuccess when a fetch last succeeded; null if none did since the start
  /// @param failingSince when the first of the fetches failed that have failed since; null if the
  ///   last one did not
  /// @param failure why the last one failed, in one line; null if it did not
  /// @param isRewriteHeld whether that is a rewrite of the source's history that is not followed
  /// @param runningSince when the fetch that is under way began; null if there is none
  public record State(
      @Nullable Instant lastSuccess,
      @Nullable Instant failingSince,
      @Nullable String failure,
      boolean isRewriteHeld,
      @Nullable Instant runningSince) {}

  private final LongAdder changed = new LongAdder();
  private final LongAdder unchanged = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final AtomicLongArray durations = new AtomicLongArray(BOUNDS_SECONDS.length + 1);
  private final LongAdder durationNanos = new LongAdder();
  private volatile State state = new State(null, null, null, false, null);

  FetchHistory() {}

  void began(Instant now) {
    state =
        new State(
            state.lastSuccess(), state.failingSince(), state.failure(), state.isRewriteHeld(), now);
  }

  void succeeded(boolean isChange, Duration took, Instant now) {
    ended(isChange ? Result.CHANGED : Result.UNCHANGED, took);
    state = new State(now, null, null, false, null);
  }

  void failed(Input.FetchFailed failure, Duration took, Instant now) {
    ended(Result.FAILED, took);
    Instant since = state.failingSince();
    state =
        new State(
            state.lastSuccess(),
            since == null ? now : since,
            failure.reason(),
            failure.outlook() == ZoneSource.Outlook.REWRITE_HELD,
            null);
  }

  private void ended(Result result, Duration took) {
    counter(result).increment();
    durationNanos.add(took.toNanos());
    double seconds = took.toNanos() / 1e9;
    int bucket = 0;
    while (bucket < BOUNDS_SECONDS.length && seconds > BOUNDS_SECONDS[bucket]) {
      bucket++;
    }
    durations.incrementAndGet(bucket);
  }

  /// The state of the source now.
  public State state() {
    return state;
  }

  /// How many fetches ended so.
  public long count(Result result) {
    return counter(result).sum();
  }

  private LongAdder counter(Result result) {
    return switch (result) {
      case CHANGED -> changed;
      case UNCHANGED -> unchanged;
      case FAILED -> failed;
    };
  }

  /// The upper bounds of [#bucketCounts], in seconds, the last one infinite.
  public static double[] bucketBounds() {
    double[] bounds = new double[BOUNDS_SECONDS.length + 1];
    System.arraycopy(BOUNDS_SECONDS, 0, bounds, 0, BOUNDS_SECONDS.length);
    bounds[BOUNDS_SECONDS.length] = Double.POSITIVE_INFINITY;
    return bounds;
  }

  /// How many fetches took no longer than the bound, and longer than the one before.
  public long[] bucketCounts() {
    long[] counts = new long[durations.length()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = durations.get(i);
    }
    return counts;
  }

  /// How long all fetches took together, in seconds.
  public double durationSeconds() {
    return durationNanos.sum() / 1e9;
  }
}
