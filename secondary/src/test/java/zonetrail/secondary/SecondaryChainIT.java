package zonetrail.secondary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static zonetrail.server.SecondaryPeer.awaitSerial;
import static zonetrail.server.SecondaryPeer.contents;
import static zonetrail.server.SecondaryPeer.exactContents;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.authority.RemotePrimaries;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.RequiresTool;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.DnsClient;
import zonetrail.server.EveryTypeZone;
import zonetrail.server.Metric;
import zonetrail.server.PrimaryServer;
import zonetrail.server.SecondaryPeer;
import zonetrail.server.ServingOptions.Serving;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;
import zonetrail.transfer.TransferRights;
import zonetrail.transport.StreamLimits;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// A primary of ours feeds a secondary of ours, which feeds BIND, Knot and NSD: all signed, first
/// the whole zones, then what changed. One of each for all tests.
@RequiresTool(
    value = {"named", "knotd", "nsd"},
    debian = "bind9 knot nsd")
@TestInstance(Lifecycle.PER_CLASS)
@Rfc(number = 1995, section = "4")
class SecondaryChainIT {
  private static final String EVERY_TYPE = "every.example";
  private static final String HUGE = "huge.example";
  private static final List<String> ZONES = List.of(EVERY_TYPE, HUGE);
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Map<SecondaryPeer, PeerServer> peers = new EnumMap<>(SecondaryPeer.class);
  private Path directory;
  private PrimaryServer primary;
  private SecondaryServer secondary;

  @BeforeAll
  void startAll(@TempDir Path fresh) throws Exception {
    directory = fresh;
    Path folder = Files.createDirectory(fresh.resolve("zones"));
    Path keys = Files.writeString(folder.resolve("_keys"), SecondaryPeer.KEY_LINE);
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(folder.resolve(EVERY_TYPE), EveryTypeZone.text(1));
    Files.writeString(folder.resolve(HUGE), huge(1));
    primary =
        PrimaryServer.start(
            new FolderSource(ZoneFolder.open(folder)),
            new PrimaryServer.Settings(
                List.of(new InetSocketAddress(LOOPBACK, 0)), 1, Duration.ZERO));
    secondary = start(0, NotifyPolicy.OFF);
    for (String zone : ZONES) {
      bringToSecondary(zone, 1);
    }
    for (SecondaryPeer peer : SecondaryPeer.values()) {
      Path own = Files.createDirectory(fresh.resolve(peer.name()));
      peers.put(peer, peer.start(own, ZONES, port(secondary)));
    }
    for (String zone : ZONES) {
      for (PeerServer peer : peers.values()) {
        awaitSerial(peer, zone, 1);
      }
    }
    restartTellingPeers();
  }

  @AfterAll
  void stopAll() {
    peers.values().forEach(PeerServer::close);
    secondary.close();
    primary.close();
  }

  private SecondaryServer start(int port, NotifyPolicy notifies) throws Exception {
    TsigKey key = TsigKey.parse(SecondaryPeer.KEY_NAME + ":SHA256:" + SecondaryPeer.SECRET);
    return SecondaryServer.start(
        new RemotePrimaries(
            primary.boundAddresses(), KeyRing.of(Map.of("keys", List.of(key))), List.of()),
        ZoneStore.open(directory.resolve("state")),
        new Serving(
            List.of(new InetSocketAddress(LOOPBACK, port)),
            1,
            StreamLimits.DEFAULT,
            PrimaryServer.Answers.ALL,
            TransferRights.BY_KEY,
            notifies,
            Optional.of(new InetSocketAddress(LOOPBACK, 0))));
  }

  private void restartTellingPeers() throws Exception {
    int port = port(secondary);
    secondary.close();
    List<NotifyPolicy.Named> named =
        peers.values().stream()
            .map(peer ->
                new NotifyPolicy.Named(
                    new InetSocketAddress(LOOPBACK, peer.port()),
                    WireName.parse(SecondaryPeer.KEY_NAME)))
            .toList();
    secondary = start(port, new NotifyPolicy(true, 53, named));
  }

  private static int port(SecondaryServer server) {
    return server.boundAddresses().getFirst().getPort();
  }

  private void publish(String zone, String text) throws IOException {
    Files.writeString(directory.resolve("zones").resolve(zone), text);
    new DnsClient(primary.boundAddresses().getFirst()).notifyTcp(zone + ".", SecondaryPeer.KEY);
  }

