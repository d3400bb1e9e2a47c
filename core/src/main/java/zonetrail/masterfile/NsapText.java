package zonetrail.masterfile;

import zonetrail.wire.Rfc;

/// Addresses of the OSI and ATM worlds: hexadecimal digits with dots anywhere, or a telephone
/// number.
final class NsapText {
  private static final int ATM_AESA = 0;
  private static final int ATM_E164 = 1;

  private NsapText() {}

  /// Reads `0x47.0005.80…`.
  @Rfc(number = 1706, section = "5")
  static void read(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    byte[] text = line.text();
    int start = line.start(token);
    boolean isMarked =
        line.end(token) - start > 2 && text[start] == '0' && (text[start + 1] | 0x20) == 'x';
    if (!isMarked || line.isQuoted(token)) {
      throw new BadEntryException(
          line.offset(token),
          "bad-address",
          line.shown(token) + " is not an NSAP address: 0x and hexadecimal digits (RFC 1706 §5)");
    }
    readDottedHex(line, token, start + 2, out);
  }

  private static void readDottedHex(LineScanner line, int token, int from, OctetBuffer out)
      throws BadEntryException {
    byte[] text = line.text();
    int start = out.end();
    int high = -1;
    for (int at = from; at < line.end(token); at++) {
      int digit = AddressText.hexDigit(text[at]);
      if (digit >= 0 && high < 0) {
        high = digit;
      } else if (digit >= 0) {
        out.add(high << 4 | digit);
        high = -1;
      } else if (text[at] != '.') {
        throw new BadEntryException(
            at, "bad-hex", "this is no hexadecimal digit; those are 0 to 9 and a to f");
      }
    }
    if (high >= 0 || out.end() == start) {
      throw new BadEntryException(
          line.offset(token), "bad-hex", "an odd number of hexadecimal digits; one is missing");
    }
  }

  static void print(byte[] octets, int at, int end, StringBuilder text) {
    text.append("0x");
    EncodedText.printHex(octets, at, end, text);
  }

  /// Reads `+358.400.1234567` or hexadecimal digits (ATM Forum af-dans-0152, §5).
  static void readAtm(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    byte[] text = line.text();
    int start = line.start(token);
    if (line.isQuoted(token) || start == line.end(token)) {
      throw badAtm(line, token);
    }
    if (text[start] != '+') {
      out.add(ATM_AESA);
      readDottedHex(line, token, start, out);
      return;
    }
    out.add(ATM_E164);
    int first = out.end();
    for (int at = start + 1; at < line.end(token); at++) {
      if (text[at] >= '0' && text[at] <= '9') {
        out.add(text[at]);
      } else if (text[at] != '.') {
        throw badAtm(line, token);
      }
    }
    if (out.end() == first) {
      throw badAtm(line, token);
    }
  }

  private static BadEntryException badAtm(LineScanner line, int token) {
    return new BadEntryException(
        line.offset(token),
        "bad-address",
        line.shown(token) + " is not an ATM address: '+' and digits, or hexadecimal digits");
  }

  static void printAtm(byte[] octets, int at, int end, StringBuilder text) {
    if (octets[at] == ATM_AESA) {
      EncodedText.printHex(octets, at + 1, end, text);
      return;
    }
    text.append('+');
    for (int i = at + 1; i < end; i++) {
      text.append((char) octets[i]);
    }
  }
}
