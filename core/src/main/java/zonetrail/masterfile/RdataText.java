package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataField;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// The text of rdata to octets and back, field by field as [RdataLayout] says.
///
/// What it prints reads back as the same octets: names absolute with their final dot, character
/// strings always in quotes, IPv6 addresses as RFC 5952 wants them, and what has no form of its own
/// as `\# 4 0a000001` (RFC 3597 §5).
public final class RdataText {
  private RdataText() {}

  /// Reads rdata as it stands in a master file, for example `10 mail` for an MX record.
  ///
  /// @param origin completes relative names
  /// @throws IllegalArgumentException if the text is not rdata of this type; the message says why
  public static Rdata parse(RRType type, String text, WireName origin) {
    LineScanner line = new LineScanner(text.getBytes(StandardCharsets.UTF_8));
    OctetBuffer out = new OctetBuffer(text.length());
    try {
      line.next();
      BadEntryException problem = line.problem();
      if (problem != null) {
        throw problem;
      }
      read(type, line, 0, 0, origin, out);
      if (line.next()) {
        throw new BadEntryException(line.lineStart(), "extra-token", "more than one line of rdata");
      }
    } catch (BadEntryException bad) {
      throw new IllegalArgumentException(bad.message(), bad);
    }
    return Rdata.of(out.array(), 0, out.end());
  }

  /// Reads the rdata that begins with token `first` and adds its octets to `out`.
  ///
  /// @param typeOffset where the type stands, for what is missing
  static void read(
      RRType type, LineScanner line, int first, int typeOffset, WireName origin, OctetBuffer out)
      throws BadEntryException {
    int start = out.end();
    RdataLayout layout = RdataLayout.of(type);
    if (isGenericMark(line, first)) {
      readGeneric(type, layout, line, first, out);
    } else if (layout == null) {
      throw new BadEntryException(
          typeOffset,
          "no-text-form",
          "rdata of type "
              + type
              + " can be written only as \\# LENGTH HEX here (RFC 3597 §5), like: "
              + type
              + " \\# 4 0a000001");
    } else {
      readFields(type, layout.fields(), line, first, typeOffset, origin, out);
    }
    if (out.end() - start > Rdata.MAX_OCTETS) {
      throw new BadEntryException(
          typeOffset,
          "rdata-too-long",
          "the rdata has "
              + (out.end() - start)
              + " octets, and at most 65535 are allowed (RFC 1035 §3.2.1)");
    }
  }

  private static void readFields(
      RRType type,
      List<RdataField> fields,
      LineScanner line,
      int first,
      int typeOffset,
      WireName origin,
      OctetBuffer out)
      throws BadEntryException {
    int token = first;
    for (int i = 0; i < fields.size(); i++) {
      RdataField field = fields.get(i);
      if (token >= line.count() && !field.isOptional()) {
        throw new BadEntryException(
            typeOffset, "missing-rdata", "the " + type + " record ends before " + field.noun());
      }
      token = read(field, line, token, origin, out);
    }
    if (token < line.count()) {
      throw new BadEntryException(
          line.offset(token),
          "extra-token",
          "the "
              + type
              + " record should have ended before this; is a quote, or a ';' in front of a comment,"
              + " missing?");
    }
  }

  /// Reads one field.
  ///
  /// @return the token after it
  private static int read(
      RdataField field, LineScanner line, int token, WireName origin, OctetBuffer out)
      throws BadEntryException {
    switch (field) {
      case NAME -> NameText.readBare(line, token, origin, out);
      case U8 -> out.add((int) NumberText.number(line, token, 0xff, field.noun()));
      case U16 -> out.add16((int) NumberText.number(line, token, 0xffff, field.noun()));
      case U32 -> out.add32((int) NumberText.number(line, token, 0xffff_ffffL, field.noun()));
      case SECONDS -> out.add32((int) NumberText.seconds(line, token, field.noun()));
      case IPV4 -> AddressText.readIpv4(line, token, out);
      case IPV6 -> AddressText.readIpv6(line, token, out);
      case STRING -> StringText.read(line, token, out);
      case TAG -> StringText.readTag(line, token, out);
      case TEXT -> NameText.unescape(line, token, out);
      case ALGORITHM -> out.add(AlgorithmText.read(line, token));
      case TYPE -> out.add16(TypeText.read(line, token).value());
      case TIMESTAMP -> out.add32(TimestampText.read(line, token));
      case SALT -> Nsec3Text.readSalt(line, token, out);
      case HASHED_NAME -> Nsec3Text.readHashedName(line, token, out);
      case STRINGS, HEX, BASE64, DIGEST, TYPES, TYPES_OR_NONE -> {
        readToLineEnd(field, line, token, out);
        return line.count();
      }
    }
    return token + 1;
  }

