package zonetrail.masterfile;

import zonetrail.wire.PrefixesRdata;
import zonetrail.wire.Rfc;

/// Address prefixes of APL records: `1:192.168.38.0/28`, `!2:2001:db8::/32`.
@Rfc(number = 3123, section = "5")
final class PrefixText {
  private static final int NEGATED = 0x80;

  private PrefixText() {}

  /// Reads prefixes to the line's end.
  static void readAll(LineScanner line, int first, OctetBuffer out) throws BadEntryException {
    for (int token = first; token < line.count(); token++) {
      read(line, token, out);
    }
  }

  private static void read(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    byte[] text = line.text();
    int end = line.end(token);
    int at = line.start(token);
    boolean isNegated = at < end && text[at] == '!';
    at += isNegated ? 1 : 0;
    boolean isFramed = end - at > 2 && text[at + 1] == ':' && !line.isQuoted(token);
    int slash = lastSlash(text, at, end);
    int family = isFramed ? text[at] - '0' : 0;
    if (slash < 0 || (family != PrefixesRdata.IPV4 && family != PrefixesRdata.IPV6)) {
      throw bad(line, token);
    }
    out.add16(family);
    int bits = bits(text, slash + 1, end);
    out.add(bits);
    out.add(0);
    int start = out.end();
    boolean isAddress =
        family == PrefixesRdata.IPV4
            ? AddressText.readIpv4(text, at + 2, slash, out)
            : AddressText.readIpv6(text, at + 2, slash, out);
    if (!isAddress || bits < 0 || bits > 8 * (out.end() - start)) {
      throw bad(line, token);
    }
    trimZeros(out, start);
    out.set(start - 1, (isNegated ? NEGATED : 0) | (out.end() - start));
  }

  private static int lastSlash(byte[] text, int from, int end) {
    for (int at = end - 1; at > from; at--) {
      if (text[at] == '/') {
        return at;
      }
    }
    return -1;
  }

  private static int bits(byte[] text, int from, int end) {
    int bits = 0;
    for (int at = from; at < end; at++) {
      if (text[at] < '0' || text[at] > '9' || end - from > 3) {
        return -1;
      }
      bits = bits * 10 + (text[at] - '0');
    }
    return end == from ? -1 : bits;
  }

  /// Zero octets at the end are not sent (RFC 3123 §4).
  private static void trimZeros(OctetBuffer out, int start) {
    int end = out.end();
    while (end > start && out.array()[end - 1] == 0) {
      end--;
    }
    out.truncate(end);
  }

  private static BadEntryException bad(LineScanner line, int token) {
    return new BadEntryException(
        line.offset(token),
        "bad-prefix",
        line.shown(token)
            + " is not an address prefix like 1:192.0.2.0/24 or !2:2001:db8::/32 (RFC 3123 §5)");
  }

  static void printAll(byte[] octets, int start, int end, StringBuilder text) {
    for (int at = start; at < end; ) {
      if (at > start) {
        text.append(' ');
      }
      int length = octets[at + 3] & 0x7f;
      int family = octets[at + 1];
      byte[] address = new byte[16];
      System.arraycopy(octets, at + 4, address, 0, length);
      text.append((octets[at + 3] & NEGATED) != 0 ? "!" : "").append(family).append(':');
      if (family == PrefixesRdata.IPV4) {
        AddressText.appendIpv4(text, address, 0);
      } else {
        AddressText.appendIpv6(text, address, 0);
      }
      text.append('/').append(octets[at + 2] & 0xff);
      at += 4 + length;
    }
  }
}
