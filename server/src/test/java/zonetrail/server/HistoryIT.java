package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.ZoneRepository;

/// A running primary and what people do to the history of its branch: rewrite it, delete it, empty
/// it, remove many zones, and restart the server in between.
@RequiresTool(value = "git", debian = "git")
class HistoryIT {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TSIG KEY = DnsClient.key("hook._notify.", SECRET);

  private final EventLogCapture log = new EventLogCapture();
  private Path directory;
  private GitRepository origin;

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
    origin.write("_keys", "hook._notify. DNSKEY 0 3 163 " + SECRET + "\n");
  }

  @AfterEach
  void nothingUnexpectedWasLogged() {
    assertThat(log.lines(Level.ERROR)).noneMatch(line -> line.contains("defect"));
    log.close();
  }

  private static String zone(int serial, String... records) {
    return "$TTL 300\n@ SOA ns.example.org. hostmaster.example.org. "
        + serial
        + " 3600 900 604800 300\n@ NS ns.example.org.\n"
        + String.join("\n", records)
        + "\n";
  }

  private PrimaryServer start() throws Exception {
    GitSource source =
        new GitSource(
            ZoneRepository.open(
                RemoteAddress.parse(origin.bare().toString()),
                Optional.empty(),
                directory.resolve("state"),
                Optional.empty()));
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    return PrimaryServer.start(
        source, new PrimaryServer.Settings(List.of(loopback), 1, Duration.ZERO));
  }

  private static DnsClient clientOf(PrimaryServer server) {
    return new DnsClient(server.boundAddresses().getFirst());
  }

  /// Tells the server to look; the answer comes when it has looked.
  private static int look(DnsClient client) throws IOException {
    return client.notifyTcp("example.com.", KEY).getRcode();
  }

  private static @Nullable Long serial(DnsClient client, String zone) throws IOException {
    Message answer = client.ask(zone, Type.SOA);
    return answer.getSection(Section.ANSWER).isEmpty()
        ? null
        : (Long) ((SOARecord) answer.getSection(Section.ANSWER).getFirst()).getSerial();
  }

  private void forcePush() {
    origin.git("push", "-q", "--force", "origin", "HEAD:main");
  }

  private void acceptEmpty(String commit) {
    origin.git("commit", "-q", "--allow-empty", "-m", "meant\n\nZonetrail-Accept: " + commit);
    origin.git("push", "-q", "origin", "HEAD:main");
  }

  /// Asks without pause and notes the first thing that is wrong.
  private static final class SerialReader implements Runnable {
    private final DnsClient client;
    private volatile boolean stop;
    private long answers;
    private long highest;
    private @Nullable Throwable failure;

    SerialReader(DnsClient client) {
      this.client = client;
    }

    @Override
    public void run() {
      try {
        while (!stop) {
          Long serial = serial(client, "example.com.");
          assertThat(serial).as("an answer without the SOA").isNotNull();
          long now = serial == null ? 0 : serial;
          assertThat(now).as("the serial went back").isGreaterThanOrEqualTo(highest);
          highest = now;
          answers++;
        }
      } catch (IOException | RuntimeException | AssertionError unexpected) {
        failure = unexpected;
      }
    }
  }

  @Test
  void aHundredRewritesAreFollowed_whileEveryQuestionIsAnsweredAndNoSerialGoesBack()
      throws Exception {
    Random random = new Random(20_261_122);
    origin.write("example.com", zone(1, "v TXT 1")).push("first");
    String first = origin.git("rev-parse", "HEAD").strip();
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      SerialReader reader = new SerialReader(client);
      Thread thread = Thread.ofPlatform().name("serials").start(reader);
      int served = 1;
      int lowered = 0;
      for (int rewrite = 2; rewrite <= 101; rewrite++) {
        boolean isLowered = random.nextInt(4) == 0;
        int serial = isLowered ? random.nextInt(served) : served + 1 + random.nextInt(3);
        origin.git("reset", "-q", "--hard", first);
        origin.write("example.com", zone(serial, "v TXT " + rewrite)).commit("again");
        forcePush();
        assertThat(Rcode.string(look(client))).isEqualTo("NOERROR");
        if (isLowered) {
          lowered++;
        } else {
          served = serial;
        }
        assertThat(serial(client, "example.com.")).isEqualTo(served);
      }
      reader.stop = true;
      thread.join();
      System.out.printf(
          "100 rewrites, %d of them with a lower serial, %d questions beside them: none lost, no"
              + " serial went back%n",
          lowered, reader.answers);
      assertThat(reader.failure).isNull();
      assertThat(reader.answers).isGreaterThan(100);
      assertThat(log.lines(Level.WARN)).anyMatch(line -> line.contains("the branch was rewritten"));
    }
  }

  @Test
  void aBranchThatIsDeletedOrEmptiedTakesNothingDown() throws Exception {
    origin.write("example.com", zone(1)).write("example.net", zone(1)).push("first");
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      GitRepository.gitIn(origin.bare(), "update-ref", "-d", "refs/heads/main");
      assertThat(Rcode.string(look(client))).isEqualTo("SERVFAIL");
      assertThat(serial(client, "example.com.")).isEqualTo(1);

      origin.remove("example.com").remove("example.net").remove("_keys");
      origin.write("README.md", "nothing here").commit("emptied");
      String emptied = origin.git("rev-parse", "HEAD").strip();
      forcePush();
      assertThat(Rcode.string(look(client))).isEqualTo("NOERROR");
      assertThat(serial(client, "example.com.")).isEqualTo(1);
      assertThat(log.lines(Level.ERROR))
          .anyMatch(line -> line.contains("'Zonetrail-Accept: " + emptied + "'"));

      // The keys are still those of before, so the push that mends it is heard of.
      origin.git("revert", "--no-edit", emptied);
      origin.write("example.com", zone(2)).commit("mended");
      origin.git("push", "-q", "origin", "HEAD:main");
      assertThat(Rcode.string(look(client))).isEqualTo("NOERROR");
      assertThat(serial(client, "example.com.")).isEqualTo(2);
    }
  }

  @Test
  void aMassRemovalIsNoOutage_untilItIsAccepted_alsoOverARestart() throws Exception {
    for (int i = 0; i < 40; i++) {
      origin.write("z" + i + ".example", zone(1));
    }
    origin.push("forty");
    String held;
    int outages = 0;
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      for (int i = 0; i < 20; i++) {
        origin.remove("z" + i + ".example");
      }
      held = origin.write("z39.example", zone(2)).push("a slip");
      look(client);
      for (int i = 0; i < 40; i++) {
        outages += serial(client, "z" + i + ".example.") == null ? 1 : 0;
      }
      assertThat(serial(client, "z39.example.")).isEqualTo(2);
    }
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      for (int i = 0; i < 40; i++) {
        outages += serial(client, "z" + i + ".example.") == null ? 1 : 0;
      }
      System.out.printf("20 of 40 zones removed by one commit: %d outages%n", outages);
      assertThat(outages).isZero();
      acceptEmpty(held);
      look(client);
      assertThat(client.ask("z0.example.", Type.SOA).getRcode()).isEqualTo(Rcode.REFUSED);
      assertThat(serial(client, "z20.example.")).isEqualTo(1);
    }
  }

  @Test
  void aRestartWithoutTheRemoteServesWhatWasServed_brokenAndLoweredZonesToo() throws Exception {
    origin
        .write("example.com", zone(3, "www A 192.0.2.1"))
        .write("example.net", zone(5))
        .write("example.info", zone(1))
        .push("good");
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      origin
          .write("example.com", zone(4, "www A nonsense"))
          .write("example.net", zone(4))
          .write("example.info", zone(2))
          .push("one broken, one lowered");
      look(client);
      assertThat(serial(client, "example.info.")).isEqualTo(2);
    }
    Path away = origin.bare().resolveSibling("away.git");
    Files.move(origin.bare(), away);
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2.1");
      assertThat(serial(client, "example.com.")).isEqualTo(3);
      assertThat(serial(client, "example.net.")).isEqualTo(5);
      assertThat(serial(client, "example.info.")).isEqualTo(2);
      Files.move(away, origin.bare());
      origin.write("example.com", zone(6, "www A 192.0.2.6")).push("mended");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              look(client) == Rcode.NOERROR
                  && Long.valueOf(6).equals(serial(client, "example.com.")));
      assertThat(serial(client, "example.net.")).isEqualTo(5);
    }
  }
}
