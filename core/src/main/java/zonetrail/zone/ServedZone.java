package zonetrail.zone;

import zonetrail.wire.WireName;

/// What the server has for a zone that is its to answer for: its data, or the lack of it.
public sealed interface ServedZone permits Zone, UnavailableZone {
  /// The name of the zone.
  WireName apex();
}
