package zonetrail.masterfile;

import zonetrail.wire.Rfc;

/// Addresses as text and octets.
final class AddressText {
  private AddressText() {}

  /// Reads a token that is an IPv4 address.
  @Rfc(number = 1035, section = "3.4.1")
  static void readIpv4(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    if (line.isQuoted(token) || !readIpv4(line.text(), line.start(token), line.end(token), out)) {
      throw new BadEntryException(
          line.offset(token),
          "bad-address",
          line.shown(token) + " is not an IPv4 address like 192.0.2.1 (RFC 1035 §3.4.1)");
    }
  }

  /// Reads a token that is an IPv6 address.
  @Rfc(number = 3596, section = "2.4")
  static void readIpv6(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    if (line.isQuoted(token) || !readIpv6(line.text(), line.start(token), line.end(token), out)) {
      throw new BadEntryException(
          line.offset(token),
          "bad-address",
          line.shown(token) + " is not an IPv6 address like 2001:db8::1 (RFC 3596 §2.4)");
    }
  }

  /// Reads four decimal octets and adds them to `out`.
  ///
  /// @return whether the text is such an address
  static boolean readIpv4(byte[] text, int start, int end, OctetBuffer out) {
    int at = start;
    for (int part = 0; part < 4; part++) {
      if (part > 0 && (at >= end || text[at++] != '.')) {
        return false;
      }
      int first = at;
      int value = 0;
      while (at < end && at - first < 3 && text[at] >= '0' && text[at] <= '9') {
        value = value * 10 + (text[at++] - '0');
      }
      boolean leadingZero = at - first > 1 && text[first] == '0';
      if (at == first || value > 255 || leadingZero) {
        return false;
      }
      out.add(value);
    }
    return at == end;
  }

  /// Reads an IPv6 address (RFC 4291 §2.2) and adds its 16 octets to `out`.
  ///
  /// @return whether the text is such an address
  @Rfc(number = 3596, section = "2.4")
  static boolean readIpv6(byte[] text, int start, int end, OctetBuffer out) {
    int base = out.end();
    int gap = -1;
    int at = start;
    if (end - start >= 2 && text[at] == ':') {
      if (text[at + 1] != ':') {
        return false;
      }
      gap = 0;
      at += 2;
    }
    while (at < end) {
      if (out.end() - base >= 16) {
        return false;
      }
      int first = at;
      int value = 0;
      while (at < end && at - first < 4 && hexDigit(text[at]) >= 0) {
        value = value << 4 | hexDigit(text[at++]);
      }
      if (at < end && text[at] == '.') {
        if (out.end() - base > 12 || !readIpv4(text, first, end, out)) {
          return false;
        }
        at = end;
        break;
      }
      if (at == first) {
        return false;
      }
      out.add16(value);
      if (at == end) {
        break;
      }
      if (text[at++] != ':' || at == end) {
        return false;
      }
      if (text[at] == ':') {
        if (gap >= 0) {
          return false;
        }
        gap = out.end() - base;
        at++;
      }
    }
    return closeGap(out, base, gap);
  }

  private static boolean closeGap(OctetBuffer out, int base, int gap) {
    int length = out.end() - base;
    if (gap < 0) {
      return length == 16;
    }
    if (length > 14) {
      return false;
    }
    int missing = 16 - length;
    for (int i = 0; i < missing; i++) {
      out.add(0);
    }
    byte[] octets = out.array();
    System.arraycopy(octets, base + gap, octets, base + gap + missing, length - gap);
    for (int i = 0; i < missing; i++) {
      octets[base + gap + i] = 0;
    }
    return true;
  }

  static int hexDigit(byte octet) {
    if (octet >= '0' && octet <= '9') {
      return octet - '0';
    }
    int letter = octet | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
  }

  static void appendIpv4(StringBuilder text, byte[] octets, int at) {
    for (int i = 0; i < 4; i++) {
      if (i > 0) {
        text.append('.');
      }
      text.append(octets[at + i] & 0xff);
    }
  }

  /// Writes the canonical form: small letters, no leading zeros, the longest run of zero groups (of
  /// two or more, the first of equals) as `::`, mapped IPv4 addresses with dots.
  @Rfc(number = 5952, section = "4")
  @Rfc(number = 5952, section = "5")
  static void appendIpv6(StringBuilder text, byte[] octets, int at) {
    int runStart = -1;
    int runLength = 1;
    for (int group = 0; group < 8; group++) {
      int length = 0;
      while (group + length < 8 && group(octets, at, group + length) == 0) {
        length++;
      }
      if (length > runLength) {
        runStart = group;
        runLength = length;
      }
    }
    boolean mapped = runStart == 0 && runLength == 5 && group(octets, at, 5) == 0xffff;
    int groups = mapped ? 6 : 8;
    for (int group = 0; group < groups; group++) {
      if (group == runStart) {
        text.append("::");
        group += runLength - 1;
        continue;
      }
      if (group > 0 && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(group(octets, at, group)));
    }
    if (mapped) {
      text.append(':');
      appendIpv4(text, octets, at + 12);
    }
  }

  private static int group(byte[] octets, int at, int group) {
    return (octets[at + 2 * group] & 0xff) << 8 | (octets[at + 2 * group + 1] & 0xff);
  }
}
