/// Where the pure rooms meet the world: sockets, threads, the clock and the log.
///
/// A message comes in at a listener and goes to its event loop's [zonetrail.transport.FastLane],
/// where a plain query is answered there and then. Whatever carries a TSIG goes on to the
/// [zonetrail.transport.SlowLane], where its signature is checked on a virtual thread; what would
/// change something is posted to the [zonetrail.transport.AuthorityLoop], the one thread that owns
/// the authority's state. A request for a zone transfer goes from either lane to the
/// [zonetrail.transport.TransferLane], and what has many messages is sent by a `TransferSender` on
/// a thread of its own, as fast as the client reads. The loop publishes zones through
/// [zonetrail.transport.PublishedZones], and every reader sees them from its next message on.
///
/// The listeners know nothing of zones, questions or keys: what comes in is given to an
/// [zonetrail.transport.Answerer] as octets, and its octets go back. Bounds of the network live
/// here (RFC 7766, RFC 9210), each with a name, a default and a counter.
///
/// Read first: [zonetrail.transport.FastLane]; then [zonetrail.transport.Answerer] and
/// [zonetrail.transport.Exchange], the seam to the listeners, and [zonetrail.transport.Listeners],
/// which starts them. A datagram's way is `DatagramListener`, `LinuxDatagrams`, `DatagramBatch`
/// (elsewhere `PortableDatagrams`); a stream's is `StreamListener`, `StreamConnection`,
/// `ConnectionTable`.
///
/// Of a secondary the owner of the state is the [zonetrail.transport.SecondaryLoop]; what asks its
/// primaries is `PrimaryClient`. What lanes and pages need of either loop is
/// [zonetrail.transport.Authority].
///
/// The client side is apart: [zonetrail.transport.DnsExchange], with plain sockets that block, for
/// the tools.
///
/// Threads: `EventLoops` has the few that answer, and none of them ever waits. Forbidden on them:
/// files, locks held for long, other people's sockets.
@NullMarked
package zonetrail.transport;

import org.jspecify.annotations.NullMarked;
