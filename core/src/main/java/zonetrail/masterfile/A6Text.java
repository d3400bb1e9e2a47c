package zonetrail.masterfile;

import zonetrail.wire.Rfc;

/// The prefix length and the address suffix of an A6 record. Prefix length 128 has no suffix.
@Rfc(number = 2874, section = "3.2")
final class A6Text {
  private static final int ADDRESS_BITS = 128;

  private A6Text() {}

  /// Reads one or two tokens.
  ///
  /// @return the token after them
  static int readSuffix(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    int bits = (int) NumberText.number(line, token, ADDRESS_BITS, "a prefix length");
    out.add(bits);
    if (bits == ADDRESS_BITS) {
      return token + 1;
    }
    if (token + 1 >= line.count()) {
      throw BadEntryException.missing(line, "an IPv6 address that holds the suffix");
    }
    int start = out.end();
    AddressText.readIpv6(line, token + 1, out);
    int octets = (ADDRESS_BITS - bits + 7) / 8;
    byte[] address = out.array();
    System.arraycopy(address, start + 16 - octets, address, start, octets);
    out.truncate(start + octets);
    out.set(start, address[start] & (0xff >>> (bits % 8)));
    return token + 2;
  }

  static void printSuffix(byte[] octets, int at, int end, StringBuilder text) {
    text.append(octets[at] & 0xff);
    if (end > at + 1) {
      byte[] address = new byte[16];
      int length = end - at - 1;
      System.arraycopy(octets, at + 1, address, 16 - length, length);
      AddressText.appendIpv6(text.append(' '), address, 0);
    }
  }
}
