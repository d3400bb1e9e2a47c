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
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import zonetrail.authority.RemotePrimaries;
import zonetrail.fixtures.PeerServer;
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

/// BIND, Knot and NSD as primaries of secondaries of ours, signed: a zone with a record of every
/// type comes whole, and then by what changed, until every record has. Then a hundred versions, to
/// one that takes each, and to one that takes them all at once; and zones of 3 to 300,000 records.
class PeerPrimariesIT {
  private static final String ZONE = "every.example";
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// What is changed a hundred times, beside the zone with every type.
  private static final String CHAIN = "chain.example";

  private static final int VERSIONS = 101;
  private static final int CHAIN_RECORDS = 1_000;

  /// Records of one RRset, of 1 KiB each: BIND and Knot load none of more than 64 KiB, and BIND
  /// none of more than 100 records.
  private static final int HUGE_RRSET = 62;

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
    return secondaryOf(peer, "state");
  }

  private SecondaryServer secondaryOf(PeerServer peer, String state) throws Exception {
    TsigKey key = TsigKey.parse(KEY_NAME + ":SHA256:" + SECRET);
    return SecondaryServer.start(
        new RemotePrimaries(
            List.of(new InetSocketAddress(LOOPBACK, peer.port())),
            KeyRing.of(Map.of("keys", List.of(key))),
            List.of()),
        ZoneStore.open(directory.resolve(state)),
        new Serving(
            List.of(new InetSocketAddress(LOOPBACK, 0)),
            1,
            StreamLimits.DEFAULT,
            PrimaryServer.Answers.ALL,
            TransferRights.BY_KEY,
            NotifyPolicy.OFF,
            Optional.empty()));
  }

  /// @param later how it sends what changed
  private void followsThroughEveryVersion(PeerServer peer, String later) throws Exception {
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
            .allMatch(one -> one.contains(", by " + (serial(one) == 1 ? "AXFR" : later)));
        assertThat(contents(port(ours), ZONE, KEY))
            .hasSizeGreaterThan(80)
            .containsExactlyInAnyOrderElementsOf(contents(peer.port(), ZONE, KEY));
      }
    }
  }

  // ---- a hundred versions ----

  private Path chain() {
    return directory.resolve("chain.zone");
  }

  /// A version in which one name more has another address: few changes, as BIND sends the whole
  /// zone where these are more than it.
  private void writeChain(int serial) throws Exception {
    StringBuilder text =
        new StringBuilder(
            "$ORIGIN %s.\n$TTL 300\n@ SOA ns h %d 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n"
                .formatted(CHAIN, serial));
    for (int i = 0; i < CHAIN_RECORDS; i++) {
      text.append("n%d A 192.0.2.%d\n".formatted(i, i < serial ? 1 : 2));
    }
    Path fresh = directory.resolve("chain.new");
    Files.writeString(fresh, text.toString());
    Files.move(fresh, chain(), StandardCopyOption.ATOMIC_MOVE);
  }

  private static long chainSerial(int port) throws Exception {
    SimpleResolver resolver = new SimpleResolver(new InetSocketAddress(LOOPBACK, port));
    Record question = Record.newRecord(Name.fromString(CHAIN + "."), Type.SOA, DClass.IN);
    return resolver.send(Message.newQuery(question)).getSection(Section.ANSWER).stream()
        .mapToLong(record -> ((SOARecord) record).getSerial())
        .findFirst()
        .orElse(0);
  }

  private static void notifyOfChain(SecondaryServer ours) throws Exception {
    int rcode =
        new DnsClient(ours.boundAddresses().getFirst()).notifyUdp(CHAIN + ".", KEY).getRcode();
    assertThat(rcode).isEqualTo(Rcode.NOERROR);
  }

  /// The lines about a version that came; of many the log has only some.
  private List<String> linesOf(String version) {
    return log.lines(Level.INFO).stream()
        .filter(one -> one.startsWith(CHAIN + ": serving serial " + version))
        .toList();
  }

  private static void awaitChain(SecondaryServer ours, int serial, PeerServer peer) {
    await(serial + " from " + peer.name())
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> chainSerial(port(ours)) == serial);
  }

  private void hundredVersions(PeerServer peer) throws Exception {
    try (SecondaryServer each = secondaryOf(peer, "each");
        SecondaryServer last = secondaryOf(peer, "last")) {
      notifyOfChain(each);
      notifyOfChain(last);
      awaitChain(each, 1, peer);
      awaitChain(last, 1, peer);
      for (int serial = 2; serial <= VERSIONS; serial++) {
        int version = serial;
        writeChain(version);
        peer.hangUp();
        await(peer.name() + " has " + version)
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(5))
            .until(() -> chainSerial(peer.port()) == version);
        notifyOfChain(each);
        awaitChain(each, version, peer);
      }
      notifyOfChain(last);
      awaitChain(last, VERSIONS, peer);
      assertThat(linesOf("2 after 1,")).singleElement().asString().contains(", by IXFR");
      assertThat(linesOf(VERSIONS + " after 1,")).singleElement().asString().contains(", by IXFR");
      assertThat(linesOf(""))
          .filteredOn(one -> one.contains(" after "))
          .noneMatch(one -> one.contains(", by AXFR"));
      List<String> theirs = contents(peer.port(), CHAIN, KEY);
      assertThat(theirs).hasSize(CHAIN_RECORDS + 4);
      assertThat(contents(port(each), CHAIN, KEY)).isEqualTo(theirs);
      assertThat(contents(port(last), CHAIN, KEY)).isEqualTo(theirs);
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
    try (PeerServer peer = PrimaryPeer.BIND.start(directory, ZONE, file())) {
      followsThroughEveryVersion(peer, "IXFR");
    }
  }

  @Test
  @RequiresTool(value = "knotd", debian = "knot")
  @Rfc(number = 1995, section = "4")
  void knot() throws Exception {
    write(1);
    try (PeerServer peer = PrimaryPeer.KNOT.start(directory, ZONE, file())) {
      followsThroughEveryVersion(peer, "IXFR");
    }
  }

  @Test
  @RequiresTool(value = "nsd", debian = "nsd")
  @Rfc(number = 1995, section = "4")
  void nsd() throws Exception {
    write(1);
    try (PeerServer peer = PrimaryPeer.NSD.start(directory, ZONE, file())) {
      // A third of all records is too much for it to send as a difference.
      followsThroughEveryVersion(peer, "AXFR");
    }
  }

  @Test
  @RequiresTool(value = "named", debian = "bind9")
  @Rfc(number = 1995, section = "4")
  void hundredVersionsOfBind_comeOneByOne_orAllAtOnce() throws Exception {
    writeChain(1);
    try (PeerServer peer = PrimaryPeer.BIND.start(directory, CHAIN, chain())) {
      hundredVersions(peer);
    }
  }

  @Test
  @RequiresTool(value = "knotd", debian = "knot")
  @Rfc(number = 1995, section = "4")
  void hundredVersionsOfKnot_comeOneByOne_orAllAtOnce() throws Exception {
    writeChain(1);
    try (PeerServer peer = PrimaryPeer.KNOT.start(directory, CHAIN, chain())) {
      hundredVersions(peer);
    }
  }

  @Test
  @RequiresTool(value = "nsd", debian = "nsd")
  @Rfc(number = 1995, section = "4")
  void hundredVersionsOfNsd_comeOneByOne_orAllAtOnce() throws Exception {
    writeChain(1);
    try (PeerServer peer = PrimaryPeer.NSD.start(directory, CHAIN, chain())) {
      hundredVersions(peer);
    }
  }

  // ---- sizes ----

  static Stream<Arguments> peersAndSizes() {
    return Stream.of(PrimaryPeer.values())
        .flatMap(peer -> IntStream.of(3, 300, 300_000).mapToObj(size -> Arguments.of(peer, size)));
  }

  @ParameterizedTest
  @MethodSource("peersAndSizes")
  @RequiresTool(
      value = {"named", "knotd", "nsd"},
      debian = "bind9 knot nsd")
  @Rfc(number = 5936, section = "2.2")
  void zoneOfAnySize_comesWhole(PrimaryPeer kind, int records) throws Exception {
    StringBuilder text = new StringBuilder(head());
    for (int i = 3; i < records; i++) {
      text.append("d%d A 10.%d.%d.%d\n".formatted(i, i >> 16, i >> 8 & 255, i & 255));
    }
    comesWhole(kind, text, records);
  }

  @ParameterizedTest
  @EnumSource
  @RequiresTool(
      value = {"named", "knotd", "nsd"},
      debian = "bind9 knot nsd")
  @Rfc(number = 5936, section = "2.2")
  void hugeRRset_comesWhole(PrimaryPeer kind) throws Exception {
    StringBuilder text = new StringBuilder(head());
    String string = " \"" + "x".repeat(255) + "\"";
    for (int i = 0; i < HUGE_RRSET; i++) {
      text.append("huge TXT %d%s\n".formatted(i, string.repeat(4)));
    }
    comesWhole(kind, text, HUGE_RRSET + 3);
  }

  private static String head() {
    return "$ORIGIN %s.\n$TTL 300\n@ SOA ns h 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n"
        .formatted(CHAIN);
  }

  private void comesWhole(PrimaryPeer kind, StringBuilder text, int records) throws Exception {
    Files.writeString(chain(), text);
    try (PeerServer peer = kind.start(directory, CHAIN, chain());
        SecondaryServer ours = secondaryOf(peer)) {
      notifyOfChain(ours);
      awaitChain(ours, 1, peer);
      assertThat(linesOf("1, " + records + " records, by AXFR")).as(peer.log()).hasSize(1);
      // The SOA ends a transfer, too.
      assertThat(contents(port(ours), CHAIN, KEY))
          .hasSize(records + 1)
          .isEqualTo(contents(peer.port(), CHAIN, KEY));
    }
  }
}
