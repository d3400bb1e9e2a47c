package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Rfc;

class SharedPortsTest {
  private static final byte[] REPLY = {1, 2, 3};

  private long nanos;
  private final SharedPorts ports = new SharedPorts(() -> nanos);

  private TestExchange waiting() {
    TestExchange exchange = TestExchange.udp();
    ports.waits(exchange);
    return exchange;
  }

  private void reply(TestExchange exchange) {
    ports.replied(exchange, REPLY);
  }

  /// An old reply would be in the one socket when the client waits for the next.
  @Test
  void oneAfterTheOther_areSentOnce_howeverCloseTheyFollow() {
    List<TestExchange> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(waiting());
      reply(all.getLast());
    }

    assertThat(all).allSatisfy(each -> assertThat(each.repeats()).isEmpty());
    assertThat(ports.known()).isOne();
    nanos += SharedPorts.KNOWN.toNanos() + 1;
    assertThat(ports.known()).isZero();
  }

  @Test
  void twoThatWaitAtOnePort_areSentAgain_whenBothHaveTheirReplies() {
    TestExchange first = waiting();
    TestExchange second = waiting();
    reply(first);
    assertThat(first.repeats()).isEmpty();

    reply(second);

    assertThat(first.repeats()).isEqualTo(SharedPorts.AGAIN);
    assertThat(second.repeats()).isEqualTo(SharedPorts.AGAIN);
  }

  @Test
  void areNotSentAgain_onceSomethingElseCameFromThePort() {
    TestExchange first = waiting();
    TestExchange second = waiting();
    reply(first);
    reply(second);
    TestExchange third = waiting();

    assertThat(first.repeats()).isEmpty();
    reply(third);
    assertThat(first.repeats()).isEmpty();
    assertThat(second.repeats()).isEmpty();
    assertThat(third.repeats()).isEmpty();
  }

  /// The second is the same message, sent again by its client: only the first has a reply.
  @Test
  void aMessageThatCameTwice_hasItsReplyOnce() {
    TestExchange first = waiting();
    TestExchange second = waiting();
    ports.replied(second, new byte[0]);
    reply(first);

    assertThat(first.repeats()).isEmpty();
    assertThat(second.repeats()).isEmpty();
  }

  @Test
  void onlySomePortsAtATime_haveTheirsSentAgain() {
    List<TestExchange> firsts = new ArrayList<>();
    for (int port = 1; port <= SharedPorts.MAX_PORTS + 3; port++) {
      TestExchange first = TestExchange.udpFrom(port);
      TestExchange second = TestExchange.udpFrom(port);
      ports.waits(first);
      ports.waits(second);
      reply(first);
      reply(second);
      firsts.add(first);
    }

    assertThat(firsts).filteredOn(each -> !each.repeats().isEmpty()).hasSize(SharedPorts.MAX_PORTS);
    nanos += SharedPorts.KNOWN.toNanos() + 1;
    TestExchange later = waiting();
    reply(waiting());
    reply(later);
    assertThat(later.repeats()).isEqualTo(SharedPorts.AGAIN);
  }

  @Test
  void aClientThatHasManyAtOnce_getsEachOnce() {
    List<TestExchange> all = new ArrayList<>();
    for (int i = 0; i < SharedPorts.MAX_REPLIES + 5; i++) {
      all.add(waiting());
    }
    all.forEach(this::reply);

    assertThat(all).allSatisfy(each -> assertThat(each.repeats()).isEmpty());
  }

  /// Two sockets at one port, as two `nsupdate` may have them: the kernel gives both replies to
  /// one.
  @Nested
  @Rfc(number = 2136, section = "7.8")
  class WithTheKernel {
    private final List<Exchange> waiting = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachGetsItsReply_whenTheOtherHasClosed(boolean portable) throws Exception {
      try (Listeners listeners =
              Listeners.start(
                  List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
                  1,
                  () -> this::later,
                  StreamLimits.DEFAULT,
                  new TransportCounters(),
                  portable);
          DatagramChannel one = client(0, listeners.boundAddresses().getFirst());
          DatagramChannel other = client(portOf(one), listeners.boundAddresses().getFirst())) {
        one.write(ByteBuffer.wrap(message(1)));
        other.write(ByteBuffer.wrap(message(2)));
        await().until(() -> waiting.size() == 2);

        byte[][] replies = {message(3), message(4)};
        for (int i = 0; i < 2; i++) {
          waiting.get(i).reply(replies[i], replies[i].length);
        }
        List<Byte> oneGot = new ArrayList<>();
        List<Byte> otherGot = new ArrayList<>();
        await().until(() -> take(one, oneGot) + take(other, otherGot) == 2);
        boolean isOneStarved = oneGot.isEmpty();
        assertThat(isOneStarved).isNotEqualTo(otherGot.isEmpty()); // else this tests nothing
        (isOneStarved ? other : one).close();
        // Not before: a slow machine could be at its second sending by now.
        for (int i = 0; i < 2; i++) {
          ports.replied(waiting.get(i), replies[i]);
        }

        List<Byte> got = isOneStarved ? oneGot : otherGot;
        await()
            .untilAsserted(() -> {
              take(isOneStarved ? one : other, got);
              assertThat(got).contains((byte) 3, (byte) 4);
            });
      }
    }

    private int later(byte[] message, int length, byte[] response, Exchange exchange) {
      Exchange detached = exchange.detach();
      ports.waits(detached);
      waiting.add(detached);
      return Answerer.DEFERRED;
    }

    private static byte[] message(int mark) {
      byte[] message = new byte[12];
      Arrays.fill(message, (byte) mark);
      return message;
    }

    private static DatagramChannel client(int port, InetSocketAddress server) throws IOException {
      DatagramChannel client = DatagramChannel.open();
      client.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      client.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      client.connect(server);
      client.configureBlocking(false);
      return client;
    }

    private static int portOf(DatagramChannel client) throws IOException {
      return ((InetSocketAddress) client.getLocalAddress()).getPort();
    }

    /// Takes what has come; returns how many there are in all.
    private static int take(DatagramChannel client, List<Byte> got) throws IOException {
      ByteBuffer room = ByteBuffer.allocate(512);
      while (client.read(room) > 0) {
        got.add(room.get(0));
        room.clear();
      }
      return got.size();
    }
  }
}
