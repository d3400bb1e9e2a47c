package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.guard.AddressRange;
import zonetrail.server.PrimaryServer.AnswerRate;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;

/// The rate limit on real sockets, where loopback is not exempt.
class AnswerRateTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int QUERIES = 41;

  @TempDir private Path zones;

  private PrimaryServer start(AnswerRate rate) throws Exception {
    Files.writeString(
        zones.resolve("example.com"),
        """
        @ 300 SOA ns.example.org. h.example.org. 7 3600 900 604800 300
        @ 300 NS ns.example.org.
        www 300 A 192.0.2.7
        """);
    PrimaryServer.Settings settings =
        new PrimaryServer.Settings(List.of(new InetSocketAddress(LOOPBACK, 0)), 2, Duration.ZERO)
            .withAnswerRate(rate);
    return PrimaryServer.start(new FolderSource(ZoneFolder.open(zones)), settings);
  }

  /// Whole answers and truncated ones to many queries from one address, each from a port of its own
  /// so that they go to all event loops.
  ///
  /// @param patienceMillis how long a reply is waited for
  private static int[] flood(PrimaryServer server, int patienceMillis) throws IOException {
    int whole = 0;
    int truncated = 0;
    for (int i = 0; i < QUERIES; i++) {
      try (DatagramSocket client = new DatagramSocket(0, LOOPBACK)) {
        client.setSoTimeout(patienceMillis);
        byte[] query = DnsClient.query("www.example.com.", Type.A).toWire();
        client.send(new DatagramPacket(query, query.length, server.boundAddresses().getFirst()));
        DatagramPacket reply = new DatagramPacket(new byte[1_232], 1_232);
        client.receive(reply);
        Message message = new Message(Arrays.copyOf(reply.getData(), reply.getLength()));
        boolean isWhole = message.getSection(Section.ANSWER).size() == 1;
        assertThat(message.getHeader().getFlag(Flags.TC)).isNotEqualTo(isWhole);
        whole += isWhole ? 1 : 0;
        truncated += isWhole ? 0 : 1;
      } catch (SocketTimeoutException dropped) {
        // As intended.
      }
    }
    return new int[] {whole, truncated};
  }

  @Test
  void aFloodFromOneNetworkGetsItsRate_andHalfOfTheRestTruncated_acrossAllLoops() throws Exception {
    try (PrimaryServer server = start(new AnswerRate(1, List.of()))) {
      DnsClient dns = new DnsClient(server.boundAddresses().getFirst());
      dns.askTcp("www.example.com.", Type.A); // what is slow the first time is loaded
      long beganNanos = System.nanoTime();
      int[] replies = flood(server, 300);
      long seconds = Duration.ofNanos(System.nanoTime() - beganNanos).toSeconds();
      System.out.printf(
          "%d queries in %d s at 1/s: %d answers, %d truncated%n",
          QUERIES, seconds, replies[0], replies[1]);
      assertThat(replies[0]).isBetween(1, (int) seconds + 2);
      int over = QUERIES - replies[0];
      assertThat(replies[1]).isBetween(over / 2 - 2, over / 2 + 2);
      for (int i = 0; i < 20; i++) {
        assertThat(dns.askTcp("www.example.com.", Type.A).getSection(Section.ANSWER)).hasSize(1);
      }
    }
  }

  @Test
  void whoIsExemptGetsEverything() throws Exception {
    try (PrimaryServer server = start(new AnswerRate(1, List.of(AddressRange.LOOPBACK_IPV4)))) {
      assertThat(flood(server, 10_000)).containsExactly(QUERIES, 0);
    }
  }
}
