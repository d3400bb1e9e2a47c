package zonetrail.masterfile;

import zonetrail.wire.RdataField;
import zonetrail.wire.Rfc;

/// Digests in hexadecimal digits, whose length an octet in front of them decides.
final class DigestText {
  private DigestText() {}

  /// Reads the digest of a DS record, to the line's end.
  @Rfc(number = 4034, section = "5.1.4")
  static void readDelegation(LineScanner line, int first, OctetBuffer out)
      throws BadEntryException {
    int start = out.end();
    EncodedText.readHex(line, first, out);
    int type = out.array()[start - 1] & 0xff;
    int octets = out.end() - start;
    int expected = RdataField.digestOctets(type);
    if (octets == 0 || (expected != 0 && octets != expected)) {
      throw new BadEntryException(
          line.offset(first),
          "bad-digest",
          "a digest of type "
              + type
              + " has "
              + (expected == 0 ? "at least one octet" : expected + " octets")
              + ", and here are "
              + octets
              + "; copy it again (RFC 4034 §5.1)");
    }
  }
}
