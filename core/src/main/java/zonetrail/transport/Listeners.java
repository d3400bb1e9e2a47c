package zonetrail.transport;

import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that listens: UDP and TCP on each address, the event loops behind them, and how they
/// start and stop together.
///
/// Thread: any.
public final class Listeners implements AutoCloseable {
  /// How long [#close] waits for answers that are on their way.
  public static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  /// How many ports are tried for port 0 until one is free for UDP as well as for TCP.
  private static final int PORT_ATTEMPTS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  // Linux's numbers, in Netty's sign. Words would depend on the locale.
  private static final int EACCES = -13;
  private static final int EAFNOSUPPORT = -97;
  private static final int EADDRINUSE = -98;
  private static final int EADDRNOTAVAIL = -99;

  private final EventLoops loops;
  private final StreamLimits limits;
  private final TransportCounters counters;
  private final ConnectionTable<StreamConnection> connections;
  private final List<DatagramListener> datagramListeners = new ArrayList<>();
  private final List<StreamListener> streamListeners = new ArrayList<>();
  private final List<InetSocketAddress> boundAddresses = new ArrayList<>();
  private boolean isClosed;

  private Listeners(
      int threads,
      Supplier<Answerer> answerers,
      StreamLimits limits,
      TransportCounters counters,
      boolean portable) {
    this.loops = new EventLoops(threads, portable, answerers, counters);
    this.limits = limits;
    this.counters = counters;
    this.connections = new ConnectionTable<>(limits, counters);
  }

  /// Listens with the limits that we promise.
  ///
  /// @see #start(List, int, Supplier, StreamLimits, TransportCounters)
  public static Listeners start(
      List<InetSocketAddress> addresses, int threads, Supplier<Answerer> answerers)
      throws ListenException {
    return start(addresses, threads, answerers, StreamLimits.DEFAULT, new TransportCounters());
  }

  /// Binds UDP and TCP of every address, and answers from then on.
  ///
  /// 0.0.0.0 and [::] may stand beside each other; an address that a wildcard in the list covers is
  /// listened on once. On a machine without IPv6, [::] is left out if there is another address.
  ///
  /// @param addresses where; port 0 takes a port that is free for both, of each address its own
  /// @param threads how many event loops
  /// @param answerers makes one answerer per loop
  /// @param limits the bounds of TCP
  /// @param counters counts what happens
  /// @throws ListenException if one of them can't be had; then none is listened on
  public static Listeners start(
      List<InetSocketAddress> addresses,
      int threads,
      Supplier<Answerer> answerers,
      StreamLimits limits,
      TransportCounters counters)
      throws ListenException {
    return start(addresses, threads, answerers, limits, counters, false);
  }

  /// @param portable do without epoll, even where there is one
  static Listeners start(
      List<InetSocketAddress> addresses,
      int threads,
      Supplier<Answerer> answerers,
      StreamLimits limits,
      TransportCounters counters,
      boolean portable)
      throws ListenException {
    if (threads < 1 || addresses.isEmpty()) {
      throw new IllegalArgumentException("at least one thread and one address are needed");
    }
    Listeners listeners = new Listeners(threads, answerers, limits, counters, portable);
    try {
      for (InetSocketAddress address : withoutCovered(addresses)) {
        listeners.listen(address, addresses.size() > 1);
      }
      return listeners;
    } catch (ListenException | RuntimeException refused) {
      listeners.close();
      throw refused;
    }
  }

  private static List<InetSocketAddress> withoutCovered(List<InetSocketAddress> addresses) {
    List<InetSocketAddress> distinct = addresses.stream().distinct().toList();
    return distinct.stream()
        .filter(one -> distinct.stream().noneMatch(other -> covers(other, one)))
        .toList();
  }

  private static boolean covers(InetSocketAddress wildcard, InetSocketAddress one) {
    return wildcard.getPort() == one.getPort()
        && one.getPort() != 0
        && wildcard.getAddress().isAnyLocalAddress()
        && !one.getAddress().isAnyLocalAddress()
        && wildcard.getAddress().getClass() == one.getAddress().getClass();
  }

  private void listen(InetSocketAddress address, boolean hasAlternative) throws ListenException {
    try {
      boundAddresses.add(listenOnOnePort(address));
    } catch (ListenException refused) {
      if (hasAlternative
          && address.getAddress().isAnyLocalAddress()
          && errorNumber(refused.getCause()) == EAFNOSUPPORT) {
        LOG.info(
            "Not listening on {}: this machine does not do IPv6",
            NetUtil.toSocketAddressString(address));
        return;
      }
      throw refused;
    }
  }

  private InetSocketAddress listenOnOnePort(InetSocketAddress address) throws ListenException {
    for (int attempt = 1; ; attempt++) {
      int streams = streamListeners.size();
      int datagrams = datagramListeners.size();
      try {
        int port = address.getPort();
        for (InetAddress one : socketAddresses(address.getAddress())) {
          port = listenOnOneAddress(new InetSocketAddress(one, port));
        }
        return new InetSocketAddress(address.getAddress(), port);
      } catch (ListenException refused) {
        closeFrom(streams, datagrams);
        if (address.getPort() != 0
            || attempt == PORT_ATTEMPTS
            || errorNumber(refused.getCause()) != EADDRINUSE) {
          throw refused;
        }
      }
    }
  }

