package zonetrail.masterfile;

import zonetrail.wire.WireName;

/// What reading a zone file takes of the heap, as far as it has been read: the texts, the columns
/// of the records, which double as they grow, and the zone that will be made, with what it is made
/// by. An estimate, from the smallest heap in which 10,000 to 300,000 records of several kinds
/// could be read.
///
/// A short text can ask for much, so this is looked at after each line.
final class HeapNeed {
  private static final int PER_TEXT_OCTET = 3;
  private static final int PER_ENTRY = 8;
  private static final int PER_RECORD = 100;
  private static final int PER_RDATA_OCTET = 4;
  private static final int PER_OWNER = 90;
  private static final int PER_OWNER_OCTET = 2;

  /// How many records one after the other of one owner are told apart without more.
  private static final int FEW = 8;

  private static final int PER_RECORD_OF_MANY = 160;

  private final long room;
  private long octets;
  private WireName lastOwner = WireName.ROOT;
  private int ofLastOwner;

  /// @param room how many octets of the heap there are
  HeapNeed(long room) {
    this.room = room;
  }

  long room() {
    return room;
  }

  void addText(int textOctets) {
    octets += (long) textOctets * PER_TEXT_OCTET;
  }

  void addEntry() {
    octets += PER_ENTRY;
  }

  /// A record; its rdata is counted by [#octets].
  void addRecord(WireName owner) {
    octets += PER_RECORD;
    if (owner.equals(lastOwner)) {
      ofLastOwner++;
      octets += ofLastOwner > FEW ? PER_RECORD_OF_MANY : 0;
    } else {
      lastOwner = owner;
      ofLastOwner = 1;
      octets += PER_OWNER + (long) owner.length() * PER_OWNER_OCTET;
    }
  }

  /// How much it is.
  ///
  /// @param rdataOctets of all records
  long octets(int rdataOctets) {
    return octets + (long) rdataOctets * PER_RDATA_OCTET;
  }

  boolean exceedsRoom(int rdataOctets) {
    return octets(rdataOctets) > room;
  }
}
