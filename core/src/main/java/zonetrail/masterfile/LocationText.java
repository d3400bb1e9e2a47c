package zonetrail.masterfile;

import static zonetrail.wire.LocationRdata.MAX_LATITUDE;
import static zonetrail.wire.LocationRdata.MAX_LONGITUDE;
import static zonetrail.wire.LocationRdata.ZERO_ALTITUDE;
import static zonetrail.wire.LocationRdata.ZERO_ANGLE;

import zonetrail.wire.Rfc;

/// Locations on earth: `42 21 54 N 71 06 18 W -24m 30m 10000m 10m`.
///
/// Minutes, seconds, and from the end on the vertical and horizontal precision and the size may be
/// left out (RFC 1876 §3). Angles count in thousandths of a second of arc, lengths in centimetres.
@Rfc(number = 1876, section = "3")
final class LocationText {
  private static final long MAX_ALTITUDE = 0xffff_ffffL;
  private static final long MAX_LENGTH = 9_000_000_000L;
  private static final int SIZE_1_M = 0x12;
  private static final int HORIZONTAL_10_KM = 0x16;
  private static final int VERTICAL_10_M = 0x13;

  private final LineScanner line;
  private final OctetBuffer out;
  private int token;

  private LocationText(LineScanner line, int first, OctetBuffer out) {
    this.line = line;
    this.token = first;
    this.out = out;
  }

  /// Reads a location.
  ///
  /// @return the token after it
  static int read(LineScanner line, int first, OctetBuffer out) throws BadEntryException {
    LocationText location = new LocationText(line, first, out);
    location.read();
    return location.token;
  }

  private void read() throws BadEntryException {
    long latitude = angle("N", "S", MAX_LATITUDE, "a latitude in degrees");
    long longitude = angle("E", "W", MAX_LONGITUDE, "a longitude in degrees");
    if (token >= line.count()) {
      throw BadEntryException.missing(line, "an altitude in metres, like 10m");
    }
    long altitude = metres(-ZERO_ALTITUDE, MAX_ALTITUDE - ZERO_ALTITUDE) + ZERO_ALTITUDE;
    out.add(0);
    out.add(length(SIZE_1_M));
    out.add(length(HORIZONTAL_10_KM));
    out.add(length(VERTICAL_10_M));
    out.add32((int) latitude);
    out.add32((int) longitude);
    out.add32((int) altitude);
  }

  /// Reads `DEGREES [MINUTES [SECONDS]] DIRECTION`.
  private long angle(String positive, String negative, long max, String what)
      throws BadEntryException {
    int first = token;
    long angle = number(max / 3_600_000, 0, what) * 3_600_000;
    if (!isDirection(positive, negative)) {
      angle += number(59, 0, "minutes, or " + positive + " or " + negative + ",") * 60_000;
    }
    if (!isDirection(positive, negative)) {
      angle += number(59, 3, "seconds, or " + positive + " or " + negative + ",");
    }
    if (!isDirection(positive, negative)) {
      throw token >= line.count()
          ? BadEntryException.missing(line, positive + " or " + negative)
          : bad(line.shown(token) + " stands where " + positive + " or " + negative + " belongs");
    }
    if (angle > max) {
      token = first;
      throw bad("more than " + max / 3_600_000 + " degrees");
    }
    return line.isWord(token++, positive) ? ZERO_ANGLE + angle : ZERO_ANGLE - angle;
  }

  private boolean isDirection(String positive, String negative) {
    return token < line.count() && (line.isWord(token, positive) || line.isWord(token, negative));
  }

  /// Reads a number, given back in units of its last decimal place.
  private long number(long max, int places, String what) throws BadEntryException {
    if (token >= line.count()) {
      throw BadEntryException.missing(line, what);
    }
    long value = decimal(line.start(token), line.end(token), places);
    long unit = 1;
    for (int i = 0; i < places; i++) {
      unit *= 10;
    }
    if (value < 0 || value / unit > max) {
      throw bad(
          line.shown(token)
              + " stands where "
              + what
              + " belong: a number from 0 to "
              + max
              + (places == 0 ? "" : ".999"));
    }
    token++;
    return value;
  }

