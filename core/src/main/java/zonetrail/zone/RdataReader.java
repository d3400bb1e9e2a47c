package zonetrail.zone;

import zonetrail.wire.Header;
import zonetrail.wire.WireName;

/// Reads rdata with names of which only the beginnings are kept, see [NodeLayout].
final class RdataReader {
  private final byte[] octets;
  private final int rrset;
  private final WireName owner;
  private byte[] plain = {};
  private int end;

  RdataReader(byte[] octets, int rrset, WireName owner) {
    this.octets = octets;
    this.rrset = rrset;
    this.owner = owner;
  }

  /// The rdata of a record.
  ///
  /// @param record where it begins, with its length
  Rdata read(int record) {
    plain = new byte[lengthOf(record)];
    end = 0;
    int type = NodeLayout.type(octets, rrset);
    int at = copy(record + 2, record + 2 + NodeLayout.namesAt(type));
    for (int i = NodeLayout.names(type); i > 0; i--) {
      at = name(at);
    }
    copy(at, record + 2 + Header.u16(octets, record));
    return Rdata.owning(plain);
  }

  /// How many octets the rdata has with its names in full.
  private int lengthOf(int record) {
    int type = NodeLayout.type(octets, rrset);
    int at = record + 2 + NodeLayout.namesAt(type);
    int length = Header.u16(octets, record);
    for (int i = NodeLayout.names(type); i > 0; i--) {
      int nameEnd = endOfName(at);
      length += lengthOfName(at) - (nameEnd - at);
      at = nameEnd;
    }
    return length;
  }

  private int endOfName(int from) {
    int at = from;
    while (octets[at] != 0 && !NodeLayout.isShared(octets[at])) {
      at += 1 + octets[at];
    }
    return octets[at] == 0 ? at + 1 : at + 2;
  }

  private int lengthOfName(int from) {
    int at = from;
    while (octets[at] != 0 && !NodeLayout.isShared(octets[at])) {
      at += 1 + octets[at];
    }
    if (octets[at] == 0) {
      return at + 1 - from;
    }
    int shared = NodeLayout.shared(octets, at);
    return at
        - from
        + (shared < NodeLayout.SHARED_WITH_SET
            ? shared
            : lengthOfName(placeOf(shared - NodeLayout.SHARED_WITH_SET)));
  }

  private int copy(int from, int to) {
    System.arraycopy(octets, from, plain, end, to - from);
    end += to - from;
    return to;
  }

  /// @return where in [#octets] the name ends
  private int name(int from) {
    int at = from;
    while (!NodeLayout.isShared(octets[at])) {
      int label = octets[at];
      at = copy(at, at + 1 + label);
      if (label == 0) {
        return at;
      }
    }
    int shared = NodeLayout.shared(octets, at);
    if (shared < NodeLayout.SHARED_WITH_SET) {
      for (int i = owner.length() - shared; i < owner.length(); i++) {
        plain[end++] = (byte) owner.octetAt(i);
      }
    } else {
      name(placeOf(shared - NodeLayout.SHARED_WITH_SET));
    }
    return at + 2;
  }

  private int placeOf(int inMessage) {
    return placeOf(octets, rrset, inMessage, owner.isRoot());
  }

  /// Where in the octets that lies which lies this far from the start of the set in a message.
  static int placeOf(byte[] octets, int rrset, int inMessage, boolean isRootsSet) {
    int head = NodeLayout.RECORD_HEAD - (isRootsSet ? 1 : 0);
    int record = NodeLayout.firstRecord(rrset);
    int recordInMessage = head;
    while (true) {
      int length = 2 + Header.u16(octets, record);
      if (inMessage < recordInMessage + length) {
        return record + inMessage - recordInMessage;
      }
      record += length;
      recordInMessage += length + head;
    }
  }
}
