package zonetrail.update;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import zonetrail.wire.Rfc;
import zonetrail.zone.Serial;

/// How a serial is raised where the client did not.
@Rfc(number = 2136, section = "3.6")
public enum SerialStyle {
  /// One more.
  INCREMENT,
  /// Seconds since 1970, or one more where that is not newer.
  UNIXTIME,
  /// Year, month and day (UTC) and two digits, as `2026112800`, or one more where that is not
  /// newer.
  DATE;

  /// The serial after this one. It is newer than it (RFC 1982), and not 0.
  @Rfc(number = 1982, section = "3.1")
  @Rfc(number = 2136, section = "7.11")
  public Serial next(Serial current, Instant now) {
    Serial byTime =
        switch (this) {
          case INCREMENT -> current;
          case UNIXTIME -> new Serial((int) now.getEpochSecond());
          case DATE -> byDate(LocalDate.ofInstant(now, ZoneOffset.UTC));
        };
    if (byTime.isNewerThan(current) && byTime.bits() != 0) {
      return byTime;
    }
    int more = current.bits() + 1;
    return new Serial(more == 0 ? 1 : more);
  }

  private static Serial byDate(LocalDate date) {
    long digits = date.getYear() * 10_000L + date.getMonthValue() * 100L + date.getDayOfMonth();
    return new Serial((int) (digits * 100));
  }
}
