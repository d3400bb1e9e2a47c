package zonetrail.masterfile;

import zonetrail.wire.Rfc;

/// Salts and hashed names of NSEC3 and NSEC3PARAM records.
@Rfc(number = 5155, section = "3.3")
final class Nsec3Text {
  private Nsec3Text() {}

  /// Reads hexadecimal digits in one token, or `-` for no salt.
  static void readSalt(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    int lengthOctet = out.end();
    out.add(0);
    if (line.isWord(token, "-")) {
      return;
    }
    EncodedText.readHexToken(line, token, out);
    int length = out.end() - lengthOctet - 1;
    if (length == 0 || length > 255) {
      throw new BadEntryException(
          line.offset(token),
          "bad-salt",
          "a salt of " + length + " octets; it has 1 to 255, or is written - (RFC 5155 §3.3)");
    }
    out.set(lengthOctet, length);
  }

  static void printSalt(byte[] octets, int at, int end, StringBuilder text) {
    if (end == at + 1) {
      text.append('-');
    } else {
      EncodedText.printHex(octets, at + 1, end, text);
    }
  }

  static void readHashedName(LineScanner line, int token, OctetBuffer out)
      throws BadEntryException {
    int lengthOctet = out.end();
    out.add(0);
    EncodedText.readBase32Hex(line, token, out);
    int length = out.end() - lengthOctet - 1;
    if (length == 0 || length > 255) {
      throw new BadEntryException(
          line.offset(token),
          "bad-base32",
          "a hashed name of " + length + " octets; it has 1 to 255 (RFC 5155 §3.2)");
    }
    out.set(lengthOctet, length);
  }
}
