package zonetrail.masterfile;

import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// The records of a text and of those that it includes, in the order of the text, as an edit looks
/// at them: in one table, or in one for each section.
///
/// Each has a place: a number that is larger for those further back. Where records are in sections
/// it stays the same while others come and go, which their numbers do not.
interface Records {
  int count();

  /// The table in which a record is.
  RecordTable table(int record);

  /// Which one it is in there.
  int inTable(int record);

  /// Where the type of a record stands, among all texts of a parse.
  int offset(int record);

  long place(int record);

  /// The record that has a place.
  int recordAt(long place);

  /// The last record of a type in front of one, or -1.
  int lastOfType(RRType type, int before);

  default WireName owner(int record) {
    return table(record).owner(inTable(record));
  }

  default RRType type(int record) {
    return table(record).type(inTable(record));
  }

  default int ttlSeconds(int record) {
    return table(record).ttlSeconds(inTable(record));
  }

  default Rdata rdata(int record) {
    return table(record).rdata(inTable(record));
  }

  /// The type that a signature covers, or 0 for records of other types.
  default int covered(int record) {
    return table(record).covered(inTable(record));
  }

  /// Whether a record is one of other records but for the owner: same type, TTL and octets.
  default boolean isSameButForOwner(int record, Records others, int there) {
    return table(record).isSameButForOwner(inTable(record), others, there);
  }
}
