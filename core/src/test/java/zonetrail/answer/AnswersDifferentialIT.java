package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import zonetrail.answer.DifferencesPage.OddRequest;
import zonetrail.answer.TestServer.Reply;
import zonetrail.fixtures.Knotd;
import zonetrail.fixtures.Named;
import zonetrail.fixtures.Nsd;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.PeerZone;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.ZoneSigner;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.masterfile.ZoneReading;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zones;

/// The same zone files and the same questions for BIND, Knot, NSD and us: where one of them answers
/// unlike us, a row of `docs/differences.md` says why, or the test fails.
///
/// `-Dquestions=200000 -Dseed=7` asks more, and others.
@RequiresTool(
    value = {"named", "knotd", "nsd", "dnssec-signzone"},
    debian = "bind9 bind9-utils knot nsd")
class AnswersDifferentialIT {
  private static final int QUESTIONS = Integer.getInteger("questions", 20_000);
  private static final long SEED = Long.getLong("seed", 20261122);
  private static final int UNSIGNED_TREES = 8;
  private static final int TREES = UNSIGNED_TREES + 2 * ZoneSigner.Denial.values().length;
  private static final int EDNS_OCTETS = 4096;
  private static final int PLAIN_OCTETS = 512;
  private static final int PATIENCE_MILLIS = 500;

  @TempDir static Path directory;

  private static final List<RandomZones> generators = new ArrayList<>();
  private static final List<PeerServer> peers = new ArrayList<>();
  private static Zones zones = Zones.NONE;

  @BeforeAll
  static void serveTheSameFiles() throws IOException {
    List<PeerZone> files = new ArrayList<>();
    List<ServedZone> ours = new ArrayList<>();
    for (int tree = 0; tree < TREES; tree++) {
      RandomZones generated = new RandomZones(SEED + tree, "t" + tree);
      generators.add(generated);
      for (Map.Entry<String, String> zone : generated.texts().entrySet()) {
        Path file = write(zone.getKey(), zone.getValue());
        add(files, ours, zone.getKey(), signed(tree, zone.getKey(), file));
      }
    }
    Path odd =
        write(
            "odd.",
            """
            odd.     3600 IN SOA ns.odd. host.odd. 1 7200 900 604800 300
            odd.     3600 IN NS  ns.odd.
            ns.odd.  3600 IN A   192.0.2.1
            www.odd. 3600 IN A   192.0.2.2
            """);
    add(files, ours, "odd.", odd);
    zones = Zones.of(ours);
    peers.add(
        Named.start(
            directory, files, "max-udp-size %1$d; edns-udp-size %1$d;".formatted(EDNS_OCTETS), ""));
    peers.add(Knotd.start(directory, files, "    udp-max-payload: %d".formatted(EDNS_OCTETS), ""));
    peers.add(Nsd.start(directory, files, "ipv4-edns-size: %d".formatted(EDNS_OCTETS), ""));
    assertEverybodyLoadedEverything();
  }

  private static void assertEverybodyLoadedEverything() {
    for (ServedZone zone : zones.all()) {
      for (PeerServer peer : peers) {
        Message query = TestServer.query(zone.apex().toString(), "SOA");
        assertThat(new Reply(peer.askOverUdp(query.toWire())).answer())
            .as("%s: %s%n%s", peer.name(), zone.apex(), peer.log())
            .hasSize(1);
      }
    }
  }

  private static Path write(String apex, String text) throws IOException {
    return Files.writeString(directory.resolve(apex + "zone"), text);
  }

  private static Path signed(int tree, String apex, Path file) {
    ZoneSigner.Denial[] denials = ZoneSigner.Denial.values();
    return tree < UNSIGNED_TREES
        ? file
        : ZoneSigner.sign(apex, file, denials[tree % denials.length]);
  }

  private static void add(List<PeerZone> files, List<ServedZone> ours, String apex, Path file)
      throws IOException {
    files.add(PeerZone.primary(apex, file));
    byte[] text = Files.readAllBytes(file);
    ZoneReading reading = ZoneFileReader.read(apex, WireName.parse(apex), text, IncludeSource.NONE);
    ours.add(
        Objects.requireNonNull(
            reading.zone(),
            () ->
                "%s%n%s"
                    .formatted(
                        reading.findings().stream().filter(Finding::isError).toList(),
                        new String(text, StandardCharsets.UTF_8))));
  }

  @AfterAll
  static void stop() {
    peers.forEach(PeerServer::close);
  }

  @Test
  void everyAnswerIsThatOfThePeersOrItsDifferenceIsExplained() {
    TestServer server = TestServer.serving(zones);
    Map<String, EnumMap<KnownDifference, Integer>> explained = new TreeMap<>();
    List<String> unexplained = new ArrayList<>();
    for (int i = 0; i < QUESTIONS; i++) {
      RandomZones.Question question = generators.get(i % TREES).question();
      Message query = TestServer.query(question.name(), question.type());
      boolean edns = i % 8 != 0;
      if (edns) {
        int flags = i % 3 == 0 ? 0 : ExtendedFlags.DO;
        query.addRecord(new OPTRecord(EDNS_OCTETS, 0, 0, flags), Section.ADDITIONAL);
      }
      byte[] octets = query.toWire();
      Reply reply = new Reply(server.send(octets, edns ? EDNS_OCTETS : PLAIN_OCTETS));
      Said ours = Said.of(reply);
      for (PeerServer peer : peers) {
        Said theirs = Said.of(new Reply(peer.askOverUdp(octets)));
        if (!theirs.equals(ours)) {
          ComparedAnswer asked = new ComparedAnswer(zones, peer.name(), query, reply, ours, theirs);
          KnownDifference known = KnownDifference.explaining(asked);
          if (known == null) {
            unexplained.add(
                "%s%n  ours  %s%n  %s %s".formatted(question, ours, peer.name(), theirs));
          } else {
            explained
                .computeIfAbsent(peer.name(), any -> new EnumMap<>(KnownDifference.class))
                .merge(known, 1, Integer::sum);
          }
        }
      }
    }
    System.out.printf(
        "%d questions (seed %d) to each of %d peers; explained differences: %s; unexplained: %d%n",
        QUESTIONS, SEED, peers.size(), explained, unexplained.size());
    assertThat(unexplained.subList(0, Math.min(unexplained.size(), 20))).isEmpty();
  }

  @Test
  void thePageHasARowForEveryKnownDifference() throws IOException {
    assertThat(DifferencesPage.read().known())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(KnownDifference.values()).map(KnownDifference::id).toList());
  }

  /// The second table of the page: each row holds a request, and what everybody says to it.
  @Test
  void oddRequestsAreAnsweredAsTheTableSays() throws IOException {
    TestServer server = TestServer.serving(zones);
    List<String> wrong = new ArrayList<>();
    int rows = 0;
    for (OddRequest row : DifferencesPage.read().oddRequests()) {
      rows++;
      byte[] request = HexFormat.of().parseHex(row.octets());
      List<String> said = new ArrayList<>();
      for (PeerServer peer : peers) {
        said.add(outcome(peer.askOnce(request, PATIENCE_MILLIS)));
      }
      said.add(outcome(server.send(request, PLAIN_OCTETS)));
      if (!said.equals(row.said())) {
        wrong.add("%s: the page says %s, they said %s".formatted(row.name(), row.said(), said));
      }
    }
    assertThat(rows).isGreaterThan(15);
    assertThat(wrong).isEmpty();
  }

  private static String outcome(byte[] response) {
    if (response.length == 0) {
      return "—";
    }
    return Rcode.string(new Reply(response).message().getRcode());
  }
}
