/// The secondary as a program: its options, its zones on disk, and how its rooms are put together.
///
/// [zonetrail.secondary.SecondaryServer] reads what the [zonetrail.secondary.ZoneStore] kept, binds
/// the sockets and says `ready`; from then on everything happens in the transport layer and in
/// [zonetrail.authority.Secondary]. Nothing here decides anything about DNS. What answers questions
/// and sends zones on is the primary's: so a secondary can feed others.
///
/// Read first: [zonetrail.secondary.SecondaryServer].
@NullMarked
package zonetrail.secondary;

import org.jspecify.annotations.NullMarked;
