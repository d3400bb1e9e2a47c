package zonetrail.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.wire.Rfc;

/// Answers the datagrams of one socket on Linux: a batch is read by one system call, each message
/// of it is answered in turn, and the replies leave by one more.
///
/// Beside Netty's channels the socket is watched by the same event loop, but read and written by
/// [DatagramBatch].
///
/// **The address a reply leaves from** must be the one that was asked (RFC 2181 §4.1). Of a socket
/// bound to a wildcard the system tells with each datagram which that was (`IP_PKTINFO`,
/// `IPV6_PKTINFO`), and takes it back with the reply.
///
/// Allocation: none after construction, but for what an answerer asks of the exchange: addresses,
/// `detach`.
@Rfc(number = 2181, section = "4.1")
final class LinuxDatagrams extends LoopDatagrams {
  /// How many batches are read before other sockets of the loop have their turn.
  static final int BATCHES_AT_ONCE = 4;

  private static final Logger LOG = LoggerFactory.getLogger(LinuxDatagrams.class);

  // Linux's numbers, on every processor.
  private static final int IPPROTO_IP = 0;
  private static final int IP_PKTINFO = 8;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int IPV6_PKTINFO = 50;

  // struct sockaddr_in and sockaddr_in6
  private static final int NAME_PORT = 2;
  private static final int NAME_IPV4 = 4;
  private static final int NAME_IPV6 = 8;
  private static final int NAME_SCOPE = 24;
  private static final int IPV4_NAME_OCTETS = 16;
  private static final int IPV6_NAME_OCTETS = 28;

  // struct cmsghdr, and after it in_pktinfo (interface, our address, the address asked) or
  // in6_pktinfo (the address asked, interface)
  private static final int CONTROL_LEVEL = 8;
  private static final int CONTROL_TYPE = 12;
  private static final int CONTROL_DATA = 16;
  private static final int IPV4_INTERFACE = CONTROL_DATA;
  private static final int IPV4_OWN = CONTROL_DATA + 4;
  private static final int IPV4_ASKED = CONTROL_DATA + 8;
  private static final int IPV6_ASKED = CONTROL_DATA;
  private static final int IPV6_INTERFACE = CONTROL_DATA + 16;

  private final LinuxSocket socket;
  private final int descriptor;
  private final InetSocketAddress address;
  private final boolean isIpv4;
  private final int controlOctets;
  private final DatagramBatch batch;
  private final View view;
  private @Nullable IoRegistration registration;
  private boolean isReading = true;

  private LinuxDatagrams(
      AnswerLoop answerLoop,
      LinuxSocket socket,
      InetSocketAddress address,
      DatagramBatch batch,
      TransportCounters counters) {
    super(answerLoop, counters);
    this.socket = socket;
    this.descriptor = socket.intValue();
    this.address = address;
    this.isIpv4 = !(address.getAddress() instanceof Inet6Address);
    this.controlOctets =
        address.getAddress().isAnyLocalAddress() ? DatagramBatch.CONTROL_OCTETS : 0;
    this.batch = batch;
    this.view = new View();
  }

  /// Binds a socket and starts to answer on this loop.
  ///
  /// @throws IOException if the address can't be had
  static LinuxDatagrams open(
      AnswerLoop answerLoop, InetSocketAddress address, TransportCounters counters)
      throws IOException {
    LinuxSocket socket = bound(address, true);
    LinuxDatagrams opened =
        new LinuxDatagrams(answerLoop, socket, address, answerLoop.batch(), counters);
    opened.watch();
    return opened;
  }

  /// A bound socket.
  ///
  /// @param isShared whether other sockets of ours may have the same address; if not, this fails as
  ///   soon as anybody at all has it
  static LinuxSocket bound(InetSocketAddress address, boolean isShared) throws IOException {
    boolean isIpv6 = address.getAddress() instanceof Inet6Address;
    LinuxSocket socket =
        LinuxSocket.newSocketDgram(isIpv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
    try {
      socket.setReusePort(isShared);
      socket.setReceiveBufferSize(DatagramListener.SOCKET_BUFFER_OCTETS);
      socket.setSendBufferSize(DatagramListener.SOCKET_BUFFER_OCTETS);
      if (isIpv6) {
        // 0.0.0.0 and [::] can then both be bound to one port. Netty asks for the opposite.
        socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, 1);
      }
      if (address.getAddress().isAnyLocalAddress()) {
        socket.setIntOpt(
            isIpv6 ? IPPROTO_IPV6 : IPPROTO_IP, isIpv6 ? IPV6_RECVPKTINFO : IP_PKTINFO, 1);
      }
      socket.bind(address);
      return socket;
    } catch (IOException refused) {
      socket.close();
      throw refused;
    }
  }

