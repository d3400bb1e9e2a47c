package zonetrail.authority;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneLifetimes;

/// When the zones of a secondary expire, for those who answer: a secondary behind this one may
/// serve a zone for as long as this one may, and no longer.
///
/// The [Secondary] writes, any thread reads. A time that was read a moment too early is that of the
/// moment before, which is no harm.
@Rfc(number = 7314, section = "3.2")
public final class ExpireTimers implements ZoneLifetimes {
  private final Map<WireName, Instant> deadlines = new ConcurrentHashMap<>();
  private final InstantSource clock;

  /// Creates timers, none of them set.
  ///
  /// @param clock the one whose times the secondary is given
  public ExpireTimers(InstantSource clock) {
    this.clock = clock;
  }

  void set(WireName zone, Instant expiresAt) {
    deadlines.put(zone, expiresAt);
  }

  void remove(WireName zone) {
    deadlines.remove(zone);
  }

  /// What is left, in whole seconds; never more than the SOA says.
  @Override
  public int secondsLeft(Zone zone) {
    Instant deadline = deadlines.get(zone.apex());
    if (deadline == null) {
      return zone.expireSeconds();
    }
    long most = Integer.toUnsignedLong(zone.expireSeconds());
    long left = deadline.getEpochSecond() - clock.instant().getEpochSecond() - 1;
    return (int) Math.clamp(left, 0, most);
  }
}
