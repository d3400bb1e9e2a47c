package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rfc;

/// Cuts master-file text into logical lines, and each of them into tokens.
///
/// A logical line ends at a line feed outside parentheses (RFC 1035 §5.1). A token is two offsets
/// into the text and two flags; the arrays that hold them are used again for the next line, so
/// nothing is allocated per token. After the first lexical problem of a line the scanner goes on to
/// the line's end, so that the parser recovers there.
///
/// A parenthesis that is never closed would swallow the rest of the file: its line then ends before
/// the next line that begins with a letter, a digit or another plain character, since that is what
/// an owner name in front of a new record looks like. This second look is taken at most
/// [#MAX_UNCLOSED] times in a file, so that reading stays linear.
@Rfc(number = 1035, section = "5.1")
final class LineScanner {
  /// The most octets of a token: 65,535 octets of rdata, each written as `\DDD`.
  static final int MAX_TOKEN_OCTETS = 4 * 65_535;

  /// The most octets of a logical line, comments included.
  static final int MAX_LINE_OCTETS = 1 << 20;

  /// The most tokens of a logical line: 65,535 empty strings, and what stands in front of them.
  static final int MAX_TOKENS = 65_600;

  /// The deepest nesting of parentheses.
  static final int MAX_NESTING = 16;

  /// How often a line whose parenthesis is never closed is ended early.
  static final int MAX_UNCLOSED = 8;

  private static final byte PLAIN = 0;
  private static final byte BLANK = 1;
  private static final byte LINE_FEED = 2;
  private static final byte CARRIAGE_RETURN = 3;
  private static final byte SEMICOLON = 4;
  private static final byte OPEN = 5;
  private static final byte CLOSE = 6;
  private static final byte QUOTE = 7;
  private static final byte BACKSLASH = 8;
  private static final byte CONTROL = 9;
  private static final byte[] KIND = new byte[256];

  static {
    Arrays.fill(KIND, 0, 0x20, CONTROL);
    KIND[0x7f] = CONTROL;
    KIND[' '] = BLANK;
    KIND['\t'] = BLANK;
    KIND['\n'] = LINE_FEED;
    KIND['\r'] = CARRIAGE_RETURN;
    KIND[';'] = SEMICOLON;
    KIND['('] = OPEN;
    KIND[')'] = CLOSE;
    KIND['"'] = QUOTE;
    KIND['\\'] = BACKSLASH;
  }

  private static final byte QUOTED = 1;
  private static final byte ESCAPED = 2;

  private final byte[] text;
  private int at;

  private int lineStart;
  private boolean leadingBlank;
  private int count;
  private int[] starts = new int[32];
  private int[] ends = new int[32];
  private byte[] flags = new byte[32];
  private @Nullable BadEntryException problem;
  private int unclosedLines;

  LineScanner(byte[] text) {
    this(text, 0, true);
  }

  /// Begins at an offset where a logical line begins.
  ///
  /// @param isWhole whether the text is a file from its beginning on, where there may be a byte
  ///   order mark
  LineScanner(byte[] text, int from, boolean isWhole) {
    this.text = text;
    this.at = isWhole && from == 0 && startsWithByteOrderMark(text) ? 3 : from;
  }

  private static boolean startsWithByteOrderMark(byte[] text) {
    return text.length >= 3
        && text[0] == (byte) 0xef
        && text[1] == (byte) 0xbb
        && text[2] == (byte) 0xbf;
  }

  /// Reads the next logical line.
  ///
  /// @return false at the end of the text
  boolean next() {
    if (at >= text.length) {
      return false;
    }
    scan(text.length);
    return true;
  }

