package zonetrail.transport;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/// A warning that strangers can provoke: it is written at most once in [#INTERVAL], and then says
/// how many were left out. Any thread.
final class RareWarning {
  /// The shortest time between two lines in the log.
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private final Logger log;
  private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
  private final LongAdder leftOut = new LongAdder();

  RareWarning(Logger log) {
    this.log = log;
  }

  void warn(String what, @Nullable Throwable cause) {
    long now = System.nanoTime();
    long next = nextNanos.get();
    if (now - next < 0 || !nextNanos.compareAndSet(next, now + INTERVAL.toNanos())) {
      leftOut.increment();
      return;
    }
    long others = leftOut.sumThenReset();
    if (others == 0) {
      log.warn(what, cause);
    } else {
      log.warn("{} ({} like it were not logged since the last one)", what, others, cause);
    }
  }
}
