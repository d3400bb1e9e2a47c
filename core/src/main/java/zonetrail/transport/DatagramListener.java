package zonetrail.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.util.concurrent.Future;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.wire.Rfc;

/// Listens for datagrams on one address and port, with one socket per event loop where the system
/// can spread clients over several.
///
/// **The address a reply leaves from** must be the one that was asked, else the client drops it
/// (RFC 2181 §4.1). A socket bound to a wildcard leaves the choice to the system, which takes the
/// address nearest to the client; and Netty can't say otherwise. So beside a wildcard there is a
/// socket for each address of the machine, to which the system then prefers to deliver:
///
/// - those of its interfaces from the start;
/// - over IPv4, any other that a query is sent to (127.0.0.7, an address added later, a routed
///   prefix): the wildcard socket learns it with the datagram (IP_RECVORIGDSTADDR), the socket is
///   opened, and the reply leaves from there;
/// - over IPv6, where Netty does not tell the address, the wildcard socket hears only what is sent
///   to an address that is newer than our list. That reply's source is the system's choice; it
///   makes us read the list again, and the next query meets the right socket.
///
/// There are at most [#MAX_REPLY_SOURCES] of these; beyond, the choice is the system's, and
/// [TransportCounters#replySourceUnknown] counts.
@Rfc(number = 2181, section = "4.1")
final class DatagramListener {
  /// The longest datagram that is read. A query has at most some 300 octets, an UPDATE or a NOTIFY
  /// with a signature seldom over 1,000; a client with more to say uses TCP. Longer ones are
  /// dropped and counted.
  static final int MAX_DATAGRAM_OCTETS = 4_096;

  /// How many datagrams one system call may read.
  static final int BATCH = 32;

  /// How many addresses may have sockets of their own beside a wildcard.
  static final int MAX_REPLY_SOURCES = 256;

  /// How often we look for new addresses of the machine, at most.
  static final Duration RESCAN_INTERVAL = Duration.ofSeconds(1);

  /// What we ask the system to buffer in each direction; it grants at most its own bound
  /// (`net.core.rmem_max`). The usual 208 KiB are full after some 250 small datagrams.
  static final int SOCKET_BUFFER_OCTETS = 4 * 1024 * 1024;

  /// Replies that wait in our memory because the system's buffer is full; more are dropped, and
  /// counted.
  static final int MAX_UNSENT_OCTETS = 1024 * 1024;

  /// Stands where there is no address yet.
  static final InetSocketAddress NOBODY = new InetSocketAddress(0);

  private static final Logger LOG = LoggerFactory.getLogger(DatagramListener.class);

  /// One octet more than the longest, so that a longer one can be told from it; rounded up.
  private static final int SLOT_OCTETS = MAX_DATAGRAM_OCTETS + 64;

  private final EventLoops loops;
  private final InetSocketAddress address;
  private final boolean wildcard;
  private final List<LoopSockets> perLoop;
  private final Set<InetAddress> replySources = ConcurrentHashMap.newKeySet();
  private final Set<InetAddress> broadcasts = ConcurrentHashMap.newKeySet();
  private final AtomicLong nextScanNanos = new AtomicLong(System.nanoTime());

  private DatagramListener(
      EventLoops loops, InetSocketAddress address, TransportCounters counters) {
    this.loops = loops;
    this.address = address;
    this.wildcard = address.getAddress().isAnyLocalAddress();
    this.perLoop =
        loops.datagramLoops().stream().map(loop -> new LoopSockets(this, loop, counters)).toList();
  }

  /// Binds and starts to answer.
  ///
  /// @param address with its port; not a wildcard unless the loops are epoll's
  /// @throws ListenException if the address can't be had for ourselves
  static DatagramListener start(
      EventLoops loops, InetSocketAddress address, TransportCounters counters)
      throws ListenException {
    DatagramListener listener = new DatagramListener(loops, address, counters);
    try {
      listener.checkThatItIsFree();
      for (LoopSockets sockets : listener.perLoop) {
        Listeners.await(sockets.open(address.getAddress()), address, "udp");
      }
    } catch (ListenException refused) {
      listener.close();
      throw refused;
    }
    if (listener.wildcard) {
      listener.openInterfaceAddresses();
    }
    return listener;
  }