  private void bringToSecondary(String zone, long serial) throws IOException {
    DnsClient client = new DnsClient(secondary.boundAddresses().getFirst());
    assertThat(client.notifyTcp(zone + ".", SecondaryPeer.KEY).getRcode()).isEqualTo(Rcode.NOERROR);
    await(zone)
        .atMost(PATIENCE)
        .until(() ->
            client.ask(zone + ".", Type.SOA).getSection(Section.ANSWER).stream()
                .anyMatch(record -> ((SOARecord) record).getSerial() == serial));
  }

  private static String head(int serial) {
    return "$TTL 300\n@ SOA ns hostmaster %d 3600 900 604800 60\n@ NS ns\nns A 127.0.0.1\n"
        .formatted(serial);
  }

  /// An RRset that takes 65,000 octets, a record that does, and names in both cases.
  private static String huge(int serial) {
    String string = " \"" + "x".repeat(255) + "\"";
    StringBuilder text = new StringBuilder(head(serial));
    for (int i = 0; i < 62; i++) {
      text.append("set TXT %d%s\n".formatted(i == 7 ? 100 * serial : i, string.repeat(4)));
    }
    text.append("one TXT %d%s\n".formatted(serial, string.repeat(253)));
    text.append("MiXeD MX %d Mail.HUGE.example.\nmail A 192.0.2.1\n".formatted(serial));
    return text.toString();
  }

  private static String text(String zone, int serial) {
    return zone.equals(HUGE) ? huge(serial) : EveryTypeZone.text(serial);
  }

  @ParameterizedTest
  @ValueSource(strings = {EVERY_TYPE, HUGE})
  void whatChanged_passesThroughTheSecondary(String zone) throws Exception {
    assertAllHaveWhatThePrimaryHas(zone);
    for (int serial = 2; serial <= 1 + EveryTypeZone.VERSIONS; serial++) {
      long before = differencesSent();
      publish(zone, text(zone, serial));
      bringToSecondary(zone, serial);
      for (PeerServer peer : peers.values()) {
        awaitSerial(peer, zone, serial);
      }
      assertAllHaveWhatThePrimaryHas(zone);
      assertThat(differencesSent() - before).as("serial " + serial).isEqualTo(peers.size());
    }
  }

  /// How many requests the secondary answered by what changed.
  private long differencesSent() throws Exception {
    return Metric.of(secondary.httpAddress(), "transfers_differences_total");
  }

  private void assertAllHaveWhatThePrimaryHas(String zone) throws Exception {
    int primaryPort = primary.boundAddresses().getFirst().getPort();
    List<String> expected = contents(primaryPort, zone, SecondaryPeer.KEY);
    assertThat(exactContents(port(secondary), zone, SecondaryPeer.KEY))
        .isEqualTo(exactContents(primaryPort, zone, SecondaryPeer.KEY));
    for (Map.Entry<SecondaryPeer, PeerServer> peer : peers.entrySet()) {
      // NSD resets connections while it changes to a new version.
      await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(IOException.class)
          .untilAsserted(() -> {
            if (zone.equals(HUGE) && peer.getKey() == SecondaryPeer.NSD) {
              assertLargeSetsAreAsAtThePrimary(peer.getValue());
            } else {
              assertThat(contents(peer.getValue().port(), zone, null))
                  .as(peer.getValue().log())
                  .containsExactlyInAnyOrderElementsOf(expected);
            }
          });
    }
  }

  /// NSD 4.6 takes a zone with a record of over 16 KiB, but sends empty messages without end when
  /// it is asked for it.
  private void assertLargeSetsAreAsAtThePrimary(PeerServer peer) throws IOException {
    DnsClient ours = new DnsClient(primary.boundAddresses().getFirst());
    DnsClient theirs = new DnsClient(new InetSocketAddress(LOOPBACK, peer.port()));
    for (String owner : List.of("set.huge.example.", "one.huge.example.")) {
      List<Record> expected = ours.askTcp(owner, Type.TXT).getSection(Section.ANSWER);
      assertThat(theirs.askTcp(owner, Type.TXT).getSection(Section.ANSWER))
          .isNotEmpty()
          .hasSameElementsAs(expected);
    }
  }
}
