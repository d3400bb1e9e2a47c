package zonetrail.update;

import org.jspecify.annotations.Nullable;
import zonetrail.tsig.KeyName;
import zonetrail.tsig.Operation;
import zonetrail.update.UpdateOutcome.Refusal;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.ServedZone;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// Which zone an update is about.
///
/// Rights come first, so that a key does not learn which zones are here beyond its own.
@Rfc(number = 2136, section = "3.1")
sealed interface UpdateTarget {

  /// A zone of ours.
  record Present(Zone zone) implements UpdateTarget {}

  /// A zone that is to be made.
  record New(WireName apex) implements UpdateTarget {}

  /// None.
  record None(Refusal why) implements UpdateTarget {}

  /// Finds it: the zone that the zone section names; or the one that holds the name, if the key is
  /// for that; or a new one, if the message brings its SOA and NS records.
  static UpdateTarget of(UpdateRequest request, KeyName key, Zones zones) {
    WireName name = request.zoneName();
    if (!mayConcern(key, name)) {
      return new None(Refusal.prohibited("key " + key + " may not update " + name.toStringNoDot()));
    }
    ServedZone exact = zones.zone(name);
    if (exact != null) {
      return of(exact);
    }
    if (key.permits(Operation.UPDATE, name)) {
      ServedZone holder = zones.enclosing(name);
      if (request.addsAtZoneName(RRType.SOA) && request.addsAtZoneName(RRType.NS)) {
        return toBeMade(name, holder);
      }
      if (holder != null) {
        return of(holder);
      }
    }
    return new None(Refusal.notAuthoritative(name.toStringNoDot() + " is no zone here"));
  }

  /// Whether the key may update the name, or at least something below it.
  private static boolean mayConcern(KeyName key, WireName name) {
    return key.scope()
        .filter(scope ->
            key.permits(Operation.UPDATE, scope)
                && (name.isAtOrBelow(scope) || scope.isAtOrBelow(name)))
        .isPresent();
  }

  private static UpdateTarget of(ServedZone found) {
    return switch (found) {
      case UnavailableZone(WireName apex) ->
          new None(
              Refusal.invalidData(
                  Rcode.SERVFAIL, "there is no good version of " + apex.toStringNoDot()));
      case Zone zone when zone.isSealed() ->
          new None(
              Refusal.notSupported(
                  zone.apex().toStringNoDot()
                      + " is signed (DNSKEY or ZONEMD at its apex), and a change by us would break"
                      + " that; sign and push a new version of it"));
      case Zone zone -> new Present(zone);
    };
  }

  private static UpdateTarget toBeMade(WireName apex, @Nullable ServedZone parent) {
    return switch (parent) {
      case null -> new New(apex);
      case UnavailableZone unavailable -> of(unavailable);
      case Zone zone when holdsMoreThanDelegation(zone, apex) ->
          new None(
              Refusal.prohibited(
                  zone.apex().toStringNoDot()
                      + " holds records at or below "
                      + apex.toStringNoDot()
                      + " besides NS, DS and glue; remove them first"));
      case Zone _ -> new New(apex);
    };
  }

  /// Whether a zone has anything at a name or below it that its child zone would hide from the
  /// world.
  private static boolean holdsMoreThanDelegation(Zone parent, WireName child) {
    Node cut = parent.node(child);
    if (cut == null) {
      return false; // nor is there anything below it: then it would exist (RFC 4592 §2.2.2)
    }
    RRset servers = cut.rrset(RRType.NS);
    for (Node node : parent.nodes()) {
      if (!node.name().isAtOrBelow(child)) {
        continue;
      }
      boolean isCut = node.equals(cut);
      for (RRType type : node.types()) {
        if (!(isCut && isOfDelegation(type)) && !(isAddress(type) && isNamed(node, servers))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isOfDelegation(RRType type) {
    return type.equals(RRType.NS)
        || type.equals(RRType.DS)
        || type.equals(RRType.NSEC)
        || type.equals(RRType.RRSIG);
  }

  private static boolean isAddress(RRType type) {
    return type.equals(RRType.A) || type.equals(RRType.AAAA);
  }

  private static boolean isNamed(Node node, @Nullable RRset servers) {
    WireName name = node.name();
    return servers != null
        && servers.rdatas().stream().anyMatch(rdata -> rdata.nameAt(0).equals(name));
  }
}
