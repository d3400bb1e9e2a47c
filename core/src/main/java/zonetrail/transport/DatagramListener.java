package zonetrail.transport;

import io.netty.channel.ChannelException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// Listens for datagrams on one address and port, with one socket per event loop where the system
/// can spread clients over several.
final class DatagramListener {
  /// The longest datagram that is read. A query has at most some 300 octets, an UPDATE or a NOTIFY
  /// with a signature seldom over 1,000; a client with more to say uses TCP. Longer ones are
  /// dropped and counted.
  static final int MAX_DATAGRAM_OCTETS = 4_096;

  /// What we ask the system to buffer in each direction; it grants at most its own bound
  /// (`net.core.rmem_max`). The usual 208 KiB are full after some 250 small datagrams.
  static final int SOCKET_BUFFER_OCTETS = 4 * 1024 * 1024;

  /// Stands where there is no address yet.
  static final InetSocketAddress NOBODY = new InetSocketAddress(0);

  private final List<LoopDatagrams> sockets = new ArrayList<>();

  private DatagramListener() {}

  /// Binds and starts to answer.
  ///
  /// @param address with its port; not a wildcard unless the loops are epoll's
  /// @throws ListenException if the address can't be had for ourselves
  static DatagramListener start(
      EventLoops loops, InetSocketAddress address, TransportCounters counters)
      throws ListenException {
    DatagramListener listener = new DatagramListener();
    try {
      if (loops.isEpoll()) {
        listener.startOnLinux(loops, address, counters);
      } else {
        AnswerLoop loop = loops.datagramLoops().getFirst();
        PortableDatagrams socket = new PortableDatagrams(loops, loop, address, counters);
        listener.sockets.add(socket);
        Listeners.await(socket.bound(), address, "udp");
      }
      return listener;
    } catch (ListenException refused) {
      listener.close();
      throw refused;
    }
  }

  private void startOnLinux(EventLoops loops, InetSocketAddress address, TransportCounters counters)
      throws ListenException {
    try {
      // Sockets that share an address don't notice that another server of the same user has it too,
      // and the system would hand each of us half of the clients. One that does not share notices.
      LinuxDatagrams.bound(address, false).close();
      for (AnswerLoop loop : loops.datagramLoops()) {
        sockets.add(LinuxDatagrams.open(loop, address, counters));
      }
    } catch (IOException | ChannelException refused) {
      throw Listeners.refused(refused, address, "udp");
    }
  }

  /// Reads no more.
  ///
  /// @return one for each loop, done when its late replies are out
  List<Future<Void>> drain() {
    return sockets.stream().map(LoopDatagrams::drain).toList();
  }

  /// Closes all sockets; replies that are not out yet are dropped when they come.
  void close() {
    sockets.forEach(socket -> socket.close().awaitUninterruptibly());
  }
}
