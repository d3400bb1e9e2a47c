package zonetrail.authority;

import java.util.OptionalInt;
import java.util.Set;
import zonetrail.wire.RRType;
import zonetrail.zone.Node;
import zonetrail.zone.Zone;

/// When a removal is so large that it is taken for a slip until somebody confirms it.
final class MassRemoval {
  /// So many zones may go at once, however few there are.
  static final int ALWAYS_ALLOWED_ZONES = 3;

  /// One in so many zones may go at once.
  static final int ALLOWED_SHARE = 5;

  /// A zone of up to so many RRsets may lose any number of them.
  static final int ALWAYS_ALLOWED_RRSETS = 100;

  private static final Set<RRType> MADE_BY_SIGNING =
      Set.of(RRType.RRSIG, RRType.NSEC, RRType.NSEC3);

  private MassRemoval() {}

  /// Whether too many zones are gone.
  ///
  /// @param gone how many files of zones served this version removed
  /// @param served how many zones were served before
  /// @param left how many zones the version has
  static boolean isOfZones(int gone, int served, int left) {
    if (gone == 0) {
      return false;
    }
    return left == 0 || gone > Math.max(ALWAYS_ALLOWED_ZONES, served / ALLOWED_SHARE);
  }

  /// How many RRsets `after` no longer has, if that is half of a large zone or more; else empty.
  /// What a signer makes does not count: with a new salt every NSEC3 record has another name.
  static OptionalInt ofRRsets(Zone before, Zone after) {
    int had = rrsets(before);
    if (had <= ALWAYS_ALLOWED_RRSETS) {
      return OptionalInt.empty();
    }
    int lost = 0;
    for (Node node : before.nodes()) {
      Node now = after.node(node.name());
      for (RRType type : node.types()) {
        boolean gone = now == null || !now.has(type);
        if (gone && !MADE_BY_SIGNING.contains(type)) {
          lost++;
        }
      }
    }
    return lost * 2L >= had ? OptionalInt.of(lost) : OptionalInt.empty();
  }

  /// How many RRsets a zone has that a person wrote.
  static int rrsets(Zone zone) {
    int rrsets = 0;
    for (Node node : zone.nodes()) {
      for (RRType type : node.types()) {
        if (!MADE_BY_SIGNING.contains(type)) {
          rrsets++;
        }
      }
    }
    return rrsets;
  }
}