  private void watch() {
    ((IoEventLoop) answerLoop.eventLoop)
        .register(new Handle())
        .addListener((Future<IoRegistration> registered) -> {
          if (!registered.isSuccess()) {
            LOG.error("{} can't be listened on; restart the server", address, registered.cause());
            socket.close();
            return;
          }
          IoRegistration present = registered.getNow();
          registration = present;
          present.submit(EpollIoOps.EPOLLIN);
        });
  }

  @Override
  void stopReading() {
    isReading = false;
    if (registration != null) {
      registration.cancel();
      registration = null;
    }
  }

  @Override
  void closeHere() {
    stopReading();
    try {
      socket.close();
    } catch (IOException failed) {
      LOG.debug("{} could not be closed", address, failed);
    }
  }

  // ---- answering ----

  private void read() {
    for (int i = 0; i < BATCHES_AT_ONCE && isReading; i++) {
      int received = batch.receive(descriptor, controlOctets);
      view.receivedNanos = System.nanoTime();
      int answered = 0;
      for (int datagram = 0; datagram < received; datagram++) {
        answered += answer(datagram) ? 1 : 0;
      }
      batch.flush(descriptor);
      counters.datagrams.add(answered);
      if (received < DatagramBatch.DATAGRAMS) { // There was no more.
        return;
      }
    }
  }

  /// @return whether it went to the answerer
  private boolean answer(int datagram) {
    int length = batch.length(datagram);
    if (!hasRightLength(length)) {
      return false;
    }
    boolean isSourceKnown = isAskedKnown(datagram);
    if (batch.u16(DatagramBatch.name(datagram) + NAME_PORT) == 0
        || (isSourceKnown && isForMany(datagram))) {
      counters.datagramsNotAnswerable.increment();
      return false;
    }
    batch.octets(DatagramBatch.slot(datagram), answerLoop.message, length);
    view.begin(datagram, isSourceKnown);
    int octets = answerLoop.answer(length, view, MAX_REPLY_OCTETS);
    if (octets == Answerer.DEFERRED || !view.reclaim() || octets == Answerer.NO_REPLY) {
      return true;
    }
    answerLoop.sends(answerLoop.response, octets);
    if (controlOctets > 0 && !isSourceKnown) {
      counters.replySourceUnknown.increment();
    }
    batch.reply(
        descriptor,
        datagram,
        batch.nameLength(datagram),
        controlForReply(datagram, isSourceKnown),
        answerLoop.response,
        octets);
    return true;
  }

  /// Whether the system told which address was asked.
  private boolean isAskedKnown(int datagram) {
    int control = DatagramBatch.control(datagram);
    return controlOctets > 0
        && batch.controlLength(datagram) > CONTROL_DATA
        && batch.int32(control + CONTROL_LEVEL) == (isIpv4 ? IPPROTO_IP : IPPROTO_IPV6)
        && batch.int32(control + CONTROL_TYPE) == (isIpv4 ? IP_PKTINFO : IPV6_PKTINFO);
  }

  /// Whether it was sent to a broadcast or multicast address, which is not the one that the system
  /// would reply from.
  private boolean isForMany(int datagram) {
    int control = DatagramBatch.control(datagram);
    return isIpv4
        ? batch.int32(control + IPV4_ASKED) != batch.int32(control + IPV4_OWN)
        : batch.u16(control + IPV6_ASKED) >>> 8 == 0xff;
  }

