package zonetrail.transfer;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;

/// All RRsets of a zone as a full transfer brings them: the SOA, the rest in no particular order
/// but the apex first, and the SOA again.
///
/// Everything that is in the zone's data, whether or not a question finds it: what lies at and
/// below cuts, glue, names hidden by a DNAME (RFC 5936 §3.2, §3.3, §3.5).
///
/// It holds its place in the zone and nothing of it, so its memory does not depend on the zone's
/// size. One owner.
@Rfc(number = 5936, section = "3.1")
@Rfc(number = 5936, section = "3.2")
@Rfc(number = 5936, section = "3.3")
@Rfc(number = 5936, section = "3.5")
final class WholeZone implements Iterator<RRset> {
  private final Zone zone;
  private final Iterator<Node> nodes;
  private Iterator<RRset> ofNode = Collections.emptyIterator();
  private @Nullable RRset next;
  private boolean isEnding;

  WholeZone(Zone zone) {
    this.zone = zone;
    this.nodes = zone.nodes().iterator();
    this.next = zone.soa();
    Node top = zone.node(zone.apex());
    if (top != null) {
      ofNode = top.rrsets().iterator();
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public RRset next() {
    RRset result = next;
    if (result == null) {
      throw new NoSuchElementException();
    }
    next = following();
    return result;
  }

  private @Nullable RRset following() {
    if (isEnding) {
      return null;
    }
    while (true) {
      while (ofNode.hasNext()) {
        RRset rrset = ofNode.next();
        if (rrset.type() != RRType.SOA) { // there is no other than the apex's
          return rrset;
        }
      }
      if (!nodes.hasNext()) {
        isEnding = true;
        return zone.soa();
      }
      Node node = nodes.next();
      if (!node.name().equals(zone.apex())) {
        ofNode = node.rrsets().iterator();
      }
    }
  }
}
