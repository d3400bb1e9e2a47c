package zonetrail.transport;

import java.util.concurrent.atomic.LongAdder;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Rcode;

/// What the slow lane did with signed messages. Any thread may read it.
public final class SlowLaneCounters {
  /// Messages that the lane took.
  public final LongAdder taken = new LongAdder();

  /// Messages that were dropped because the lane was full.
  public final LongAdder dropped = new LongAdder();

  /// Messages whose signature verified.
  public final LongAdder verified = new LongAdder();

  /// Messages whose TSIG record could not be read, or whose MAC had an absurd length (FORMERR).
  public final LongAdder malformed = new LongAdder();

  /// Messages signed with a key, or an algorithm, that is not known here.
  public final LongAdder badKey = new LongAdder();

  /// Messages whose signature is wrong.
  public final LongAdder badSig = new LongAdder();

  /// Messages whose signature is right and whose time is not.
  public final LongAdder badTime = new LongAdder();

  /// Messages whose signature is right and cut short.
  public final LongAdder badTrunc = new LongAdder();

  SlowLaneCounters() {}

  void count(Verdict verdict) {
    switch (verdict) {
      case Verdict.Verified _ -> verified.increment();
      case Verdict.FormErr _, Verdict.Unsigned _ -> malformed.increment();
      case Verdict.Refused refused -> of(refused.error()).increment();
    }
  }

  private LongAdder of(Rcode error) {
    return switch (error) {
      case BADKEY -> badKey;
      case BADTIME -> badTime;
      case BADTRUNC -> badTrunc;
      default -> badSig;
    };
  }
}
