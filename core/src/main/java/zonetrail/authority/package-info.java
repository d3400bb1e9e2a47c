/// The authority's decisions: which version of which zone is served, and what follows from it.
///
/// Sans I/O: an object with one owner takes an input and the time and answers with effects for the
/// transport layer to carry out. Nothing here opens a file or a socket, starts a thread, reads a
/// clock or logs; a log line is an effect too ([zonetrail.authority.Event]). That is why a whole
/// night of pushes, broken files and lost notifications is a test of milliseconds.
///
/// Read first: [zonetrail.authority.Primary] (the state machine), its [zonetrail.authority.Input]
/// and [zonetrail.authority.Effect]; then [zonetrail.authority.ZoneFiles], which goes from commit
/// to commit ([zonetrail.authority.SourceLine]) and keeps the last good version of each zone and
/// key file, and `TreeReading`, which judges one of them; zone files are read ahead of their turn
/// where [zonetrail.authority.ZoneReadings] has threads for it. Edits go back to the source by way
/// of a [zonetrail.authority.ZoneLedger]. What has to outlive the process is a
/// [zonetrail.authority.HeldBack]. RFCs: 1996 (a NOTIFY is a reason to look, never a source of
/// truth), 1982 (serials never go back).
///
/// A secondary is the same machine with another truth: [zonetrail.authority.Secondary] with its own
/// inputs and effects, `SecondaryZone` for what becomes of one zone, and `RefreshTimes` for when.
/// RFCs: 1034 §4.3.5, 1995, 1996, 7314.
@NullMarked
package zonetrail.authority;

import org.jspecify.annotations.NullMarked;
