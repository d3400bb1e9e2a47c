package zonetrail.transport;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/// A client on a plain socket of the JDK, which is not connected and so hears every source.
final class UdpClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  static final class Reply {
    private final byte[] message;
    private final InetSocketAddress from;

    Reply(byte[] message, InetSocketAddress from) {
      this.message = message;
      this.from = from;
    }

    byte[] message() {
      return message;
    }

    InetSocketAddress from() {
      return from;
    }
  }

  private final DatagramSocket socket;

  UdpClient() throws IOException {
    this(InetAddress.ofLiteral("127.0.0.1"));
  }

  UdpClient(InetAddress from) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(from, 0));
    socket.setSoTimeout(PATIENCE_MILLIS);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  void send(byte[] message, InetSocketAddress to) throws IOException {
    socket.send(new DatagramPacket(message, message.length, to));
  }

  Reply receive() throws IOException {
    byte[] room = new byte[65_535];
    DatagramPacket packet = new DatagramPacket(room, room.length);
    socket.receive(packet);
    return new Reply(
        Arrays.copyOf(room, packet.getLength()), (InetSocketAddress) packet.getSocketAddress());
  }

  Reply ask(byte[] message, InetSocketAddress at) throws IOException {
    send(message, at);
    return receive();
  }

  /// Asks again until there is an answer, as clients do.
  Reply askPatiently(byte[] message, InetSocketAddress at) throws IOException {
    socket.setSoTimeout(500);
    try {
      for (int attempt = 1; ; attempt++) {
        try {
          return ask(message, at);
        } catch (SocketTimeoutException nothing) {
          if (attempt == 20) {
            throw nothing;
          }
        }
      }
    } finally {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
