package zonetrail.zone;

import zonetrail.wire.Header;
import zonetrail.wire.WireName;

/// Reads rdata with names of which only the beginnings are kept, see [NodeLayout].
final class RdataReader {
  private static final int MAX_PLAIN_NAMES = 2 * WireName.MAX_OCTETS;

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
    int type = NodeLayout.type(octets, rrset);
    int at = record + 2;
    int recordEnd = at + Header.u16(octets, record);
    plain = new byte[recordEnd - at + MAX_PLAIN_NAMES];
    end = 0;
    at = copy(at, at + NodeLayout.namesAt(type));
    for (int i = NodeLayout.names(type); i > 0; i--) {
      at = name(at);
    }
    copy(at, recordEnd);
    return Rdata.of(plain, 0, end);
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

  /// Where in [#octets] that lies which lies this far from the start of the set in a message.
  private int placeOf(int inMessage) {
    int head = NodeLayout.RECORD_HEAD - (owner.isRoot() ? 1 : 0);
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
