/// The zones of a plain folder: `--zones DIR`, for containers, tests, and people who want only a
/// fast server.
///
/// [zonetrail.server.folder.ZoneFolder] hands out the same [zonetrail.authority.SourceTree] that
/// the git side does. Nothing is ever written. What a file means is not decided here.
///
/// Read first: [zonetrail.server.folder.ZoneFolder].
@NullMarked
package zonetrail.server.folder;

import org.jspecify.annotations.NullMarked;
