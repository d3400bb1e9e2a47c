package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Header;
import zonetrail.wire.Rfc;

/// Replies of many messages, on Linux's own interface and on Java's.
@ParameterizedClass
@ValueSource(booleans = {false, true})
class StreamedReplyTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int PART_OCTETS = 60_000;

  /// More than the system buffers: some 4 MB for a loopback connection.
  private static final int MANY = 600;

  /// So many that the system buffers them all.
  private static final int FEW = 10;

  @Parameter boolean portable;

  private final TestMessages answers = new TestMessages();
  private final TransportCounters counters = new TransportCounters();
  private Listeners listeners;

  @BeforeEach
  void start() throws ListenException {
    listen(LONG);
  }

  private void listen(Duration slowReader) throws ListenException {
    StreamLimits limits =
        new StreamLimits(10, 10, 32, LONG, LONG, slowReader, LONG, LONG, 128 * 1024);
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    listeners = Listeners.start(List.of(loopback), 1, answers, limits, counters, portable);
  }

  @AfterEach
  void stop() {
    listeners.close();
  }

  private InetSocketAddress server() {
    return listeners.boundAddresses().getFirst();
  }

  private TcpClient connect() throws IOException {
    return new TcpClient(server(), 4096);
  }

  private Exchange ask(TcpClient client, int id) throws Exception {
    client.send(TestMessages.message(id, TestMessages.LATER));
    return answers.takeDeferred().exchange();
  }

  private static byte[] part(int id, int number) {
    return part(id, number, PART_OCTETS);
  }

  private static byte[] part(int id, int number, int octets) {
    byte[] part = new byte[octets];
    Header.putU16(part, Header.ID, id);
    Header.putU16(part, Header.OCTETS, number);
    return part;
  }

  private static <T> CompletableFuture<T> elsewhere(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, Thread::startVirtualThread);
  }

  /// Sends so many messages; how many went before the client was gone.
  private static int send(Exchange exchange, int id, int parts) {
    try {
      for (int i = 0; i < parts - 1; i++) {
        if (!exchange.send(part(id, i), PART_OCTETS)) {
          return i;
        }
      }
      return exchange.sendLast(part(id, parts - 1), PART_OCTETS) ? parts : parts - 1;
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void comeWholeAndInOrder() throws Exception {
    try (TcpClient client = connect()) {
      Exchange exchange = ask(client, 7);
      CompletableFuture<Integer> sent = elsewhere(() -> send(exchange, 7, 200));
      for (int i = 0; i < 200; i++) {
        byte[] part = client.receive();
        assertThat(part).hasSize(PART_OCTETS);
        assertThat(Header.u16(part, Header.OCTETS)).isEqualTo(i);
      }
      assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(200);
      assertThat(counters.sum(LoopCounters.What.TCP_IPV4)).isEqualTo(1);
      assertThat(counters.responses(0)).as("one response of many messages").isEqualTo(1);
    }
  }

  @Test
  void comeWholeAndInOrder_whateverTheirLengths() throws Exception {
    Random random = new Random(1);
    int[] lengths = new int[300];
    Arrays.setAll(lengths, i -> i % 3 == 0 ? 14 + random.nextInt(65_500) : 14 + random.nextInt(90));
    lengths[2] = Answerer.MAX_REPLY_OCTETS;
    lengths[3] = Answerer.MAX_REPLY_OCTETS;
    try (TcpClient client = connect()) {
      Exchange exchange = ask(client, 7);
      CompletableFuture<Boolean> sent =
          elsewhere(() -> {
            try {
              for (int i = 0; i < lengths.length - 1; i++) {
                exchange.send(part(7, i, lengths[i]), lengths[i]);
              }
              int last = lengths.length - 1;
              return exchange.sendLast(part(7, last, lengths[last]), lengths[last]);
            } catch (InterruptedException interrupted) {
              throw new IllegalStateException(interrupted);
            }
          });
      for (int i = 0; i < lengths.length; i++) {
        assertThat(client.receive()).isEqualTo(part(7, i, lengths[i]));
      }
      assertThat(sent.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void beginAtOnce_withoutWaitingForWhatComesBehind() throws Exception {
    try (TcpClient client = connect()) {
      Exchange exchange = ask(client, 7);
      assertThat(exchange.send(part(7, 0), PART_OCTETS)).isTrue();
      assertThat(client.receive()).isEqualTo(part(7, 0));
      exchange.reply(new byte[0], 0);
    }
  }

  @Test
  void waitForAClientThatDoesNotRead_andHoldOnlyAFewMessagesThen() throws Exception {
    try (TcpClient client = connect()) {
      Exchange exchange = ask(client, 7);
      AtomicInteger begun = new AtomicInteger();
      CompletableFuture<Integer> sent =
          elsewhere(() -> {
            try {
              while (begun.get() < MANY && exchange.send(part(7, begun.get()), PART_OCTETS)) {
                begun.incrementAndGet();
              }
              return exchange.sendLast(part(7, 0), 100) ? begun.get() : -1;
            } catch (InterruptedException interrupted) {
              throw new IllegalStateException(interrupted);
            }
          });
      await().until(() -> begun.get() > 0 && isAtRest(begun));
      assertThat(begun).hasValueLessThan(300);
      for (int i = 0; i < MANY; i++) {
        assertThat(Header.u16(client.receive(), Header.OCTETS)).isEqualTo(i);
      }
      assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(MANY);
    }
  }

  /// Whether a count stays the same while the event loop does what it has to do.
  private boolean isAtRest(AtomicInteger count) throws Exception {
    int before = count.get();
    for (int i = 0; i < 50; i++) {
      try (TcpClient other = new TcpClient(server())) {
        other.ask(TestMessages.message(1, TestMessages.ECHO));
      }
    }
    return count.get() == before;
  }

  @Test
  @Rfc(number = 5936, section = "4.1.2")
  void ofOneConnectionRunBesideEachOther_andBesideOtherAnswers() throws Exception {
    try (TcpClient client = connect()) {
      Exchange one = ask(client, 1);
      Exchange two = ask(client, 2);
      CompletableFuture<Integer> first = elsewhere(() -> send(one, 1, 50));
      CompletableFuture<Integer> second = elsewhere(() -> send(two, 2, 50));
      client.send(TestMessages.message(3, TestMessages.ECHO));
      int[] next = new int[4];
      for (int i = 0; i < 101; i++) {
        byte[] message = client.receive();
        int id = TestMessages.id(message);
        if (id != 3) {
          assertThat(Header.u16(message, Header.OCTETS)).isEqualTo(next[id]);
        }
        next[id]++;
      }
      assertThat(next).containsExactly(0, 50, 50, 1);
      assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(50);
      assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(50);
    }
  }

  @Test
  void endWhenTheClientStopsReading() throws Exception {
    listeners.close();
    listen(Duration.ofMillis(200));
    try (TcpClient client = connect()) {
      Exchange exchange = ask(client, 7);
      CompletableFuture<Integer> sent = elsewhere(() -> send(exchange, 7, MANY));
      assertThat(sent.get(10, TimeUnit.SECONDS)).isLessThan(300);
      assertThat(counters.slowReaders.sum()).isEqualTo(1);
    }
  }

  @Test
  void endWhenTheClientCloses() throws Exception {
    Exchange exchange;
    CompletableFuture<Integer> sent;
    try (TcpClient client = connect()) {
      exchange = ask(client, 7);
      sent = elsewhere(() -> send(exchange, 7, MANY));
      client.receive();
      client.reset();
    }
    assertThat(sent.get(10, TimeUnit.SECONDS)).isLessThan(MANY);
  }

  @Test
  void endWhenTheServerCloses() throws Exception {
    try (TcpClient client = connect()) {
      Exchange exchange = ask(client, 7);
      CompletableFuture<Integer> sent = elsewhere(() -> send(exchange, 7, MANY));
      client.receive();
      listeners.close();
      assertThat(sent.get(10, TimeUnit.SECONDS)).isLessThan(MANY);
      assertThat(exchange.send(part(7, 0), PART_OCTETS)).isFalse();
    }
  }

  @Test
  void keepAConnectionOpenThatTheClientHasHalfClosed() throws Exception {
    try (TcpClient client = connect()) {
      Exchange exchange = ask(client, 7);
      client.shutdownOutput();
      CompletableFuture<Integer> sent = elsewhere(() -> send(exchange, 7, FEW));
      for (int i = 0; i < FEW; i++) {
        client.receive();
      }
      assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(FEW);
      client.awaitClose();
    }
  }

  @Test
  void areNotForDatagramsNorAfterTheEnd() throws Exception {
    try (TcpClient client = connect()) {
      Exchange exchange = ask(client, 7);
      exchange.reply(part(7, 0), 100);
      assertThatThrownBy(() -> exchange.send(part(7, 1), 100))
          .isInstanceOf(IllegalStateException.class);
      try (UdpClient datagrams = new UdpClient()) {
        datagrams.send(TestMessages.message(8, TestMessages.LATER), server());
        Exchange datagram = answers.takeDeferred().exchange();
        assertThatThrownBy(() -> datagram.send(part(8, 0), 100))
            .isInstanceOf(IllegalStateException.class);
      }
    }
  }
}
