package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// The line of a record or of a `$GENERATE`, token by token: `[owner] [TTL] [class] type rdata`.
///
/// Of one that the parser has not read without an error, who asks checks what it finds.
final class RecordLine {
  /// Says that a line has no such token.
  static final int NONE = -1;

  private static final int TAB = 8;

  final LineScanner line;
  final boolean isGenerate;

  /// The token of the TTL, or [#NONE].
  final int ttl;

  /// The token of the class, or [#NONE].
  final int recordClass;

  /// The token of the type.
  final int type;

  private RecordLine(LineScanner line) {
    this.line = line;
    this.isGenerate = !line.leadingBlank() && line.isWord(0, "$GENERATE");
    int token = firstAfterOwner();
    int ttlToken = NONE;
    int classToken = NONE;
    for (; token < line.count() - 1; token++) {
      if (ttlToken == NONE && NumberText.looksLikeTtl(line, token)) {
        ttlToken = token;
      } else if (classToken == NONE && (line.isWord(token, "IN") || line.isWord(token, "CLASS1"))) {
        classToken = token;
      } else {
        break;
      }
    }
    this.ttl = ttlToken;
    this.recordClass = classToken;
    this.type = token;
  }

  /// @param isWhole whether the text is a file from its beginning on
  static RecordLine at(byte[] text, int from, boolean isWhole) {
    LineScanner line = new LineScanner(text, from, isWhole);
    line.next();
    return new RecordLine(line);
  }

  /// A line alone; U+FEFF in front is no byte order mark.
  static RecordLine of(String text) {
    return at(text.getBytes(StandardCharsets.ISO_8859_1), 0, false);
  }

  /// The line's text with parts replaced.
  String with(Splices splices) {
    byte[] text = splices.applyTo(line.text(), line.lineStart(), line.lineEnd());
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  boolean hasOwner() {
    return !line.leadingBlank();
  }

  /// The first token of TTL, class and type.
  int firstAfterOwner() {
    return isGenerate ? 3 : line.leadingBlank() ? 0 : 1;
  }

  WireName owner(WireName origin) throws BadEntryException {
    OctetBuffer name = new OctetBuffer(WireName.MAX_OCTETS);
    NameText.read(line, 0, origin, name);
    return WireName.fromWire(name.array(), 0);
  }

  Rdata rdata(RRType recordType, WireName origin) throws BadEntryException {
    OctetBuffer out = new OctetBuffer(64);
    RdataText.read(recordType, line, type + 1, line.offset(type), origin, out);
    return Rdata.of(out.array(), 0, out.end());
  }

  /// Where a token begins, with its quote.
  int from(int token) {
    return line.offset(token);
  }

  /// The octet after a token, with its quote.
  int to(int token) {
    return line.end(token) + (line.isQuoted(token) ? 1 : 0);
  }

  /// A token as it is written, with its quotes.
  String text(int token) {
    return text(from(token), to(token));
  }

  /// The octet after what stands in front of a token: another token, or nothing.
  int gapStart(int token) {
    return token == 0 ? line.lineStart() : to(token - 1);
  }

  /// A part of the rdata's text: a token, or several without anything between them, as in
  /// `alpn="h2,h3"`.
  ///
  /// @param token the first of them
  record Word(int token, int from, int to) {}

  /// The words from a token on.
  List<Word> words(int first) {
    List<Word> words = new ArrayList<>();
    int token = first;
    while (token < line.count()) {
      int last = token;
      while (last + 1 < line.count() && from(last + 1) == to(last)) {
        last++;
      }
      words.add(new Word(token, from(token), to(last)));
      token = last + 1;
    }
    return words;
  }

  String text(Word word) {
    return text(word.from(), word.to());
  }

  /// Has a token replaced; what follows in the line keeps its column where there are blanks enough.
  void replace(int token, String text, Splices splices) {
    replace(from(token), to(token), text, splices);
  }

  /// The same for any part of a line.
  void replace(int from, int to, String text, Splices splices) {
    int gapEnd = to;
    while (gapEnd < line.lineEnd() && line.text()[gapEnd] == ' ') {
      gapEnd++;
    }
    int blanks = gapEnd - to - (text.length() - (to - from));
    boolean isInside = gapEnd < line.lineEnd() && line.text()[gapEnd] > ' ';
    boolean keepsColumn = isInside && gapEnd - to > 1 && blanks > 0;
    splices.add(from, keepsColumn ? gapEnd : to, keepsColumn ? text + " ".repeat(blanks) : text);
  }

  /// What stands between a token and the one before, or the line's beginning.
  String gap(int token) {
    return text(gapStart(token), from(token));
  }

  /// A part of the text, an octet a character.
  String text(int from, int to) {
    return new String(line.text(), from, to - from, StandardCharsets.ISO_8859_1);
  }

  /// Whether it goes over one line of the file, without parentheses.
  boolean isPlain() {
    int last = line.count() - 1;
    for (int token = 0; token <= last; token++) {
      if (!isBlank(gap(token))) {
        return false;
      }
    }
    String rest = text(to(last), line.lineEnd());
    int comment = rest.indexOf(';');
    return (comment < 0 ? rest : rest.substring(0, comment)).isBlank();
  }

  static boolean isBlank(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != ' ' && text.charAt(i) != '\t') {
        return false;
      }
    }
    return true;
  }

  /// The column, from 0, in which an offset is seen.
  int column(int offset) {
    int start = offset;
    while (start > line.lineStart() && line.text()[start - 1] != '\n') {
      start--;
    }
    return columnAfter(0, text(start, offset));
  }

  /// The column in which a text ends that begins in one; octets of UTF-8 after a first count as
  /// part of it.
  static int columnAfter(int column, String text) {
    int at = column;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\t') {
        at = (at / TAB + 1) * TAB;
      } else if ((c & 0xc0) != 0x80) {
        at++;
      }
    }
    return at;
  }

  /// Blanks from one column to another one, at least one; tabs if those are wanted and get there.
  static String blanks(int from, int to, boolean tabs) {
    if (tabs) {
      int count = Math.max(1, (to + TAB - 1) / TAB - from / TAB);
      return "\t".repeat(count);
    }
    return " ".repeat(Math.max(1, to - from));
  }
}
