package zonetrail.answer;

import zonetrail.wire.NameKey;
import zonetrail.wire.Rfc;
import zonetrail.zone.NodeLayout;
import zonetrail.zone.Zone;

/// Where in a zone's octets a question leads: what [Lookup] finds step by step, found by hashes.
///
/// It looks at the name itself, and at those of its ancestors where the zone has a cut, a DNAME or
/// a hash; the closest encloser of a name that does not exist is found by halves, since all names
/// above one that exists exist. One object is used again and again by one thread. Allocation: none.
@Rfc(number = 1034, section = "4.3.2")
final class CompiledLookup {
  /// What was found.
  enum Outcome {
    /// The name exists, or a wildcard stands in for it.
    AT,
    /// It lies at or below a zone cut.
    BELOW_CUT,
    /// It lies below a DNAME.
    REDIRECTED,
    /// It does not exist.
    MISSING
  }

  private int entry = Zone.NONE;
  private int depth;
  private boolean isSynthesised;

  /// Asks a zone.
  ///
  /// @param name at or below the zone's apex
  /// @param isForParent whether what the parent's side of a cut has is asked for, as DS is (RFC
  ///   4035 §3.1.4.1)
  @Rfc(number = 4035, section = "3.1.4.1")
  Outcome find(Zone zone, NameKey name, boolean isForParent) {
    int exists = zone.apexDepth();
    isSynthesised = false;
    int depthAsked = name.depth();
    int barrier = zone.barrierFrom(exists);
    while (barrier <= depthAsked) {
      entry = zone.find(name, barrier);
      if (entry == Zone.NONE) {
        return missing(zone, name, exists, barrier);
      }
      int flags = flags(zone, entry);
      if ((flags & NodeLayout.ONLY_HASH) != 0) {
        return fromWildcard(zone, name, barrier - 1);
      }
      depth = barrier;
      if ((flags & NodeLayout.CUT) != 0 && !(isForParent && barrier == depthAsked)) {
        return Outcome.BELOW_CUT;
      }
      if ((flags & NodeLayout.DNAME) != 0 && barrier < depthAsked) {
        return Outcome.REDIRECTED;
      }
      if (barrier == depthAsked) {
        return Outcome.AT;
      }
      exists = barrier;
      barrier = zone.barrierFrom(barrier + 1);
    }
    depth = depthAsked;
    entry = zone.find(name, depthAsked);
    return entry == Zone.NONE ? missing(zone, name, exists, depthAsked) : Outcome.AT;
  }

  /// @param exists the depth of an ancestor that exists
  /// @param isMissing that of one that does not
  private Outcome missing(Zone zone, NameKey name, int exists, int isMissing) {
    int low = exists;
    int high = isMissing;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (zone.find(name, middle) == Zone.NONE) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return fromWildcard(zone, name, low);
  }

  @Rfc(number = 4592, section = "3.3.1")
  private Outcome fromWildcard(Zone zone, NameKey name, int closestEncloser) {
    depth = closestEncloser;
    entry = zone.find(name, closestEncloser);
    if ((flags(zone, entry) & NodeLayout.WILDCARD_CHILD) == 0) {
      return Outcome.MISSING;
    }
    entry = zone.findWildcard(name, closestEncloser);
    isSynthesised = true;
    return Outcome.AT;
  }

  private static int flags(Zone zone, int entry) {
    return NodeLayout.flags(zone.octets(entry), Zone.offset(entry));
  }

  /// The entry of the name, the wildcard, the cut, or the name with the DNAME; for a name that does
  /// not exist, of its closest encloser.
  int entry() {
    return entry;
  }

  /// The depth of the name, the cut, the name with the DNAME, or the closest encloser.
  int depth() {
    return depth;
  }

  /// Whether a wildcard stands in for the name.
  boolean isSynthesised() {
    return isSynthesised;
  }
}
