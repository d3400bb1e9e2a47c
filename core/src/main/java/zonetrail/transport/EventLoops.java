package zonetrail.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The threads that answer, and the sockets that fit them: Linux's own where it may be called, else
/// Java's.
///
/// | | epoll | NIO |
/// |---|---|---|
/// | datagram sockets of one address | one per loop, the kernel spreads the clients (SO_REUSEPORT) | one |
/// | datagrams per system call | up to [DatagramBatch#DATAGRAMS] | 1 |
/// | a wildcard | one socket, IPv4 and IPv6 apart | the addresses that the machine has at the start |
///
/// The threads are not daemons: they are what the process lives for, until [Listeners#close].
final class EventLoops {
  /// `IPV6_V6ONLY`: 0.0.0.0 and [::] can then both be bound to one port. Netty itself asks for the
  /// opposite. The numbers are Linux's, on every processor.
  private static final IntegerUnixChannelOption IPV6_V6ONLY =
      new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

  private final boolean epoll;
  private final EventLoopGroup group;
  private final Map<EventLoop, AnswerLoop> answerLoops;
  private final List<AnswerLoop> inOrder;
  private final ChannelGroup sockets =
      new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

  /// @param threads how many loops
  /// @param portable do without epoll, even where there is one
  EventLoops(
      int threads, boolean portable, Supplier<Answerer> answerers, TransportCounters counters) {
    this.epoll = !portable && DatagramBatch.isAvailable();
    AtomicInteger number = new AtomicInteger();
    ThreadFactory threadFactory =
        work -> new Thread(work, "zonetrail-net-" + number.incrementAndGet());
    this.group =
        new MultiThreadIoEventLoopGroup(
            threads,
            threadFactory,
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    List<AnswerLoop> loops = new ArrayList<>();
    for (EventExecutor loop : group) {
      loops.add(new AnswerLoop((EventLoop) loop, answerers.get(), counters));
    }
    this.inOrder = List.copyOf(loops);
    this.answerLoops =
        inOrder.stream()
            .collect(Collectors.toUnmodifiableMap(loop -> loop.eventLoop, Function.identity()));
  }

  boolean isEpoll() {
    return epoll;
  }

  /// All loops.
  List<AnswerLoop> all() {
    return inOrder;
  }

  /// Has every loop beat, until it ends.
  List<Heartbeat> watch() {
    List<Heartbeat> all = new ArrayList<>();
    long everyNanos = Heartbeat.INTERVAL.toNanos();
    for (AnswerLoop loop : inOrder) {
      Heartbeat heartbeat = new Heartbeat("answers-" + (all.size() + 1), System.nanoTime());
      var _ =
          loop.eventLoop.scheduleAtFixedRate(
              () -> heartbeat.beat(System.nanoTime()),
              everyNanos,
              everyNanos,
              TimeUnit.NANOSECONDS);
      all.add(heartbeat);
    }
    return all;
  }

  /// The loops that can each have a datagram socket of their own on one address.
  List<AnswerLoop> datagramLoops() {
    return epoll ? inOrder : inOrder.subList(0, 1);
  }

  /// What belongs to a loop of ours.
  AnswerLoop answerLoop(EventLoop loop) {
    AnswerLoop found = answerLoops.get(loop);
    if (found == null) {
      throw new IllegalArgumentException("not one of our event loops: " + loop);
    }
    return found;
  }

  /// A datagram socket of Java's own, to be bound to `address`.
  Bootstrap datagramSocket(EventLoop loop, InetAddress address) {
    SocketProtocolFamily family = family(address);
    return new Bootstrap().group(loop).channelFactory(() -> new NioDatagramChannel(family));
  }

  /// A stream socket to be bound to `address`; its connections are spread over all loops.
  ServerBootstrap streamSocket(InetAddress address) {
    SocketProtocolFamily family = family(address);
    ServerBootstrap socket = new ServerBootstrap().group(group);
    if (!epoll) {
      return socket
          .channelFactory(() -> new NioServerSocketChannel(SelectorProvider.provider(), family))
          .option(ChannelOption.SO_REUSEADDR, true);
    }
    socket.channelFactory(() -> new EpollServerSocketChannel(family));
    if (family == SocketProtocolFamily.INET6) {
      socket.option(IPV6_V6ONLY, 1);
    }
    return socket;
  }

  /// Sees to it that a socket is closed with the loops, or at once if they are.
  void own(Channel socket) {
    sockets.add(socket);
  }

  /// Closes all sockets and ends the threads.
  ///
  /// The loops of Netty 4.2 would close what they hold by themselves, but not always: with no quiet
  /// period one may skip that when the call comes while it runs tasks, and the sockets leak.
  void close() {
    sockets.close().awaitUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private static SocketProtocolFamily family(InetAddress address) {
    return address instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
  }
}
