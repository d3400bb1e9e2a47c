package zonetrail.cli;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/// A DNS server of one function, from request to reply, over TCP and UDP on one port of loopback.
final class LoopbackServer implements AutoCloseable {
  private final ServerSocket tcp;
  private final DatagramSocket udp;
  private final UnaryOperator<byte[]> answer;
  private final List<byte[]> requests = new CopyOnWriteArrayList<>();

  LoopbackServer(UnaryOperator<byte[]> answer) throws IOException {
    this.answer = answer;
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    tcp = new ServerSocket(0, 10, loopback);
    udp = new DatagramSocket(tcp.getLocalPort(), loopback);
    Thread.ofVirtual().start(() -> untilClosed(this::serveStream));
    Thread.ofVirtual().start(() -> untilClosed(this::serveDatagram));
  }

  int port() {
    return tcp.getLocalPort();
  }

  /// What came in, over TCP and UDP.
  List<byte[]> requests() {
    return requests;
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void untilClosed(Step step) {
    try {
      while (true) {
        step.run();
      }
    } catch (IOException e) {
      // The sockets are closed at the end of the test.
    }
  }

  private void serveStream() throws IOException {
    try (Socket connection = tcp.accept()) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      byte[] request = new byte[in.readUnsignedShort()];
      in.readFully(request);
      requests.add(request);
      byte[] reply = answer.apply(request);
      DataOutputStream out = new DataOutputStream(connection.getOutputStream());
      out.writeShort(reply.length);
      out.write(reply);
    }
  }

  private void serveDatagram() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    udp.receive(packet);
    byte[] request = Arrays.copyOf(packet.getData(), packet.getLength());
    requests.add(request);
    byte[] reply = answer.apply(request);
    udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
  }

  @Override
  public void close() throws IOException {
    tcp.close();
    udp.close();
  }
}
