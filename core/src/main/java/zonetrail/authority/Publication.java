package zonetrail.authority;

import zonetrail.tsig.KeyRing;
import zonetrail.zone.Zones;

/// All that readers share at one moment: an answer comes out of exactly one of these.
///
/// @param version the commit (or folder) the newest of it was taken from
/// @param zones the zones served
/// @param keys the keys in force
/// @param files where all that came from: for status and metrics, not for answers
public record Publication(String version, Zones zones, KeyRing keys, PublishedSource files) {}
