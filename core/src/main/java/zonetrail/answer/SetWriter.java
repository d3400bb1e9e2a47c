package zonetrail.answer;

import zonetrail.wire.Header;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.ResponseWriter.Section;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
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

  /// Writes the CNAME that is made of the DNAME written last.
  ///
  /// @param nameAt where in the response the name asked for stands
  /// @param ownLabels how many octets of labels it has before the DNAME's owner
  /// @return where in the response the CNAME's target stands; or -1 if there is no room, if that is
  ///   beyond the reach of pointers, or if the name would be too long
  @Rfc(number = 6672, section = "3.2")
  int writeRedirection(int nameAt, int ownLabels, int ttl) {
    byte[] out = writer.buffer();
    int dnameTarget = start + recordHead();
    int targetOctets = Header.u16(out, dnameTarget - 2);
    int targetField = targetOctets == 1 ? 1 : 2;
    int at = writer.position();
    int rdataOctets = ownLabels + targetField;
    int size = 2 + NodeLayout.RECORD_HEAD + rdataOctets;
    if (ownLabels + targetOctets > WireName.MAX_OCTETS
        || at + size > POINTER_REACH
        || size > writer.room()) {
      return -1;
    }
    Header.putU16(out, at, POINTER | suffix(nameAt, 0));
    Header.putU16(out, at + 2, RRType.CNAME.value());
    Header.putU16(out, at + 4, RRClass.IN);
    Header.putU32(out, at + 6, ttl);
    Header.putU16(out, at + 10, rdataOctets);
    int target = at + 12;
    int end = copyLabels(out, nameAt, ownLabels, target);
    if (targetField == 1) {
      out[end] = 0;
    } else {
      Header.putU16(out, end, POINTER | dnameTarget);
    }
    writer.wrote(Section.ANSWER, 1, size);
    return target;
  }

  /// Copies the first labels of a name within a message.
  private static int copyLabels(byte[] message, int nameAt, int octets, int targetAt) {
    int at = nameAt;
    int end = targetAt;
    while (end < targetAt + octets) {
      if (NodeLayout.isShared(message[at])) {
        at = Header.u16(message, at) & 0x3fff;
      } else {
        int label = 1 + message[at];
        System.arraycopy(message, at, message, end, label);
        at += label;
        end += label;
      }
    }
    return end;
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
