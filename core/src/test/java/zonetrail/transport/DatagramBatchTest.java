package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static zonetrail.transport.TestMessages.ECHO;
import static zonetrail.transport.TestMessages.echoOf;
import static zonetrail.transport.TestMessages.id;
import static zonetrail.transport.TestMessages.message;

import com.sun.management.ThreadMXBean;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatagramBatchTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  private final TransportCounters counters = new TransportCounters();
  private DatagramBatch batch;
  private LinuxSocket socket;
  private UdpClient client;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(
        DatagramBatch.isAvailable(),
        "needs a 64-bit Linux: `mvn verify` there runs it, as .ci/run does");
    batch = new DatagramBatch(counters);
    socket = LinuxDatagrams.bound(ANY_PORT, false);
    client = new UdpClient();
  }

  @AfterEach
  void close() throws IOException {
    if (socket != null) {
      socket.close();
      client.close();
    }
  }

  private void receive(int datagrams) throws IOException {
    for (int i = 0; i < datagrams; i++) {
      client.send(message(i, ECHO), socket.localAddress());
    }
    assertThat(batch.receive(socket.intValue(), 0)).isEqualTo(datagrams);
  }

  private void reply(int datagram, byte[] message) {
    batch.reply(
        socket.intValue(), datagram, batch.nameLength(datagram), 0, message, message.length);
  }

  @Test
  void readsAsManyAsItHasRoomFor_andThenTheRest() throws IOException {
    receive(0);
    for (int i = 0; i < DatagramBatch.DATAGRAMS + 3; i++) {
      client.send(message(i, ECHO), socket.localAddress());
    }
    assertThat(batch.receive(socket.intValue(), 0)).isEqualTo(DatagramBatch.DATAGRAMS);
    assertThat(batch.receive(socket.intValue(), 0)).isEqualTo(3);
    assertThat(batch.length(2)).isEqualTo(message(0, ECHO).length);
    byte[] last = new byte[batch.length(2)];
    batch.octets(DatagramBatch.slot(2), last, last.length);
    assertThat(last).isEqualTo(message(DatagramBatch.DATAGRAMS + 2, ECHO));
  }

  @Test
  void repliesThatDoNotFitTogether_areSentOneAfterTheOther() throws IOException {
    receive(3);
    Set<Integer> ids = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      byte[] reply = new byte[LoopDatagrams.MAX_REPLY_OCTETS];
      System.arraycopy(echoOf(message(i, ECHO)), 0, reply, 0, message(i, ECHO).length);
      reply(i, reply);
    }
    batch.flush(socket.intValue());
    for (int i = 0; i < 3; i++) {
      byte[] received = client.receive().message();
      assertThat(received).hasSize(LoopDatagrams.MAX_REPLY_OCTETS);
      ids.add(id(received));
    }
    assertThat(ids).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void replyThatTheSystemRefuses_isCounted_andTheOthersAreSent() throws IOException {
    receive(4);
    int broadcast = -1; // 255.255.255.255, to which this socket may not send.
    batch.putInt32(DatagramBatch.name(0) + 4, broadcast);
    batch.putInt32(DatagramBatch.name(2) + 4, broadcast);
    for (int i = 0; i < 4; i++) {
      reply(i, message(i, ECHO));
    }
    batch.flush(socket.intValue());
    assertThat(id(client.receive().message())).isEqualTo(1);
    assertThat(id(client.receive().message())).isEqualTo(3);
    assertThat(counters.datagramFailures.sum()).isEqualTo(2);
  }

  @Test
  void replyThatIsTooLongForADatagram_isCounted() throws IOException {
    receive(1);
    reply(0, new byte[LoopDatagrams.MAX_REPLY_OCTETS + 1]);
    batch.flush(socket.intValue());
    assertThat(counters.datagramFailures.sum()).isEqualTo(1);
  }

  @Test
  void nothingThereToRead_isNoFailure() {
    assertThat(batch.receive(socket.intValue(), 0)).isZero();
    batch.flush(socket.intValue());
    assertThat(counters.datagramFailures.sum()).isZero();
  }

  @Test
  void answeringAllocatesNothing() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] message = message(1, ECHO);
    byte[] reply = new byte[512];
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5_000; round++) {
      client.send(message, socket.localAddress());
      long before = threads.getCurrentThreadAllocatedBytes();
      int received = batch.receive(socket.intValue(), 0);
      for (int i = 0; i < received; i++) {
        batch.octets(DatagramBatch.slot(i), reply, batch.length(i));
        batch.reply(socket.intValue(), i, batch.nameLength(i), 0, reply, batch.length(i));
      }
      batch.flush(socket.intValue());
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      client.receive();
    }
    assertThat(least).isZero();
  }
}
