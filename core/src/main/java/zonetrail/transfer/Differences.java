package zonetrail.transfer;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import zonetrail.wire.Rfc;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// The RRsets of an incremental transfer with one difference sequence: the new SOA, the old one and
/// what goes, the new one and what comes, the new one.
///
/// One sequence from the client's version to ours, whatever lay between: that is the least to send
/// and to apply, and RFC 1995 §6 has it so.
@Rfc(number = 1995, section = "4")
final class Differences {
  private Differences() {}

  /// @param change leads from the client's version to this zone
  static Iterator<RRset> of(Zone zone, ZoneChange change) {
    List<RRset> removed = change.removed();
    List<RRset> added = change.added();
    List<RRset> all = new ArrayList<>(removed.size() + added.size() + 2);
    all.add(zone.soa());
    all.addAll(removed);
    all.addAll(added);
    all.add(zone.soa());
    return all.iterator();
  }
}
