package zonetrail.transport;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import zonetrail.transfer.TransferEnding;
import zonetrail.transfer.TransferRefusal;

/// What became of requests for transfers. Any thread may read it.
public final class TransferCounters {
  /// Requests that got the SOA alone: the client has the zone, or asked over UDP.
  public final LongAdder soaOnly = new LongAdder();

  /// Transfers that were begun.
  public final LongAdder begun = new LongAdder();

  /// Requests that got what changed, and not the whole zone.
  public final LongAdder differences = new LongAdder();

  /// Octets of messages that were sent, without the lengths between them.
  public final LongAdder octets = new LongAdder();

  private final Map<TransferEnding, LongAdder> ended = adders(TransferEnding.class);
  private final Map<TransferRefusal, LongAdder> refused = adders(TransferRefusal.class);

  TransferCounters() {}

  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> keys) {
    Map<E, LongAdder> adders = new EnumMap<>(keys);
    for (E key : keys.getEnumConstants()) {
      adders.put(key, new LongAdder());
    }
    return adders;
  }

  /// Transfers that ended so.
  public LongAdder ended(TransferEnding ending) {
    return adder(ended, ending);
  }

  /// Requests that were refused so.
  public LongAdder refused(TransferRefusal why) {
    return adder(refused, why);
  }

  private static <E extends Enum<E>> LongAdder adder(Map<E, LongAdder> adders, E key) {
    LongAdder adder = adders.get(key);
    if (adder == null) {
      throw new IllegalStateException("every constant has its own");
    }
    return adder;
  }
}
