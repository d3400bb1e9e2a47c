package zonetrail.zone;

import zonetrail.wire.Rfc;

/// A zone's serial number, in the circular arithmetic of RFC 1982.
///
/// @param bits the 32 bits of the number
public record Serial(int bits) {
  /// The serial with this unsigned value.
  ///
  /// @param value 0 to 2^32 - 1
  public static Serial of(long value) {
    if (value < 0 || value > 0xffff_ffffL) {
      throw new IllegalArgumentException("a serial is 0 to 4294967295, not " + value);
    }
    return new Serial((int) value);
  }

  /// Whether this serial comes after `other`. Where the two lie exactly 2^31 apart neither is newer
  /// (RFC 1982 §3.2 leaves it undefined).
  @Rfc(number = 1982, section = "3.2")
  public boolean isNewerThan(Serial other) {
    return bits - other.bits > 0;
  }

  /// The unsigned value.
  public long value() {
    return Integer.toUnsignedLong(bits);
  }

  /// The unsigned value in decimal.
  @Override
  public String toString() {
    return Integer.toUnsignedString(bits);
  }
}
