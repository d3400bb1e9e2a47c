package zonetrail.zone;

import java.util.function.BiConsumer;
import zonetrail.wire.RdataField;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.WireName;

/// The names in rdata.
final class RdataNames {
  private RdataNames() {}

  /// Visits each name in the rdata of an RRset.
  static void forEach(RRset rrset, BiConsumer<Rdata, WireName> visit) {
    RdataLayout layout = RdataLayout.of(rrset.type());
    if (layout == null || !layout.mayHoldNames()) {
      return;
    }
    for (Rdata rdata : rrset.rdatas()) {
      byte[] octets = rdata.toBytes();
      int at = 0;
      for (RdataField field : layout.fields()) {
        int end = field.endOf(octets, at);
        if (end < 0) {
          break;
        }
        if (field.isName(octets, at)) {
          visit.accept(rdata, WireName.fromWire(octets, at));
        }
        at = end;
      }
    }
  }
}
