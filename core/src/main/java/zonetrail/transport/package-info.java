/// The border between the network and the rest: sockets, event loops, and all about connections.
///
/// This is the only room with sockets for DNS. What comes in is given to an
/// [zonetrail.transport.Answerer] as octets, and its octets go back; nothing of the listeners knows
/// zones, questions or keys. Bounds of the network live here (RFC 7766, RFC 9210), each with a
/// name, a default and a counter.
///
/// Read first: [zonetrail.transport.Answerer] and [zonetrail.transport.Exchange], the seam; then
/// [zonetrail.transport.Listeners], which starts everything. A datagram's way is
/// `DatagramListener`, `DatagramHandler`, `LoopSockets`; a stream's is `StreamListener`,
/// `StreamConnection`, `ConnectionTable`.
///
/// Threads: `EventLoops` has the few that do all this, and none of them ever waits. Forbidden on
/// them: files, locks held for long, other people's sockets.
@NullMarked
package zonetrail.transport;

import org.jspecify.annotations.NullMarked;
