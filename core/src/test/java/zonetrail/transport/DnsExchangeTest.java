package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.notify.NotifyMessage;
import zonetrail.transport.DnsExchange.Protocol;
import zonetrail.wire.Header;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// One request, one server, one reply; and what stands in the way.
class DnsExchangeTest {
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Duration IMPATIENT = Duration.ofMillis(300);
  private static final byte[] REQUEST =
      NotifyMessage.request(4711, WireName.parse("example.com."), Serial.of(1));

  private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeServers() throws Exception {
    for (AutoCloseable server : opened) {
      server.close();
    }
  }

  private static byte[] replyTo(byte[] request) {
    byte[] reply = request.clone();
    Header.putU16(reply, Header.FLAGS, Header.u16(reply, Header.FLAGS) | Header.QR);
    return reply;
  }

  private static byte[] withRcode(byte[] reply, Rcode rcode) {
    byte[] copy = reply.clone();
    Header.putU16(copy, Header.FLAGS, Header.u16(copy, Header.FLAGS) | rcode.value());
    return copy;
  }

  /// Answers each datagram with some; what it is sent it keeps.
  private InetSocketAddress udpServer(List<byte[]> received, IntFunction<List<byte[]>> answers)
      throws IOException {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    return serveUdp(socket, received, answers);
  }

