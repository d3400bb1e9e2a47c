package zonetrail.masterfile;

import zonetrail.wire.Rfc;

/// Octets in groups of hexadecimal digits: EUI-48 and EUI-64 addresses (`00-00-5e-00-53-2a`) and
/// the 64-bit locators and node identifiers of ILNP (`2001:db8:1140:1000`).
final class HexGroupsText {
  private static final String DIGITS = "0123456789abcdef";

  private HexGroupsText() {}

  @Rfc(number = 7043, section = "3.2")
  @Rfc(number = 7043, section = "4.2")
  static void readEui(LineScanner line, int token, int octets, OctetBuffer out)
      throws BadEntryException {
    byte[] text = line.text();
    int at = line.start(token);
    boolean isEui = line.end(token) - at == octets * 3 - 1 && !line.isQuoted(token);
    for (int i = 0; isEui && i < octets; i++, at += 3) {
      int high = AddressText.hexDigit(text[at]);
      int low = AddressText.hexDigit(text[at + 1]);
      isEui = high >= 0 && low >= 0 && (i == octets - 1 || text[at + 2] == '-');
      out.add(high << 4 | low);
    }
    if (!isEui) {
      throw new BadEntryException(
          line.offset(token),
          "bad-address",
          line.shown(token)
              + " is not "
              + octets
              + " octets of two hexadecimal digits with '-' between them, like 00-00-5e-"
              + (octets == 6 ? "00-53-2a" : "ef-10-00-00-2a")
              + " (RFC 7043)");
    }
  }

  static void printEui(byte[] octets, int at, int end, StringBuilder text) {
    for (int i = at; i < end; i++) {
      if (i > at) {
        text.append('-');
      }
      text.append(DIGITS.charAt(octets[i] >>> 4 & 0xf)).append(DIGITS.charAt(octets[i] & 0xf));
    }
  }

  @Rfc(number = 6742, section = "2.1.2")
  @Rfc(number = 6742, section = "2.3.2")
  static void readLocator(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    byte[] text = line.text();
    int end = line.end(token);
    int at = line.start(token);
    boolean isLocator = !line.isQuoted(token);
    for (int group = 0; isLocator && group < 4; group++) {
      int first = at;
      int value = 0;
      while (at < end && at - first < 4 && AddressText.hexDigit(text[at]) >= 0) {
        value = value << 4 | AddressText.hexDigit(text[at++]);
      }
      boolean endsWell = group == 3 ? at == end : at < end && text[at++] == ':';
      isLocator = endsWell && at > first + (group == 3 ? 0 : 1);
      out.add16(value);
    }
    if (!isLocator) {
      throw new BadEntryException(
          line.offset(token),
          "bad-address",
          line.shown(token)
              + " is not four groups of hexadecimal digits with ':' between them, like"
              + " 2001:db8:1140:1000 (RFC 6742 §2)");
    }
  }

  static void printLocator(byte[] octets, int at, StringBuilder text) {
    for (int i = at; i < at + 8; i += 2) {
      if (i > at) {
        text.append(':');
      }
      text.append(Integer.toHexString((octets[i] & 0xff) << 8 | (octets[i + 1] & 0xff)));
    }
  }
}
