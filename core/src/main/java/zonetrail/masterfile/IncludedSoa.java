package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Looks for an SOA record in a text and in what it includes, without parsing either.
///
/// What cannot be included holds none. The bounds are those of the parser, so that circles end.
final class IncludedSoa {
  private static final byte[] DIRECTIVE = "$INCLUDE".getBytes(StandardCharsets.US_ASCII);

  private final IncludeSource includes;
  private int opened;

  IncludedSoa(IncludeSource includes) {
    this.includes = includes;
  }

  /// Whether the text, or what it includes, holds one.
  boolean isIn(String fileName, byte[] text) {
    return isIn(fileName, text, 0);
  }

  private boolean isIn(String fileName, byte[] text, int depth) {
    if (SoaSearch.holdsSoa(text)) {
      return true;
    }
    if (depth == MasterFile.MAX_INCLUDE_DEPTH) {
      return false;
    }
    for (int at = nextDirective(text, 0); at >= 0; at = nextDirective(text, at + 1)) {
      Optional<String> path = path(text, at);
      if (path.isPresent()
          && opened++ < MasterFile.MAX_INCLUDED_FILES
          && includes.open(fileName, path.get()) instanceof IncludeSource.Found found
          && isIn(found.fileName(), found.text(), depth + 1)) {
        return true;
      }
    }
    return false;
  }

  /// Where the next line begins that may be the directive; -1 if there is none.
  private static int nextDirective(byte[] text, int from) {
    for (int at = from; at + DIRECTIVE.length < text.length; at++) {
      if (text[at] == '$' && (at == 0 || text[at - 1] == '\n') && isDirective(text, at)) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isDirective(byte[] text, int at) {
    for (int i = 1; i < DIRECTIVE.length; i++) {
      if ((text[at + i] & ~0x20) != DIRECTIVE[i]) {
        return false;
      }
    }
    return true;
  }

  /// The file that the line at an offset includes.
  private static Optional<String> path(byte[] text, int at) {
    int end = at;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    LineScanner line = new LineScanner(Arrays.copyOfRange(text, at, end));
    if (!line.next() || line.count() < 2 || !line.isWord(0, "$INCLUDE")) {
      return Optional.empty();
    }
    try {
      OctetBuffer path = new OctetBuffer(end - at);
      NameText.unescape(line, 1, path);
      return Optional.of(new String(path.array(), 0, path.end(), StandardCharsets.UTF_8));
    } catch (BadEntryException bad) {
      return Optional.empty();
    }
  }
}
