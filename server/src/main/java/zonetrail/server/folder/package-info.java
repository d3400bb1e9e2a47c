/// The zones of a plain folder: `--zones DIR`, for containers, tests, and people who want only a
/// fast server.
///
/// [zonetrail.server.folder.ZoneFolder] hands out the same [zonetrail.authority.SourceTree] that
/// the git side does. Nothing is ever written. What a file means is not decided here.
///
/// A folder has no versions, so to see what changed all of it has to be looked at. A NOTIFY names a
/// zone, and that spares it: only the files that concern the zone are looked at
/// ([zonetrail.server.folder.FileSubjects]), and the rest counts as it was.
///
/// Read first: [zonetrail.server.folder.ZoneFolder].
@NullMarked
package zonetrail.server.folder;

import org.jspecify.annotations.NullMarked;
