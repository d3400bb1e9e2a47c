package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.RdataLayout.Field;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// The text of rdata to octets and back, field by field as [RdataLayout] says.
///
/// What it prints reads back as the same octets: names absolute with their final dot, character
/// strings always in quotes, IPv6 addresses as RFC 5952 wants them, and what has no form of its own
/// as `\# 4 0a000001` (RFC 3597 §5).
public final class RdataText {
  private static final Map<String, Integer> ALGORITHMS =
      Map.ofEntries(
          // RFC 4034 §A.1 and the IANA registry "DNS Security Algorithm Numbers".
          Map.entry("RSAMD5", 1),
          Map.entry("DH", 2),
          Map.entry("DSA", 3),
          Map.entry("ECC", 4),
          Map.entry("RSASHA1", 5),
          Map.entry("DSA-NSEC3-SHA1", 6),
          Map.entry("NSEC3DSA", 6),
          Map.entry("RSASHA1-NSEC3-SHA1", 7),
          Map.entry("NSEC3RSASHA1", 7),
          Map.entry("RSASHA256", 8),
          Map.entry("RSASHA512", 10),
          Map.entry("ECC-GOST", 12),
          Map.entry("ECCGOST", 12),
          Map.entry("ECDSAP256SHA256", 13),
          Map.entry("ECDSAP384SHA384", 14),
          Map.entry("ED25519", 15),
          Map.entry("ED448", 16),
          Map.entry("INDIRECT", 252),
          Map.entry("PRIVATEDNS", 253),
          Map.entry("PRIVATEOID", 254));

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
      List<Field> fields,
      LineScanner line,
      int first,
      int typeOffset,
      WireName origin,
      OctetBuffer out)
      throws BadEntryException {
    int token = first;
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      if (token >= line.count()) {
        throw new BadEntryException(
            typeOffset, "missing-rdata", "the " + type + " record ends before " + nounOf(field));
      }
      switch (field) {
        case NAME -> NameText.readBare(line, token++, origin, out);
        case U8 -> out.add((int) NumberText.number(line, token++, 0xff, nounOf(field)));
        case U16 -> out.add16((int) NumberText.number(line, token++, 0xffff, nounOf(field)));
        case U32 -> out.add32((int) NumberText.number(line, token++, 0xffff_ffffL, nounOf(field)));
        case SECONDS -> out.add32((int) NumberText.seconds(line, token++, nounOf(field)));
        case IPV4 -> readIpv4(line, token++, out);
        case IPV6 -> readIpv6(line, token++, out);
        case STRING -> readString(line, token++, out);
        case STRINGS -> {
          while (token < line.count()) {
            readString(line, token++, out);
          }
        }
        case HEX -> {
          readHex(line, token, out);
          token = line.count();
        }
        case BASE64 -> {
          readBase64(line, token, out);
          token = line.count();
        }
        case TAG -> readTag(line, token++, out);
        case TEXT -> NameText.unescape(line, token++, out);
        case ALGORITHM -> out.add(algorithm(line, token++));
      }
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

  private static String nounOf(Field field) {
    return switch (field) {
      case NAME -> "a name";
      case U8 -> "a number of 8 bits";
      case U16 -> "a number of 16 bits";
      case U32 -> "a number of 32 bits";
      case SECONDS -> "a time";
      case IPV4 -> "an IPv4 address";
      case IPV6 -> "an IPv6 address";
      case STRING, STRINGS -> "a character string";
      case HEX -> "hexadecimal digits";
      case BASE64 -> "base64 text";
      case TAG -> "a tag";
      case TEXT -> "a quoted text";
      case ALGORITHM -> "an algorithm";
    };
  }

  private static void readIpv4(LineScanner line, int token, OctetBuffer out)
      throws BadEntryException {
    if (line.isQuoted(token)
        || !AddressText.readIpv4(line.text(), line.start(token), line.end(token), out)) {
      throw new BadEntryException(
          line.offset(token),
          "bad-address",
          line.shown(token) + " is not an IPv4 address like 192.0.2.1 (RFC 1035 §3.4.1)");
    }
  }

  private static void readIpv6(LineScanner line, int token, OctetBuffer out)
      throws BadEntryException {
    if (line.isQuoted(token)
        || !AddressText.readIpv6(line.text(), line.start(token), line.end(token), out)) {
      throw new BadEntryException(
          line.offset(token),
          "bad-address",
          line.shown(token) + " is not an IPv6 address like 2001:db8::1 (RFC 3596 §2.4)");
    }
  }

  @Rfc(number = 1035, section = "3.3")
  private static void readString(LineScanner line, int token, OctetBuffer out)
      throws BadEntryException {
    int lengthOctet = out.end();
    out.add(0);
    NameText.unescape(line, token, out);
    int length = out.end() - lengthOctet - 1;
    if (length > 255) {
      throw new BadEntryException(
          line.offset(token),
          "string-too-long",
          "a character string of "
              + length
              + " octets, and at most 255 are allowed (RFC 1035 §3.3); divide it: \"…\" \"…\"");
    }
    out.set(lengthOctet, length);
  }

  @Rfc(number = 8659, section = "4.1")
  private static void readTag(LineScanner line, int token, OctetBuffer out)
      throws BadEntryException {
    int start = out.end();
    readString(line, token, out);
    if (RdataLayout.endOf(Field.TAG, out.array(), start) != out.end()) {
      throw new BadEntryException(
          line.offset(token),
          "bad-tag",
          line.shown(token) + " is not a tag: letters and digits, like issue (RFC 8659 §4.1)");
    }
  }

  @Rfc(number = 4034, section = "A.1")
  private static int algorithm(LineScanner line, int token) throws BadEntryException {
    if (!line.isQuoted(token) && !NumberText.looksLikeTtl(line, token)) {
      Integer number = ALGORITHMS.get(mnemonic(line, token));
      if (number != null) {
        return number;
      }
    }
    return (int) NumberText.number(line, token, 0xff, "an algorithm");
  }

  private static String mnemonic(LineScanner line, int token) {
    int length = Math.min(32, line.end(token) - line.start(token));
    return new String(line.text(), line.start(token), length, StandardCharsets.ISO_8859_1)
        .toUpperCase(Locale.ROOT);
  }

  /// Reads hexadecimal digits to the line's end; blanks may stand anywhere (RFC 4034 §5.3).
  private static void readHex(LineScanner line, int first, OctetBuffer out)
      throws BadEntryException {
    byte[] text = line.text();
    int high = -1;
    for (int token = first; token < line.count(); token++) {
      for (int at = line.start(token); at < line.end(token); at++) {
        int digit = AddressText.hexDigit(text[at]);
        if (digit < 0) {
          throw new BadEntryException(at, "bad-hex", "this is no hexadecimal digit");
        }
        if (high < 0) {
          high = digit;
        } else {
          out.add(high << 4 | digit);
          high = -1;
        }
      }
    }
    if (high >= 0) {
      throw new BadEntryException(
          line.offset(first), "bad-hex", "an odd number of hexadecimal digits; one is missing");
    }
  }

  /// Reads base64 to the line's end; blanks may stand anywhere (RFC 4034 §2.2). Its messages never
  /// quote the text, since in a key file it is a secret.
  @Rfc(number = 4648, section = "4")
  private static void readBase64(LineScanner line, int first, OctetBuffer out)
      throws BadEntryException {
    byte[] text = line.text();
    int bits = 0;
    int digits = 0;
    int padding = 0;
    for (int token = first; token < line.count(); token++) {
      for (int at = line.start(token); at < line.end(token); at++) {
        if (text[at] == '=') {
          padding++;
          continue;
        }
        int digit = base64Digit(text[at]);
        if (digit < 0 || padding > 0) {
          throw new BadEntryException(at, "bad-base64", "this does not belong into base64 text");
        }
        bits = bits << 6 | digit;
        if (++digits % 4 == 0) {
          out.add(bits >>> 16);
          out.add16(bits);
        }
      }
    }
    int rest = digits % 4;
    if (rest == 1 || padding != (4 - rest) % 4 || digits == 0) {
      throw new BadEntryException(
          line.offset(first),
          "bad-base64",
          "the base64 text is cut or wrongly padded: digits and '=' come in groups of four");
    }
    if (rest == 2) {
      out.add(bits >>> 4);
    } else if (rest == 3) {
      out.add16(bits >>> 2);
    }
  }

  private static int base64Digit(byte octet) {
    if (octet >= 'A' && octet <= 'Z') {
      return octet - 'A';
    }
    if (octet >= 'a' && octet <= 'z') {
      return octet - 'a' + 26;
    }
    if (octet >= '0' && octet <= '9') {
      return octet - '0' + 52;
    }
    return octet == '+' ? 62 : octet == '/' ? 63 : -1;
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
    readHex(line, mark + 2, out);
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
    for (Field field : layout.fields()) {
      if (at > 0) {
        text.append(' ');
      }
      int end = RdataLayout.endOf(field, octets, at);
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

  private static void print(Field field, byte[] octets, int at, int end, StringBuilder text) {
    switch (field) {
      case NAME -> text.append(WireName.fromWire(octets, at));
      case U8, ALGORITHM -> text.append(octets[at] & 0xff);
      case U16 -> text.append((octets[at] & 0xff) << 8 | (octets[at + 1] & 0xff));
      case U32, SECONDS -> text.append(Integer.toUnsignedString(u32(octets, at)));
      case IPV4 -> AddressText.appendIpv4(text, octets, at);
      case IPV6 -> AddressText.appendIpv6(text, octets, at);
      case STRING -> appendQuoted(octets, at + 1, end, text);
      case STRINGS -> printStrings(octets, at, end, text);
      case HEX -> text.append(HexFormat.of().formatHex(octets, at, end));
      case BASE64 ->
          text.append(Base64.getEncoder().encodeToString(Arrays.copyOfRange(octets, at, end)));
      case TAG -> text.append(new String(octets, at + 1, end - at - 1, StandardCharsets.US_ASCII));
      case TEXT -> appendQuoted(octets, at, end, text);
    }
  }

  private static int u32(byte[] octets, int at) {
    return octets[at] << 24
        | (octets[at + 1] & 0xff) << 16
        | (octets[at + 2] & 0xff) << 8
        | (octets[at + 3] & 0xff);
  }

  private static void printStrings(byte[] octets, int start, int end, StringBuilder text) {
    for (int at = start; at < end; ) {
      if (at > start) {
        text.append(' ');
      }
      int next = at + 1 + (octets[at] & 0xff);
      appendQuoted(octets, at + 1, next, text);
      at = next;
    }
  }

  private static void appendQuoted(byte[] octets, int start, int end, StringBuilder text) {
    text.append('"');
    for (int i = start; i < end; i++) {
      int octet = octets[i] & 0xff;
      if (octet == '"' || octet == '\\') {
        text.append('\\').append((char) octet);
      } else if (octet >= ' ' && octet < 0x7f) {
        text.append((char) octet);
      } else {
        text.append('\\')
            .append((char) ('0' + octet / 100))
            .append((char) ('0' + octet / 10 % 10))
            .append((char) ('0' + octet % 10));
      }
    }
    text.append('"');
  }
}
