package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.authority.Primary;
import zonetrail.authority.ZoneFiles;
import zonetrail.wire.HostileMessages;
import zonetrail.wire.WireName;

/// Ten thousand malformed messages over real sockets, half of them as datagrams and half over
/// connections that lie about lengths, stop in the middle or are torn down: each is answered or
/// dropped, good questions in between are answered, and nothing stays behind.
class HostileTrafficIT {
  private static final int DATAGRAMS = 5_000;
  private static final int STREAMS = 1_000;
  private static final int MESSAGES_PER_STREAM = 5;
  private static final int BETWEEN_GOOD_ONES = 50;
  private static final long SEED = 20261122;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final Random random = new Random(SEED);
  private final HostileMessages messages =
      new HostileMessages(
          SEED, List.of(WireName.parse("www.example.com."), WireName.parse("x.example.com.")));
  private final PublishedZones published = new PublishedZones();
  private final AuthorityLoop authority =
      new AuthorityLoop(
          new Primary(Duration.ZERO),
          TestZones.source(),
          published,
          InstantSource.fixed(TestZones.NOW));
  private final SlowLane slowLane = TestZones.slowLane(published, authority);
  private final TransportCounters counters = new TransportCounters();
  private Listeners listeners;
  private InetSocketAddress server;

  @BeforeEach
  void serve() throws ListenException {
    published.publish(ZoneFiles.NONE.advance(TestZones.source().commit()).files().publication());
    listeners =
        Listeners.start(
            List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
            2,
            () ->
                new FastLane(
                    published, slowLane, counters, AnswerPolicy.PLAIN, InstantSource.system()),
            StreamLimits.DEFAULT,
            counters);
    server = listeners.boundAddresses().getFirst();
  }

  @AfterEach
  void stop() {
    listeners.close();
    slowLane.close();
    authority.close();
  }

  @Test
  void everyDatagramIsAnsweredOrDropped_andGoodOnesInBetweenAreAnswered() throws IOException {
    try (UdpClient hostile = new UdpClient();
        UdpClient honest = new UdpClient()) {
      for (int i = 0; i < DATAGRAMS; i++) {
        hostile.send(messages.next(), server);
        if (i % BETWEEN_GOOD_ONES == 0) {
          assertIsAnswered(honest.askPatiently(goodQuestion(), server).message());
        }
      }
    }
    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(() ->
            assertThat(counters.datagrams.sum() + counters.datagramsTooShort.sum())
                .isGreaterThanOrEqualTo(DATAGRAMS + DATAGRAMS / BETWEEN_GOOD_ONES));
    report("datagrams", DATAGRAMS);
  }

  @Test
  void everyConnectionEndsAndIsForgotten_andGoodOnesInBetweenAreAnswered() throws IOException {
    long descriptors = openDescriptors();
    for (int i = 0; i < STREAMS; i++) {
      try (TcpClient hostile = new TcpClient(server)) {
        hostile.sendOctets(stream());
        leave(hostile);
      } catch (IOException closedByTheServer) {
        // It may hang up in the middle of our sending.
        assertThat(closedByTheServer).hasNoCause();
      }
      if (i % BETWEEN_GOOD_ONES == 0) {
        try (TcpClient honest = new TcpClient(server)) {
          assertIsAnswered(honest.ask(goodQuestion()));
        }
      }
    }
    await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(counters.connectionsOpen.sum()).isZero());
    assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors + 2);
    report("messages over " + STREAMS + " connections", STREAMS * MESSAGES_PER_STREAM);
  }

  /// Messages whose lengths are mostly right.
  private byte[] stream() {
    byte[] octets = {};
    for (int i = 0; i < MESSAGES_PER_STREAM; i++) {
      byte[] message = TcpClient.framed(messages.next());
      switch (random.nextInt(12)) {
        case 0 -> message[0] ^= (byte) (1 << random.nextInt(8));
        case 1 -> message[1] ^= (byte) (1 << random.nextInt(8));
        case 2 -> message = Arrays.copyOf(message, random.nextInt(message.length + 1));
        default -> {}
      }
      octets = joined(octets, message);
    }
    return octets;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private void leave(TcpClient client) throws IOException {
    switch (random.nextInt(3)) {
      case 0 -> client.shutdownOutput();
      case 1 -> client.reset();
      default -> {}
    }
  }

  private static byte[] goodQuestion() throws IOException {
    return TestZones.query("www.example.com.", Type.A).toWire();
  }

  private static void assertIsAnswered(byte[] response) throws IOException {
    assertThat(new Message(response).getSection(Section.ANSWER)).hasSize(1);
  }

  private void report(String what, int sent) {
    assertThat(counters.answererFailures.sum()).isZero();
    assertThat(counters.datagramFailures.sum()).isZero();
    StringBuilder rcodes = new StringBuilder();
    for (int rcode = 0; rcode < LoopCounters.RCODES; rcode++) {
      if (counters.responses(rcode) > 0) {
        rcodes.append(' ').append(rcode).append('=').append(counters.responses(rcode));
      }
    }
    System.out.printf(
        "%d hostile %s: responses by code%s; no request %d, bad lengths %d%n",
        sent, what, rcodes, counters.sum(LoopCounters.What.NO_REQUEST), counters.badLengths.sum());
    assertThat(counters.responses(1)).as("FORMERR").isPositive();
    assertThat(counters.sum(LoopCounters.What.NO_REQUEST)).isPositive();
  }

  private static long openDescriptors() throws IOException {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(DESCRIPTORS)) {
      return open.count();
    }
  }
}
