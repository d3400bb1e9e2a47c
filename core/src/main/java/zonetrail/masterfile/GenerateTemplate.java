package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// One side of a `$GENERATE` line: text in which `$`, or `${offset,width,base}`, stands for the
/// number.
///
/// `$GENERATE` is BIND's and in no RFC. As there: `$$` is a plain dollar sign, `\` keeps its octet
/// from being replaced, the bases are d, o, x, X, and n and N for nibbles in reverse, divided by
/// dots, as `ip6.arpa` has them.
final class GenerateTemplate {
  /// The most octets of a template.
  static final int MAX_OCTETS = 1_024;

  /// The widest a number is made.
  static final int MAX_WIDTH = 64;

  private final byte[] template;
  private final int offset;
  private int at;

  /// Wraps a template.
  ///
  /// @param offset where it stands, for findings
  GenerateTemplate(byte[] template, int offset) {
    this.template = template;
    this.offset = offset;
  }

  /// The text for one number.
  void expand(long number, OctetBuffer out) throws BadEntryException {
    at = 0;
    while (at < template.length) {
      byte octet = template[at++];
      if (octet == '\\' && at < template.length) {
        out.add(octet);
        out.add(template[at++]);
      } else if (octet != '$') {
        out.add(octet);
      } else if (peek() == '$') {
        at++;
        out.add('$');
      } else if (peek() == '{') {
        at++;
        modified(number, out);
      } else {
        add(Long.toString(number), out);
      }
    }
  }

  private int peek() {
    return at < template.length ? template[at] : -1;
  }

  private void modified(long number, OctetBuffer out) throws BadEntryException {
    boolean minus = peek() == '-';
    if (minus) {
      at++;
    }
    long shift = number(Integer.MAX_VALUE);
    int width = 0;
    int base = 'd';
    if (peek() == ',') {
      at++;
      width = (int) number(MAX_WIDTH);
      if (peek() == ',') {
        at++;
        base = peek();
        at++;
      }
    }
    if (peek() != '}') {
      throw bad();
    }
    at++;
    add(format(minus ? number - shift : number + shift, width, base), out);
  }

  private long number(long max) throws BadEntryException {
    int first = at;
    long value = 0;
    while (peek() >= '0' && peek() <= '9') {
      value = value * 10 + (template[at++] - '0');
      if (value > max) {
        throw bad();
      }
    }
    if (at == first) {
      throw bad();
    }
    return value;
  }

  private String format(long value, int width, int base) throws BadEntryException {
    if (value < 0 && base != 'd') {
      throw bad();
    }
    return switch (base) {
      case 'd' -> padded(Long.toString(value), width);
      case 'o' -> padded(Long.toOctalString(value), width);
      case 'x' -> padded(Long.toHexString(value), width);
      case 'X' -> padded(upper(Long.toHexString(value)), width);
      case 'n' -> nibbles(value, width);
      case 'N' -> upper(nibbles(value, width));
      default -> throw bad();
    };
  }

  private static String upper(String hex) {
    return hex.toUpperCase(Locale.ROOT);
  }

  private static String padded(String digits, int width) {
    boolean minus = digits.startsWith("-");
    String zeros = "0".repeat(Math.max(0, width - digits.length()));
    return minus ? "-" + zeros + digits.substring(1) : zeros + digits;
  }

  /// The width counts the dots too.
  private static String nibbles(long value, int width) {
    StringBuilder text = new StringBuilder();
    long rest = value;
    do {
      text.append(Character.forDigit((int) (rest & 0xf), 16));
      rest >>>= 4;
      if (rest != 0 || text.length() < width) {
        text.append('.');
      }
    } while (rest != 0 || text.length() < width);
    return text.toString();
  }

  private static void add(String text, OctetBuffer out) {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    out.add(octets, 0, octets.length);
  }

  private BadEntryException bad() {
    return new BadEntryException(
        offset,
        "bad-generate",
        "the number's place is written $ or ${OFFSET,WIDTH,BASE}, with a width up to "
            + MAX_WIDTH
            + " and a base out of d o x X n N");
  }
}
