package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import zonetrail.wire.RdataField;
import zonetrail.wire.Rfc;

/// Character strings: a length octet and up to 255 octets on the wire, in text best in quotes.
@Rfc(number = 1035, section = "3.3")
final class StringText {
  private StringText() {}

  /// Reads one character string.
  static void read(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
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

  /// Reads character strings to the line's end.
  static void readAll(LineScanner line, int first, OctetBuffer out) throws BadEntryException {
    for (int token = first; token < line.count(); token++) {
      read(line, token, out);
    }
  }

  /// Reads an X.121 address, which is of digits.
  @Rfc(number = 1183, section = "3.1")
  static void readDigits(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    int start = out.end();
    read(line, token, out);
    byte[] octets = out.array();
    boolean isAddress = out.end() >= start + 5;
    for (int at = start + 1; at < out.end(); at++) {
      isAddress &= octets[at] >= '0' && octets[at] <= '9';
    }
    if (!isAddress) {
      throw new BadEntryException(
          line.offset(token),
          "bad-address",
          line.shown(token)
              + " is not an X.121 address: four or more digits, like 311061700956 (RFC 1183 §3.1)");
    }
  }

  /// Reads the tag of a CAA record.
  @Rfc(number = 8659, section = "4.1")
  static void readTag(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    int start = out.end();
    read(line, token, out);
    byte[] octets = out.array();
    boolean isTag = out.end() > start + 1;
    for (int at = start + 1; at < out.end(); at++) {
      isTag &= RdataField.isTagOctet(octets[at]);
    }
    if (!isTag) {
      throw new BadEntryException(
          line.offset(token),
          "bad-tag",
          line.shown(token) + " is not a tag: letters and digits, like issue (RFC 8659 §4.1)");
    }
  }

  static void printTag(byte[] octets, int at, int end, StringBuilder text) {
    text.append(new String(octets, at + 1, end - at - 1, StandardCharsets.US_ASCII));
  }

  static void print(byte[] octets, int at, int end, StringBuilder text) {
    printQuoted(octets, at + 1, end, text);
  }

  static void printAll(byte[] octets, int start, int end, StringBuilder text) {
    for (int at = start; at < end; ) {
      if (at > start) {
        text.append(' ');
      }
      int next = at + 1 + (octets[at] & 0xff);
      print(octets, at, next, text);
      at = next;
    }
  }

  /// Octets in quotes, with escapes for all but printable ASCII.
  static void printQuoted(byte[] octets, int start, int end, StringBuilder text) {
    text.append('"');
    for (int i = start; i < end; i++) {
      printOctet(octets[i] & 0xff, text);
    }
    text.append('"');
  }

  private static void printOctet(int octet, StringBuilder text) {
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
}