  /// Sockets that share an address don't notice that another server of the same user has it too,
  /// and the system would hand each of us half of the clients. One that does not share notices.
  private void checkThatItIsFree() throws ListenException {
    if (!loops.isEpoll()) { // There they are not shared.
      return;
    }
    Bootstrap alone =
        socket(perLoop.getFirst().answerLoop, address.getAddress(), false)
            .handler(new ChannelInboundHandlerAdapter());
    ChannelFuture bound = alone.bind(address);
    Listeners.await(bound, address, "udp");
    bound.channel().close().awaitUninterruptibly();
  }

  int port() {
    return address.getPort();
  }

  /// A socket with our options, not bound yet.
  Bootstrap socket(AnswerLoop loop, InetAddress to, boolean shared) {
    Bootstrap socket =
        loops
            .datagramSocket(loop.eventLoop, to, shared)
            .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_OCTETS)
            .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_OCTETS)
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(MAX_UNSENT_OCTETS / 2, MAX_UNSENT_OCTETS));
    if (!loops.isEpoll()) {
      return socket.option(
          ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(SLOT_OCTETS));
    }
    return socket
        .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, SLOT_OCTETS)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(BATCH * SLOT_OCTETS));
  }

  /// Has a socket closed at the end, however late it was opened.
  void own(Channel socket) {
    loops.own(socket);
  }

  /// Whether `asked` is a broadcast or multicast address.
  boolean isForMany(InetAddress asked) {
    return asked.isMulticastAddress() || broadcasts.contains(asked);
  }

  /// Whether a socket may be opened for a reply from this address; counts it in.
  boolean mayOpen(InetAddress asked) {
    return replySources.contains(asked)
        || (replySources.size() < MAX_REPLY_SOURCES && replySources.add(asked));
  }

  /// Opens the sockets of one address, on whatever loop that lacks one.
  void openOnAllLoops(InetAddress asked) {
    for (LoopSockets sockets : perLoop) {
      var _ = sockets.open(asked);
    }
  }

  /// Looks, on another thread and not too often, whether the machine has new addresses.
  void lookForNewAddresses() {
    long now = System.nanoTime();
    long next = nextScanNanos.get();
    if (now - next >= 0 && nextScanNanos.compareAndSet(next, now + RESCAN_INTERVAL.toNanos())) {
      Thread.ofVirtual().name("zonetrail-addresses").start(this::openInterfaceAddresses);
    }
  }

  private void openInterfaceAddresses() {
    Set<InetAddress> present = new HashSet<>();
    for (InterfaceAddress found : LocalAddresses.like(address.getAddress())) {
      present.add(found.getAddress());
      if (found.getBroadcast() != null) {
        broadcasts.add(found.getBroadcast());
      }
    }
    if (address.getAddress() instanceof Inet6Address) {
      // Over IPv6 all of them come from this list: what is not on it is gone.
      for (InetAddress known : Set.copyOf(replySources)) {
        if (!present.contains(known) && replySources.remove(known)) {
          perLoop.forEach(sockets -> sockets.close(known));
        }
      }
    }
    for (InetAddress one : present) {
      if (mayOpen(one)) {
        perLoop.forEach(sockets -> openBestEffort(sockets, one));
      }
    }
  }

  private static void openBestEffort(LoopSockets sockets, InetAddress one) {
    Future<?> open = sockets.open(one).awaitUninterruptibly();
    if (!open.isSuccess()) {
      LOG.debug("no socket for {}; the wildcard stands in", one, open.cause());
    }
  }

  /// Reads no more.
  ///
  /// @return one for each loop, done when its late replies are out
  List<Future<Void>> drain() {
    return perLoop.stream().map(LoopSockets::drain).toList();
  }

  /// Closes all sockets; replies that are not out yet are dropped when they come.
  void close() {
    perLoop.forEach(sockets -> sockets.closeAll().awaitUninterruptibly());
  }
}
