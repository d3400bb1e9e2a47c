package zonetrail.answer;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import zonetrail.wire.Header;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;

/// Zones out of master-file text, read by dnsjava: a test of answers must not stand or fall with
/// our own reader of master files.
final class ZoneText {
  private ZoneText() {}

  /// The zone that the text holds.
  ///
  /// @param apex the zone's name, and the origin of relative names
  static Zone zone(String apex, String text) {
    ZoneBuilder zone = new ZoneBuilder(WireName.parse(apex));
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    try (Master master =
        new Master(new ByteArrayInputStream(octets), Name.fromString(apex, Name.root), 3600)) {
      for (Record record = master.nextRecord(); record != null; record = master.nextRecord()) {
        add(zone, record);
      }
    } catch (TextParseException e) {
      throw new IllegalArgumentException(text, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return zone.build();
  }

  /// Without a compression table dnsjava writes every name in full and in the case of the text.
  private static void add(ZoneBuilder zone, Record record) {
    byte[] wire = record.toWire(Section.ANSWER);
    WireName owner = WireName.fromWire(wire, 0);
    int fixed = owner.length();
    zone.add(
        owner,
        RRType.of(Header.u16(wire, fixed)),
        Header.u32(wire, fixed + 4),
        Rdata.of(Arrays.copyOfRange(wire, fixed + 10, wire.length)));
  }
}
