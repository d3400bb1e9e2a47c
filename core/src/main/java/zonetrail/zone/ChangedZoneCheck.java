package zonetrail.zone;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.ZoneChange.Replacement;

/// Judges a version of a zone that an edit made of a good one: finds the errors of [ZoneCheck] that
/// the edit can have caused, without a look at all the rest.
///
/// What makes an error is at one name, but for two rules: the name servers of the apex need
/// addresses, and an SOA record below a zone cut or a DNAME is one as soon as that goes. The first
/// takes a few lookups, and is done always; the second, which is rare, a walk over the zone.
public final class ChangedZoneCheck {
  private ChangedZoneCheck() {}

  /// The first error that the full check would find, in words; null if there is none.
  ///
  /// @param after the new version; the one before it had no errors
  /// @param change what made it
  public static @Nullable String firstError(Zone after, ZoneChange change) {
    return firstError(after, change, true);
  }

  /// The same for a zone that is known to have no SOA record but the apex's: never a walk over it.
  public static @Nullable String firstErrorWithoutHiddenSoa(Zone after, ZoneChange change) {
    return firstError(after, change, false);
  }

  private static @Nullable String firstError(Zone after, ZoneChange change, boolean mayHideSoa) {
    ZoneCheck check = new ZoneCheck(after);
    check.checkApexNameServers();
    Set<WireName> owners = new HashSet<>();
    boolean uncovers = false;
    for (Replacement replacement : change.replacements()) {
      owners.add(replacement.owner());
      uncovers |= mayHideSoa && replacement.after() == null && hidesOthers(replacement.type());
    }
    for (WireName owner : owners) {
      Node node = after.node(owner);
      if (node != null) {
        checkNode(check, node);
      }
    }
    if (uncovers) {
      for (Node node : after.nodes()) {
        if (node.has(RRType.SOA)) {
          checkNode(check, node);
        }
      }
    }
    List<Finding> findings = check.findings((_, _) -> Position.ofFile(""));
    return findings.stream()
        .filter(Finding::isError)
        .map(Finding::message)
        .findFirst()
        .orElse(null);
  }

  private static void checkNode(ZoneCheck check, Node node) {
    check.checkAliases(node);
    if (!check.isOccluded(node.name())) {
      node.types().forEach(type -> check.failIfMisplaced(node, type));
    }
  }

  private static boolean hidesOthers(RRType type) {
    return type.equals(RRType.NS) || type.equals(RRType.DNAME);
  }
}
