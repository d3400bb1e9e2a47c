package zonetrail.masterfile;

import zonetrail.wire.Rfc;

/// The algorithm, host identity tag and public key of a HIP record, three words.
@Rfc(number = 8005, section = "6")
final class HostIdentityText {
  static final int TOKENS = 3;

  private HostIdentityText() {}

  static void read(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    int start = out.end();
    out.add(0);
    out.add((int) NumberText.number(line, token, 0xff, "a public key algorithm"));
    out.add16(0);
    if (token + 1 >= line.count()) {
      throw BadEntryException.missing(line, "a host identity tag in hexadecimal digits");
    }
    EncodedText.readHexToken(line, token + 1, out);
    int tagOctets = out.end() - start - 4;
    if (tagOctets == 0 || tagOctets > 255) {
      throw new BadEntryException(
          line.offset(token + 1),
          "bad-hex",
          "a host identity tag of " + tagOctets + " octets; it has 1 to 255 (RFC 8005 §5)");
    }
    out.set(start, tagOctets);
    if (token + 2 >= line.count()) {
      throw BadEntryException.missing(line, "a public key in base64, without blanks");
    }
    EncodedText.readBase64Token(line, token + 2, out);
    int keyOctets = out.end() - start - 4 - tagOctets;
    if (keyOctets > 0xffff) {
      throw new BadEntryException(
          line.offset(token + 2), "bad-base64", "the key has more than 65535 octets");
    }
    out.set(start + 2, keyOctets >>> 8);
    out.set(start + 3, keyOctets);
  }

  static void print(byte[] octets, int at, int end, StringBuilder text) {
    int keyAt = at + 4 + (octets[at] & 0xff);
    text.append(octets[at + 1] & 0xff).append(' ');
    EncodedText.printHex(octets, at + 4, keyAt, text);
    text.append(' ');
    EncodedText.printBase64(octets, keyAt, end, text);
  }
}
