package zonetrail.authority;

import java.time.Instant;
import zonetrail.zone.Zone;

/// A version of a zone as it outlives the process.
///
/// @param zone the version
/// @param confirmedAt when a primary last had this version
/// @param expiresAt until when it may be served without hearing of a primary again
public record StoredVersion(Zone zone, Instant confirmedAt, Instant expiresAt) {}
