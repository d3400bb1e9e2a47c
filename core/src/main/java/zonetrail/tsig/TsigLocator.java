package zonetrail.tsig;

import java.util.Arrays;
import zonetrail.wire.Header;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// Walks over a message and finds its TSIG record; total, whatever the octets.
///
/// Time: linear in the message's length.
final class TsigLocator {
  private static final int FIXED_QUESTION_OCTETS = 4;
  private static final int FIXED_RECORD_OCTETS = 10;
  private static final int POINTER = 0xc0;

  private final byte[] message;
  private final int length;

  private TsigLocator(byte[] message, int length) {
    this.message = message;
    this.length = length;
  }

  /// What the walk found.
  sealed interface Located {
    /// A well-formed message without TSIG.
    ///
    /// @param questionEnd the offset after the question section
    record None(int questionEnd) implements Located {}

    /// One TSIG record, where it must be.
    ///
    /// @param record the record
    /// @param offset where it begins, which is where the signed message ends
    /// @param questionEnd the offset after the question section
    record Found(TsigRecord record, int offset, int questionEnd) implements Located {}

    /// A message that can't be walked, or a TSIG that is no good as a record.
    record Malformed(String why) implements Located {}
  }

  /// Thrown inside the walk only.
  private static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String why) {
      super(why, null, false, false);
    }
  }

  static Located locate(byte[] message, int length) {
    try {
      return new TsigLocator(message, length).walk();
    } catch (MalformedException e) {
      return new Located.Malformed(String.valueOf(e.getMessage()));
    }
  }

  @Rfc(number = 8945, section = "5.2")
  private Located walk() throws MalformedException {
    if (length < Header.OCTETS) {
      throw new MalformedException("shorter than a header");
    }
    int at = Header.OCTETS;
    for (int i = Header.u16(message, Header.QDCOUNT); i > 0; i--) {
      at = within(afterName(at) + FIXED_QUESTION_OCTETS);
    }
    int questionEnd = at;
    int additional = Header.u16(message, Header.ARCOUNT);
    int records =
        Header.u16(message, Header.ANCOUNT) + Header.u16(message, Header.NSCOUNT) + additional;
    for (int left = records; left > 0; left--) {
      int fixed = afterName(at);
      int rdata = within(fixed + FIXED_RECORD_OCTETS);
      int end = within(rdata + Header.u16(message, fixed + 8));
      if (Header.u16(message, fixed) == RRType.TSIG.value()) {
        if (left > 1 || additional == 0) {
          throw new MalformedException("a TSIG record that is not the last additional record");
        }
        if (end != length) {
          throw new MalformedException("octets after the TSIG record");
        }
        return new Located.Found(read(at, fixed, rdata, end), at, questionEnd);
      }
      at = end;
    }
    return new Located.None(questionEnd);
  }

  private TsigRecord read(int owner, int fixed, int rdata, int end) throws MalformedException {
    if (Header.u16(message, fixed + 2) != RRClass.ANY) {
      throw new MalformedException("the TSIG record's class is not ANY");
    }
    if (Header.u32(message, fixed + 4) != 0) {
      throw new MalformedException("the TSIG record's TTL is not 0");
    }
    // RFC 8945 §4.2: this name must not be compressed.
    int time = WireName.endOf(message, rdata, end);
    if (time < 0) {
      throw new MalformedException("the TSIG record's algorithm name is incomplete or compressed");
    }
    int mac = time + TsigRecord.TIME_OCTETS + 4;
    int afterMac = mac > end ? mac : mac + Header.u16(message, mac - 2);
    int other = afterMac + 6;
    if (other > end || other + Header.u16(message, other - 2) != end) {
      throw new MalformedException("the TSIG record's lengths do not fit its RDLENGTH");
    }
    return new TsigRecord(
        nameAt(owner),
        WireName.fromWire(message, rdata),
        TsigRecord.u48(message, time),
        Header.u16(message, time + TsigRecord.TIME_OCTETS),
        TsigMac.of(message, mac, afterMac - mac),
        Header.u16(message, afterMac),
        Header.u16(message, afterMac + 2),
        Arrays.copyOfRange(message, other, end));
  }

  private int within(int offset) throws MalformedException {
    if (offset > length) {
      throw new MalformedException("the message ends within a record");
    }
    return offset;
  }

  /// The offset after a name that may be compressed; where its pointer leads is not looked at.
  private int afterName(int offset) throws MalformedException {
    int at = offset;
    while (at < length) {
      int label = message[at] & 0xff;
      if (label == 0) {
        return at + 1;
      }
      if (label >= POINTER) {
        return within(at + 2);
      }
      if (label > WireName.MAX_LABEL_OCTETS || at - offset > WireName.MAX_OCTETS) {
        break;
      }
      at += 1 + label;
    }
    throw new MalformedException("a name that is none");
  }

  /// Reads a name that may be compressed; pointers only lead backward, so the walk ends.
  @Rfc(number = 1035, section = "4.1.4")
  private WireName nameAt(int offset) throws MalformedException {
    byte[] name = new byte[WireName.MAX_OCTETS];
    int used = 0;
    int at = offset;
    int bound = offset; // A pointer must lead to an earlier octet than the run of labels it ends.
    while (at < length) {
      int label = message[at] & 0xff;
      if (label >= POINTER) {
        int target = at + 1 < length ? Header.u16(message, at) & 0x3fff : bound;
        if (target >= bound || target < Header.OCTETS) {
          break;
        }
        bound = target;
        at = target;
        continue;
      }
      int taken = 1 + label;
      if (label > WireName.MAX_LABEL_OCTETS || at + taken > length || used + taken > name.length) {
        break;
      }
      System.arraycopy(message, at, name, used, taken);
      used += taken;
      at += taken;
      if (label == 0) {
        return WireName.fromWire(name, 0);
      }
    }
    throw new MalformedException("the TSIG record's name is none");
  }
}
