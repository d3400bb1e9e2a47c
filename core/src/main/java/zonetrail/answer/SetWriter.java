package zonetrail.answer;

import zonetrail.wire.Header;
import zonetrail.wire.RRClass;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.ResponseWriter.Section;
import zonetrail.wire.Rfc;
import zonetrail.zone.NodeLayout;

/// Copies RRsets from a zone's octets into a response: what is kept has as many octets as what is
/// sent, so whether a set fits is known before it is written.
///
/// One object is used again and again by one thread. Allocation: none.
@Rfc(number = 1035, section = "4.1.4")
final class SetWriter {
  private static final int POINTER = 0xc000;
  private static final int POINTER_REACH = 0x4000;

  /// What came of a set.
  enum Fit {
    /// It is in the response.
    WRITTEN,
    /// There is no room for it.
    TOO_LARGE,
    /// The response is to be made the general way: names in it would have to point further than
    /// pointers reach, or a host is named twice.
    OUT_OF_REACH
  }

  private final ResponseWriter writer;
  private int start;
  private int ownerField;

  SetWriter(ResponseWriter writer) {
    this.writer = writer;
  }

  /// Writes a set whole or not at all, with its signatures, if there are any to go along.
  ///
  /// @param octets where the set lies
  /// @param rrset where in them it begins
  /// @param signatures where the signatures begin, or -1
  /// @param ownerAt where in the response its owner's name stands
  /// @param ownerOctets how many octets that name has
  /// @param ttl in seconds, of the set and of the signatures (RFC 4035 §3.1.1)
  @Rfc(number = 4035, section = "3.1.1")
  Fit write(
      Section section,
      byte[] octets,
      int rrset,
      int signatures,
      int ownerAt,
      int ownerOctets,
      int ttl) {
    ownerField = ownerOctets == 1 ? 1 : 2;
    int signed = signatures < 0 ? 0 : size(octets, signatures);
    int size = size(octets, rrset) + signed;
    if (writer.position() + Math.min(size, writer.room()) > POINTER_REACH) {
      return Fit.OUT_OF_REACH; // also of a set that may fit where its names are compressed better
    }
    if (size > writer.room()) {
      return Fit.TOO_LARGE;
    }
    start = writer.position();
    int owner = target(ownerAt);
    int end = copy(octets, rrset, owner, ownerOctets, ttl, start);
    int records = NodeLayout.records(octets, rrset);
    if (signatures >= 0) {
      end = copy(octets, signatures, owner, ownerOctets, ttl, end);
      records += NodeLayout.records(octets, signatures);
    }
    writer.wrote(section, records, end - start);
    return Fit.WRITTEN;
  }

  private int size(byte[] octets, int rrset) {
    return NodeLayout.recordOctets(octets, rrset)
        + NodeLayout.records(octets, rrset) * (NodeLayout.RECORD_HEAD - 2 + ownerField);
  }

  private int copy(byte[] octets, int rrset, int owner, int ownerOctets, int ttl, int setStart) {
    byte[] out = writer.buffer();
    int type = NodeLayout.type(octets, rrset);
    int names = NodeLayout.names(type);
    int record = NodeLayout.firstRecord(rrset);
    int at = setStart;
    for (int left = NodeLayout.records(octets, rrset); left > 0; left--) {
      if (ownerField == 1) {
        out[at++] = 0;
      } else {
        Header.putU16(out, at, POINTER | owner);
        at += 2;
      }
      Header.putU16(out, at, type);
      Header.putU16(out, at + 2, RRClass.IN);
      Header.putU32(out, at + 4, ttl);
      int length = 2 + Header.u16(octets, record);
      System.arraycopy(octets, record, out, at + 8, length);
      if (names > 0) {
        point(out, at + 10 + NodeLayout.namesAt(type), names, owner, ownerOctets, setStart);
      }
      at += 8 + length;
      record += length;
    }
    return at;
  }

  /// Makes pointers of those octets that stand for the rest of names.
  private static void point(
      byte[] out, int firstName, int names, int owner, int ownerOctets, int setStart) {
    int at = firstName;
    for (int left = names; left > 0; left--) {
      while (out[at] != 0 && !NodeLayout.isShared(out[at])) {
        at += 1 + out[at];
      }
      if (out[at] == 0) {
        at++;
      } else {
        int shared = NodeLayout.shared(out, at);
        int target =
            shared < NodeLayout.SHARED_WITH_SET
                ? suffix(out, owner, ownerOctets - shared)
                : setStart + shared - NodeLayout.SHARED_WITH_SET;
        Header.putU16(out, at, POINTER | target);
        at += 2;
      }
    }
  }

  /// Where in a message a name's end stands.
  ///
  /// @param nameAt where the name begins
  /// @param octets how many octets of labels to leave away
  static int suffix(byte[] message, int nameAt, int octets) {
    int at = nameAt;
    int left = octets;
    while (left > 0) {
      if (NodeLayout.isShared(message[at])) {
        at = Header.u16(message, at) & 0x3fff;
      } else {
        left -= 1 + message[at];
        at += 1 + message[at];
      }
    }
    return NodeLayout.isShared(message[at]) ? Header.u16(message, at) & 0x3fff : at;
  }

  private int target(int nameAt) {
    return suffix(writer.buffer(), nameAt, 0);
  }

  /// Where the set written last begins.
  int start() {
    return start;
  }

  /// How many octets each of its records has before its rdata.
  int recordHead() {
    return ownerField + NodeLayout.RECORD_HEAD;
  }
}