  private void scan(int limit) {
    lineStart = at;
    count = 0;
    problem = null;
    leadingBlank = KIND[text[at] & 0xff] == BLANK;
    int depth = 0;
    int openOffset = -1;
    int p = at;
    while (p < limit) {
      switch (KIND[text[p] & 0xff]) {
        case PLAIN, BACKSLASH -> p = plainToken(p, limit);
        case BLANK -> p++;
        case LINE_FEED -> {
          p++;
          if (depth == 0) {
            endLine(p);
            return;
          }
        }
        case CARRIAGE_RETURN -> {
          if (p + 1 < limit && text[p + 1] != '\n') {
            fail(p, "control-character", "carriage return inside a line; lines end in LF or CR LF");
          }
          p++;
        }
        case SEMICOLON -> p = endOfComment(p, limit);
        case OPEN -> {
          if (depth == 0) {
            openOffset = p;
          }
          if (++depth > MAX_NESTING) {
            depth = MAX_NESTING;
            fail(
                p,
                "nesting-too-deep",
                "parentheses are nested deeper than " + MAX_NESTING + "; one pair is enough");
          }
          p++;
        }
        case CLOSE -> {
          if (depth == 0) {
            fail(p, "unopened-parenthesis", "')' without a '(' before it (RFC 1035 §5.1)");
          } else {
            depth--;
          }
          p++;
        }
        case QUOTE -> p = quotedToken(p, limit);
        default -> {
          fail(p, "control-character", controlMessage(text[p]));
          p++;
        }
      }
    }
    if (depth > 0) {
      unclosed(openOffset, limit);
    } else {
      endLine(p);
    }
  }

  private static String controlMessage(byte octet) {
    return "control character "
        + (octet & 0xff)
        + " in the file; remove it, or in a name or string write it as \\"
        + decimal(octet & 0xff);
  }

  private static String decimal(int octet) {
    return "" + octet / 100 + octet / 10 % 10 + octet % 10;
  }

  private void endLine(int end) {
    at = end;
    if (end - lineStart > MAX_LINE_OCTETS) {
      fail(
          lineStart,
          "line-too-long",
          "a line (up to its closing parenthesis) of "
              + (end - lineStart)
              + " octets; at most "
              + MAX_LINE_OCTETS
              + " are read");
    }
  }

  /// Ends the line early: what it swallowed is read again, as lines of their own.
  private void unclosed(int openOffset, int limit) {
    int end = limit;
    if (limit == text.length && unclosedLines < MAX_UNCLOSED) {
      unclosedLines++;
      end = nextLineThatBeginsPlain(openOffset, limit);
    }
    BadEntryException earlier = problem;
    problem = null;
    if (earlier != null && earlier.offset < openOffset) {
      problem = earlier;
    }
    fail(openOffset, "unclosed-parenthesis", "'(' is never closed (RFC 1035 §5.1)");
    at = end;
  }

  private int nextLineThatBeginsPlain(int from, int limit) {
    for (int p = from; p < limit - 1; p++) {
      if (text[p] == '\n' && KIND[text[p + 1] & 0xff] == PLAIN) {
        return p + 1;
      }
    }
    return limit;
  }

  private int endOfComment(int from, int limit) {
    int p = from;
    while (p < limit && text[p] != '\n') {
      p++;
    }
    return p;
  }

  private int plainToken(int start, int limit) {
    int p = start;
    byte flag = 0;
    while (p < limit) {
      byte kind = KIND[text[p] & 0xff];
      if (kind == PLAIN) {
        p++;
      } else if (kind == BACKSLASH) {
        flag = ESCAPED;
        if (!escapesSomething(p, limit)) {
          fail(p, "bad-escape", "'\\' at the end of a line escapes nothing (RFC 1035 §5.1)");
          p++;
          break;
        }
        p += 2;
      } else {
        break;
      }
    }
    addToken(start, p, flag);
    return p;
  }

  private boolean escapesSomething(int backslash, int limit) {
    return backslash + 1 < limit
        && text[backslash + 1] != '\n'
        && !(text[backslash + 1] == '\r'
            && (backslash + 2 >= limit || text[backslash + 2] == '\n'));
  }

