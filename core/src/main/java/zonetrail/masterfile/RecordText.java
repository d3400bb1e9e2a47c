package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// A record by itself as a line of a master file, and back.
public final class RecordText {
  private RecordText() {}

  /// Whether a record that is printed is read back as the same one.
  public static boolean survives(WireName owner, RRType type, int ttlSeconds, Rdata rdata) {
    String text = owner + " " + ttlSeconds + " IN " + type + " " + RdataText.print(type, rdata);
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    RecordLine read = RecordLine.at(octets, 0, false);
    if (read.line.problem() != null
        || read.line.lineEnd() != octets.length
        || read.isGenerate
        || !read.hasOwner()
        || read.ttl == RecordLine.NONE
        || read.recordClass == RecordLine.NONE
        || read.type >= read.line.count()) {
      return false;
    }
    try {
      return TypeText.readOfRecord(read.line, read.type).equals(type)
          && read.owner(WireName.ROOT).equals(owner)
          && NumberText.ttlSeconds(read.line, read.ttl) == ttlSeconds
          && read.rdata(type, WireName.ROOT).equals(rdata);
    } catch (BadEntryException unreadable) {
      return false;
    }
  }
}
