package zonetrail.zone;

import zonetrail.wire.WireName;

/// A zone that is ours but whose data never was good, or has expired: questions get SERVFAIL.
///
/// @param apex the name of the zone
public record UnavailableZone(WireName apex) implements ServedZone {}
