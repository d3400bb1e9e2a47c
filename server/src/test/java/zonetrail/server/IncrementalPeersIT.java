package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static zonetrail.server.SecondaryPeer.awaitSerial;
import static zonetrail.server.SecondaryPeer.contents;

import ch.qos.logback.classic.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.RequiresTool;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.ZoneRepository;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// BIND, Knot and NSD follow a primary on a repository by NOTIFY and IXFR, one after the other
/// being away for many versions and a restart of the primary. One of each for all tests.
@RequiresTool(
    value = {"named", "knotd", "nsd"},
    debian = "bind9 knot nsd")
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Rfc(number = 1995, section = "4")
class IncrementalPeersIT {
  private static final String CHAIN = "chain.example";
  private static final String LARGE = "large.example";

  /// Followed step by step, where of [#CHAIN] all versions come at once.
  private static final String STEPWISE = "stepwise.example";

  /// How many versions a step has; with `-Dversions.per.step=1` each is followed, in a quarter of a
  /// minute more.
  private static final int VERSIONS_PER_STEP = Integer.getInteger("versions.per.step", 5);

  private static final int STEPS = 100;
  private static final int LARGE_RECORDS = 300_000;
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final EventLogCapture log = new EventLogCapture();
  private final Map<SecondaryPeer, PeerServer> secondaries = new EnumMap<>(SecondaryPeer.class);
  private Path directory;
  private GitRepository origin;
  private PrimaryServer primary;

  @BeforeAll
  void followOnce(@TempDir Path fresh) throws Exception {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
    origin.write("_keys", SecondaryPeer.KEY_LINE).write(CHAIN, chain(1)).write(LARGE, large(1));
    origin.write(STEPWISE, chain(1));
    origin.push("first");
    primary = start(0, NotifyPolicy.OFF);
    for (SecondaryPeer peer : SecondaryPeer.values()) {
      Path own = Files.createDirectory(fresh.resolve(peer.name()));
      secondaries.put(peer, peer.start(own, List.of(CHAIN, LARGE, STEPWISE), port()));
    }
    for (PeerServer secondary : secondaries.values()) {
      awaitSerial(secondary, CHAIN, 1);
      awaitSerial(secondary, LARGE, 1);
      awaitSerial(secondary, STEPWISE, 1);
    }
  }

  @AfterAll
  void stop() {
    secondaries.values().forEach(PeerServer::close);
    primary.close();
    log.close();
  }

  private PrimaryServer start(int port, NotifyPolicy notifies) throws Exception {
    GitSource source =
        new GitSource(
            ZoneRepository.open(
                RemoteAddress.parse(origin.bare().toString()),
                Optional.empty(),
                directory.resolve("state"),
                Optional.empty()));
    return PrimaryServer.start(
        source,
        new PrimaryServer.Settings(List.of(new InetSocketAddress(LOOPBACK, port)), 2, Duration.ZERO)
            .withNotifies(notifies));
  }

  /// Starts the primary again on its port, and lets it notify from now on.
  private void restart() throws Exception {
    int port = port();
    primary.close();
    List<NotifyPolicy.Named> named =
        secondaries.values().stream()
            .map(secondary ->
                new NotifyPolicy.Named(
                    new InetSocketAddress(LOOPBACK, secondary.port()),
                    WireName.parse(SecondaryPeer.KEY_NAME)))
            .toList();
    primary = start(port, new NotifyPolicy(true, 53, named));
  }

  private int port() {
    return primary.boundAddresses().getFirst().getPort();
  }

  private void publish(String zone, String text) throws Exception {
    origin.write(zone, text);
    origin.git("commit", "--quiet", "-a", "-m", "change");
    origin.git("push", "--quiet", "origin", "HEAD:main");
    new DnsClient(primary.boundAddresses().getFirst()).notifyTcp(zone + ".", SecondaryPeer.KEY);
  }

  /// Tells the secondaries of a version, whatever the primary does.
  private void follow(String zone, int serial) throws Exception {
    for (PeerServer secondary : secondaries.values()) {
      new DnsClient(new InetSocketAddress(LOOPBACK, secondary.port()))
          .notifyUdp(zone + ".", SecondaryPeer.KEY);
    }
    for (PeerServer secondary : secondaries.values()) {
      awaitSerial(secondary, zone, serial);
    }
  }

  private static String chain(int serial) {
    StringBuilder text = new StringBuilder(head(serial));
    for (int i = 0; i < 10 * STEPS; i++) {
      text.append("n%d A 192.0.2.%d\n".formatted(i, i < serial ? 1 : 2));
    }
    return text.toString();
  }

  private static String large(int serial) {
    StringBuilder text = new StringBuilder(head(serial));
    for (int i = 3; i < LARGE_RECORDS; i += 2) {
      text.append("d%1$d NS ns.d%1$d\nns.d%1$d A 10.%2$d.%3$d.1\n".formatted(i, i >> 11, i & 255));
    }
    return text.append("new A 192.0.2.").append(serial).append('\n').toString();
  }

  private static String head(int serial) {
    return "$TTL 300\n@ SOA ns hostmaster %d 3600 900 604800 60\n@ NS ns\nns A 127.0.0.1\n"
        .formatted(serial);
  }

  /// Waits until so many secondaries got a version by what changed.
  private void awaitDifferences(String zone, int since, int serial) {
    String line = zone + ": serial " + serial + " (what changed since " + since + ") transferred";
    await("lines like '" + line + "' among " + log.lines(Level.INFO))
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            log.lines(Level.INFO).stream().filter(one -> one.startsWith(line)).count()
                >= secondaries.size());
  }

  @Test
  @Order(1)
  void manyVersions_comeOneByOne_orAsOneDifference_alsoAfterARestart() throws Exception {
    for (int serial = 2; serial <= STEPS + 1; serial++) {
      origin.write(STEPWISE, chain(serial));
      publish(CHAIN, chain(serial));
      if (serial % VERSIONS_PER_STEP == 0 || serial == STEPS + 1) {
        follow(STEPWISE, serial);
      }
    }
    assertThat(log.lines(Level.INFO))
        .filteredOn(line -> line.startsWith(STEPWISE) && line.contains(" transferred"))
        .filteredOn(line -> !line.contains("serial 1 "))
        .isNotEmpty()
        .allMatch(line -> line.contains(" (what changed since "));
    restart();
    for (PeerServer secondary : secondaries.values()) {
      awaitSerial(secondary, CHAIN, STEPS + 1);
    }
    awaitDifferences(CHAIN, 1, STEPS + 1);
    List<String> ours = contents(port(), CHAIN, SecondaryPeer.KEY);
    for (PeerServer secondary : secondaries.values()) {
      assertThat(contents(secondary.port(), CHAIN, null)).as(secondary.log()).isEqualTo(ours);
      assertThat(contents(secondary.port(), STEPWISE, null))
          .as(secondary.log())
          .isEqualTo(contents(port(), STEPWISE, SecondaryPeer.KEY));
    }
  }

  @Test
  @Order(2)
  void oneRecordOf300000_isAMatterOfSeconds() throws Exception {
    publish(LARGE, large(2));
    for (PeerServer secondary : secondaries.values()) {
      awaitSerial(secondary, LARGE, 2);
    }
    awaitDifferences(LARGE, 1, 2);
  }
}
