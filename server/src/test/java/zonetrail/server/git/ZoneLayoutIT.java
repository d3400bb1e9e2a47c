package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.Event;
import zonetrail.authority.Layout;
import zonetrail.authority.Layout.Folders;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.masterfile.ZoneFilePattern;
import zonetrail.wire.WireName;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;

/// Repositories whose zone files are called otherwise than their zones, served as they are.
@RequiresTool(value = "git", debian = "git")
class ZoneLayoutIT {
  private static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  private Path state;
  private GitRepository origin;
  private ZoneFiles files = ZoneFiles.NONE;
  private List<Event> events = List.of();

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    state = fresh.resolve("state");
    origin = GitRepository.create(fresh, "zones");
  }

  private static Layout flat(String pattern) {
    return new Layout(Folders.FLAT, ZoneFilePattern.parse(pattern));
  }

  private static String zone(int serial, String... lines) {
    return "$TTL 300\n@ SOA ns.example.org. host.example.org. "
        + serial
        + " 3600 900 604800 300\n  NS ns.example.org.\n"
        + String.join("\n", lines)
        + "\n";
  }

  private ZoneRepository open(Layout layout) throws FetchException {
    return ZoneRepository.open(
        RemoteAddress.parse(origin.bare().toString()),
        Optional.empty(),
        layout,
        state,
        Optional.empty());
  }

  private void fetchAndKeep(ZoneRepository repository) throws FetchException {
    ZoneFiles.Advance advance = files.advance(repository.fetch(files.version()));
    files = advance.files();
    events = advance.events();
    repository.keep(files.version(), files.heldBack());
  }

  private void start(ZoneRepository repository) {
    Known known = repository.known().orElseThrow();
    files = ZoneFiles.resume(known).files();
  }

  /// The serials served, by zone.
  private Map<String, Long> served() {
    Map<String, Long> serials = new TreeMap<>();
    for (ServedZone zone : files.zones().all()) {
      if (zone instanceof Zone good) {
        serials.put(good.apex().toStringNoDot(), good.serial().value());
      }
    }
    return serials;
  }

  @Nested
  class ARepositoryOfZoneFilesAsBindHasThem {
    private static final String BIND_STYLE =
        """
        ; generated 2019-04-01, edited since
        $TTL 1D
        $ORIGIN com.
        example         IN      SOA     ns1.example.com. hostmaster.example.com. (
                                        2019040101      ; serial
                                        8H              ; refresh
                                        2H              ; retry
                                        4W              ; expire
                                        1D )            ; minimum
                                NS      ns1.example
                                MX      10 mail.example
        $ORIGIN example.com.
        ns1             1h30m   A       192.0.2.1
        mail                    A       192.0.2.2
        $GENERATE 1-3 host$     A       192.0.2.$
        """;

    @Test
    void isServedAsItIs_withItsPattern() throws Exception {
      origin
          .write("example.com.zone", BIND_STYLE)
          .write("0%2F25.2.0.192.in-addr.arpa.zone", zone(7))
          .write("named.conf", "zone \"example.com\" { type master; };\n")
          .write("README.md", "# zones\n")
          .write("example.net", zone(1))
          .write("example.com._keys", "hook._notify.example.com. DNSKEY 0 3 163 " + SECRET + "\n")
          .push("as they are");
      try (ZoneRepository repository = open(flat("{zone}.zone"))) {
        fetchAndKeep(repository);
      }
      assertThat(served())
          .containsOnlyKeys("example.com", "0/25.2.0.192.in-addr.arpa")
          .containsEntry("example.com", 2019040101L);
      Zone example =
          (Zone) Objects.requireNonNull(files.zones().zone(WireName.parse("example.com")));
      assertThat(example.node(WireName.parse("host3.example.com"))).isNotNull();
      assertThat(events)
          .filteredOn(Event.KeysLoaded.class::isInstance)
          .singleElement()
          .satisfies(it -> assertThat(it.text()).startsWith("example.com._keys: 1 key in force"));
      assertThat(events)
          .filteredOn(Event.FileIgnored.class::isInstance)
          .extracting(Event::text)
          .containsExactly(
              "README.md: left alone, its name does not fit {zone}.zone",
              "example.net: left alone, its name does not fit {zone}.zone",
              "named.conf: left alone, its name does not fit {zone}.zone");
    }

    @Test
    void hasItsKeyFilesCalledByTheZoneAlone() throws Exception {
      origin
          .write("db.example.com", zone(1))
          .write(
              "db.example.com._keys", "hook._notify.example.com. DNSKEY 0 3 163 " + SECRET + "\n")
          .push("a key file with the pattern in its name");
      try (ZoneRepository repository = open(flat("db.{zone}"))) {
        fetchAndKeep(repository);
      }
      assertThat(served()).containsOnlyKeys("example.com");
      assertThat(events)
          .flatExtracting(Event::findings)
          .singleElement()
          .satisfies(it -> {
            assertThat(it.rule()).isEqualTo("key-scope");
            assertThat(it.message()).contains("called <zone>._keys whatever zone files are called");
          });
    }
  }

  @Nested
  class AServedLine {
    @Test
    void goesOnWithTheSamePattern() throws Exception {
      origin.write("example.com.zone", zone(1)).push("good");
      try (ZoneRepository repository = open(flat("{zone}.zone"))) {
        fetchAndKeep(repository);
        origin.write("example.com.zone", zone(2, "a A nonsense")).push("broken");
        fetchAndKeep(repository);
        assertThat(served()).containsEntry("example.com", 1L);
      }
      try (ZoneRepository repository = open(flat("{zone}.zone"))) {
        start(repository);
        assertThat(served()).containsEntry("example.com", 1L);
      }
    }

    @Test
    void thatWasNotedWithAnotherPattern_saysNothingOfTheZonesOfThisOne() throws Exception {
      // Read as {zone}, the first file is a zone of that long name.
      origin.write("example.com.zone", zone(5)).write("a.example", zone(1)).push("both");
      try (ZoneRepository repository = open(Layout.DEFAULT)) {
        fetchAndKeep(repository);
        assertThat(served()).containsOnlyKeys("example.com.zone", "a.example");
      }
      try (ZoneRepository repository = open(flat("{zone}.zone"))) {
        start(repository);
        assertThat(served()).containsOnlyKeys("example.com").containsEntry("example.com", 5L);
        fetchAndKeep(repository);
        assertThat(served()).containsOnlyKeys("example.com");
      }
      try (ZoneRepository repository = open(Layout.DEFAULT)) {
        start(repository);
        assertThat(served()).containsOnlyKeys("example.com.zone", "a.example");
      }
    }

    @Test
    void thatWasNotedWithAnotherPattern_losesNoLastGoodVersion_sinceHistoryHasIt()
        throws Exception {
      origin.write("example.com.zone", zone(5)).push("good");
      origin.write("example.com.zone", zone(6, "a A nonsense")).push("broken");
      try (ZoneRepository repository = open(Layout.DEFAULT)) {
        fetchAndKeep(repository);
      }
      try (ZoneRepository repository = open(flat("{zone}.zone"))) {
        start(repository);
        assertThat(served()).containsEntry("example.com", 5L);
      }
    }
  }
}
