/// The authority's decisions: which version of which zone is served, and what follows from it.
///
/// Sans I/O: an object with one owner takes an input and the time and answers with effects for the
/// transport layer to carry out. Nothing here opens a file or a socket, starts a thread, reads a clock
/// or logs; a log line is an effect too.
///
/// Read first: [zonetrail.authority.SourceTree] (what the zone files are at one version).
@NullMarked
package zonetrail.authority;

import org.jspecify.annotations.NullMarked;
