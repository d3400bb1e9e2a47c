package zonetrail.transfer;

import org.jspecify.annotations.Nullable;
import zonetrail.wire.Header;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.NodeLayout;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneWalk;

/// All records of a zone as a full transfer brings them: the SOA, the rest about in canonical order
/// ([ZoneWalk] says why), and the SOA again.
///
/// Everything that is in the zone's data, whether or not a question finds it: what lies at and
/// below cuts, glue, names hidden by a DNAME (RFC 5936 §3.2, §3.3, §3.5).
///
/// It goes over the zone's octets and makes nothing of them but that order, so a record costs
/// little more than its octets. One owner. Bounds: those of [ZoneWalk]. Allocation: as there.
@Rfc(number = 5936, section = "3.1")
@Rfc(number = 5936, section = "3.2")
@Rfc(number = 5936, section = "3.3")
@Rfc(number = 5936, section = "3.5")
final class WholeZone implements TransferRecords {
  private enum Part {
    FIRST_SOA,
    ZONE,
    LAST_SOA,
    END
  }

  private final Zone zone;
  private final WireName apex;
  private final ZoneWalk walk;
  private Part part = Part.FIRST_SOA;
  private byte[] octets = {};
  private int node;
  private int rrset;
  private int rrsetsLeft;
  private int record;
  private int recordsLeft;

  WholeZone(Zone zone) {
    this.zone = zone;
    this.apex = zone.apex();
    this.walk = new ZoneWalk(zone);
  }

  @Override
  public boolean hasRecord() {
    return part != Part.END;
  }

  @Override
  public boolean addTo(TransferMessage message) {
    return switch (part) {
      case FIRST_SOA, LAST_SOA -> message.add(zone.soa(), zone.soa().rdatas().getFirst());
      case ZONE -> message.add(apex, octets, node, rrset, record);
      case END -> false;
    };
  }

  @Override
  public void advance() {
    switch (part) {
      case FIRST_SOA -> {
        part = Part.ZONE;
        nextRRset();
      }
      case ZONE -> {
        if (--recordsLeft > 0) {
          record += 2 + Header.u16(octets, record);
        } else {
          nextRRset();
        }
      }
      case LAST_SOA, END -> part = Part.END;
    }
  }

  /// The next one but the SOA, of which there is one in a zone.
  private void nextRRset() {
    do {
      while (rrsetsLeft == 0) {
        if (!walk.next()) {
          part = Part.LAST_SOA;
          return;
        }
        octets = walk.octets();
        node = walk.node();
        rrsetsLeft = NodeLayout.rrsets(octets, node);
        rrset = -1;
      }
      rrset = rrset < 0 ? NodeLayout.firstRRset(octets, node) : NodeLayout.nextRRset(octets, rrset);
      rrsetsLeft--;
    } while (NodeLayout.type(octets, rrset) == RRType.SOA.value());
    record = NodeLayout.firstRecord(rrset);
    recordsLeft = NodeLayout.records(octets, rrset);
  }

  @Override
  public @Nullable RRset rrset() {
    return switch (part) {
      case FIRST_SOA, LAST_SOA -> zone.soa();
      case ZONE -> walk.rrset(rrset);
      case END -> null;
    };
  }
}
