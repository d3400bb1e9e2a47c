package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.WireName;

/// A record in the one form in which records of different programs are compared: owner in small
/// letters, TTL, type, octets of the rdata.
///
/// @param owner in small letters
/// @param octets in hexadecimal
record PrintedRecord(String owner, long ttlSeconds, String type, String octets)
    implements Comparable<PrintedRecord> {
  /// `owner TTL IN type rdata`, as tools print it: whole names, a record a line.
  private static final Pattern LINE =
      Pattern.compile("((?:\\\\.|[^\\s\\\\])+)\\s+(\\d+)\\s+IN\\s+(\\S+)\\s*(.*)");

  private static final long ANY_TTL = -1;
  private static final String UNREADABLE = "unreadable";

  static PrintedRecord of(WireName owner, long ttlSeconds, RRType type, byte[] rdata) {
    return new PrintedRecord(
        owner.toString().toLowerCase(Locale.ROOT),
        ttlSeconds,
        type.toString(),
        HexFormat.of().formatHex(rdata));
  }

  /// What stands in a line of a tool's output, by dnsjava; for types that it has no text for, by
  /// our own reader, which after all has to give the same as for the line in the zone file.
  static PrintedRecord parse(String line) {
    Matcher parts = LINE.matcher(line);
    try {
      return parts.matches() ? parse(line, parts) : unreadable(line);
    } catch (IOException | IllegalArgumentException wrong) {
      return unreadable(line);
    }
  }

  /// What equals no record of ours.
  private static PrintedRecord unreadable(String line) {
    return new PrintedRecord(line, ANY_TTL, UNREADABLE, "");
  }

  private static PrintedRecord parse(String line, Matcher parts) throws IOException {
    WireName owner =
        WireName.fromWire(Name.fromString(parts.group(1), Name.root).toWireCanonical(), 0);
    RRType type = RRType.parse(parts.group(3));
    if (type == null) {
      throw new IOException("no type: " + line);
    }
    long ttlSeconds = Long.parseLong(parts.group(2));
    return of(owner, ttlSeconds, type, rdata(type, parts.group(4)));
  }

  private static byte[] rdata(RRType type, String text) {
    try {
      Record record = Record.fromString(Name.root, type.value(), DClass.IN, 0, text, Name.root);
      return rdata(record);
    } catch (IOException | RuntimeException unknown) {
      return RdataText.parse(type, text, WireName.ROOT).toBytes();
    }
  }

  private static byte[] rdata(Record record) {
    byte[] whole = record.toWire(Section.ANSWER);
    int start = record.getName().length() + 10;
    return Arrays.copyOfRange(whole, start, whole.length);
  }

  /// A record out of a message.
  static PrintedRecord of(Record record) {
    return of(
        WireName.fromWire(record.getName().toWire(), 0),
        record.getTTL(),
        RRType.of(record.getType()),
        rdata(record));
  }

  PrintedRecord withAnyTtl() {
    return new PrintedRecord(owner, ANY_TTL, type, octets);
  }

  /// With the names in the rdata in small letters, for who keeps them so (RFC 4034 §6.2).
  PrintedRecord canonical() {
    RdataLayout layout = RdataLayout.of(requireNonNull(RRType.parse(type)));
    byte[] rdata = HexFormat.of().parseHex(octets);
    return layout == null || layout.problemWith(rdata) != null
        ? this
        : new PrintedRecord(
            owner, ttlSeconds, type, HexFormat.of().formatHex(layout.canonical(rdata)));
  }

  String rrset() {
    return owner + " " + type;
  }

  @Override
  public int compareTo(PrintedRecord other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return owner + " " + ttlSeconds + " " + type + " " + octets;
  }
}
