/// Zones as octets, with names and RRsets as views of them; serials, the set of zones served, and
/// what is wrong with zones.
///
/// All of it is immutable once built and safe on any thread; a new version of a zone shares what
/// did not change. Nothing here knows where a zone came from (git, a folder, a transfer) or how it
/// is asked for.
///
/// Read first: `docs/design/compiled-zone.md`, [zonetrail.zone.NodeLayout], [zonetrail.zone.Zone]
/// and [zonetrail.zone.Zones]; [zonetrail.zone.ZoneBuilder] makes zones. Then `ZoneCheck`, the one
/// place that judges zones, for the server and for `ozone` alike. RFCs: 1034 §4.2, 1982, 2181, 4592
/// (empty non-terminals).
@NullMarked
package zonetrail.zone;

import org.jspecify.annotations.NullMarked;
