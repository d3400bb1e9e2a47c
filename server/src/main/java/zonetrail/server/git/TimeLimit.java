package zonetrail.server.git;

import java.time.Duration;
import org.eclipse.jgit.lib.EmptyProgressMonitor;

/// Ends a transfer that trickles on for ever.
final class TimeLimit extends EmptyProgressMonitor {
  private final long endNanos;

  TimeLimit(Duration limit) {
    endNanos = System.nanoTime() + limit.toNanos();
  }

  @Override
  public boolean isCancelled() {
    return System.nanoTime() - endNanos > 0;
  }
}
