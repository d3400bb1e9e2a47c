package zonetrail.masterfile;

import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// Reads domain names and escapes out of tokens, straight into octets.
@Rfc(number = 1035, section = "5.1")
final class NameText {
  private NameText() {}

  /// Reads a name and adds its wire form to `out`; a relative one gets the origin's labels.
  ///
  /// Quotes do not matter here: BIND reads owner names in quotes, so old files may have some.
  static void read(LineScanner line, int token, WireName origin, OctetBuffer out)
      throws BadEntryException {
    byte[] text = line.text();
    int start = line.start(token);
    int end = line.end(token);
    if (end - start == 1 && text[start] == '@') {
      addOrigin(origin, out);
      return;
    }
    if (end - start == 1 && text[start] == '.') {
      out.add(0);
      return;
    }
    int nameStart = out.end();
    int labelStart = nameStart;
    out.add(0);
    for (int at = start; at < end; ) {
      int octet = text[at++] & 0xff;
      if (octet == '.') {
        endLabel(line, token, out, labelStart);
        labelStart = out.end();
        out.add(0);
        continue;
      }
      if (octet == '\\') {
        octet = escaped(text, at - 1, end);
        at += isDecimalEscape(text, at - 1) ? 3 : 1;
      }
      if (out.end() - nameStart >= WireName.MAX_OCTETS) {
        throw tooLong(line, token);
      }
      out.add(octet);
    }
    if (out.end() - labelStart > 1) {
      endLabel(line, token, out, labelStart);
      addOrigin(origin, out);
    }
    if (out.end() - nameStart > WireName.MAX_OCTETS) {
      throw tooLong(line, token);
    }
  }

  /// Reads a name that must stand without quotes.
  static void readBare(LineScanner line, int token, WireName origin, OctetBuffer out)
      throws BadEntryException {
    if (line.isQuoted(token)) {
      throw bad(line, token, "a name stands here, and names are written without quotes");
    }
    read(line, token, origin, out);
  }

  /// Reads names to the line's end.
  static void readAll(LineScanner line, int first, WireName origin, OctetBuffer out)
      throws BadEntryException {
    for (int token = first; token < line.count(); token++) {
      readBare(line, token, origin, out);
    }
  }

  static void printAll(byte[] octets, int start, int end, NameForm names, StringBuilder text) {
    for (int at = start; at < end; ) {
      WireName name = WireName.fromWire(octets, at);
      text.append(at > start ? " " : "").append(names.text(name));
      at += name.length();
    }
  }

  private static void addOrigin(WireName origin, OctetBuffer out) {
    out.reserve(origin.length());
    int after = origin.copyTo(out.array(), out.end());
    out.truncate(after);
  }

  private static void endLabel(LineScanner line, int token, OctetBuffer out, int labelStart)
      throws BadEntryException {
    int length = out.end() - labelStart - 1;
    if (length == 0) {
      throw bad(line, token, "a label is empty: two dots in a row, or a dot in front");
    }
    if (length > WireName.MAX_LABEL_OCTETS) {
      throw bad(
          line,
          token,
          "a label has " + length + " octets, and at most 63 are allowed (RFC 1035 §2.3.4)");
    }
    out.set(labelStart, length);
  }

  private static BadEntryException tooLong(LineScanner line, int token) {
    return bad(
        line,
        token,
        "with the origin it has more than 255 octets (RFC 1035 §2.3.4); is a final dot missing?");
  }

  private static BadEntryException bad(LineScanner line, int token, String why) {
    return new BadEntryException(
        line.offset(token), "bad-name", line.shown(token) + " is not a domain name: " + why);
  }

  /// Adds the octets of a token to `out`, escapes resolved.
  static void unescape(LineScanner line, int token, OctetBuffer out) throws BadEntryException {
    byte[] text = line.text();
    int start = line.start(token);
    int end = line.end(token);
    if (!line.isEscaped(token)) {
      out.add(text, start, end - start);
      return;
    }
    unescape(text, start, end, out);
  }

  /// The same for a part of a token.
  static void unescape(byte[] text, int start, int end, OctetBuffer out) throws BadEntryException {
    for (int at = start; at < end; ) {
      int octet = text[at++] & 0xff;
      if (octet == '\\') {
        octet = escaped(text, at - 1, end);
        at += isDecimalEscape(text, at - 1) ? 3 : 1;
      }
      out.add(octet);
    }
  }

  private static boolean isDecimalEscape(byte[] text, int backslash) {
    return isDigit(text[backslash + 1]);
  }

  private static int escaped(byte[] text, int backslash, int end) throws BadEntryException {
    if (backslash + 1 >= end) {
      throw badEscape(backslash);
    }
    if (!isDigit(text[backslash + 1])) {
      return text[backslash + 1] & 0xff;
    }
    if (backslash + 3 >= end || !isDigit(text[backslash + 2]) || !isDigit(text[backslash + 3])) {
      throw badEscape(backslash);
    }
    int value =
        (text[backslash + 1] - '0') * 100
            + (text[backslash + 2] - '0') * 10
            + (text[backslash + 3] - '0');
    if (value > 255) {
      throw badEscape(backslash);
    }
    return value;
  }

  private static BadEntryException badEscape(int backslash) {
    return new BadEntryException(
        backslash,
        "bad-escape",
        "'\\' is followed by three digits up to 255, or by one character that is no digit"
            + " (RFC 1035 §5.1)");
  }

  private static boolean isDigit(byte octet) {
    return octet >= '0' && octet <= '9';
  }
}
