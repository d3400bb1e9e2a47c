package zonetrail.masterfile;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import zonetrail.wire.Rfc;

/// The times of a signature: `20260401120000` for 12 o'clock UTC on the first of April 2026, or
/// seconds since 1970.
///
/// On the wire they wrap around after 136 years; they are printed as the first of the moments that
/// they can mean, which is before February 2106.
@Rfc(number = 4034, section = "3.2")
final class TimestampText {
  private static final int DATE_DIGITS = 14;
  private static final int MAX_SECONDS_DIGITS = 10;

  private TimestampText() {}

  /// Reads a time as seconds since 1970, modulo 2^32.
  static int read(LineScanner line, int token) throws BadEntryException {
    int digits = line.end(token) - line.start(token);
    if (digits <= MAX_SECONDS_DIGITS && NumberText.looksLikeTtl(line, token)) {
      return (int) NumberText.number(line, token, 0xffff_ffffL, "a time in seconds");
    }
    if (digits != DATE_DIGITS || line.isQuoted(token) || !isNumber(line, token)) {
      throw badTime(line, token);
    }
    int year = part(line, token, 0, 4);
    int month = part(line, token, 4, 2);
    int day = part(line, token, 6, 2);
    int hour = part(line, token, 8, 2);
    int minute = part(line, token, 10, 2);
    int second = part(line, token, 12, 2);
    boolean isDay =
        year >= 1970
            && month >= 1
            && month <= 12
            && day >= 1
            && day <= LocalDate.of(year, month, 1).lengthOfMonth();
    if (!isDay || hour > 23 || minute > 59 || second > 60) {
      throw badTime(line, token);
    }
    long days = LocalDate.of(year, month, day).toEpochDay();
    return (int) (days * 86_400 + hour * 3_600L + minute * 60L + second);
  }

  private static boolean isNumber(LineScanner line, int token) {
    for (int at = line.start(token); at < line.end(token); at++) {
      if (line.text()[at] < '0' || line.text()[at] > '9') {
        return false;
      }
    }
    return true;
  }

  private static int part(LineScanner line, int token, int from, int digits) {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      value = value * 10 + (line.text()[line.start(token) + i] - '0');
    }
    return value;
  }

  private static BadEntryException badTime(LineScanner line, int token) {
    return new BadEntryException(
        line.offset(token),
        "bad-time",
        line.shown(token)
            + " is no time; write year, month, day, hour, minute and second in UTC, like"
            + " 20260401120000 (RFC 4034 §3.2)");
  }

  static void print(int seconds, StringBuilder text) {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(Integer.toUnsignedLong(seconds), 0, ZoneOffset.UTC);
    text.append(time.getYear());
    printTwo(time.getMonthValue(), text);
    printTwo(time.getDayOfMonth(), text);
    printTwo(time.getHour(), text);
    printTwo(time.getMinute(), text);
    printTwo(time.getSecond(), text);
  }

  private static void printTwo(int value, StringBuilder text) {
    text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
  }
}
