package zonetrail.zone;

import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;

/// The records of a signed zone that prove what does not exist: each says of a stretch of names
/// that there is nothing in it.
public sealed interface DenialChain permits NsecChain, Nsec3Chain {
  /// The chain of a zone, or null if it has none.
  ///
  /// While a zone changes from one kind to the other, the NSEC3PARAM record is added after the
  /// NSEC3 records and removed before them (RFC 5155 §10.4, §10.5), so it decides.
  static @Nullable DenialChain of(Zone zone) {
    Node top = zone.top();
    RRset parameters = top.rrset(RRType.NSEC3PARAM);
    DenialChain hashed = parameters == null ? null : Nsec3Chain.of(zone, parameters);
    if (hashed != null) {
      return hashed;
    }
    return top.has(RRType.NSEC) ? NsecChain.of(zone) : null;
  }

  /// What it takes of the heap.
  long heapOctets();
}
