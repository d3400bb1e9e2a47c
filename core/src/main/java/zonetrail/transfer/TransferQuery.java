package zonetrail.transfer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.EdnsOption;
import zonetrail.wire.Header;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;

/// The questions that a secondary asks its primary, as octets: for the SOA, for the whole zone, for
/// what has changed. Each asks, too, how long the primary may serve the zone itself (RFC 7314).
@Rfc(number = 7314, section = "4")
public final class TransferQuery {
  private static final int QUESTION_FIXED_OCTETS = 4;
  private static final int RECORD_FIXED_OCTETS = 10;
  private static final int OPT_OCTETS = 1 + RECORD_FIXED_OCTETS + EdnsOption.HEAD_OCTETS;

  private TransferQuery() {}

  /// Which version does the primary have?
  ///
  /// @param id 0 to 65535; hard to guess
  @Rfc(number = 1034, section = "4.3.5")
  public static byte[] soa(int id, WireName zone) {
    return query(id, zone, RRType.SOA, null);
  }

  /// The whole zone (RFC 5936 §2.1).
  @Rfc(number = 5936, section = "2.1")
  public static byte[] full(int id, WireName zone) {
    return query(id, zone, RRType.AXFR, null);
  }

  /// What has changed since this version (RFC 1995 §3).
  @Rfc(number = 1995, section = "3")
  public static byte[] incremental(int id, Zone base) {
    return query(id, base.apex(), RRType.IXFR, base.soa());
  }

  private static byte[] query(int id, WireName zone, RRType type, @Nullable RRset soa) {
    byte[] message = new byte[ResponseWriter.MAX_UDP_PAYLOAD_OCTETS];
    Header.putU16(message, Header.ID, id);
    Header.putU16(message, Header.QDCOUNT, 1);
    int at = zone.copyTo(message, Header.OCTETS);
    Header.putU16(message, at, type.value());
    Header.putU16(message, at + 2, RRClass.IN);
    at += QUESTION_FIXED_OCTETS;
    if (soa != null) {
      Header.putU16(message, Header.NSCOUNT, 1);
      at = putSoa(message, at, soa);
    }
    Header.putU16(message, Header.ARCOUNT, 1);
    return Arrays.copyOf(message, putOpt(message, at));
  }

  private static int putSoa(byte[] message, int offset, RRset soa) {
    Rdata rdata = soa.rdatas().getFirst();
    int at = soa.owner().copyTo(message, offset);
    Header.putU16(message, at, RRType.SOA.value());
    Header.putU16(message, at + 2, RRClass.IN);
    Header.putU32(message, at + 4, soa.ttlSeconds());
    Header.putU16(message, at + 8, rdata.length());
    at += RECORD_FIXED_OCTETS;
    rdata.copyTo(0, message, at, rdata.length());
    return at + rdata.length();
  }

  private static int putOpt(byte[] message, int at) {
    Header.putU16(message, at + 1, RRType.OPT.value());
    Header.putU16(message, at + 3, ResponseWriter.MAX_UDP_PAYLOAD_OCTETS);
    Header.putU16(message, at + 9, EdnsOption.HEAD_OCTETS);
    Header.putU16(message, at + 11, EdnsOption.EXPIRE);
    return at + OPT_OCTETS;
  }
}
