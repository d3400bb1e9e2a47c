package zonetrail.authority;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.DoubleSupplier;
import zonetrail.wire.Rfc;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;

/// When a secondary looks again, and how long it may serve: the SOA's REFRESH, RETRY and EXPIRE
/// within bounds, and a tenth of chance so that many zones do not come at once.
@Rfc(number = 1034, section = "4.3.5")
final class RefreshTimes {
  /// No primary is asked more often, whatever its SOA says.
  static final Duration MIN_INTERVAL = Duration.ofSeconds(10);

  /// After a round that failed the next one for its zone begins no sooner than this, however many
  /// NOTIFYs come.
  static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  /// The same after one that did not; and no sooner than the round took, so that a large zone that
  /// changes all the time leaves half of the time to others.
  static final Duration MIN_PAUSE = Duration.ofMillis(20);

  /// Even a zone that hardly ever changes is looked at so often, since a NOTIFY can get lost.
  static final Duration MAX_REFRESH = Duration.ofDays(1);

  /// After failures in a row the time between tries doubles up to this, or RETRY if that is longer.
  static final Duration MAX_BACK_OFF = Duration.ofHours(1);

  /// A version is served for as long as this without hearing of a primary, even if its SOA says
  /// less: with an EXPIRE of zero nobody would ever have it, and what was served before would go.
  static final Duration MIN_EXPIRE = Duration.ofMinutes(1);

  /// The first try again for a zone of which there is no version yet.
  static final Duration FIRST_RETRY = Duration.ofSeconds(2);

  /// The longest time between tries for such a zone.
  static final Duration MAX_FIRST_RETRY = Duration.ofMinutes(10);

  /// The most that chance takes off a time, as a share of it.
  static final double JITTER = 0.1;

  private static final int MAX_DOUBLINGS = 16;

  private final DoubleSupplier chance;

  /// @param chance numbers from 0 to 1, the latter excluded
  RefreshTimes(DoubleSupplier chance) {
    this.chance = chance;
  }

  /// How long after a primary confirmed a version it is asked again; at the latest after half of
  /// the time in which the version expires.
  Duration untilRefresh(Zone zone) {
    Duration refresh = clamp(soaTime(zone, 16), MIN_INTERVAL, MAX_REFRESH);
    Duration half = max(expire(zone).dividedBy(2), MIN_INTERVAL);
    return jittered(half.compareTo(refresh) < 0 ? half : refresh);
  }

  /// How long after a failure a primary is asked again.
  ///
  /// @param failures how many there were in a row, at least 1
  Duration untilRetry(Zone zone, int failures) {
    Duration retry = clamp(soaTime(zone, 12), MIN_INTERVAL, MAX_REFRESH);
    return jittered(backedOff(retry, failures, max(retry, MAX_BACK_OFF)));
  }

  /// The same where there is no version yet.
  Duration untilFirstRetry(int failures) {
    return jittered(backedOff(FIRST_RETRY, failures, MAX_FIRST_RETRY));
  }

  /// How long a version may be served without hearing of a primary.
  ///
  /// @param said how long the primary may serve it itself, if it said so; the SOA's time is the
  ///   most that counts, and where that is under [#MIN_EXPIRE] this says nothing
  @Rfc(number = 7314, section = "4")
  static Duration expire(Zone zone, OptionalInt said) {
    Duration most = expire(zone);
    if (said.isEmpty() || most.equals(MIN_EXPIRE)) {
      return most;
    }
    Duration theirs = Duration.ofSeconds(Integer.toUnsignedLong(said.getAsInt()));
    return theirs.compareTo(most) < 0 ? theirs : most;
  }

  private static Duration expire(Zone zone) {
    return max(Duration.ofSeconds(Integer.toUnsignedLong(zone.expireSeconds())), MIN_EXPIRE);
  }

  /// @param fromEnd where the number stands in the SOA's rdata, in octets from its end
  private static Duration soaTime(Zone zone, int fromEnd) {
    Rdata rdata = zone.soa().rdatas().getFirst();
    return Duration.ofSeconds(Integer.toUnsignedLong(rdata.u32At(rdata.length() - fromEnd)));
  }

  private static Duration backedOff(Duration first, int failures, Duration most) {
    Duration time = first.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
    return time.compareTo(most) < 0 ? time : most;
  }

  private Duration jittered(Duration time) {
    return time.minusMillis((long) (time.toMillis() * JITTER * chance.getAsDouble()));
  }

  private static Duration clamp(Duration time, Duration least, Duration most) {
    return time.compareTo(most) > 0 ? most : max(time, least);
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? b : a;
  }
}
