package zonetrail.masterfile;

import java.util.Arrays;
import java.util.List;
import zonetrail.wire.RRType;

/// A part of a text, of whole entries, with the records that they stand for. Its offsets count from
/// its own first octet, so it is the same wherever in the text it comes to stand. Immutable.
///
/// @param places of its records, ascending
/// @param types a bit for the type of each record, so that one that has none need not be looked at
@SuppressWarnings("ArrayRecordComponent") // never compared
record Section(SourceFile lines, RecordTable records, long[] places, long types) {
  Section(SourceFile lines, RecordTable records, long[] places) {
    this(lines, records, places, typesOf(records));
  }

  private static long typesOf(RecordTable records) {
    long types = 0;
    for (int record = 0; record < records.count(); record++) {
      types |= bit(records.type(record));
    }
    return types;
  }

  private static long bit(RRType type) {
    return 1L << type.value();
  }

  /// Whether it may have records of a type.
  boolean mayHave(RRType type) {
    return (types & bit(type)) != 0;
  }

  int octets() {
    return lines.text.length;
  }

  int rdataOctets() {
    return records.rdata().end();
  }

  /// Cuts a text into sections.
  ///
  /// @param octets how long they are, or about as long
  /// @param out takes them
  static void cut(
      SourceFile lines, RecordTable records, long[] places, int octets, List<Section> out) {
    int total = lines.entryCount() == 0 ? 0 : lines.entryEnd(lines.entryCount() - 1);
    int most = total / Math.max(1, (total + octets / 2) / octets) + 1;
    int entry = 0;
    int record = 0;
    while (entry < lines.entryCount()) {
      int start = lines.entryStart(entry);
      int to = entry + 1;
      while (to < lines.entryCount() && lines.entryEnd(to - 1) - start < most) {
        to++;
      }
      int end = lines.entryEnd(to - 1);
      int toRecord = records.countBefore(end);
      byte[] text = Arrays.copyOfRange(lines.text, start, end);
      boolean isFirst = lines.isWhole && entry == 0;
      SourceFile part = SourceFile.part(lines.name, text, isFirst, to - entry);
      part.addEntries(lines, entry, to, -start);
      int rdataOctets = records.rdataStart(toRecord) - records.rdataStart(record);
      RecordTable table = RecordTable.ofSize(toRecord - record, rdataOctets);
      table.addAll(records, record, toRecord, -start);
      out.add(new Section(part, table, Arrays.copyOfRange(places, record, toRecord)));
      entry = to;
      record = toRecord;
    }
  }
}