  /// What has to be bound for an address: itself, or, where sockets of a wildcard can't tell what
  /// was asked, every address of the machine.
  private List<InetAddress> socketAddresses(InetAddress address) {
    if (loops.isEpoll() || !address.isAnyLocalAddress()) {
      return List.of(address);
    }
    return LocalAddresses.like(address).stream().map(InterfaceAddress::getAddress).toList();
  }

  /// TCP goes first: its port 0 takes what nobody has, and unlike UDP it can't be shared unnoticed.
  private int listenOnOneAddress(InetSocketAddress address) throws ListenException {
    StreamListener stream = StreamListener.start(loops, address, limits, connections, counters);
    streamListeners.add(stream);
    InetSocketAddress samePort =
        new InetSocketAddress(address.getAddress(), stream.address().getPort());
    datagramListeners.add(DatagramListener.start(loops, samePort, counters));
    return samePort.getPort();
  }

  private void closeFrom(int streams, int datagrams) {
    List<StreamListener> newStreams = streamListeners.subList(streams, streamListeners.size());
    newStreams.forEach(StreamListener::close);
    newStreams.clear();
    List<DatagramListener> newDatagrams =
        datagramListeners.subList(datagrams, datagramListeners.size());
    newDatagrams.forEach(DatagramListener::close);
    newDatagrams.clear();
  }

  /// Where we listen, in the order asked for, with the real ports.
  public List<InetSocketAddress> boundAddresses() {
    return List.copyOf(boundAddresses);
  }

  /// Has every event loop show that it lives.
  public List<Heartbeat> watch() {
    return loops.watch();
  }

  /// What was counted.
  public TransportCounters counters() {
    return counters;
  }

  /// Whether Linux's own interface is used, not Java's.
  public boolean isNative() {
    return loops.isEpoll();
  }

  /// Takes no new connections and messages, lets the answers to those it has go out for at most
  /// [#CLOSE_PATIENCE], and closes everything. Later calls do nothing.
  @Override
  public synchronized void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    streamListeners.forEach(StreamListener::close);
    List<Future<?>> underWay = new ArrayList<>();
    datagramListeners.forEach(one -> underWay.addAll(one.drain()));
    connections.snapshot().forEach(one -> underWay.add(one.shutDown()));
    long deadlineNanos = System.nanoTime() + CLOSE_PATIENCE.toNanos();
    for (Future<?> one : underWay) {
      one.awaitUninterruptibly(
          Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
    datagramListeners.forEach(DatagramListener::close);
    loops.close();
  }

  // ---- errors ----

  /// Waits until a socket is bound.
  static void await(Future<?> bound, InetSocketAddress address, String protocol)
      throws ListenException {
    bound.awaitUninterruptibly();
    Throwable cause = bound.cause();
    if (cause != null) {
      throw refused(cause, address, protocol);
    }
  }

  /// Says why a socket is not bound.
  static ListenException refused(Throwable cause, InetSocketAddress address, String protocol) {
    return new ListenException(
        "cannot listen on "
            + NetUtil.toSocketAddressString(address)
            + "/"
            + protocol
            + ": "
            + reason(cause, address, protocol),
        cause);
  }

  private static String reason(Throwable cause, InetSocketAddress address, String protocol) {
    int port = address.getPort();
    return switch (errorNumber(cause)) {
      case EACCES ->
          "permission denied; ports below 1024 need the capability CAP_NET_BIND_SERVICE"
              + " (systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE), or use a port above 1023";
      case EADDRINUSE ->
          "port %d is taken; 'ss -lp%s sport = :%d' shows by whom: stop that, or use another port or address"
              .formatted(port, protocol.equals("udp") ? "un" : "tn", port);
      case EADDRNOTAVAIL ->
          "this machine does not have that address; 'ip address' shows those it has";
      case EAFNOSUPPORT -> "this machine does not do that kind of address";
      default -> cause.getMessage() + "";
    };
  }

  /// The number of a system error, in Netty's sign; 0 if unknown. Java's own sockets have only
  /// words.
  private static int errorNumber(@Nullable Throwable cause) {
    if (cause instanceof NativeIoException known) {
      return known.expectedErr();
    }
    if (cause != null && cause.getCause() instanceof NativeIoException known) {
      return known.expectedErr();
    }
    if (cause instanceof UnsupportedOperationException) {
      return EAFNOSUPPORT;
    }
    if (!(cause instanceof IOException) || cause.getMessage() == null) {
      return 0;
    }
    String words = cause.getMessage().toLowerCase(Locale.ROOT);
    if (words.contains("in use")) {
      return EADDRINUSE;
    }
    if (words.contains("permission denied")) {
      return EACCES;
    }
    return words.contains("assign requested address") ? EADDRNOTAVAIL : 0;
  }
}
