package zonetrail.secondary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static zonetrail.server.SecondaryPeer.KEY;
import static zonetrail.server.SecondaryPeer.KEY_NAME;
import static zonetrail.server.SecondaryPeer.SECRET;
import static zonetrail.server.SecondaryPeer.awaitSerial;
import static zonetrail.server.SecondaryPeer.contents;

import ch.qos.logback.classic.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import zonetrail.authority.RemotePrimaries;
import zonetrail.fixtures.PeerLauncher;
import zonetrail.fixtures.PeerServer;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.DnsClient;
import zonetrail.server.EventLogCapture;
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

/// What a peer of any release has to do with us, both ways, every message signed: take or give a
/// zone whole, tell or be told of a change by NOTIFY, and take or give that as a difference.
abstract class PeerScenarios {
  private static final String ZONE = "both.example";
  private static final int RECORDS = 300;
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EventLogCapture log = new EventLogCapture();
  @TempDir private Path directory;

  /// Where the peers of these tests run.
  abstract PeerLauncher launcher();

  @AfterEach
  void endCapture() {
    log.close();
  }

  @ParameterizedTest
  @EnumSource
  @Rfc(number = 1996, section = "4.7")
  @Rfc(number = 1995, section = "4")
  @Rfc(number = 8945, section = "5.3.1")
  void followsOurPrimary(SecondaryPeer kind) throws Exception {
    Path folder = Files.createDirectory(directory.resolve("zones"));
    Path keys = Files.writeString(folder.resolve("_keys"), SecondaryPeer.KEY_LINE);
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(folder.resolve(ZONE), zone(1));
    PrimaryServer ours = primary(folder, 0, NotifyPolicy.OFF);
    int port = ours.boundAddresses().getFirst().getPort();
    try (PeerServer peer = kind.start(launcher(), directory, List.of(ZONE), port)) {
      awaitSerial(peer, ZONE, 1);
      assertThat(contents(peer.port(), ZONE, null)).isEqualTo(contents(port, ZONE, KEY));
      ours.close();
      ours = primary(folder, port, telling(peer));
      Files.writeString(folder.resolve(ZONE), zone(2));
      new DnsClient(ours.boundAddresses().getFirst()).notifyTcp(ZONE + ".", KEY);
      awaitSerial(peer, ZONE, 2);
      assertThat(contents(peer.port(), ZONE, null))
          .as(peer.log())
          .hasSizeGreaterThan(RECORDS)
          .isEqualTo(contents(port, ZONE, KEY));
      awaitLine(ZONE + ": serial 2 (what changed since 1)", " transferred", peer);
    } finally {
      ours.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  @Rfc(number = 1996, section = "4.7")
  @Rfc(number = 1995, section = "4")
  @Rfc(number = 8945, section = "5.3.1")
  void feedsOurSecondary(PrimaryPeer kind) throws Exception {
    Path file = Files.writeString(directory.resolve("both.zone"), zone(1));
    // So that the peer, which is told whom to notify when it starts, finds us where we are later.
    SecondaryServer early = secondary(0, 1);
    int port = early.boundAddresses().getFirst().getPort();
    early.close();
    try (PeerServer peer = kind.start(launcher(), directory, ZONE, file, port);
        SecondaryServer ours = secondary(port, peer.port())) {
      DnsClient client = new DnsClient(ours.boundAddresses().getFirst());
      client.notifyUdp(ZONE + ".", KEY);
      awaitLine(ZONE + ": serving serial 1", ", by AXFR", peer);
      assertThat(contents(port, ZONE, KEY)).isEqualTo(contents(peer.port(), ZONE, KEY));
      Path fresh = Files.writeString(directory.resolve("both.new"), zone(2));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      peer.hangUp();
      awaitLine(ZONE + ": serving serial 2 after 1,", ", by IXFR", peer);
      assertThat(contents(port, ZONE, KEY))
          .hasSizeGreaterThan(RECORDS)
          .isEqualTo(contents(peer.port(), ZONE, KEY));
    }
  }

  private void awaitLine(String begin, String part, PeerServer peer) {
    await(
            begin
                + " ..."
                + part
                + " in "
                + log.lines(Level.INFO)
                + "; the peer says:\n"
                + peer.log())
        .atMost(PATIENCE)
        .until(() ->
            log.lines(Level.INFO).stream()
                .anyMatch(one -> one.startsWith(begin) && one.contains(part)));
  }

  private static NotifyPolicy telling(PeerServer peer) {
    return new NotifyPolicy(
        true,
        53,
        List.of(
            new NotifyPolicy.Named(
                new InetSocketAddress(LOOPBACK, peer.port()), WireName.parse(KEY_NAME))));
  }

  private static PrimaryServer primary(Path folder, int port, NotifyPolicy notifies)
      throws Exception {
    return PrimaryServer.start(
        new FolderSource(ZoneFolder.open(folder)),
        new PrimaryServer.Settings(List.of(new InetSocketAddress(LOOPBACK, port)), 1, Duration.ZERO)
            .withNotifies(notifies));
  }

  private SecondaryServer secondary(int port, int primary) throws Exception {
    TsigKey key = TsigKey.parse(KEY_NAME + ":SHA256:" + SECRET);
    return SecondaryServer.start(
        new RemotePrimaries(
            List.of(new InetSocketAddress(LOOPBACK, primary)),
            KeyRing.of(Map.of("keys", List.of(key))),
            List.of()),
        ZoneStore.open(directory.resolve("state")),
        new Serving(
            List.of(new InetSocketAddress(LOOPBACK, port)),
            1,
            StreamLimits.DEFAULT,
            PrimaryServer.Answers.ALL,
            TransferRights.BY_KEY,
            NotifyPolicy.OFF,
            Optional.empty()));
  }

  private static String zone(int serial) {
    StringBuilder text =
        new StringBuilder(
            "$ORIGIN %s.\n$TTL 300\n@ SOA ns h %d 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n"
                .formatted(ZONE, serial));
    for (int i = 0; i < RECORDS; i++) {
      text.append("n%d A 192.0.2.%d\n".formatted(i, i < serial ? 1 : 2));
    }
    return text.toString();
  }
}
