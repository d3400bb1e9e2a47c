package zonetrail.zone;

import zonetrail.wire.Rfc;

/// How long each zone may be served on if nothing more is heard of its primaries.
///
/// Safe on any thread, and does not wait: it is asked while a query is answered.
@FunctionalInterface
@Rfc(number = 7314, section = "3")
public interface ZoneLifetimes {
  /// What the zone's SOA says, which is true of a primary.
  ZoneLifetimes OF_SOA = Zone::expireSeconds;

  /// How long a zone may be served on, in seconds, as an unsigned number.
  int secondsLeft(Zone zone);
}
