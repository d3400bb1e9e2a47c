package zonetrail.server.git;

/// Text that the remote sent, made fit for a log.
final class RemoteText {

  /// Characters of the remote's own words in one message.
  static final int MAX_CHARACTERS = 300;

  private RemoteText() {}

  /// One line without control characters, so that a remote can neither forge log lines nor send
  /// escape sequences to a terminal; and without a full stop, since our sentence goes on behind it.
  static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    text.strip()
        .codePoints()
        .limit(MAX_CHARACTERS)
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
        .forEach(line::appendCodePoint);
    return line.toString().replaceAll(" {2,}", " ").replaceFirst("(?<!\\.)\\.$", "");
  }
}
