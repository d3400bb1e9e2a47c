package zonetrail.secondary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static zonetrail.server.SecondaryPeer.KEY;
import static zonetrail.server.SecondaryPeer.KEY_NAME;
import static zonetrail.server.SecondaryPeer.SECRET;
import static zonetrail.server.SecondaryPeer.contents;

import ch.qos.logback.classic.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;
import zonetrail.authority.RemotePrimaries;
import zonetrail.fixtures.Knotd;
import zonetrail.fixtures.Named;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.PeerZone;
import zonetrail.fixtures.RequiresTool;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.DnsClient;
import zonetrail.server.EventLogCapture;
import zonetrail.server.EveryTypeZone;
import zonetrail.server.PrimaryServer;
import zonetrail.server.ServingOptions.Serving;
import zonetrail.transfer.TransferRights;
import zonetrail.transport.StreamLimits;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.Rfc;

/// BIND and Knot as primaries of a secondary of ours, signed: a zone with a record of every type
/// comes whole, and then by what changed, until every record has.
class PeerPrimariesIT {
  private static final String ZONE = "every.example";
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final EventLogCapture log = new EventLogCapture();
  @TempDir private Path directory;

  @AfterEach
  void endCapture() {
    log.close();
  }

  private Path file() {
    return directory.resolve("every.zone");
  }

  private void write(int serial) throws Exception {
    Files.writeString(file(), EveryTypeZone.unknownText(ZONE, serial));
  }

  private static int port(SecondaryServer server) {
    return server.boundAddresses().getFirst().getPort();
  }

  private SecondaryServer secondaryOf(PeerServer peer) throws Exception {
    TsigKey key = TsigKey.parse(KEY_NAME + ":SHA256:" + SECRET);
    return SecondaryServer.start(
        new RemotePrimaries(
            List.of(new InetSocketAddress(LOOPBACK, peer.port())),
            KeyRing.of(Map.of("keys", List.of(key))),
            List.of()),
        ZoneStore.open(directory.resolve("state")),
        new Serving(
            List.of(new InetSocketAddress(LOOPBACK, 0)),
            1,
            StreamLimits.DEFAULT,
            PrimaryServer.Answers.ALL,
            TransferRights.BY_KEY,
            NotifyPolicy.OFF,
            Optional.empty()));
  }

  private void followsThroughEveryVersion(PeerServer peer) throws Exception {
    try (SecondaryServer ours = secondaryOf(peer)) {
      DnsClient client = new DnsClient(ours.boundAddresses().getFirst());
      for (int serial = 1; serial <= 1 + EveryTypeZone.VERSIONS; serial++) {
        if (serial > 1) {
          write(serial);
          peer.hangUp();
        }
        String line = ZONE + ": serving serial " + serial;
        await(line)
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(200))
            .until(() ->
                client.notifyUdp(ZONE + ".", KEY).getRcode() == Rcode.NOERROR
                    && log.lines(Level.INFO).stream().anyMatch(one -> one.startsWith(line)));
        assertThat(log.lines(Level.INFO))
            .filteredOn(one -> one.startsWith(line))
            .allMatch(one -> one.contains(", by " + (serial(one) == 1 ? "AXFR" : "IXFR")));
        assertThat(contents(port(ours), ZONE, KEY))
            .hasSizeGreaterThan(80)
            .containsExactlyInAnyOrderElementsOf(contents(peer.port(), ZONE, KEY));
      }
    }
  }

  private static int serial(String line) {
    return Character.digit(line.charAt((ZONE + ": serving serial ").length()), 10);
  }

  @Test
  @RequiresTool(value = "named", debian = "bind9")
  @Rfc(number = 1995, section = "4")
  void bind() throws Exception {
    write(1);
    String zone =
        "type primary; ixfr-from-differences yes; allow-transfer { key \"%s\"; };"
            .formatted(KEY_NAME);
    String key =
        "key \"%s\" { algorithm hmac-sha256; secret \"%s\"; };".formatted(KEY_NAME, SECRET);
    try (PeerServer peer =
        Named.start(directory, List.of(new PeerZone(ZONE, file(), zone)), "", key)) {
      followsThroughEveryVersion(peer);
    }
  }

  @Test
  @RequiresTool(value = "knotd", debian = "knot")
  @Rfc(number = 1995, section = "4")
  void knot() throws Exception {
    write(1);
    String zone = "acl: secondary\nzonefile-load: difference\njournal-content: changes";
    String sections =
        """
        key:
          - id: %1$s
            algorithm: hmac-sha256
            secret: %2$s
        acl:
          - id: secondary
            key: %1$s
            action: transfer
        """
            .formatted(KEY_NAME, SECRET);
    try (PeerServer peer =
        Knotd.start(directory, List.of(new PeerZone(ZONE, file(), zone)), "", sections)) {
      followsThroughEveryVersion(peer);
    }
  }
}
