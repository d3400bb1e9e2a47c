package zonetrail.masterfile;

import java.util.OptionalLong;

/// Tells a zone file from any other text by its SOA record, without parsing it.
///
/// A line counts if `SOA` stands where a record's type stands (behind nothing but an owner name, a
/// TTL and a class) and the rest looks like one, even a broken one: an owner that is `@` or has a
/// dot, together with class or TTL; or two names with dots behind it; or two names and the serial
/// with something numeric, or an opening parenthesis, around it. A sentence about SOA records has
/// none of these. Parentheses, which may stand anywhere, only part words; `TYPE6` is an SOA, too.
final class SoaSearch {
  private final byte[] text;
  private int tokenStart;
  private int tokenEnd;
  private boolean parenthesisSeen;

  private SoaSearch(byte[] text) {
    this.text = text;
  }

  static boolean holdsSoa(byte[] text) {
    return new SoaSearch(text).afterSoa() >= 0;
  }

  /// Where the type of the first SOA record ends; -1 if there is none.
  private int afterSoa() {
    for (int at = 0; at + 3 <= text.length; at++) {
      int letter = text[at] | 0x20;
      if (letter == 's' || letter == 't') {
        int end = at + (letter == 's' ? 3 : 5);
        if (isWord(at, end, letter == 's' ? "SOA" : "TYPE6")
            && (at == 0 || partsWords(text[at - 1]))
            && end < text.length
            && partsWords(text[end])
            && isSoaRecord(at, end)) {
          return end;
        }
      }
    }
    return -1;
  }

  /// The third field behind the type, over lines and comments.
  static OptionalLong serialIn(byte[] text) {
    SoaSearch search = new SoaSearch(text);
    int at = search.afterSoa();
    if (at < 0) {
      return OptionalLong.empty();
    }
    int fields = 0;
    while (at < text.length) {
      if (text[at] == ';') {
        while (at < text.length && !isLineEnd(text[at])) {
          at++;
        }
      } else if (isGap(text[at]) || text[at] == '(') {
        at++;
      } else {
        int start = at;
        while (at < text.length && !isGap(text[at]) && "();".indexOf(text[at]) < 0) {
          at++;
        }
        boolean isOpaque = at - start == 2 && text[start] == '\\' && text[start + 1] == '#';
        if (at == start || isOpaque) { // a closing parenthesis, or rdata as RFC 3597 has it
          return OptionalLong.empty();
        }
        if (++fields == 3) {
          // A number that the text ends in may go on in what is not here.
          return at < text.length ? number(text, start, at) : OptionalLong.empty();
        }
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong number(byte[] text, int start, int end) {
    long number = 0;
    for (int at = start; at < end; at++) {
      if (!isDigit(text[at]) || at - start > 10) {
        return OptionalLong.empty();
      }
      number = number * 10 + text[at] - '0';
    }
    return number > 0xffff_ffffL ? OptionalLong.empty() : OptionalLong.of(number);
  }

  private boolean isSoaRecord(int soa, int afterType) {
    int lineStart = soa;
    while (lineStart > 0 && !isLineEnd(text[lineStart - 1]) && soa - lineStart < 2048) {
      lineStart--;
    }
    if (lineStart == 0 && text.length >= 3 && text[0] == (byte) 0xef) {
      lineStart = 3;
    }
    boolean ownerAt = false;
    boolean ownerHasDot = false;
    boolean classOrTtl = false;
    boolean first = true;
    parenthesisSeen = false;
    tokenEnd = lineStart;
    while (nextToken() && tokenStart < soa) {
      if (text[tokenStart] == ';') {
        return false;
      }
      if (first && !isGap(text[lineStart])) {
        ownerAt = tokenEnd - tokenStart == 1 && text[tokenStart] == '@';
        ownerHasDot = hasDot();
      } else if (isClass() || isDigit(text[tokenStart])) {
        classOrTtl = true;
      } else {
        return false;
      }
      first = false;
    }
    if (first && !isGap(text[lineStart])) {
      return false; // SOA is the owner here
    }
    return ownerAt || (ownerHasDot && classOrTtl) || restLooksLikeSoa(afterType);
  }

  private boolean restLooksLikeSoa(int afterType) {
    tokenEnd = afterType;
    if (!nextToken() || text[tokenStart] == ';') {
      return false;
    }
    boolean dots = hasDot();
    if (!nextToken() || text[tokenStart] == ';') {
      return false;
    }
    if (dots && hasDot()) {
      return true;
    }
    int numbers = 0;
    while (nextToken() && text[tokenStart] != ';') {
      if (!isDigit(text[tokenStart])) {
        return false;
      }
      numbers++;
    }
    return parenthesisSeen || numbers >= 2;
  }

  /// The next run of octets without gaps and parentheses on this line.
  private boolean nextToken() {
    int at = tokenEnd;
    while (at < text.length && partsWords(text[at]) && !isLineEnd(text[at])) {
      parenthesisSeen |= text[at] == '(';
      at++;
    }
    tokenStart = at;
    while (at < text.length && !partsWords(text[at])) {
      at++;
    }
    tokenEnd = at;
    return tokenEnd > tokenStart;
  }

  private boolean hasDot() {
    for (int at = tokenStart; at < tokenEnd - 1; at++) {
      if (text[at] == '.' && text[at + 1] != '.') {
        return true;
      }
    }
    return false;
  }

  /// Any class, also those that we do not serve: the zone is one, and then said to be of another
  /// class.
  private boolean isClass() {
    return isWord(tokenStart, tokenEnd, "IN")
        || isWord(tokenStart, tokenEnd, "CH")
        || isWord(tokenStart, tokenEnd, "HS")
        || (tokenEnd - tokenStart > 5 && isWord(tokenStart, tokenStart + 5, "CLASS"));
  }

  private boolean isWord(int start, int end, String upper) {
    if (end - start != upper.length() || end > text.length) {
      return false;
    }
    for (int i = 0; i < upper.length(); i++) {
      int octet = text[start + i];
      int folded = octet >= 'a' && octet <= 'z' ? octet - 0x20 : octet;
      if (folded != upper.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean partsWords(byte octet) {
    return isGap(octet) || octet == '(' || octet == ')';
  }

  private static boolean isGap(byte octet) {
    return octet == ' ' || octet == '\t' || octet == '\n' || octet == '\r';
  }

  /// A carriage return alone ends no line of ours, but did on old computers, and files from there
  /// are zones too: they are said to have control characters.
  private static boolean isLineEnd(byte octet) {
    return octet == '\n' || octet == '\r';
  }

  private static boolean isDigit(byte octet) {
    return octet >= '0' && octet <= '9';
  }
}
