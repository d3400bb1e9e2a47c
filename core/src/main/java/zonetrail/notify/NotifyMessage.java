package zonetrail.notify;

import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// The NOTIFY request for a zone, as octets.
///
/// It carries an SOA record as its hint (RFC 1996 §3.7) of which only the serial means something:
/// mname and rname are the zone's own name and the timers 0, since who asks need not know the zone.
/// A receiver that already has this serial may do nothing. The reply is known by
/// [zonetrail.wire.ReplyMatch].
@Rfc(number = 1996, section = "3.7")
@Rfc(number = 1996, section = "3.9")
public final class NotifyMessage {
  private static final int QUESTION_FIXED_OCTETS = 4;
  private static final int POINTER_TO_QNAME = 0xc000 | Header.OCTETS;
  private static final int POINTER_OCTETS = 2;
  private static final int SOA_NUMBERS_OCTETS = 5 * 4;
  private static final int SOA_RDATA_OCTETS = 2 * POINTER_OCTETS + SOA_NUMBERS_OCTETS;
  private static final int ANSWER_OCTETS = POINTER_OCTETS + 10 + SOA_RDATA_OCTETS;

  private NotifyMessage() {}

  /// The request, unsigned.
  ///
  /// @param id 0 to 65535; hard to guess
  /// @param zone the zone that has changed
  /// @param serial the serial that it has now
  @Rfc(number = 1996, section = "4.5")
  public static byte[] request(int id, WireName zone, Serial serial) {
    int nameEnd = Header.OCTETS + zone.length();
    byte[] message = new byte[nameEnd + QUESTION_FIXED_OCTETS + ANSWER_OCTETS];
    Header.putU16(message, Header.ID, id);
    Header.putU16(message, Header.FLAGS, Header.withOpcode(Opcode.NOTIFY) | Header.AA);
    Header.putU16(message, Header.QDCOUNT, 1);
    Header.putU16(message, Header.ANCOUNT, 1);
    zone.copyTo(message, Header.OCTETS);
    putTypeAndClass(message, nameEnd);
    putSoa(message, nameEnd + QUESTION_FIXED_OCTETS, serial);
    return message;
  }

  private static void putSoa(byte[] message, int offset, Serial serial) {
    Header.putU16(message, offset, POINTER_TO_QNAME);
    putTypeAndClass(message, offset + 2);
    Header.putU32(message, offset + 6, 0); // TTL
    Header.putU16(message, offset + 10, SOA_RDATA_OCTETS);
    Header.putU16(message, offset + 12, POINTER_TO_QNAME); // mname
    Header.putU16(message, offset + 14, POINTER_TO_QNAME); // rname
    Header.putU32(message, offset + 16, serial.bits()); // the timers after it stay 0
  }

  private static void putTypeAndClass(byte[] message, int offset) {
    Header.putU16(message, offset, RRType.SOA.value());
    Header.putU16(message, offset + 2, RRClass.IN);
  }
}
