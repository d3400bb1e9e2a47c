/// The primary as a program: its options, and how its rooms are put together.
///
/// [zonetrail.server.PrimaryServer] opens the source (`server.git` or `server.folder`), loads what
/// is known, binds the sockets and says `ready`; from then on everything happens in the transport
/// layer and the authority. Nothing here decides anything about DNS.
///
/// Read first: [zonetrail.server.PrimaryServer].
@NullMarked
package zonetrail.server;

import org.jspecify.annotations.NullMarked;
