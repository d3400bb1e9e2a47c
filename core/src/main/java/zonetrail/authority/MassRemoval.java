package zonetrail.authority;

import java.util.OptionalInt;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;

/// When a removal is so large that it is taken for a slip until somebody confirms it.
final class MassRemoval {
  /// So many zones may go at once, however few there are.
  static final int ALWAYS_ALLOWED_ZONES = 3;

  /// One in so many zones may go at once.
  static final int ALLOWED_SHARE = 5;

  /// A zone of up to so many RRsets may lose any number of them.
  static final int ALWAYS_ALLOWED_RRSETS = 100;

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
  static OptionalInt ofRRsets(Zone before, Zone after) {
    int had = rrsets(before);
    if (had <= ALWAYS_ALLOWED_RRSETS) {
      return OptionalInt.empty();
    }
    int lost = 0;
    for (Node node : before.nodes()) {
      Node now = after.node(node.name());
      for (RRset rrset : node.rrsets()) {
        if (now == null || now.rrset(rrset.type()) == null) {
          lost++;
        }
      }
    }
    return lost * 2L >= had ? OptionalInt.of(lost) : OptionalInt.empty();
  }

  static int rrsets(Zone zone) {
    int rrsets = 0;
    for (Node node : zone.nodes()) {
      rrsets += node.rrsets().size();
    }
    return rrsets;
  }
}
