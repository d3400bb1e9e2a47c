package zonetrail.update;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Locale;
import zonetrail.masterfile.RdataText;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

/// UPDATE messages out of text, in words like those of `nsupdate`. Names are relative to the zone.
///
/// ```text
/// if-in-use NAME               if-unused NAME
/// if-rrset NAME TYPE [RDATA]   if-no-rrset NAME TYPE
/// add NAME TTL TYPE RDATA      delete NAME [TYPE [RDATA]]
/// prerequisite|update|additional NAME CLASS TTL TYPE [HEX]
/// ```
final class UpdateScript {
  private static final int ID = 0x1234;
  private static final int PREREQUISITE = 1;
  private static final int UPDATE = 2;
  private static final int ADDITIONAL = 3;

  private final WireName zone;
  private final ByteArrayOutputStream[] sections = new ByteArrayOutputStream[4];
  private final int[] counts = new int[4];

  private UpdateScript(WireName zone) {
    this.zone = zone;
    for (int i = 0; i < sections.length; i++) {
      sections[i] = new ByteArrayOutputStream();
    }
  }

  /// The message for a zone of class IN.
  static byte[] message(String zone, String script) {
    return message(zone, RRClass.IN, RRType.SOA, script);
  }

  static byte[] message(String zone, int zoneClass, RRType zoneType, String script) {
    UpdateScript message = new UpdateScript(WireName.parse(zone));
    message.question(zoneType, zoneClass);
    script.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(message::line);
    return message.octets();
  }

  private void question(RRType type, int zoneClass) {
    counts[0]++;
    sections[0].writeBytes(zone.toWire());
    u16(sections[0], type.value());
    u16(sections[0], zoneClass);
  }

  private void line(String line) {
    String[] words = line.split(" +", 5);
    String verb = words[0].toLowerCase(Locale.ROOT);
    switch (verb) {
      case "if-in-use" -> record(PREREQUISITE, words[1], RRType.ANY, RRClass.ANY, 0, new byte[0]);
      case "if-unused" -> record(PREREQUISITE, words[1], RRType.ANY, RRClass.NONE, 0, new byte[0]);
      case "if-no-rrset" ->
          record(PREREQUISITE, words[1], type(words[2]), RRClass.NONE, 0, new byte[0]);
      case "if-rrset" -> {
        String rdata = rest(line, 3);
        record(
            PREREQUISITE,
            words[1],
            type(words[2]),
            rdata.isEmpty() ? RRClass.ANY : RRClass.IN,
            0,
            rdata.isEmpty() ? new byte[0] : rdata(type(words[2]), rdata));
      }
      case "add" ->
          record(
              UPDATE,
              words[1],
              type(words[3]),
              RRClass.IN,
              Integer.parseInt(words[2]),
              rdata(type(words[3]), words[4]));
      case "delete" -> {
        String rdata = rest(line, 3);
        record(
            UPDATE,
            words[1],
            words.length == 2 ? RRType.ANY : type(words[2]),
            rdata.isEmpty() ? RRClass.ANY : RRClass.NONE,
            0,
            rdata.isEmpty() ? new byte[0] : rdata(type(words[2]), rdata));
      }
      case "prerequisite", "update", "additional" -> {
        String[] fields = line.split(" +", -1);
        int section =
            verb.equals("update") ? UPDATE : verb.equals("additional") ? ADDITIONAL : PREREQUISITE;
        record(
            section,
            fields[1],
            type(fields[4]),
            rclass(fields[2]),
            Integer.parseUnsignedInt(fields[3]),
            fields.length > 5 ? HexFormat.of().parseHex(fields[5]) : new byte[0]);
      }
      default -> throw new IllegalArgumentException(line);
    }
  }

  private static String rest(String line, int words) {
    String[] parts = line.split(" +", words + 1);
    return parts.length > words ? parts[words] : "";
  }

  private static RRType type(String text) {
    RRType type = RRType.parse(text);
    if (type == null) {
      throw new IllegalArgumentException(text);
    }
    return type;
  }

  private static int rclass(String text) {
    return switch (text) {
      case "IN" -> RRClass.IN;
      case "CH" -> RRClass.CH;
      case "NONE" -> RRClass.NONE;
      case "ANY" -> RRClass.ANY;
      default -> Integer.parseInt(text);
    };
  }

  private byte[] rdata(RRType type, String text) {
    return RdataText.parse(type, text, zone).toBytes();
  }

  private WireName name(String text) {
    return text.equals("@")
        ? zone
        : text.endsWith(".") ? WireName.parse(text) : WireName.parse(text).append(zone);
  }

  private void record(
      int section, String owner, RRType type, int rclass, int ttlSeconds, byte[] rdata) {
    counts[section]++;
    ByteArrayOutputStream out = sections[section];
    out.writeBytes(name(owner).toWire());
    u16(out, type.value());
    u16(out, rclass);
    u16(out, ttlSeconds >>> 16);
    u16(out, ttlSeconds);
    u16(out, rdata.length);
    out.writeBytes(rdata);
  }

  private static void u16(ByteArrayOutputStream out, int value) {
    out.write(value >> 8);
    out.write(value);
  }

  private byte[] octets() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    u16(out, ID);
    u16(out, Header.withOpcode(Opcode.UPDATE));
    for (int count : counts) {
      u16(out, count);
    }
    for (ByteArrayOutputStream section : sections) {
      out.writeBytes(section.toByteArray());
    }
    return out.toByteArray();
  }
}