  private int quotedToken(int quote, int limit) {
    int p = quote + 1;
    byte flag = QUOTED;
    while (p < limit) {
      byte octet = text[p];
      if (octet == '"') {
        addToken(quote + 1, p, flag);
        return p + 1;
      }
      if (octet == '\n') {
        break;
      }
      if (octet == '\\' && escapesSomething(p, limit)) {
        flag = QUOTED | ESCAPED;
        p++;
      } else if (KIND[octet & 0xff] == CONTROL) {
        fail(p, "control-character", controlMessage(octet));
      } else if (octet == '\r' && p + 1 < limit && text[p + 1] != '\n') {
        fail(p, "control-character", controlMessage(octet));
      }
      p++;
    }
    fail(
        quote,
        "unterminated-quote",
        "the quoted string has no closing '\"' on its line (RFC 1035 §5.1)");
    addToken(quote + 1, p, flag);
    return p;
  }

  private void addToken(int start, int end, byte flag) {
    if (end - start > MAX_TOKEN_OCTETS) {
      fail(
          start,
          "token-too-long",
          "a token of " + (end - start) + " octets; at most " + MAX_TOKEN_OCTETS + " are read");
      return;
    }
    if (count == starts.length) {
      if (count >= MAX_TOKENS) {
        fail(start, "too-many-tokens", "more than " + MAX_TOKENS + " tokens in one line");
        return;
      }
      int capacity = Math.min(MAX_TOKENS, count * 2);
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
      flags = Arrays.copyOf(flags, capacity);
    }
    starts[count] = start;
    ends[count] = end;
    flags[count++] = flag;
  }

  private void fail(int offset, String rule, String message) {
    if (problem == null) {
      problem = new BadEntryException(offset, rule, message);
    }
  }

  /// The text that is scanned.
  byte[] text() {
    return text;
  }

  /// The first lexical problem of the line, or null.
  @Nullable BadEntryException problem() {
    return problem;
  }

  /// The first octet of the line.
  int lineStart() {
    return lineStart;
  }

  /// The octet after the line, its line feed included.
  int lineEnd() {
    return at;
  }

  /// Whether the line begins with a blank, so that its record has the owner of the one before.
  boolean leadingBlank() {
    return leadingBlank;
  }

  /// How many tokens the line has.
  int count() {
    return count;
  }

  /// The first octet of a token, after the quote if it is quoted.
  int start(int token) {
    return starts[token];
  }

  /// The octet after a token, which is the closing quote if it is quoted.
  int end(int token) {
    return ends[token];
  }

  boolean isQuoted(int token) {
    return (flags[token] & QUOTED) != 0;
  }

  boolean isEscaped(int token) {
    return (flags[token] & ESCAPED) != 0;
  }

  /// Where a person sees the token begin: at its quote if it has one.
  int offset(int token) {
    return isQuoted(token) ? starts[token] - 1 : starts[token];
  }

  /// Whether a token is this word without quotes, in any case of letters.
  ///
  /// @param upper the word in ASCII capitals
  boolean isWord(int token, String upper) {
    int start = starts[token];
    if (ends[token] - start != upper.length() || flags[token] != 0) {
      return false;
    }
    for (int i = 0; i < upper.length(); i++) {
      int octet = text[start + i];
      if (octet >= 'a' && octet <= 'z') {
        octet -= 0x20;
      }
      if (octet != upper.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Whether a token is written like one of another line, but for the case of letters.
  boolean isSameWord(int token, LineScanner other, int there) {
    int length = ends[token] - starts[token];
    if (length != other.ends[there] - other.starts[there]) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if ((text[starts[token] + i] | 0x20) != (other.text[other.starts[there] + i] | 0x20)) {
        return false;
      }
    }
    return true;
  }

  /// A token as it is written, for a message: control characters replaced, long ones cut.
  String shown(int token) {
    return shown(text, starts[token], ends[token]);
  }

  /// The same for any octets.
  static String shown(byte[] text, int start, int end) {
    int length = Math.min(end - start, 40);
    String shown = new String(text, start, length, StandardCharsets.UTF_8);
    StringBuilder safe = new StringBuilder(shown.length() + 5).append('\'');
    shown.codePoints().forEach(c -> safe.appendCodePoint(isHarmless(c) ? c : '?'));
    return safe.append(length < end - start ? "…'" : "'").toString();
  }

  private static boolean isHarmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
