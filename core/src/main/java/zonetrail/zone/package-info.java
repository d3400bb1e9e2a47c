/// Zones as values: names, RRsets, serials, the set of zones served, and what is wrong with them.
///
/// All of it is immutable once built and safe on any thread; a new version of a zone shares what
/// did not change. Nothing here knows where a zone came from (git, a folder, a transfer) or how it
/// is asked for.
///
/// Read first: [zonetrail.zone.Zone], [zonetrail.zone.Zones]; then `ZoneCheck`, the one place that
/// judges zones, for the server and for `ozone` alike. RFCs: 1034 §4.2, 1982, 2181, 4592 (empty
/// non-terminals).
@NullMarked
package zonetrail.zone;

import org.jspecify.annotations.NullMarked;
