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

  /// Where in the response the owner's name stands, or its end.
  private int owner;

  /// How many octets say so: those of a pointer, or the root's zero.
  private int ownerField;

  /// Where in the set's array the labels lie that are still to be written before that end.
  private int labels;

  private int labelOctets;

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
    labelOctets = 0;
    owner = suffix(ownerAt, 0);
    ownerField = ownerOctets == 1 ? 1 : 2;
    return write(section, octets, rrset, signatures, ownerOctets, ttl);
  }

  /// Writes a set that proves something, with its signatures, into the authority section: whole or
  /// not at all. Of its owner's name only the end stands in the response already.
  ///
  /// @param type of the set, which the node has: one without names that may be compressed
  /// @param ownLabels how many octets of labels that name begins with before that end, maybe none
  /// @param suffixAt where in the response the end stands
  /// @param suffixOctets how many octets it has
  Fit writeProof(byte[] octets, int node, int type, int ownLabels, int suffixAt, int suffixOctets) {
    labels = NodeLayout.prefix(node);
    labelOctets = ownLabels;
    owner = suffix(suffixAt, 0);
    ownerField = suffixOctets == 1 ? 1 : 2;
    int rrset = NodeLayout.rrset(octets, node, type);
    int signatures = NodeLayout.signatures(octets, node, type);
    int ttl = NodeLayout.ttl(octets, rrset);
    return write(Section.AUTHORITY, octets, rrset, signatures, ownLabels + suffixOctets, ttl);
  }

  private Fit write(
      Section section, byte[] octets, int rrset, int signatures, int ownerOctets, int ttl) {
    int records = NodeLayout.records(octets, rrset);
    int recordOctets = NodeLayout.recordOctets(octets, rrset);
    if (signatures >= 0) {
      records += NodeLayout.records(octets, signatures);
      recordOctets += NodeLayout.recordOctets(octets, signatures);
    }
    int laterField = labelOctets == 0 ? ownerField : 2;
    int owners = labelOctets + ownerField + (records - 1) * laterField;
    int size = owners + records * (NodeLayout.RECORD_HEAD - 2) + recordOctets;
    if (writer.position() + Math.min(size, writer.room()) > POINTER_REACH) {
      return Fit.OUT_OF_REACH; // also of a set that may fit where its names are compressed better
    }
    if (size > writer.room()) {
      return Fit.TOO_LARGE;
    }
    start = writer.position();
    int end = copy(octets, rrset, ownerOctets, ttl, start);
    if (signatures >= 0) {
      end = copy(octets, signatures, ownerOctets, ttl, end);
    }
    writer.wrote(section, records, end - start);
    return Fit.WRITTEN;
  }

  private int copy(byte[] octets, int rrset, int ownerOctets, int ttl, int setStart) {
    byte[] out = writer.buffer();
    int type = NodeLayout.type(octets, rrset);
    int names = NodeLayout.names(type);
    int record = NodeLayout.firstRecord(rrset);
    int at = setStart;
    for (int left = NodeLayout.records(octets, rrset); left > 0; left--) {
      at = putOwner(out, at, octets);
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

  private int putOwner(byte[] out, int at, byte[] octets) {
    int suffixField = at + labelOctets;
    if (ownerField == 1) {
      out[suffixField] = 0;
    } else {
      Header.putU16(out, suffixField, POINTER | owner);
    }
    int end = suffixField + ownerField;
    if (labelOctets > 0) {
      System.arraycopy(octets, labels, out, at, labelOctets);
      labelOctets = 0; // the other records of the set point at what is written now
      owner = at;
      ownerField = 2;
    }
    return end;
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

  /// Where in the response a name's end stands.
  ///
  /// @param nameAt where in it the name begins
  /// @param octets how many octets of labels to leave away
  int suffix(int nameAt, int octets) {
    return suffix(writer.buffer(), nameAt, octets);
  }

  /// Where in a message a name's end stands.
  ///
  /// @param nameAt where the name begins
  /// @param octets how many octets of labels to leave away
  private static int suffix(byte[] message, int nameAt, int octets) {
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

  /// Where the set written last begins.
  int start() {
    return start;
  }

  /// How many octets each of its records has before its rdata.
  int recordHead() {
    return ownerField + NodeLayout.RECORD_HEAD;
  }
}
