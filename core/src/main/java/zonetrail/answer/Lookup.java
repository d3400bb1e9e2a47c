package zonetrail.answer;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.BadNameException;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;

/// The lookup algorithm within one zone, written to be read beside RFC 1034 §4.3.2 step 3.
///
/// It walks from the apex down to the name asked for, label by label, and stops at the first zone
/// cut, DNAME, or name that does not exist. Bounds: one step per label, so at most 127.
@Rfc(number = 1034, section = "4.3.2")
final class Lookup {
  private static final Set<RRType> MADE_BY_SIGNING = Set.of(RRType.RRSIG, RRType.NSEC);

  private Lookup() {}

  /// Asks a zone.
  ///
  /// @param qname a name at or below the zone's apex
  /// @param qtype the type, maybe ANY
  static LookupResult find(Zone zone, WireName qname, RRType qtype) {
    Node encloser = zone.top();
    int labels = qname.labelCount();
    for (int depth = zone.apex().labelCount(); depth < labels; depth++) {
      RRset dname = encloser.rrset(RRType.DNAME);
      if (dname != null) {
        return redirect(encloser, dname, qname);
      }
      Node next = zone.node(qname.ancestor(depth + 1));
      if (next == null || next.isOnlyHash()) {
        return fromWildcard(zone, encloser, qname, qtype);
      }
      RRset ns = next.rrset(RRType.NS);
      if (ns != null && !isAskedOfParent(qtype, depth + 1 == labels)) {
        return new LookupResult.Referral(next, ns);
      }
      encloser = next;
    }
    return at(encloser, qname, qtype);
  }

  /// DS records lie on the parent's side of a cut (RFC 4035 §3.1.4.1).
  @Rfc(number = 4035, section = "3.1.4.1")
  private static boolean isAskedOfParent(RRType qtype, boolean isTheCutItself) {
    return isTheCutItself && qtype == RRType.DS;
  }

  /// Step 3a: the whole of the name is matched.
  private static LookupResult at(Node node, WireName owner, RRType qtype) {
    if (qtype == RRType.ANY) {
      return any(node, owner);
    }
    RRset rrset = node.rrset(qtype);
    if (rrset != null) {
      return new LookupResult.Found(node, ownedBy(owner, rrset));
    }
    RRset cname = node.rrset(RRType.CNAME);
    if (cname != null) {
      RRset alias = ownedBy(owner, cname);
      return new LookupResult.Alias(node, null, alias, alias.rdatas().getFirst().nameAt(0));
    }
    return new LookupResult.NoData(node);
  }

  /// One RRset of those there are is answer enough to ANY (RFC 8482 §4.1); one that a person wrote,
  /// where there is one.
  @Rfc(number = 8482, section = "4.1")
  private static LookupResult any(Node node, WireName owner) {
    if (node.isEmptyNonTerminal()) {
      return new LookupResult.NoData(node);
    }
    RRset one =
        node.rrsets().stream()
            .filter(rrset -> !MADE_BY_SIGNING.contains(rrset.type()))
            .findFirst()
            .orElse(node.rrsets().getFirst());
    return new LookupResult.Found(node, ownedBy(owner, one));
  }

  /// Step 3c: the name does not exist; `*` below the closest encloser may stand in for it.
  @Rfc(number = 4592, section = "3.3.1")
  private static LookupResult fromWildcard(
      Zone zone, Node closestEncloser, WireName qname, RRType qtype) {
    Node source = sourceOfSynthesis(zone, closestEncloser.name());
    return source == null ? new LookupResult.NameError(closestEncloser) : at(source, qname, qtype);
  }

  private static @Nullable Node sourceOfSynthesis(Zone zone, WireName closestEncloser) {
    WireName wildcard = Denial.wildcardOf(closestEncloser);
    return wildcard == null ? null : zone.node(wildcard);
  }

  private static RRset ownedBy(WireName owner, RRset rrset) {
    return rrset.owner().equals(owner)
        ? rrset
        : new RRset(owner, rrset.type(), rrset.ttlSeconds(), rrset.rdatas());
  }

  /// The part of the name below the DNAME's owner is put in front of the DNAME's target.
  @Rfc(number = 6672, section = "3.2")
  private static LookupResult redirect(Node source, RRset dname, WireName qname) {
    WireName target = dname.rdatas().getFirst().nameAt(0);
    int prefixOctets = qname.length() - dname.owner().length();
    byte[] joined = new byte[prefixOctets + target.length()];
    System.arraycopy(qname.toWire(), 0, joined, 0, prefixOctets);
    target.copyTo(joined, prefixOctets);
    try {
      WireName newName = WireName.fromWire(joined, 0);
      // The CNAME made of a DNAME has the DNAME's TTL (RFC 6672 §3.1).
      RRset cname = new RRset(qname, RRType.CNAME, dname.ttlSeconds(), List.of(Rdata.of(joined)));
      return new LookupResult.Alias(source, dname, cname, newName);
    } catch (BadNameException tooLong) {
      return new LookupResult.TooLong(source, dname);
    }
  }
}