  private static void readToLineEnd(RdataField field, LineScanner line, int first, OctetBuffer out)
      throws BadEntryException {
    switch (field) {
      case STRINGS -> StringText.readAll(line, first, out);
      case HEX -> EncodedText.readHex(line, first, out);
      case BASE64 -> EncodedText.readBase64(line, first, out);
      case DIGEST -> DigestText.readDelegation(line, first, out);
      case TYPES, TYPES_OR_NONE -> TypeText.readBitmap(line, first, out);
      default -> throw new IllegalStateException(field + " takes one token");
    }
  }

  private static boolean isGenericMark(LineScanner line, int token) {
    if (token >= line.count() || line.isQuoted(token)) {
      return false;
    }
    int start = line.start(token);
    return line.end(token) - start == 2
        && line.text()[start] == '\\'
        && line.text()[start + 1] == '#';
  }

  @Rfc(number = 3597, section = "5")
  private static void readGeneric(
      RRType type, @Nullable RdataLayout layout, LineScanner line, int mark, OctetBuffer out)
      throws BadEntryException {
    if (mark + 1 >= line.count()) {
      throw new BadEntryException(
          line.offset(mark), "missing-rdata", "\\# is followed by a length (RFC 3597 §5)");
    }
    int length = (int) NumberText.number(line, mark + 1, Rdata.MAX_OCTETS, "a length");
    int start = out.end();
    EncodedText.readHex(line, mark + 2, out);
    if (out.end() - start != length) {
      throw new BadEntryException(
          line.offset(mark + 1),
          "bad-rdata-length",
          "\\# announces "
              + length
              + " octets, and "
              + (out.end() - start)
              + " follow (RFC 3597 §5)");
    }
    if (layout == null) {
      return;
    }
    byte[] rdata = new byte[length];
    System.arraycopy(out.array(), start, rdata, 0, length);
    String problem = layout.problemWith(rdata);
    if (problem != null) {
      throw new BadEntryException(
          line.offset(mark), "bad-rdata", "not the rdata of type " + type + ": " + problem);
    }
  }

  /// The presentation form of rdata, on one line.
  @Rfc(number = 3597, section = "5")
  public static String print(RRType type, Rdata rdata) {
    byte[] octets = rdata.toBytes();
    RdataLayout layout = RdataLayout.of(type);
    if (layout == null || layout.problemWith(octets) != null) {
      return printGeneric(octets);
    }
    StringBuilder text = new StringBuilder(octets.length * 2 + 16);
    int at = 0;
    for (RdataField field : layout.fields()) {
      int end = field.endOf(octets, at);
      if (end == at && field.isOptional()) {
        continue;
      }
      if (at > 0) {
        text.append(' ');
      }
      print(field, octets, at, end, text);
      at = end;
    }
    return text.toString();
  }

  private static String printGeneric(byte[] octets) {
    return octets.length == 0
        ? "\\# 0"
        : "\\# " + octets.length + " " + HexFormat.of().formatHex(octets);
  }

  private static void print(RdataField field, byte[] octets, int at, int end, StringBuilder text) {
    switch (field) {
      case NAME -> text.append(WireName.fromWire(octets, at));
      case U8, ALGORITHM -> text.append(octets[at] & 0xff);
      case U16 -> text.append((octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff));
      case U32, SECONDS -> text.append(Integer.toUnsignedString(u32(octets, at)));
      case IPV4 -> AddressText.appendIpv4(text, octets, at);
      case IPV6 -> AddressText.appendIpv6(text, octets, at);
      case STRING -> StringText.print(octets, at, end, text);
      case STRINGS -> StringText.printAll(octets, at, end, text);
      case HEX, DIGEST -> EncodedText.printHex(octets, at, end, text);
      case BASE64 -> EncodedText.printBase64(octets, at, end, text);
      case TAG -> StringText.printTag(octets, at, end, text);
      case TEXT -> StringText.printQuoted(octets, at, end, text);
      case TYPE -> TypeText.print(octets, at, text);
      case TIMESTAMP -> TimestampText.print(u32(octets, at), text);
      case SALT -> Nsec3Text.printSalt(octets, at, end, text);
      case HASHED_NAME -> EncodedText.printBase32Hex(octets, at + 1, end, text);
      case TYPES, TYPES_OR_NONE -> TypeText.printBitmap(octets, at, end, text);
    }
  }

  private static int u32(byte[] octets, int at) {
    return octets[at] << 24
        | (octets[at + 1] & 0xff) << 16
        | (octets[at + 2] & 0xff) << 8
        | (octets[at + 3] & 0xff);
  }
}
