package zonetrail.transfer;

import java.util.OptionalInt;
import zonetrail.wire.BadMessageException;
import zonetrail.wire.Header;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.RecordCursor;
import zonetrail.wire.RecordCursor.Section;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;
import zonetrail.zone.Serial;
import zonetrail.zone.SoaSerial;

/// What a primary says when it is asked for the SOA of a zone.
@Rfc(number = 1034, section = "4.3.5")
public sealed interface SoaAnswer {
  /// It has this version.
  ///
  /// @param expireSeconds how long it may serve that itself, if it said so (RFC 7314 §4)
  record Has(Serial serial, OptionalInt expireSeconds) implements SoaAnswer {}

  /// It has none, or says none.
  ///
  /// @param why by kind
  /// @param text for people to read
  record Failed(InboundFailure why, String text) implements SoaAnswer {}

  /// Reads a response to [TransferQuery#soa] that is known to be one.
  ///
  /// @param message where it lies, from octet 0
  /// @param end where its records end; what stands behind is its signature
  /// @param recordsBehind how many additional records stand behind
  static SoaAnswer read(byte[] message, int end, int recordsBehind, WireName zone) {
    int flags = Header.u16(message, Header.FLAGS);
    if (Header.rcode(flags) != Rcode.NOERROR.value()) {
      var refusal = TransferIn.refusal(Header.rcode(flags));
      return new Failed(refusal.why(), refusal.text());
    }
    if ((flags & Header.AA) == 0) {
      return new Failed(InboundFailure.REFUSED, "it is not authoritative for the zone");
    }
    try {
      return soaIn(message, end, recordsBehind, zone);
    } catch (BadMessageException bad) {
      return new Failed(InboundFailure.MALFORMED, "its answer is malformed: " + bad.getMessage());
    }
  }

  private static SoaAnswer soaIn(byte[] message, int end, int recordsBehind, WireName zone)
      throws BadMessageException {
    RecordCursor cursor = new RecordCursor();
    cursor.begin(message, end, recordsBehind);
    Serial serial = null;
    OptionalInt expire = OptionalInt.empty();
    while (cursor.next()) {
      if (cursor.section() == Section.ANSWER
          && cursor.type() == RRType.SOA
          && cursor.rclass() == RRClass.IN
          && cursor.owner().equals(zone)) {
        serial = SoaSerial.of(Rdata.of(cursor.rdata()));
      } else if (cursor.section() == Section.ADDITIONAL && cursor.type() == RRType.OPT) {
        expire = ExpireOption.in(cursor.rawRdata());
      }
    }
    return serial == null
        ? new Failed(InboundFailure.REFUSED, "its answer has no SOA of the zone")
        : new Has(serial, expire);
  }
}
