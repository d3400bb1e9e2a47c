package zonetrail.answer;

import zonetrail.wire.EdnsOption;
import zonetrail.wire.Header;
import zonetrail.wire.NameKey;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.RRType;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.Rfc;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// The EDNS options that speak of the zone which the answer is from, for a client that asks for
/// them: each goes along if there is room.
final class ZoneOptions {
  /// The one type of version that there is, the serial of the SOA (RFC 9660 §4).
  private static final int SOA_SERIAL = 0;

  private static final byte[] NO_CONTENT = {};

  private ZoneOptions() {}

  /// Whether the client sent one with content, which only a response has (RFC 9660 §3.1).
  @Rfc(number = 9660, section = "3.1")
  static boolean isMalformed(QueryCursor request) {
    return request.copyOption(EdnsOption.ZONEVERSION, NO_CONTENT) > 0;
  }

  /// Adds what the client asks for.
  ///
  /// @param qname the name asked for
  /// @param zone the zone that is asked: of a chain the first, of a referral the one that refers,
  ///   for DS at a cut the parent
  /// @param zones which it is one of
  static void add(
      ResponseWriter writer, QueryCursor request, NameKey qname, Zone zone, Zones zones) {
    if (request.qtype() == RRType.SOA && qname.depth() == zone.apexDepth()) {
      sayExpire(writer, request, zones.secondsLeft(zone));
    }
    sayVersion(writer, request, zone);
  }

  /// How long a secondary that asks may serve the zone: what we may ourselves.
  @Rfc(number = 7314, section = "3.1")
  @Rfc(number = 7314, section = "3.2")
  private static void sayExpire(ResponseWriter writer, QueryCursor request, int secondsLeft) {
    if (request.hasOption(EdnsOption.EXPIRE)) {
      byte[] seconds = new byte[4];
      Header.putU32(seconds, 0, secondsLeft);
      writer.option(EdnsOption.EXPIRE, seconds, seconds.length);
    }
  }

  /// Which version answers. The zone's name is that many of the last labels of the name asked for,
  /// so it is always a zone that encloses it.
  @Rfc(number = 9660, section = "3.2")
  @Rfc(number = 9660, section = "4")
  private static void sayVersion(ResponseWriter writer, QueryCursor request, Zone zone) {
    if (request.hasOption(EdnsOption.ZONEVERSION)) {
      byte[] version = new byte[6];
      version[0] = (byte) zone.apex().labelCount();
      version[1] = SOA_SERIAL;
      Header.putU32(version, 2, zone.serial().bits());
      writer.option(EdnsOption.ZONEVERSION, version, version.length);
    }
  }
}
