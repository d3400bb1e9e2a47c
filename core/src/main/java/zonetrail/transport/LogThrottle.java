package zonetrail.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.slf4j.event.Level;

/// Keeps a flood of like lines out of the log: a token bucket for each subject. The first [#BURST]
/// lines of a subject are always written, then one in [#REFILL]; how many were left out is told
/// once there is room again.
///
/// Time comes in. One owner, not for sharing between threads. Bound: [#MAX_SUBJECTS].
final class LogThrottle {
  /// Lines that a subject may have at once.
  static final int BURST = 10;

  /// How long it takes until a subject may have one more line.
  static final Duration REFILL = Duration.ofSeconds(10);

  /// Subjects that are remembered. Beyond that the one that was quiet longest is forgotten, which
  /// at the worst lets it have its first lines again.
  static final int MAX_SUBJECTS = 4_096;

  private static final class Bucket {
    private double tokens = BURST;
    private long filledNanos;
    private long leftOut;
    private Level worstLeftOut = Level.TRACE;

    void fill(long nowNanos) {
      double since = (double) (nowNanos - filledNanos) / REFILL.toNanos();
      tokens = Math.min(BURST, tokens + Math.max(0, since));
      filledNanos = nowNanos;
    }
  }

  /// Lines of one subject that were not written.
  ///
  /// @param subject what they were about
  /// @param lines how many
  /// @param level that of the gravest of them: what says so is as grave as they are
  record LeftOut(Object subject, long lines, Level level) {}

  private final SequencedMap<Object, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);
  private long leftOutInAll;

  /// Whether a line of a level about this subject may be written now.
  boolean admits(Object subject, Level level, long nowNanos) {
    Bucket bucket = buckets.computeIfAbsent(subject, _ -> newBucket(nowNanos));
    if (buckets.size() > MAX_SUBJECTS) {
      buckets.pollFirstEntry();
    }
    bucket.fill(nowNanos);
    if (bucket.tokens < 1) {
      bucket.leftOut++;
      if (level.toInt() > bucket.worstLeftOut.toInt()) {
        bucket.worstLeftOut = level;
      }
      leftOutInAll++;
      return false;
    }
    bucket.tokens--;
    return true;
  }

  private static Bucket newBucket(long nowNanos) {
    Bucket bucket = new Bucket();
    bucket.filledNanos = nowNanos;
    return bucket;
  }

  /// What was left out of subjects that may have a line again; each is told once, and costs the
  /// subject that line.
  List<LeftOut> takeLeftOut(long nowNanos) {
    List<LeftOut> told = new ArrayList<>();
    for (Map.Entry<Object, Bucket> entry : buckets.entrySet()) {
      Bucket bucket = entry.getValue();
      if (bucket.leftOut > 0) {
        bucket.fill(nowNanos);
        if (bucket.tokens >= 1) {
          told.add(new LeftOut(entry.getKey(), bucket.leftOut, bucket.worstLeftOut));
          bucket.tokens--;
          bucket.leftOut = 0;
          bucket.worstLeftOut = Level.TRACE;
        }
      }
    }
    return told;
  }

  /// How many lines were left out since the start.
  long leftOutInAll() {
    return leftOutInAll;
  }
}
