package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import zonetrail.wire.Rfc;

/// Reads numbers and times out of tokens.
final class NumberText {
  /// The largest TTL (RFC 2181 §8).
  static final long MAX_TTL_SECONDS = Integer.MAX_VALUE;

  private NumberText() {}

  /// Reads an unsigned decimal number.
  static long number(LineScanner line, int token, long max, String what) throws BadEntryException {
    byte[] text = line.text();
    int end = line.end(token);
    long value = 0;
    int at = line.start(token);
    if (line.isQuoted(token) || at == end) {
      throw notNumber(line, token, max, what);
    }
    for (; at < end; at++) {
      int digit = text[at] - '0';
      if (digit < 0 || digit > 9) {
        throw notNumber(line, token, max, what);
      }
      value = value * 10 + digit;
      if (value > max) {
        throw notNumber(line, token, max, what);
      }
    }
    return value;
  }

  /// Reads an unsigned number of 64 bits.
  static long number64(LineScanner line, int token, String what) throws BadEntryException {
    int length = line.end(token) - line.start(token);
    try {
      if (!line.isQuoted(token) && length <= 20 && looksLikeTtl(line, token)) {
        return Long.parseUnsignedLong(
            new String(line.text(), line.start(token), length, StandardCharsets.ISO_8859_1));
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new BadEntryException(
        line.offset(token),
        "bad-number",
        line.shown(token)
            + " stands where "
            + what
            + " belongs: a number from 0 to 18446744073709551615");
  }

  private static BadEntryException notNumber(LineScanner line, int token, long max, String what) {
    return new BadEntryException(
        line.offset(token),
        "bad-number",
        line.shown(token) + " stands where " + what + " belongs: a number from 0 to " + max);
  }

  /// Whether a token begins like a TTL: nothing else in front of a type begins with a digit.
  static boolean looksLikeTtl(LineScanner line, int token) {
    int start = line.start(token);
    if (line.isQuoted(token) || start == line.end(token)) {
      return false;
    }
    byte first = line.text()[start];
    return first >= '0' && first <= '9';
  }

  /// Reads a TTL: seconds, or numbers with the units w, d, h, m and s.
  @Rfc(number = 2181, section = "8")
  static int ttlSeconds(LineScanner line, int token) throws BadEntryException {
    long seconds = seconds(line, token, "a TTL");
    if (seconds > MAX_TTL_SECONDS) {
      throw new BadEntryException(
          line.offset(token),
          "ttl-out-of-range",
          "TTL " + line.shown(token) + " is more than 2147483647 seconds (RFC 2181 §8)");
    }
    return (int) seconds;
  }

  /// Reads a number of seconds, up to 2^32 - 1, with or without units.
  static long seconds(LineScanner line, int token, String what) throws BadEntryException {
    byte[] text = line.text();
    int end = line.end(token);
    int at = line.start(token);
    if (line.isQuoted(token) || at == end) {
      throw notSeconds(line, token, what);
    }
    long total = 0;
    boolean units = false;
    while (at < end) {
      long value = 0;
      int first = at;
      while (at < end && text[at] >= '0' && text[at] <= '9') {
        value = value * 10 + (text[at++] - '0');
        if (value > 0xffff_ffffL) {
          throw notSeconds(line, token, what);
        }
      }
      if (at == first || (at == end && units)) {
        throw notSeconds(line, token, what);
      }
      if (at < end) {
        units = true;
        int factor = secondsOfUnit(text[at++]);
        if (factor == 0) {
          throw notSeconds(line, token, what);
        }
        value *= factor;
      }
      total += value;
      if (total > 0xffff_ffffL) {
        throw notSeconds(line, token, what);
      }
    }
    return total;
  }

  private static int secondsOfUnit(byte unit) {
    return switch (unit | 0x20) {
      case 's' -> 1;
      case 'm' -> 60;
      case 'h' -> 3_600;
      case 'd' -> 86_400;
      case 'w' -> 604_800;
      default -> 0;
    };
  }

  private static BadEntryException notSeconds(LineScanner line, int token, String what) {
    return new BadEntryException(
        line.offset(token),
        "bad-ttl",
        line.shown(token)
            + " stands where "
            + what
            + " belongs: seconds, or a time like 1h30m (units w d h m s), at most 4294967295 in all");
  }
}
