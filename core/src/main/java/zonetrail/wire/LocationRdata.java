package zonetrail.wire;

/// The 16 octets of a LOC record of version 0: version, size, horizontal and vertical precision,
/// latitude, longitude, altitude.
@Rfc(number = 1876, section = "2")
public final class LocationRdata {
  /// The equator and the prime meridian, in thousandths of a second of arc.
  public static final long ZERO_ANGLE = 1L << 31;

  /// How far above the lowest altitude the reference spheroid is, in centimetres.
  public static final long ZERO_ALTITUDE = 10_000_000;

  /// The poles, in thousandths of a second of arc from the equator.
  public static final long MAX_LATITUDE = 90 * 3_600_000L;

  /// The most eastern and western meridian, in thousandths of a second of arc.
  public static final long MAX_LONGITUDE = 180 * 3_600_000L;

  private static final int OCTETS = 16;

  private LocationRdata() {}

  /// Later versions are taken as they are (RFC 1876 §2: check the version before anything else).
  static int endOf(byte[] rdata, int at) {
    if (at >= rdata.length) {
      return -1;
    }
    if (rdata[at] != 0) {
      return rdata.length;
    }
    boolean isLocation =
        rdata.length - at == OCTETS
            && isLength(rdata[at + 1])
            && isLength(rdata[at + 2])
            && isLength(rdata[at + 3])
            && isWithin(rdata, at + 4, MAX_LATITUDE)
            && isWithin(rdata, at + 8, MAX_LONGITUDE);
    return isLocation ? rdata.length : -1;
  }

  /// A length in centimetres is a digit, and how many zeros follow it.
  private static boolean isLength(byte octet) {
    int digit = (octet & 0xff) >>> 4;
    int zeros = octet & 0xf;
    return octet == 0 || (digit >= 1 && digit <= 9 && zeros <= 9);
  }

  private static boolean isWithin(byte[] rdata, int at, long max) {
    long angle =
        (rdata[at] & 0xffL) << 24
            | (rdata[at + 1] & 0xff) << 16
            | (rdata[at + 2] & 0xff) << 8
            | (rdata[at + 3] & 0xff);
    return Math.abs(angle - ZERO_ANGLE) <= max;
  }
}