  /// Makes of what was told with a datagram what is said with its reply: leave from the address
  /// asked, by whatever interface the way back is; but a link-local address is one of an interface.
  ///
  /// @return how many octets it has
  private int controlForReply(int datagram, boolean isSourceKnown) {
    if (!isSourceKnown) {
      return 0;
    }
    int control = DatagramBatch.control(datagram);
    boolean isLinkLocal = !isIpv4 && (batch.u16(control + IPV6_ASKED) & 0xffc0) == 0xfe80;
    if (!isLinkLocal) {
      batch.putInt32(control + (isIpv4 ? IPV4_INTERFACE : IPV6_INTERFACE), 0);
    }
    return batch.controlLength(datagram);
  }

  private InetAddress address(int at, int scope) {
    byte[] octets = new byte[isIpv4 ? 4 : 16];
    batch.octets(at, octets, octets.length);
    try {
      return isIpv4 || scope == 0
          ? InetAddress.getByAddress(octets)
          : Inet6Address.getByAddress(null, octets, scope);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /// What the event loop knows of the socket.
  private final class Handle implements EpollIoHandle {
    @Override
    public FileDescriptor fd() {
      return socket;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      read();
    }

    @Override
    public void close() {
      closeHere();
    }
  }

  /// The datagram that is being answered.
  private final class View extends ExchangeView {
    private final byte[] clientOctets = new byte[isIpv4 ? 4 : 16];
    private long receivedNanos;
    private int datagram;
    private boolean isSourceKnown;
    private @Nullable InetSocketAddress client;
    private @Nullable InetSocketAddress local;

    void begin(int datagram, boolean isSourceKnown) {
      begin();
      this.datagram = datagram;
      this.isSourceKnown = isSourceKnown;
      this.client = null;
      this.local = isSourceKnown ? null : address;
    }

    @Override
    LateReply newLateReply() {
      deferred();
      return new Late(datagram, isSourceKnown, client(), local());
    }

    @Override
    public InetSocketAddress client() {
      InetSocketAddress known = client;
      if (known == null) {
        int name = DatagramBatch.name(datagram);
        known =
            new InetSocketAddress(
                address(
                    name + (isIpv4 ? NAME_IPV4 : NAME_IPV6),
                    isIpv4 ? 0 : batch.int32(name + NAME_SCOPE)),
                batch.u16(name + NAME_PORT));
        client = known;
      }
      return known;
    }

    @Override
    public InetSocketAddress local() {
      InetSocketAddress known = local;
      if (known == null) {
        int control = DatagramBatch.control(datagram);
        known =
            new InetSocketAddress(
                address(control + (isIpv4 ? IPV4_ASKED : IPV6_ASKED), 0), address.getPort());
        local = known;
      }
      return known;
    }

    @Override
    public byte[] clientOctets() {
      int name = DatagramBatch.name(datagram);
      batch.octets(name + (isIpv4 ? NAME_IPV4 : NAME_IPV6), clientOctets, clientOctets.length);
      return clientOctets;
    }

    @Override
    public boolean isIpv4() {
      return isIpv4;
    }

    @Override
    public long receivedNanos() {
      return receivedNanos;
    }

    @Override
    public boolean isStream() {
      return false;
    }
  }

  /// What a later reply needs of the datagram, whose place in the batch is used again.
  private final class Late extends LateDatagram {
    private final byte[] name = new byte[DatagramBatch.NAME_OCTETS];
    private final byte[] control;

    Late(int datagram, boolean isSourceKnown, InetSocketAddress client, InetSocketAddress local) {
      super(LinuxDatagrams.this, client, local);
      batch.octets(DatagramBatch.name(datagram), name, name.length);
      control = new byte[controlForReply(datagram, isSourceKnown)];
      batch.octets(DatagramBatch.control(datagram), control, control.length);
    }

    @Override
    boolean send(byte[] reply) {
      if (!socket.isOpen()) {
        return false;
      }
      batch.put(DatagramBatch.name(0), name);
      batch.put(DatagramBatch.control(0), control);
      batch.reply(
          descriptor,
          0,
          isIpv4 ? IPV4_NAME_OCTETS : IPV6_NAME_OCTETS,
          control.length,
          reply,
          reply.length);
      batch.flush(descriptor);
      return true;
    }
  }
}
