package zonetrail.transport;

import java.time.Duration;

/// The bounds of transfers. [TransferCounters] shows when each is hit.
///
/// A transfer holds some 400 KiB, and 4 octets for each name where it brings a whole zone; and its
/// version of the zone stays in memory until it ends. One of a difference holds that, too.
///
/// @param transfers how many are under way at once
/// @param transfersPerNetwork how many of them to one client network, a /24 of IPv4 or a /56 of
///   IPv6
/// @param longest how long one may take. A client that reads, but slowly, is cut off then; one that
///   does not read at all, long before ([StreamLimits#slowReader])
public record TransferLimits(int transfers, int transfersPerNetwork, Duration longest) {
  /// What we promise when nothing else is said. One secondary with many zones may ask for 32 at
  /// once on each connection; the two hours are BIND's.
  public static final TransferLimits DEFAULT = new TransferLimits(128, 64, Duration.ofHours(2));

  /// @throws IllegalArgumentException if a bound is not positive
  public TransferLimits {
    if (transfers < 1 || transfersPerNetwork < 1 || !longest.isPositive()) {
      throw new IllegalArgumentException("a bound of transfers must be positive");
    }
  }
}
