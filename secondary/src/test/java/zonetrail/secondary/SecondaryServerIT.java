package zonetrail.secondary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import org.xbill.DNS.ZoneTransferIn;
import zonetrail.authority.RemotePrimaries;
import zonetrail.authority.StoredVersion;
import zonetrail.fixtures.Knotd;
import zonetrail.fixtures.Named;
import zonetrail.fixtures.Nsd;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.PeerZone;
import zonetrail.fixtures.RequiresTool;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.DnsClient;
import zonetrail.server.PrimaryServer;
import zonetrail.server.ServingOptions.Serving;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;
import zonetrail.transfer.TransferRights;
import zonetrail.transport.SecondaryLoop;
import zonetrail.transport.StreamLimits;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.WireName;

/// A secondary as it runs, with primaries that are ours, BIND, Knot, NSD, or hostile.
class SecondaryServerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LOOPBACK = "127.0.0.1";
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final String KEY_NAME = "s2._transfer";
  private static final String ZONE = "example.org";
  private static final TSIG KEY = new TSIG(TSIG.HMAC_SHA256, KEY_NAME + ".", SECRET);

  /// How many records the large zone has.
  private static final int LARGE =
      Integer.getInteger("records", Boolean.getBoolean("soak") ? 300_000 : 30_000);

  @TempDir private Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T opened(T server) {
    open.add(server);
    return server;
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), port);
  }

  private static String zone(int serial, String... lines) {
    return "@ 300 SOA ns.example.net. h.example.net. %d 3600 600 86400 300\n@ 300 NS ns.example.net.\n"
            .formatted(serial)
        + String.join("\n", lines)
        + "\n";
  }

  private SecondaryServer secondary(String state, int primaryPort, String... keys)
      throws Exception {
    List<TsigKey> parsed = new ArrayList<>();
    for (String key : keys) {
      parsed.add(TsigKey.parse(key + ":SHA256:" + SECRET));
    }
    return secondary(
        state,
        new RemotePrimaries(
            List.of(loopback(primaryPort)), KeyRing.of(Map.of("keys", parsed)), List.of()));
  }

  private SecondaryServer secondary(String state, RemotePrimaries primaries) throws Exception {
    return opened(
        SecondaryServer.start(
            primaries,
            ZoneStore.open(directory.resolve(state)),
            new Serving(
                List.of(loopback(0)),
                1,
                StreamLimits.DEFAULT,
                PrimaryServer.Answers.ALL,
                TransferRights.BY_KEY,
                NotifyPolicy.OFF,
                Optional.of(loopback(0)))));
  }

  private static int port(SecondaryServer server) {
    return server.boundAddresses().getFirst().getPort();
  }

  private static Message ask(int port, String name, int type) throws IOException {
    SimpleResolver resolver = new SimpleResolver(loopback(port));
    resolver.setTimeout(Duration.ofSeconds(5));
    return resolver.send(
        Message.newQuery(Record.newRecord(Name.fromString(name + "."), type, DClass.IN)));
  }

  /// The serial that is served, or -1.
  private static long serial(int port, String zone) {
    try {
      List<Record> answer = ask(port, zone, Type.SOA).getSection(Section.ANSWER);
      return answer.isEmpty() ? -1 : ((SOARecord) answer.getFirst()).getSerial();
    } catch (IOException silent) {
      return -1;
    }
  }

  private static void awaitSerial(int port, String zone, long serial) {
    await().atMost(PATIENCE).until(() -> serial(port, zone) == serial);
  }

  private static int notifyOf(int port, String zone) throws IOException {
    SimpleResolver resolver = new SimpleResolver(loopback(port));
    resolver.setTimeout(Duration.ofSeconds(5));
    resolver.setTSIGKey(KEY);
    return resolver.send(DnsClient.notifyOf(zone + ".")).getRcode();
  }

  private static List<String> contents(int port, String zone, @Nullable TSIG key) throws Exception {
    ZoneTransferIn transfer =
        ZoneTransferIn.newAXFR(Name.fromString(zone + "."), loopback(port), key);
    transfer.run();
    return transfer.getAXFR().stream().map(Record::toString).distinct().sorted().toList();
  }

  // ---- ours ----

  private final class OurPrimary implements AutoCloseable {
    private final Path folder = directory.resolve("zones");
    private final PrimaryServer server;

    OurPrimary(String... files) throws Exception {
      this(TransferRights.BY_KEY, files);
    }

    OurPrimary(TransferRights rights, String... files) throws Exception {
      Files.createDirectory(folder);
      for (int i = 0; i < files.length; i += 2) {
        Files.writeString(folder.resolve(files[i]), files[i + 1]);
      }
      Path keys = folder.resolve("_keys");
      Files.writeString(keys, KEY_NAME + ". DNSKEY 0 3 163 " + SECRET + "\n");
      Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
      server =
          PrimaryServer.start(
              new FolderSource(ZoneFolder.open(folder)),
              new PrimaryServer.Settings(List.of(loopback(0)), 1, Duration.ZERO)
                  .withTransfers(rights));
    }

    int port() {
      return server.boundAddresses().getFirst().getPort();
    }

    void put(String zone, String text) throws IOException {
      Files.writeString(folder.resolve(zone), text);
      assertThat(notifyOf(port(), zone)).isEqualTo(Rcode.NOERROR);
    }

    @Override
    public void close() {
      server.close();
    }
  }

  @Test
  void newZonesAndChangesSpread_aRestartServesWhileThePrimaryIsAway_andOthersAreFed()
      throws Exception {
    OurPrimary primary = opened(new OurPrimary(ZONE, zone(1, "www 60 A 192.0.2.1")));
    SecondaryServer first = secondary("first", primary.port(), KEY_NAME);
    assertThat(ask(port(first), ZONE, Type.SOA).getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(notifyOf(port(first), ZONE)).isEqualTo(Rcode.NOERROR);
    awaitSerial(port(first), ZONE, 1);

    primary.put(ZONE, zone(2, "www 60 A 192.0.2.2", "mail 60 MX 10 www"));
    await()
        .atMost(PATIENCE)
        .until(() -> notifyOf(port(first), ZONE) == 0 && serial(port(first), ZONE) == 2);
    assertThat(contents(port(first), ZONE, KEY)).isEqualTo(contents(primary.port(), ZONE, KEY));

    primary.close();
    first.close();
    SecondaryServer again = secondary("first", primary.port(), KEY_NAME);
    assertThat(serial(port(again), ZONE)).isEqualTo(2);

    SecondaryServer second = secondary("second", port(again), KEY_NAME + "." + ZONE);
    // The key of the zone is not known to the one before it: only its own may transfer there.
    assertThat(serial(port(second), ZONE)).isEqualTo(-1);
    SecondaryServer third = secondary("third", port(again), KEY_NAME);
    assertThat(notifyOf(port(third), ZONE)).isEqualTo(Rcode.NOERROR);
    awaitSerial(port(third), ZONE, 2);
  }

  @Test
  void zoneThatIsNamed_comesFromTheStart_andWithoutAKeyUnsigned() throws Exception {
    OurPrimary primary =
        opened(
            new OurPrimary(
                new TransferRights(true, List.of()), ZONE, zone(1, "www 60 A 192.0.2.1")));
    SecondaryServer keyless =
        secondary(
            "keyless",
            new RemotePrimaries(
                List.of(loopback(primary.port())), KeyRing.EMPTY, List.of(WireName.parse(ZONE))));
    awaitSerial(port(keyless), ZONE, 1);
    assertThat(notifyOf(port(keyless), ZONE)).isNotEqualTo(Rcode.NOERROR);

    SecondaryServer signing =
        secondary(
            "signing",
            new RemotePrimaries(
                List.of(loopback(primary.port())),
                KeyRing.of(Map.of("keys", List.of(TsigKey.parse(KEY_NAME + ":SHA256:" + SECRET)))),
                List.of(WireName.parse(ZONE))));
    awaitSerial(port(signing), ZONE, 1);
  }

  /// A primary of ours answers REFUSED to a question for the SOA of a zone that it has not; only to
  /// a request for the zone it says NOTAUTH.
  @Test
  void zoneThatThePrimaryHasNot_isForgotten() throws Exception {
    OurPrimary primary = opened(new OurPrimary(ZONE, zone(1, "www 60 A 192.0.2.1")));
    SecondaryServer first = secondary("first", primary.port(), KEY_NAME);
    assertThat(notifyOf(port(first), "none.example")).isEqualTo(Rcode.NOERROR);
    URI metrics =
        URI.create(
            "http://" + LOOPBACK + ":" + first.httpAddress().orElseThrow().getPort() + "/metrics");
    await()
        .atMost(PATIENCE)
        .until(() -> {
          try (InputStream page = metrics.toURL().openStream()) {
            return new String(page.readAllBytes(), UTF_8)
                .contains("zonetrail_events_total{event=\"zone_forgotten\"} 1");
          }
        });
    assertThat(ask(port(first), "none.example", Type.SOA).getRcode()).isEqualTo(Rcode.REFUSED);
  }

  @Test
  void keysThatAreReadAgain_bringTheirZones_andAMistakeLeavesThoseInForce() throws Exception {
    OurPrimary primary = opened(new OurPrimary(ZONE, zone(1, "www 60 A 192.0.2.1")));
    SecondaryServer first = secondary("first", primary.port(), "k._notify");
    assertThat(serial(port(first), ZONE)).isEqualTo(-1);
    RemotePrimaries later =
        new RemotePrimaries(
            List.of(loopback(primary.port())),
            KeyRing.of(Map.of("keys", List.of(TsigKey.parse(KEY_NAME + ":SHA256:" + SECRET)))),
            List.of(WireName.parse(ZONE)));
    first.readAgain(() -> later);
    awaitSerial(port(first), ZONE, 1);
    first.readAgain(() -> {
      throw new IllegalArgumentException("keys:1:1: no key");
    });
    assertThat(notifyOf(port(first), ZONE)).isEqualTo(Rcode.NOERROR);
    assertThat(serial(port(first), ZONE)).isEqualTo(1);
  }

  @Test
  void fileThatIsDamaged_isAskedForAgain() throws Exception {
    OurPrimary primary = opened(new OurPrimary(ZONE, zone(1, "www 60 A 192.0.2.1")));
    SecondaryServer first = secondary("first", primary.port(), KEY_NAME);
    notifyOf(port(first), ZONE);
    awaitSerial(port(first), ZONE, 1);
    Path file = directory.resolve("first/zones/" + ZONE + ".zone");
    await().atMost(PATIENCE).until(() -> Files.exists(file));
    first.close();
    byte[] octets = Files.readAllBytes(file);
    octets[octets.length / 2] ^= 1;
    Files.write(file, octets);
    SecondaryServer again = secondary("first", primary.port(), KEY_NAME);
    awaitSerial(port(again), ZONE, 1);
    assertThat(contents(port(again), ZONE, KEY)).isEqualTo(contents(primary.port(), ZONE, KEY));
  }

  @Test
  void largeZone_comesWhole() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < LARGE - 2; i++) {
      lines.append("h%d 300 A 10.%d.%d.%d\n".formatted(i, i >> 16, i >> 8 & 255, i & 255));
    }
    OurPrimary primary = opened(new OurPrimary(ZONE, zone(1, lines.toString())));
    SecondaryServer first = secondary("first", primary.port(), KEY_NAME);
    long began = System.nanoTime();
    notifyOf(port(first), ZONE);
    awaitSerial(port(first), ZONE, 1);
    long served = System.nanoTime();
    Path file = directory.resolve("first/zones/" + ZONE + ".zone");
    await().atMost(PATIENCE).until(() -> Files.exists(file));
    first.close();
    try (ZoneStore store = ZoneStore.open(directory.resolve("first"))) {
      long loading = System.nanoTime();
      StoredVersion kept = store.load().versions().getFirst();
      assertThat(kept.zone().recordCount()).isEqualTo(LARGE);
      System.out.printf(
          "%d records: served %d ms after the NOTIFY, read from the disk in %d ms, %d octets there%n",
          LARGE,
          (served - began) / 1_000_000,
          (System.nanoTime() - loading) / 1_000_000,
          Files.size(file));
    }
  }

  // ---- others ----

  private String peerZone() throws IOException {
    StringBuilder lines = new StringBuilder("*.wild 60 TXT \"any\"\nalias 60 CNAME h1\n");
    for (int i = 0; i < 2_000; i++) {
      lines.append(
          "h%d 300 A 10.0.%d.%d\nh%d 300 TXT \"%s\"\n"
              .formatted(i, i >> 8, i & 255, i, "x".repeat(i % 100)));
    }
    Path file = directory.resolve(ZONE + ".master");
    Files.writeString(file, "$ORIGIN " + ZONE + ".\n" + zone(1, lines.toString()));
    return file.toString();
  }

  private void followsThe(PeerServer peer) throws Exception {
    SecondaryServer ours = secondary("ours", peer.port(), KEY_NAME, KEY_NAME + "." + ZONE);
    awaitSerial(port(ours), ZONE, 1);
    assertThat(contents(port(ours), ZONE, KEY))
        .as(peer.log())
        .hasSizeGreaterThan(4_000)
        .isEqualTo(contents(peer.port(), ZONE, key(KEY_NAME + "." + ZONE + ".")));
  }

  private static TSIG key(String name) {
    return new TSIG(TSIG.HMAC_SHA256, name, SECRET);
  }

  private static String bindKey(String name) {
    return "key \"%s\" { algorithm hmac-sha256; secret \"%s\"; };".formatted(name, SECRET);
  }

  @Test
  @RequiresTool(value = "named", debian = "bind9")
  void bindsZone_comesWithASignedTransfer() throws Exception {
    String name = KEY_NAME + "." + ZONE;
    String config = "type primary; allow-transfer { key \"%s\"; };".formatted(name);
    followsThe(
        opened(
            Named.start(
                directory,
                List.of(new PeerZone(ZONE, Path.of(peerZone()), config)),
                "",
                bindKey(name))));
  }

  @Test
  @RequiresTool(value = "knotd", debian = "knot")
  void knotsZone_comesWithASignedTransfer() throws Exception {
    String name = KEY_NAME + "." + ZONE;
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
            .formatted(name, SECRET);
    followsThe(
        opened(
            Knotd.start(
                directory,
                List.of(new PeerZone(ZONE, Path.of(peerZone()), "acl: secondary")),
                "",
                sections)));
  }

  @Test
  @RequiresTool(value = "nsd", debian = "nsd")
  void nsdsZone_comesWithASignedTransfer() throws Exception {
    String name = KEY_NAME + "." + ZONE;
    String clause =
        "key:\n  name: %s\n  algorithm: hmac-sha256\n  secret: \"%s\"".formatted(name, SECRET);
    followsThe(
        opened(
            Nsd.start(
                directory,
                List.of(new PeerZone(ZONE, Path.of(peerZone()), "provide-xfr: 127.0.0.1 " + name)),
                "",
                clause)));
  }

  @Test
  @RequiresTool(value = "named", debian = "bind9")
  void hundredChangesAtBind_comeAsOneIncrementalTransfer() throws Exception {
    String name = KEY_NAME + "." + ZONE;
    String config =
        "type primary; allow-transfer { key \"%1$s\"; }; allow-update { key \"%1$s\"; };"
            .formatted(name);
    PeerServer bind =
        opened(
            Named.start(
                directory,
                List.of(new PeerZone(ZONE, Path.of(peerZone()), config)),
                "",
                bindKey(name)));
    SecondaryServer ours = secondary("ours", bind.port(), KEY_NAME, name);
    awaitSerial(port(ours), ZONE, 1);
    SimpleResolver resolver = new SimpleResolver(loopback(bind.port()));
    resolver.setTSIGKey(key(name + "."));
    for (int i = 0; i < 100; i++) {
      Update update = new Update(Name.fromString(ZONE + "."));
      Name host = Name.fromString("h" + i % 7 + "." + ZONE + ".");
      update.replace(host, Type.A, 300, "10.9.9." + i);
      assertThat(resolver.send(update).getRcode()).as(bind.log()).isEqualTo(Rcode.NOERROR);
    }
    assertThat(notifyOf(port(ours), ZONE)).isEqualTo(Rcode.NOERROR);
    awaitSerial(port(ours), ZONE, 101);
    assertThat(bind.log()).contains("IXFR started");
    assertThat(contents(port(ours), ZONE, KEY))
        .isEqualTo(contents(bind.port(), ZONE, key(name + ".")));
  }

  // ---- hostile ----

  @Test
  void recordsOfSomebodyElse_areNotServed_noneOfTheZoneIs() throws Exception {
    HostilePrimary hostile = opened(new HostilePrimary(ZONE, key(KEY_NAME + "." + ZONE + ".")));
    SecondaryServer ours = secondary("ours", hostile.port(), KEY_NAME + "." + ZONE);
    await().atMost(PATIENCE).until(() -> hostile.transfers() > 0);
    await().atMost(PATIENCE).until(() -> hostile.transfers() > 1); // it tries again, later
    assertThat(ask(port(ours), ZONE, Type.SOA).getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(ask(port(ours), "www.victim.example", Type.A).getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(directory.resolve("ours/zones")).isEmptyDirectory();
  }

  /// Has the zones whose names begin with `silent`, says so, and never sends one.
  private static final class SilentPrimary implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 64, InetAddress.ofLiteral(LOOPBACK));
    private final AtomicInteger transfers = new AtomicInteger();

    SilentPrimary() throws IOException {
      Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      while (!socket.isClosed()) {
        try {
          Socket client = socket.accept();
          Thread.ofVirtual().start(() -> answer(client));
        } catch (IOException closed) {
          return;
        }
      }
    }

    private void answer(Socket client) {
      try (client) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] request = new byte[in.readUnsignedShort()];
        in.readFully(request);
        Message query = new Message(request);
        Record question = query.getQuestion();
        Message response = new Message(query.getHeader().getID());
        response.getHeader().setFlag(Flags.QR);
        response.getHeader().setFlag(Flags.AA);
        response.addRecord(question, Section.QUESTION);
        if (!question.getName().toString().startsWith("silent")) {
          response.getHeader().setRcode(Rcode.REFUSED);
        } else if (question.getType() == Type.SOA) {
          String zone = question.getName().toString(true);
          response.addRecord(
              HostilePrimary.record(zone, Type.SOA, "ns. h. 7 3600 600 86400 300"), Section.ANSWER);
        } else {
          transfers.incrementAndGet();
          in.read(); // until the client gives up
          return;
        }
        byte[] octets = response.toWire();
        client
            .getOutputStream()
            .write(new byte[] {(byte) (octets.length >> 8), (byte) octets.length});
        client.getOutputStream().write(octets);
      } catch (IOException closed) {
        // the client went
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void primaryThatSendsNothing_leavesAPlaceToOthers() throws Exception {
    SilentPrimary silent = opened(new SilentPrimary());
    OurPrimary good =
        opened(new OurPrimary(new TransferRights(true, List.of()), ZONE, zone(1, "www A 1.2.3.4")));
    List<WireName> zones = new ArrayList<>();
    for (int i = 0; i < 3 * SecondaryLoop.MAX_TRANSFERS; i++) {
      zones.add(WireName.parse("silent" + i + ".example"));
    }
    zones.add(WireName.parse(ZONE));
    SecondaryServer ours =
        secondary(
            "ours",
            new RemotePrimaries(
                List.of(loopback(silent.socket.getLocalPort()), loopback(good.port())),
                KeyRing.EMPTY,
                zones));
    awaitSerial(port(ours), ZONE, 1);
    await()
        .atMost(PATIENCE)
        .until(() -> silent.transfers.get() >= SecondaryLoop.MAX_TRANSFERS_OF_A_PRIMARY);
    assertThat(silent.transfers)
        .as("as many as one primary may have at once; the others wait for them")
        .hasValue(SecondaryLoop.MAX_TRANSFERS_OF_A_PRIMARY);
  }
}