  /// A decimal number without sign, in units of its last place; -1 if the text is none.
  private long decimal(int start, int end, int places) {
    byte[] text = line.text();
    long value = 0;
    int decimals = -1;
    int digits = 0;
    for (int at = start; at < end; at++) {
      if (text[at] == '.' && decimals < 0 && places > 0) {
        decimals = 0;
      } else if (text[at] >= '0' && text[at] <= '9' && decimals < places && digits < 12) {
        value = value * 10 + (text[at] - '0');
        digits++;
        decimals += decimals < 0 ? 0 : 1;
      } else {
        return -1;
      }
    }
    for (int i = Math.max(0, decimals); i < places; i++) {
      value *= 10;
    }
    return digits == 0 || line.isQuoted(token) ? -1 : value;
  }

  /// Reads metres with at most two decimals as centimetres.
  private long metres(long min, long max) throws BadEntryException {
    byte[] text = line.text();
    int start = line.start(token);
    int end = line.end(token);
    boolean isNegative = start < end && text[start] == '-';
    if (end > start && (text[end - 1] | 0x20) == 'm') {
      end--;
    }
    long value = decimal(isNegative ? start + 1 : start, end, 2);
    long signed = isNegative ? -value : value;
    if (value < 0 || signed < min || signed > max) {
      throw bad(
          line.shown(token)
              + " is not a number of metres from "
              + min / 100
              + " to "
              + max / 100
              + " with at most two decimals, like 10m (RFC 1876 §3)");
    }
    token++;
    return signed;
  }

  /// Reads a size or precision, which the wire has as a digit and a number of zeros; what does not
  /// fit is cut off, as RFC 1876 §A does it.
  private int length(int octetIfAbsent) throws BadEntryException {
    if (token >= line.count()) {
      return octetIfAbsent;
    }
    long digit = metres(0, MAX_LENGTH);
    int zeros = 0;
    while (digit > 9) {
      digit /= 10;
      zeros++;
    }
    return (int) digit << 4 | zeros;
  }

  private BadEntryException bad(String message) {
    return new BadEntryException(line.offset(token), "bad-location", message);
  }

  static void print(byte[] octets, int at, StringBuilder text) {
    printAngle(u32(octets, at + 4) - ZERO_ANGLE, " N ", " S ", text);
    printAngle(u32(octets, at + 8) - ZERO_ANGLE, " E ", " W ", text);
    printMetres(u32(octets, at + 12) - ZERO_ALTITUDE, text);
    for (int i = at + 1; i <= at + 3; i++) {
      long centimetres = (octets[i] & 0xffL) >>> 4;
      for (int zeros = octets[i] & 0xf; zeros > 0; zeros--) {
        centimetres *= 10;
      }
      text.append(' ');
      printMetres(centimetres, text);
    }
  }

  private static void printAngle(long angle, String positive, String negative, StringBuilder text) {
    long size = Math.abs(angle);
    text.append(size / 3_600_000).append(' ').append(size / 60_000 % 60).append(' ');
    text.append(size / 1000 % 60).append('.');
    printDigits(size % 1000, 100, text);
    text.append(angle < 0 ? negative : positive);
  }

  private static void printMetres(long centimetres, StringBuilder text) {
    long size = Math.abs(centimetres);
    text.append(centimetres < 0 ? "-" : "").append(size / 100).append('.');
    printDigits(size % 100, 10, text);
    text.append('m');
  }

  private static void printDigits(long value, int highest, StringBuilder text) {
    for (int unit = highest; unit > 0; unit /= 10) {
      text.append(value / unit % 10);
    }
  }

  private static long u32(byte[] octets, int at) {
    return (octets[at] & 0xffL) << 24
        | (octets[at + 1] & 0xff) << 16
        | (octets[at + 2] & 0xff) << 8
        | (octets[at + 3] & 0xff);
  }
}
