package zonetrail.zone;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;

/// The records of a signed zone that prove what does not exist: each says of a stretch of names
/// that there is nothing in it.
public sealed interface DenialChain permits NsecChain, Nsec3Chain {
  /// The chain of a zone, or null if it has none.
  ///
  /// While a zone changes from one kind to the other, the NSEC3PARAM record is added after the
  /// NSEC3 records and removed before them (RFC 5155 §10.4, §10.5), so it decides.
  ///
  /// @param top the node at the apex
  /// @param nodes all nodes
  static @Nullable DenialChain of(Node top, Collection<Node> nodes) {
    DenialChain hashed = Nsec3Chain.of(top, nodes);
    if (hashed != null) {
      return hashed;
    }
    return top.rrset(RRType.NSEC) == null ? null : NsecChain.of(nodes);
  }
}
