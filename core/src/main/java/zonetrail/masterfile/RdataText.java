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
    int start = out.end();
    int token = first;
    for (int i = 0; i < fields.size(); i++) {
      RdataField field = fields.get(i);
      if (token >= line.count() && !field.isOptional()) {
        throw new BadEntryException(
            typeOffset, "missing-rdata", "the " + type + " record ends before " + field.noun());
      }
      token = read(field, line, token, start, origin, out);
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
  /// @param start where in `out` the rdata begins, as some fields depend on what stands in front
  /// @return the token after it
  private static int read(
      RdataField field, LineScanner line, int token, int start, WireName origin, OctetBuffer out)
      throws BadEntryException {
    switch (field) {
      case NAME -> NameText.readBare(line, token, origin, out);
      case U8 -> out.add((int) NumberText.number(line, token, 0xff, field.noun()));
      case U16 -> out.add16((int) NumberText.number(line, token, 0xffff, field.noun()));
      case U32 -> out.add32((int) NumberText.number(line, token, 0xffff_ffffL, field.noun()));
      case U64 -> out.add64(NumberText.number64(line, token, field.noun()));
      case SECONDS -> out.add32((int) NumberText.seconds(line, token, field.noun()));
      case IPV4 -> AddressText.readIpv4(line, token, out);
      case IPV6 -> AddressText.readIpv6(line, token, out);
      case STRING -> StringText.read(line, token, out);
      case DIGITS -> StringText.readDigits(line, token, out);
      case TAG -> StringText.readTag(line, token, out);
      case TEXT -> NameText.unescape(line, token, out);
      case ALGORITHM -> out.add(MnemonicText.ALGORITHM.read(line, token));
      case KEY_FLAGS -> out.add16(KeyFlagsText.read(line, token));
      case KEY_PROTOCOL -> out.add(MnemonicText.KEY_PROTOCOL.read(line, token));
      case CERTIFICATE_TYPE -> out.add16(MnemonicText.CERTIFICATE_TYPE.read(line, token));
      case SCHEME -> out.add(MnemonicText.SCHEME.read(line, token));
      case TYPE -> out.add16(TypeText.readOneOrNumber(line, token));
      case TIMESTAMP -> out.add32(TimestampText.read(line, token));
      case SALT -> Nsec3Text.readSalt(line, token, out);
      case HASHED_NAME -> Nsec3Text.readHashedName(line, token, out);
      case NSAP -> NsapText.read(line, token, out);
      case ATM_ADDRESS -> NsapText.readAtm(line, token, out);
      case EUI48 -> HexGroupsText.readEui(line, token, 6, out);
      case EUI64 -> HexGroupsText.readEui(line, token, 8, out);
      case LOCATOR64 -> HexGroupsText.readLocator(line, token, out);
      case GATEWAY -> {
        int type = out.array()[start + 1] & 0xff;
        GatewayText.read(line, token, token - 2, type, origin, out);
      }
      case RELAY_TYPE -> {
        GatewayText.readRelayType(line, token, out);
        return token + 2;
      }
      case RELAY -> {
        int type = out.array()[start + 1] & 0x7f;
        GatewayText.read(line, token, token - 1, type, origin, out);
      }
      case HOST_IDENTITY -> {
        HostIdentityText.read(line, token, out);
        return token + HostIdentityText.TOKENS;
      }
      case A6_SUFFIX -> {
        return A6Text.readSuffix(line, token, out);
      }
      case A6_PREFIX_NAME -> {
        if (out.array()[start] == 0) {
          return token;
        }
        requireToken(line, token, field);
        NameText.readBare(line, token, origin, out);
      }
      case STRING_OR_NONE -> {
        if (token < line.count()) {
          StringText.read(line, token, out);
        }
      }
      case LOCATION -> {
        return LocationText.read(line, token, out);
      }
      case STRINGS,
          HEX,
          BASE64,
          BASE64_OR_NONE,
          BASE64_OR_DASH,
          DIGEST,
          FINGERPRINT,
          ZONE_DIGEST,
          TYPES,
          TYPES_OR_NONE,
          NXT_TYPES,
          NAMES,
          PREFIXES,
          SERVICES,
          SERVICE_PARAMETERS -> {
        readToLineEnd(field, line, token, origin, out);
        return line.count();
      }
    }
    return token + 1;
  }

  private static void requireToken(LineScanner line, int token, RdataField field)
      throws BadEntryException {
    if (token >= line.count()) {
      throw BadEntryException.missing(line, field.noun());
    }
  }

  private static void readToLineEnd(
      RdataField field, LineScanner line, int first, WireName origin, OctetBuffer out)
      throws BadEntryException {
    switch (field) {
      case STRINGS -> StringText.readAll(line, first, out);
      case HEX -> EncodedText.readSomeHex(line, first, out);
      case BASE64 -> EncodedText.readBase64(line, first, out);
      case BASE64_OR_NONE -> {
        if (first < line.count()) {
          EncodedText.readBase64(line, first, out);
        }
      }
      case BASE64_OR_DASH -> {
        if (first + 1 < line.count() || !line.isWord(first, "-")) {
          EncodedText.readBase64(line, first, out);
        }
      }
      case DIGEST, FINGERPRINT, ZONE_DIGEST -> DigestText.read(field, line, first, out);
      case TYPES, TYPES_OR_NONE -> TypeText.readBitmap(line, first, out);
      case NXT_TYPES -> TypeText.readNxtBitmap(line, first, out);
      case NAMES -> NameText.readAll(line, first, origin, out);
      case PREFIXES -> PrefixText.readAll(line, first, out);
      case SERVICES -> ServicesText.read(line, first, out);
      case SERVICE_PARAMETERS -> ServiceParametersText.readAll(line, first, out);
      default -> throw new IllegalStateException(field + " does not go to the line's end");
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
    return print(type, rdata, NameForm.WHOLE);
  }

  /// The same with names in a form of their own.
  static String print(RRType type, Rdata rdata, NameForm names) {
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
      if (!field.hasText(octets, at)) {
        return printGeneric(octets);
      }
      if (at > 0) {
        text.append(' ');
      }
      print(field, octets, at, end, names, text);
      at = end;
    }
    return text.toString();
  }

  private static String printGeneric(byte[] octets) {
    return octets.length == 0
        ? "\\# 0"
        : "\\# " + octets.length + " " + HexFormat.of().formatHex(octets);
  }

  private static void print(
      RdataField field, byte[] octets, int at, int end, NameForm names, StringBuilder text) {
    switch (field) {
      case NAME, A6_PREFIX_NAME -> text.append(names.text(WireName.fromWire(octets, at)));
      case NAMES -> NameText.printAll(octets, at, end, names, text);
      case U8, ALGORITHM, KEY_PROTOCOL -> text.append(octets[at] & 0xff);
      case SCHEME -> text.append(MnemonicText.SCHEME.nameOf(octets[at] & 0xff));
      case U16, KEY_FLAGS, CERTIFICATE_TYPE ->
          text.append((octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff));
      case U32, SECONDS -> text.append(Integer.toUnsignedString(u32(octets, at)));
      case U64 -> text.append(Long.toUnsignedString(u64(octets, at)));
      case IPV4 -> AddressText.appendIpv4(text, octets, at);
      case IPV6 -> AddressText.appendIpv6(text, octets, at);
      case STRING, STRING_OR_NONE, DIGITS -> StringText.print(octets, at, end, text);
      case STRINGS -> StringText.printAll(octets, at, end, text);
      case HEX, DIGEST, FINGERPRINT, ZONE_DIGEST -> EncodedText.printHex(octets, at, end, text);
      case BASE64, BASE64_OR_NONE -> EncodedText.printBase64(octets, at, end, text);
      case BASE64_OR_DASH -> {
        EncodedText.printBase64(octets, at, end, text);
        text.append(end == at ? "-" : "");
      }
      case TAG -> StringText.printTag(octets, at, end, text);
      case TEXT -> StringText.printQuoted(octets, at, end, text);
      case TYPE -> TypeText.print(octets, at, text);
      case TIMESTAMP -> TimestampText.print(u32(octets, at), text);
      case SALT -> Nsec3Text.printSalt(octets, at, end, text);
      case HASHED_NAME -> EncodedText.printBase32Hex(octets, at + 1, end, text);
      case TYPES, TYPES_OR_NONE -> TypeText.printBitmap(octets, at, end, text);
      case NXT_TYPES -> TypeText.printNxtBitmap(octets, at, end, text);
      case NSAP -> NsapText.print(octets, at, end, text);
      case ATM_ADDRESS -> NsapText.printAtm(octets, at, end, text);
      case EUI48, EUI64 -> HexGroupsText.printEui(octets, at, end, text);
      case LOCATOR64 -> HexGroupsText.printLocator(octets, at, text);
      case LOCATION -> LocationText.print(octets, at, text);
      case PREFIXES -> PrefixText.printAll(octets, at, end, text);
      case SERVICES -> ServicesText.print(octets, at, end, text);
      case GATEWAY -> GatewayText.print(octets, at, octets[1] & 0xff, text);
      case RELAY_TYPE -> GatewayText.printRelayType(octets[at], text);
      case RELAY -> GatewayText.print(octets, at, octets[at - 1] & 0x7f, text);
      case HOST_IDENTITY -> HostIdentityText.print(octets, at, end, text);
      case A6_SUFFIX -> A6Text.printSuffix(octets, at, end, text);
      case SERVICE_PARAMETERS -> ServiceParametersText.printAll(octets, at, end, text);
    }
  }

  private static long u64(byte[] octets, int at) {
    return (long) u32(octets, at) << 32 | Integer.toUnsignedLong(u32(octets, at + 4));
  }

  private static int u32(byte[] octets, int at) {
    return octets[at] << 24
        | (octets[at + 1] & 0xff) << 16
        | (octets[at + 2] & 0xff) << 8
        | (octets[at + 3] & 0xff);
  }
}
