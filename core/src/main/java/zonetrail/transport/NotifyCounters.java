package zonetrail.transport;

import java.util.concurrent.atomic.LongAdder;

/// What became of NOTIFYs to secondaries. Any thread may read it.
public final class NotifyCounters {
  /// Messages sent, each time that one is.
  public final LongAdder sent = new LongAdder();

  /// Messages that this machine could not send.
  public final LongAdder notSent = new LongAdder();

  /// NOTIFYs that were answered with NOERROR.
  public final LongAdder answered = new LongAdder();

  /// NOTIFYs that were answered with an error.
  public final LongAdder refused = new LongAdder();

  /// Answers that were not signed as they should be.
  public final LongAdder doubtful = new LongAdder();

  /// NOTIFYs that nobody answered.
  public final LongAdder givenUp = new LongAdder();

  /// NOTIFYs that were not sent because so many were outstanding.
  public final LongAdder leftOut = new LongAdder();

  NotifyCounters() {}
}
