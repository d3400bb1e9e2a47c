package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static zonetrail.transport.TestMessages.BIG;
import static zonetrail.transport.TestMessages.BIG_OCTETS;
import static zonetrail.transport.TestMessages.DETACH_BUT_ANSWER_NOW;
import static zonetrail.transport.TestMessages.ECHO;
import static zonetrail.transport.TestMessages.FAIL;
import static zonetrail.transport.TestMessages.LATER;
import static zonetrail.transport.TestMessages.NOTHING;
import static zonetrail.transport.TestMessages.echoOf;
import static zonetrail.transport.TestMessages.id;
import static zonetrail.transport.TestMessages.message;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Header;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;

/// The rules of DNS over TCP, on Linux's own interface and on Java's.
@ParameterizedClass
@ValueSource(booleans = {false, true})
class StreamListenerTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(150);
  private static final int HIGH_WATER_OCTETS = 16 * 1024;

  @Parameter boolean portable;

  private final TestMessages answers = new TestMessages();
  private final TransportCounters counters = new TransportCounters();
  private final List<TcpClient> clients = new ArrayList<>();
  private Listeners listeners;

  @BeforeEach
  void start() throws IOException {
    listen(patient(100, 100, 32));
  }

  @AfterEach
  void stop() throws IOException {
    for (TcpClient client : clients) {
      client.close();
    }
    listeners.close();
  }

  private void listen(StreamLimits limits) throws IOException {
    listeners =
        Listeners.start(
            List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
            2,
            answers,
            limits,
            counters,
            portable);
  }

  private void listenInstead(StreamLimits limits) throws IOException {
    listeners.close();
    listen(limits);
  }

  private static StreamLimits patient(int connections, int perNetwork, int outstanding) {
    return new StreamLimits(
        connections, perNetwork, outstanding, LONG, LONG, LONG, LONG, LONG, HIGH_WATER_OCTETS);
  }

  private InetSocketAddress server() {
    return listeners.boundAddresses().getFirst();
  }

  private TcpClient connect() throws IOException {
    TcpClient client = new TcpClient(server());
    clients.add(client);
    return client;
  }

  private void connectionIsRefused() throws IOException {
    try (TcpClient client = new TcpClient(server())) {
      client.awaitClose();
    } catch (SocketException _) { // The reset may come before the client is ready.
    }
  }

  private void awaitConnections(long open) {
    await().untilAsserted(() -> assertThat(counters.connectionsOpen.sum()).isEqualTo(open));
  }

  @Nested
  @Rfc(number = 7766, section = "8")
  class Section8_LengthField {
    @Test
    void messageBehindItsLength_isAnsweredBehindItsLength() throws IOException {
      byte[] query = message(1, ECHO);
      assertThat(connect().ask(query)).isEqualTo(echoOf(query));
    }

    @Test
    void messageInPieces_isAnsweredWhenItIsWhole() throws IOException {
      TcpClient client = connect();
      byte[] query = message(2, ECHO, "in very many pieces");
      for (byte octet : TcpClient.framed(query)) {
        client.sendOctets(new byte[] {octet});
      }
      assertThat(client.receive()).isEqualTo(echoOf(query));
    }

    @Test
    void longestMessage_isAnswered() throws IOException {
      byte[] query = message(3, ECHO, "x".repeat(65_535 - Header.OCTETS - 1));
      assertThat(query).hasSize(65_535);
      assertThat(connect().ask(query)).isEqualTo(echoOf(query));
    }

    @Test
    void zeroLength_closes_afterWhatWasAskedBeforeIsAnswered() throws Exception {
      TcpClient client = connect();
      client.send(message(4, LATER), message(5, ECHO), new byte[0], message(6, ECHO));
      assertThat(id(client.receive())).isEqualTo(5);
      answers.takeDeferred().echo();
      assertThat(id(client.receive())).isEqualTo(4);
      assertThatThrownBy(client::receive).isInstanceOf(EOFException.class);
      assertThat(counters.badLengths.sum()).isEqualTo(1);
      client.close();
      awaitConnections(0);
    }

    @Test
    void lengthWithoutRoomForAHeader_closes() throws IOException {
      TcpClient client = connect();
      client.send(new byte[Header.OCTETS - 1]);
      client.awaitClose();
      assertThat(counters.badLengths.sum()).isEqualTo(1);
    }
  }

  @Nested
  @Rfc(number = 7766, section = "6.2.1.1")
  class Section6_2_1_1_Pipelining {
    @Test
    @Rfc(number = 7766, section = "5")
    void everyOneOfManyQueriesInOneSegment_isAnswered() throws IOException {
      TcpClient client = connect();
      byte[][] queries = new byte[1_000][];
      for (int i = 0; i < queries.length; i++) {
        queries[i] = message(i, ECHO);
      }
      client.send(queries);
      for (byte[] query : queries) {
        assertThat(client.receive()).isEqualTo(echoOf(query));
      }
    }

    @Test
    void manyLargeAnswers_allArrive_howeverSlowlyTheyAreRead() throws IOException {
      TcpClient client = connect();
      byte[][] queries = new byte[200][];
      for (int i = 0; i < queries.length; i++) {
        queries[i] = message(i, BIG);
      }
      client.send(queries);
      await().untilAsserted(() -> assertThat(counters.writePauses.sum()).isPositive());
      for (int i = 0; i < queries.length; i++) {
        byte[] reply = client.receive();
        assertThat(reply).hasSize(BIG_OCTETS);
        assertThat(id(reply)).isEqualTo(i);
      }
      assertThat(counters.streamMessages.sum()).isEqualTo(200);
    }

    @Test
    void readingPauses_whileTooManyAnswersAreOutstanding() throws Exception {
      listenInstead(patient(10, 10, 3));
      TcpClient client = connect();
      client.send(
          message(1, LATER),
          message(2, LATER),
          message(3, LATER),
          message(4, ECHO),
          message(5, LATER));
      List<TestMessages.Deferred> firstThree =
          List.of(answers.takeDeferred(), answers.takeDeferred(), answers.takeDeferred());
      await().untilAsserted(() -> assertThat(counters.outstandingPauses.sum()).isEqualTo(1));
      assertThat(counters.streamMessages.sum()).isEqualTo(3);
      firstThree.get(1).echo();
      assertThat(id(client.receive())).isEqualTo(2);
      assertThat(id(client.receive())).isEqualTo(4);
      answers.takeDeferred().echo();
      assertThat(id(client.receive())).isEqualTo(5);
      firstThree.get(0).echo();
      assertThat(id(client.receive())).isEqualTo(1);
      firstThree.get(2).echo();
      assertThat(id(client.receive())).isEqualTo(3);
    }

    @Test
    void answererThatSaysNothing_givesThePlaceBack() throws IOException {
      listenInstead(patient(10, 10, 1));
      TcpClient client = connect();
      for (int i = 0; i < 10; i++) {
        client.send(message(i, NOTHING));
      }
      assertThat(id(client.ask(message(99, ECHO)))).isEqualTo(99);
    }

    @Test
    void lateReplyOfLengthZero_givesThePlaceBack() throws Exception {
      listenInstead(patient(10, 10, 1));
      TcpClient client = connect();
      client.send(message(1, LATER), message(2, ECHO));
      answers.takeDeferred().exchange().reply(new byte[0], 0);
      assertThat(id(client.receive())).isEqualTo(2);
    }

    @Test
    void exchangeDetachedButAnsweredAtOnce_givesThePlaceBack() throws Exception {
      listenInstead(patient(10, 10, 1));
      TcpClient client = connect();
      client.send(message(1, DETACH_BUT_ANSWER_NOW), message(2, ECHO));
      assertThat(id(client.receive())).isEqualTo(1);
      assertThat(id(client.receive())).isEqualTo(2);
      answers.takeDeferred().echo();
      assertThat(counters.repeatedReplies.sum()).isEqualTo(1);
    }
  }

  @Nested
  @Rfc(number = 7766, section = "7")
  class Section7_ResponseReordering {
    @Test
    void answersGoOut_inTheOrderTheyAreReady() throws Exception {
      TcpClient client = connect();
      client.send(message(1, LATER), message(2, LATER), message(3, ECHO));
      assertThat(id(client.receive())).isEqualTo(3);
      TestMessages.Deferred first = answers.takeDeferred();
      answers.takeDeferred().echo();
      assertThat(id(client.receive())).isEqualTo(2);
      assertThat(first.exchange().isStream()).isTrue();
      assertThat(first.exchange().client()).isEqualTo(client.address());
      assertThat(first.exchange().local()).isEqualTo(server());
      first.echo();
      assertThat(id(client.receive())).isEqualTo(1);
    }
  }

  @Nested
  @Rfc(number = 7766, section = "6.2.2")
  @Rfc(number = 9210, section = "4.2")
  class Section6_2_2_ConcurrentConnections {
    @Test
    void oldestIdleConnectionMakesRoom_whenAllPlacesAreTaken() throws Exception {
      listenInstead(patient(2, 2, 32));
      TcpClient busy = connect();
      busy.send(message(1, LATER));
      TestMessages.Deferred later = answers.takeDeferred();
      TcpClient idle = connect();
      idle.ask(message(2, ECHO));
      TcpClient newcomer = connect();
      assertThat(id(newcomer.ask(message(3, ECHO)))).isEqualTo(3);
      idle.awaitClose();
      later.echo();
      assertThat(id(busy.receive())).isEqualTo(1);
      assertThat(counters.connectionsEvicted.sum()).isEqualTo(1);
      awaitConnections(2);
    }

    @Test
    void newConnectionIsRefused_whenNobodyIsIdle() throws Exception {
      listenInstead(patient(1, 50, 32));
      TcpClient busy = connect();
      busy.send(message(1, LATER));
      TestMessages.Deferred later = answers.takeDeferred();
      connectionIsRefused();
      assertThat(counters.connectionsRefused.sum()).isEqualTo(1);
      later.echo();
      assertThat(id(busy.receive())).isEqualTo(1);
    }

    @Test
    void loopbackHasNoBound_ofItsOwn() throws Exception {
      listenInstead(patient(50, 1, 32));
      TcpClient busy = connect();
      busy.send(message(1, LATER));
      TestMessages.Deferred later = answers.takeDeferred();
      TcpClient second = connect();
      assertThat(id(second.ask(message(2, ECHO)))).isEqualTo(2);
      later.echo();
      assertThat(id(busy.receive())).isEqualTo(1);
      assertThat(counters.connectionsRefusedByNetwork.sum()).isZero();
    }

    @Test
    void placesAreGivenBack_byManyThatComeAndGo() throws IOException {
      listenInstead(patient(5, 5, 32));
      for (int i = 0; i < 200; i++) {
        try (TcpClient client = new TcpClient(server())) {
          assertThat(id(client.ask(message(i, ECHO)))).isEqualTo(i);
        }
      }
      awaitConnections(0);
    }
  }

  @Nested
  @Rfc(number = 7766, section = "6.2.3")
  class Section6_2_3_IdleTimeouts {
    @Test
    void connectionThatSaysNothing_isClosed() throws IOException {
      listenInstead(new StreamLimits(10, 10, 32, SHORT, LONG, LONG, LONG, LONG, HIGH_WATER_OCTETS));
      connect().awaitClose();
      assertThat(counters.idleTimeouts.sum()).isEqualTo(1);
    }

    @Test
    void connectionIsKept_whileAnAnswerIsOutstanding() throws Exception {
      listenInstead(new StreamLimits(10, 10, 32, SHORT, LONG, LONG, LONG, LONG, HIGH_WATER_OCTETS));
      TcpClient asking = connect();
      asking.send(message(1, LATER));
      TestMessages.Deferred later = answers.takeDeferred();
      connect().awaitClose(); // One that idles as long as the other waits.
      later.echo();
      assertThat(id(asking.receive())).isEqualTo(1);
      asking.awaitClose();
      assertThat(counters.idleTimeouts.sum()).isEqualTo(2);
    }

    @Test
    void messageThatIsNotWholeInTime_closes_howeverItsOctetsDribble() throws IOException {
      listenInstead(new StreamLimits(10, 10, 32, LONG, SHORT, LONG, LONG, LONG, HIGH_WATER_OCTETS));
      TcpClient client = connect();
      client.ask(message(1, ECHO));
      client.sendOctets(Arrays.copyOf(TcpClient.framed(message(2, ECHO)), 1));
      client.awaitClose();
      assertThat(counters.messageTimeouts.sum()).isEqualTo(1);
    }

    @Test
    void partOfTheNextMessage_doesNotInheritTheTimeOfTheLast() throws IOException {
      listenInstead(
          new StreamLimits(
              10, 10, 32, LONG, Duration.ofSeconds(2), LONG, LONG, LONG, HIGH_WATER_OCTETS));
      TcpClient client = connect();
      byte[] one = TcpClient.framed(message(1, ECHO));
      byte[] shifted = new byte[one.length];
      // Each write ends in the middle of a message, so there is never a moment without a part.
      System.arraycopy(one, 7, shifted, 0, one.length - 7);
      System.arraycopy(one, 0, shifted, one.length - 7, 7);
      client.sendOctets(Arrays.copyOf(one, 7));
      long until = System.nanoTime() + Duration.ofMillis(2_500).toNanos();
      while (System.nanoTime() < until) {
        client.sendOctets(shifted);
        assertThat(id(client.receive())).isEqualTo(1);
      }
      assertThat(counters.messageTimeouts.sum()).isZero();
    }

    @Test
    void answerThatNeverComes_cutsTheConnection() throws Exception {
      listenInstead(new StreamLimits(10, 10, 32, LONG, LONG, LONG, SHORT, LONG, HIGH_WATER_OCTETS));
      TcpClient client = connect();
      client.send(message(1, LATER));
      TestMessages.Deferred later = answers.takeDeferred();
      client.awaitClose();
      assertThat(counters.answersOverdue.sum()).isEqualTo(1);
      awaitConnections(0);
      later.echo();
      await().untilAsserted(() -> assertThat(counters.lateReplies.sum()).isEqualTo(1));
    }

    @Test
    void readerThatTakesNothing_isCutOff() throws IOException {
      listenInstead(new StreamLimits(10, 10, 32, LONG, LONG, SHORT, LONG, LONG, HIGH_WATER_OCTETS));
      TcpClient client = new TcpClient(server(), 4_096);
      clients.add(client);
      byte[][] queries = new byte[500][];
      Arrays.setAll(queries, i -> message(i, BIG));
      client.send(queries);
      await().untilAsserted(() -> assertThat(counters.slowReaders.sum()).isEqualTo(1));
      awaitConnections(0);
      assertThat(counters.streamMessages.sum()).isLessThan(500);
    }
  }

  @Nested
  @Rfc(number = 7766, section = "6.2.4")
  class Section6_2_4_Teardown {
    @Test
    void clientThatShutsItsOutput_stillGetsEveryAnswer() throws Exception {
      TcpClient client = connect();
      client.send(message(1, LATER), message(2, ECHO), message(3, BIG));
      client.shutdownOutput();
      assertThat(id(client.receive())).isEqualTo(2);
      assertThat(id(client.receive())).isEqualTo(3);
      answers.takeDeferred().echo();
      assertThat(id(client.receive())).isEqualTo(1);
      assertThatThrownBy(client::receive).isInstanceOf(EOFException.class);
      awaitConnections(0);
    }

    @Test
    void clientThatShutsItsOutput_whileReadingPauses_stillGetsEveryAnswer() throws Exception {
      listenInstead(patient(10, 10, 1));
      TcpClient client = connect();
      client.send(message(1, LATER), message(2, LATER), message(3, ECHO));
      client.shutdownOutput();
      answers.takeDeferred().echo();
      assertThat(id(client.receive())).isEqualTo(1);
      answers.takeDeferred().echo();
      assertThat(id(client.receive())).isEqualTo(2);
      assertThat(id(client.receive())).isEqualTo(3);
      assertThatThrownBy(client::receive).isInstanceOf(EOFException.class);
      awaitConnections(0);
    }

    @Test
    void halfAMessageAndAnEnd_closesAtOnce() throws IOException {
      TcpClient client = connect();
      client.sendOctets(Arrays.copyOf(TcpClient.framed(message(2, ECHO)), 9));
      client.shutdownOutput();
      client.awaitClose();
      awaitConnections(0);
    }

    @Test
    void lateReplyToAConnectionThatIsGone_isDroppedAndCounted() throws Exception {
      TcpClient client = connect();
      client.send(message(1, LATER));
      TestMessages.Deferred later = answers.takeDeferred();
      client.reset();
      awaitConnections(0);
      later.echo();
      await().untilAsserted(() -> assertThat(counters.lateReplies.sum()).isEqualTo(1));
    }

    @Test
    void stormOfResets_leavesNothing() throws Exception {
      for (int i = 0; i < 300; i++) {
        TcpClient client = new TcpClient(server());
        switch (i % 4) {
          case 0 -> client.send(message(i, LATER));
          case 1 -> client.send(message(i, BIG), message(i, BIG), message(i, BIG));
          case 2 -> client.sendOctets(new byte[] {1});
          default -> {}
        }
        client.reset();
      }
      awaitConnections(0);
      TcpClient client = connect();
      assertThat(id(client.ask(message(1, ECHO)))).isEqualTo(1);
    }
  }

  @Test
  void answererThatThrows_costsOneServfail_andNotTheConnection() throws IOException {
    TcpClient client = connect();
    byte[] reply = client.ask(message(77, FAIL));
    assertThat(id(reply)).isEqualTo(77);
    assertThat(Header.rcode(Header.u16(reply, Header.FLAGS))).isEqualTo(Rcode.SERVFAIL.value());
    assertThat(id(client.ask(message(78, ECHO)))).isEqualTo(78);
    assertThat(counters.answererFailures.sum()).isEqualTo(1);
  }

  @Test
  void garbage_doesNotStopIt() throws IOException {
    Random random = new Random(20261122);
    for (int i = 0; i < 200; i++) {
      try (TcpClient noise = new TcpClient(server())) {
        byte[] octets = new byte[1 + random.nextInt(5_000)];
        random.nextBytes(octets);
        try {
          noise.sendOctets(octets);
          noise.shutdownOutput();
          noise.awaitClose();
        } catch (IOException _) { // It may be closed on us before we have said everything.
        }
      }
    }
    awaitConnections(0);
    TcpClient client = connect();
    assertThat(id(client.ask(message(1, ECHO)))).isEqualTo(1);
  }

  @Nested
  class Close {
    @Test
    void answersWhatWasAsked_evenLate_andThenEnds() throws Exception {
      TcpClient client = connect();
      client.send(message(1, LATER), message(2, LATER));
      List<TestMessages.Deferred> both = List.of(answers.takeDeferred(), answers.takeDeferred());
      Thread closing = Thread.ofPlatform().start(listeners::close);
      // The listening socket closes first: then the close is under way.
      await().until(() -> !acceptsConnections());
      both.forEach(TestMessages.Deferred::echo);
      Set<Integer> answered = new HashSet<>();
      answered.add(id(client.receive()));
      answered.add(id(client.receive()));
      assertThat(answered).containsExactlyInAnyOrder(1, 2);
      assertThatThrownBy(client::receive).isInstanceOf(EOFException.class);
      client.close();
      closing.join();
      assertThat(counters.lateReplies.sum()).isZero();
      assertThat(counters.connectionsOpen.sum()).isZero();
    }

    @Test
    void underLoad_answersEveryMessageThatItTook() throws Exception {
      TcpClient client = connect();
      Thread sender =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int i = 0; ; i++) {
                    client.send(message(i, ECHO));
                  }
                } catch (IOException _) { // The server is closed.
                }
              });
      Thread closing = Thread.ofPlatform().unstarted(listeners::close);
      int received = 0;
      try {
        while (true) {
          client.receive();
          if (++received == 1_000) {
            closing.start();
          }
        }
      } catch (IOException _) { // The end.
      }
      client.close();
      sender.join();
      closing.join();
      assertThat((long) received).isEqualTo(counters.streamMessages.sum());
    }

    @Test
    void waitsNoLongerThanItsPatience_forAnAnswerThatNeverComes() throws Exception {
      TcpClient client = connect();
      client.send(message(1, LATER));
      answers.takeDeferred();
      listeners.close();
      client.awaitClose();
      assertThat(counters.connectionsOpen.sum()).isZero();
    }

    private boolean acceptsConnections() {
      try (TcpClient _ = new TcpClient(server())) {
        return true;
      } catch (IOException _) {
        return false;
      }
    }
  }
}