  private InetSocketAddress serveUdp(
      DatagramSocket socket, List<byte[]> received, IntFunction<List<byte[]>> answers) {
    opened.add(socket);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
              socket.receive(packet);
              received.add(Arrays.copyOf(packet.getData(), packet.getLength()));
              for (byte[] answer : answers.apply(received.size())) {
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
              }
            }
          } catch (IOException e) {
            // Closed at the end of the test.
          }
        });
    return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
  }

  /// Reads one message and writes these octets; then closes, unless it is to hang.
  private InetSocketAddress tcpServer(UnaryOperator<byte[]> octets, boolean hangs)
      throws IOException {
    ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    return serveTcp(socket, octets, hangs);
  }

  private InetSocketAddress serveTcp(
      ServerSocket socket, UnaryOperator<byte[]> octets, boolean hangs) {
    opened.add(socket);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket connection = socket.accept();
              opened.add(connection);
              DataInputStream in = new DataInputStream(connection.getInputStream());
              byte[] request = new byte[in.readUnsignedShort()];
              in.readFully(request);
              new DataOutputStream(connection.getOutputStream()).write(octets.apply(request));
              if (!hangs) {
                connection.close();
              }
            }
          } catch (IOException e) {
            // Closed at the end of the test.
          }
        });
    return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
  }

  private static byte[] framed(byte[] message) {
    byte[] framed = new byte[2 + message.length];
    Header.putU16(framed, 0, message.length);
    System.arraycopy(message, 0, framed, 2, message.length);
    return framed;
  }

  private static byte[] ask(InetSocketAddress server, Protocol protocol, Duration timeout)
      throws IOException {
    return new DnsExchange(server, protocol, timeout).ask(REQUEST, reply -> true);
  }

  @Nested
  class OverTcp {
    @Test
    void theReplyIsReturned() throws IOException {
      InetSocketAddress server = tcpServer(request -> framed(replyTo(request)), false);
      assertThat(ask(server, Protocol.TCP, PATIENT)).isEqualTo(replyTo(REQUEST));
    }

    @Test
    void aClosedPort_isUnreachable() throws IOException {
      InetSocketAddress server;
      try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        server = new InetSocketAddress(closed.getInetAddress(), closed.getLocalPort());
      }
      assertThatThrownBy(() -> ask(server, Protocol.TCP, PATIENT))
          .isInstanceOf(UnreachableException.class)
          .hasMessageContaining("nothing listens");
    }

    @Test
    void aServerThatSaysNothing_isUnreachableWhenTheTimeIsUp() throws IOException {
      InetSocketAddress server = tcpServer(request -> new byte[0], true);
      assertThatThrownBy(() -> ask(server, Protocol.TCP, IMPATIENT))
          .isInstanceOf(UnreachableException.class)
          .hasMessageContaining("300 ms");
    }

    @Test
    void aReplyThatStops_isUnreachableWhenTheTimeIsUp() throws IOException {
      InetSocketAddress server =
          tcpServer(request -> Arrays.copyOf(framed(replyTo(request)), 20), true);
      assertThatThrownBy(() -> ask(server, Protocol.TCP, IMPATIENT))
          .isInstanceOf(UnreachableException.class);
    }

    @Test
    void aConnectionClosedWithinTheReply_isABadAnswer() throws IOException {
      InetSocketAddress server =
          tcpServer(request -> Arrays.copyOf(framed(replyTo(request)), 20), false);
      assertThatThrownBy(() -> ask(server, Protocol.TCP, PATIENT))
          .isInstanceOf(BadAnswerException.class);
    }

    @Test
    void somethingElse_isABadAnswer() throws IOException {
      InetSocketAddress server = tcpServer(DnsExchangeTest::framed, false); // QR is not set
      assertThatThrownBy(() -> ask(server, Protocol.TCP, PATIENT))
          .isInstanceOf(BadAnswerException.class);
    }
  }

  @Nested
  class OverUdp {
    private final List<byte[]> received = new CopyOnWriteArrayList<>();

    @Test
    void theReplyIsReturned() throws IOException {
      InetSocketAddress server = udpServer(received, n -> List.of(replyTo(REQUEST)));
      assertThat(ask(server, Protocol.UDP, PATIENT)).isEqualTo(replyTo(REQUEST));
      assertThat(received).containsExactly(REQUEST);
    }

    @Test
    void aLostDatagramIsSentAgain() throws IOException {
      InetSocketAddress server =
          udpServer(received, n -> n < 2 ? List.of() : List.of(replyTo(REQUEST)));
      assertThat(ask(server, Protocol.UDP, PATIENT)).isEqualTo(replyTo(REQUEST));
      assertThat(received).containsExactly(REQUEST, REQUEST);
    }

    @Test
    void strayDatagramsArePassedOver() throws IOException {
      byte[] anotherId = replyTo(REQUEST);
      Header.putU16(anotherId, Header.ID, 4712);
      byte[] anotherZone =
          replyTo(NotifyMessage.request(4711, WireName.parse("example.org."), Serial.of(1)));
      InetSocketAddress server =
          udpServer(
              received,
              n -> List.of(anotherId, anotherZone, REQUEST, new byte[3], replyTo(REQUEST)));
      assertThat(ask(server, Protocol.UDP, PATIENT)).isEqualTo(replyTo(REQUEST));
    }

    @Test
    void aReplyThatIsNotBelieved_isPassedOverForOneThatIs() throws IOException {
      byte[] forged = withRcode(replyTo(REQUEST), Rcode.REFUSED);
      InetSocketAddress server = udpServer(received, n -> List.of(forged, replyTo(REQUEST)));
      byte[] reply =
          new DnsExchange(server, Protocol.UDP, PATIENT)
              .ask(REQUEST, it -> Header.rcode(Header.u16(it, Header.FLAGS)) == 0);
      assertThat(reply).isEqualTo(replyTo(REQUEST));
    }

    @Test
    void aReplyThatIsNotBelieved_isReturnedWhenNoOtherComes() throws IOException {
      byte[] doubtful = withRcode(replyTo(REQUEST), Rcode.NOTAUTH);
      InetSocketAddress server = udpServer(received, n -> List.of(doubtful));
      assertThat(new DnsExchange(server, Protocol.UDP, PATIENT).ask(REQUEST, it -> false))
          .isEqualTo(doubtful);
    }

    @Test
    void silence_isUnreachableWhenTheTimeIsUp() throws IOException {
      InetSocketAddress server = udpServer(received, n -> List.of());
      assertThatThrownBy(() -> ask(server, Protocol.UDP, IMPATIENT))
          .isInstanceOf(UnreachableException.class)
          .hasMessageContaining("UDP");
    }

    @Test
    void aClosedPort_isUnreachable() throws IOException {
      InetSocketAddress server;
      try (DatagramSocket closed = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
        server = new InetSocketAddress(closed.getLocalAddress(), closed.getLocalPort());
      }
      assertThatThrownBy(() -> ask(server, Protocol.UDP, Duration.ofSeconds(2)))
          .isInstanceOf(UnreachableException.class);
    }

    @Test
    @Rfc(number = 7766, section = "5")
    void aTruncatedReply_leadsToTcp() throws IOException {
      byte[] truncated = replyTo(REQUEST);
      Header.putU16(truncated, Header.FLAGS, Header.u16(truncated, Header.FLAGS) | Header.TC);
      InetSocketAddress server = tcpServer(request -> framed(replyTo(request)), false);
      DatagramSocket sameAddress = new DatagramSocket(server.getPort(), server.getAddress());
      serveUdp(sameAddress, received, n -> List.of(truncated));
      assertThat(ask(server, Protocol.UDP, PATIENT)).isEqualTo(replyTo(REQUEST));
    }
  }
}
