package zonetrail.masterfile;

import zonetrail.wire.DigestLengths;
import zonetrail.wire.RdataField;
import zonetrail.wire.Rfc;

/// Digests in hexadecimal digits, whose length an octet in front of them decides.
@Rfc(number = 4034, section = "5.3")
final class DigestText {
  private DigestText() {}

  /// Reads a digest to the line's end.
  ///
  /// @param field whose digest it is
  static void read(RdataField field, LineScanner line, int first, OctetBuffer out)
      throws BadEntryException {
    int start = out.end();
    EncodedText.readHex(line, first, out);
    int algorithm = out.array()[start - 1] & 0xff;
    String problem = DigestLengths.problemWith(field, algorithm, out.end() - start);
    if (problem != null) {
      throw new BadEntryException(
          line.offset(first),
          "bad-digest",
          "a digest of the wrong length: " + problem + "; copy it again (" + ruleOf(field) + ")");
    }
  }

  private static String ruleOf(RdataField field) {
    return switch (field) {
      case DIGEST -> "RFC 4034 §5.1";
      case FINGERPRINT -> "RFC 4255 §3.1";
      default -> "RFC 8976 §2.2";
    };
  }
}
