package zonetrail.transfer;

import java.time.Duration;

/// How much a secondary takes from a primary in one transfer; what is more is none of it.
///
/// @param octets of all records with their names in full, at most
/// @param records at most, those that are removed included
/// @param zoneRoom how many octets of the heap the zone may take besides those of its records
/// @param longest how long it may take
/// @param idle how long nothing may come
public record InboundLimits(
    long octets, int records, long zoneRoom, Duration longest, Duration idle) {
  /// The most records, whatever the memory.
  public static final int MAX_RECORDS = 20_000_000;

  /// How long a transfer may take; the two hours are BIND's.
  public static final Duration LONGEST = Duration.ofHours(2);

  /// How long nothing may come.
  public static final Duration IDLE = Duration.ofSeconds(30);

  /// The share of the heap that one transfer may gather: an eighth.
  private static final int HEAP_SHARES = 8;

  /// What fits a heap: an eighth of it for what is gathered, as much for the zone made of it.
  ///
  /// @param heapOctets the most that the heap may have
  public static InboundLimits forHeap(long heapOctets) {
    long share = heapOctets / HEAP_SHARES;
    return new InboundLimits(share, MAX_RECORDS, share, LONGEST, IDLE);
  }
}
