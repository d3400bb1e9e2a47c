package zonetrail.masterfile;

/// Thrown inside the parser where an entry cannot be understood; the parser turns it into a
/// finding.
///
/// It has no stack trace: a hostile file may cause one for each line.
final class BadEntryException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Where in the text that was read, in octets.
  final int offset;

  /// The stable name of the rule.
  final String rule;

  BadEntryException(int offset, String rule, String message) {
    super(message, null, false, false);
    this.offset = offset;
    this.rule = rule;
  }

  /// Something is missing at the end of a line.
  static BadEntryException missing(LineScanner line, String what) {
    return new BadEntryException(
        line.offset(line.count() - 1), "missing-rdata", "the record ends before " + what);
  }

  String message() {
    String message = getMessage();
    return message == null ? rule : message;
  }
}
