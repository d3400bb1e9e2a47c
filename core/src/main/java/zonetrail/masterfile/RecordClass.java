package zonetrail.masterfile;

import zonetrail.wire.Rfc;

/// The class of a record's line: there is one, IN.
final class RecordClass {
  private RecordClass() {}

  /// Whether a token is the class.
  ///
  /// @throws BadEntryException if it is another class
  static boolean isIn(LineScanner line, int token) throws BadEntryException {
    if (line.isWord(token, "IN") || line.isWord(token, "CLASS1")) {
      return true;
    }
    if (line.isWord(token, "CH")
        || line.isWord(token, "HS")
        || line.isWord(token, "CS")
        || isNumber(line, token)) {
      throw new BadEntryException(
          line.offset(token),
          "class-not-in",
          "class " + line.shown(token) + " is not served; the class is IN, or left out");
    }
    return false;
  }

  @Rfc(number = 3597, section = "5")
  private static boolean isNumber(LineScanner line, int token) {
    int start = line.start(token);
    int end = line.end(token);
    if (end - start < 6 || end - start > 10 || line.isQuoted(token)) {
      return false;
    }
    for (int i = 0; i < 5; i++) {
      if ((line.text()[start + i] & ~0x20) != "CLASS".charAt(i)) {
        return false;
      }
    }
    for (int at = start + 5; at < end; at++) {
      if (line.text()[at] < '0' || line.text()[at] > '9') {
        return false;
      }
    }
    return true;
  }
}
