package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.Event;
import zonetrail.authority.Layout;
import zonetrail.authority.Layout.Folders;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.fixtures.Commands;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.masterfile.ZoneFilePattern;
import zonetrail.wire.WireName;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;

/// Repositories whose zone files are called otherwise than their zones, or lie in folders, served
/// as they are.
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
        RemoteAccess.by(Optional.empty()));
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
          .write("example.edu/notes.zone", zone(1))
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
              "example.edu: left alone, it is a folder; --layout tree looks into it, or --path",
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
  class FoldersBelow {
    private static final Layout TREE = new Layout(Folders.TREE, ZoneFilePattern.NAME_ALONE);

    @Test
    void areLookedAtWithLayoutTree_atAnyDepth_butNotThoseThatBeginWithADot() throws Exception {
      origin
          .write("example.com", zone(1))
          .write("a/example.net", zone(2))
          .write("a/b/c/d/Example.edu", zone(3))
          .write("a/.b/example.info", zone(4))
          .write(".a/example.info", zone(4))
          .push("zones in folders");
      try (ZoneRepository repository = open(TREE)) {
        fetchAndKeep(repository);
      }
      assertThat(served()).containsOnlyKeys("example.com", "example.net", "example.edu");
    }

    @Test
    void areNotLookedAtWithLayoutFlat() throws Exception {
      origin.write("example.com", zone(1)).write("a/example.net", zone(2)).push("zones in folders");
      try (ZoneRepository repository = open(Layout.DEFAULT)) {
        fetchAndKeep(repository);
      }
      assertThat(served()).containsOnlyKeys("example.com");
    }

    @Test
    void holdKeysToo_forWhateverTheirNamesSay() throws Exception {
      origin
          .write("a/_keys", "all._notify. DNSKEY 0 3 163 " + SECRET + "\n")
          .write("b/_keys", "one._notify.example.net. DNSKEY 0 3 163 " + SECRET + "\n")
          .write("b/example.com._keys", "k._notify.example.com. DNSKEY 0 3 163 " + SECRET + "\n")
          .push("keys in folders");
      try (ZoneRepository repository = open(TREE)) {
        fetchAndKeep(repository);
        assertThat(events)
            .filteredOn(Event.KeysLoaded.class::isInstance)
            .extracting(event -> event.text().replaceAll(":.*", ""))
            .containsExactly("a/_keys", "b/_keys", "b/example.com._keys");
        origin.remove("a/_keys").push("one less");
        fetchAndKeep(repository);
      }
      assertThat(events)
          .extracting(event -> event.text().replaceAll(":.*", ""))
          .containsExactly("a/_keys");
    }

    @Test
    void withOneZoneTwice_goOnWithTheOneServed_andTheFindingNamesBoth() throws Exception {
      origin.write("b/example.com", zone(1)).push("one");
      try (ZoneRepository repository = open(TREE)) {
        fetchAndKeep(repository);
        origin.write("a/example.com", zone(9)).write("b/example.com", zone(2)).push("two");
        fetchAndKeep(repository);
        assertThat(served()).containsEntry("example.com", 2L);
        assertThat(events)
            .filteredOn(Event.ZoneClaimedTwice.class::isInstance)
            .singleElement()
            .satisfies(it ->
                assertThat(it.text())
                    .contains("(a/example.com, b/example.com, ", "still serving b/example.com"));
      }
      try (ZoneRepository repository = open(TREE)) {
        start(repository);
        assertThat(served()).containsEntry("example.com", 2L);
        origin.remove("b/example.com").push("the other");
        fetchAndKeep(repository);
        assertThat(served()).containsEntry("example.com", 9L);
      }
    }

    @Test
    void withOneZoneTwiceFromTheBeginning_serveNeither() throws Exception {
      origin.write("a/example.com", zone(1)).write("b/example.com", zone(1)).push("two");
      try (ZoneRepository repository = open(TREE)) {
        fetchAndKeep(repository);
      }
      assertThat(served()).isEmpty();
    }

    @Test
    void includeFromTheFolderOfTheIncludingFile_andNeverFromOutsideOfTheZones() throws Exception {
      origin
          .write("secret", "x A 192.0.2.66\n")
          .write("dns/common/soa", "$INCLUDE ns\n")
          .write("dns/common/ns", "inc A 192.0.2.1\n")
          .write("dns/a/example.com", zone(1, "$INCLUDE ../common/./soa"))
          .write("dns/a/example.net", zone(1, "$INCLUDE ../../secret"))
          .write("dns/a/example.org", zone(1, "$INCLUDE ../common/none"))
          .write("dns/a/example.info", zone(1, "$INCLUDE /etc/hostname"))
          .write("dns/_keys", "all._notify. DNSKEY 0 3 163 " + SECRET + "\n")
          .write("dns/a/example.biz", zone(1, "$INCLUDE ../_keys"))
          .push("includes");
      try (ZoneRepository repository =
          ZoneRepository.open(
              RemoteAddress.parse(origin.bare().toString()),
              Optional.of("dns"),
              TREE,
              state,
              Optional.empty())) {
        fetchAndKeep(repository);
        assertThat(served()).containsOnlyKeys("example.com");
        assertThat(node("example.com", "inc.example.com")).isTrue();
        assertThat(findings())
            .containsExactlyInAnyOrder(
                "dns/a/example.net:4:10 bad-include: it lies outside of the zones folder",
                "dns/a/example.info:4:10 bad-include: it lies outside of the zones folder",
                "dns/a/example.org:4:10 bad-include: there is no such file in the zones folder",
                "dns/a/example.biz:4:10 bad-include: there is no such file in the zones folder");
        // A change in an included file is a change of the zone.
        origin.write("dns/common/ns", "inc2 A 192.0.2.1\n").push("only the include");
        fetchAndKeep(repository);
        assertThat(events).anyMatch(Event.SerialNotRaised.class::isInstance);
      }
    }

    private boolean node(String zone, String name) {
      Zone found = (Zone) Objects.requireNonNull(files.zones().zone(WireName.parse(zone)));
      return found.node(WireName.parse(name)) != null;
    }

    private List<String> findings() {
      return events.stream()
          .flatMap(event -> event.findings().stream())
          .map(it ->
              it.where()
                  + " "
                  + it.rule()
                  + it.message().replaceAll("^[^:]*", "").replaceAll("[,;].*", ""))
          .toList();
    }

    @Test
    void areNotedOnTheServedLine_withWhatAHeldBackZoneIncluded() throws Exception {
      origin
          .write("0%2F25/common/ns", "inc A 192.0.2.1\n")
          .write("0%2F25/a/example.com", zone(1, "$INCLUDE ../common/ns"))
          .push("good");
      try (ZoneRepository repository = open(TREE)) {
        fetchAndKeep(repository);
        origin
            .write("0%2F25/common/ns", "inc2 A 192.0.2.1\n")
            .write("0%2F25/a/example.com", zone(2, "$INCLUDE ../common/ns", "a A nonsense"))
            .push("broken");
        fetchAndKeep(repository);
      }
      try (ZoneRepository repository = open(TREE)) {
        start(repository);
        assertThat(served()).containsEntry("example.com", 1L);
        assertThat(node("example.com", "inc.example.com")).isTrue();
        fetchAndKeep(repository);
        assertThat(node("example.com", "inc.example.com")).isTrue();
      }
    }

    @Test
    void thatAreTooDeep_areLeftAlone_andTheRestIsServed() throws Exception {
      origin.write("example.com", zone(1));
      origin.write("x/" + "d/".repeat(TreeListing.MAX_LEVELS - 1) + "example.net", zone(1));
      origin.write("y/" + "d/".repeat(TreeListing.MAX_LEVELS) + "example.org", zone(1));
      origin.push("deep");
      try (ZoneRepository repository = open(TREE)) {
        fetchAndKeep(repository);
      }
      assertThat(served()).containsOnlyKeys("example.com", "example.net");
      assertThat(events)
          .filteredOn(Event.FileIgnored.class::isInstance)
          .singleElement()
          .satisfies(it ->
              assertThat(it.text())
                  .isEqualTo("y: left alone, it has 64 levels of folders below it, or more"));
    }

    @Test
    void thatMultiplyWithoutEnd_areRefused_andWhatWasServedStays() throws Exception {
      origin.write("example.com", zone(1)).push("good");
      try (ZoneRepository repository = open(TREE)) {
        fetchAndKeep(repository);
        // 10 folders in each of 10 folders ..., all the same tree: 10^12 files in 13 objects.
        String blob = origin.git("hash-object", "-w", "/dev/null");
        String tree = mktree("100644 blob " + blob + "\tfile");
        for (int level = 0; level < 12; level++) {
          StringBuilder folders = new StringBuilder();
          for (int i = 0; i < 10; i++) {
            folders.append("040000 tree ").append(tree).append("\td").append(i).append('\n');
          }
          tree = mktree(folders.toString());
        }
        String commit = origin.git("commit-tree", "-p", "HEAD", "-m", "bomb", tree);
        origin.git("push", "--quiet", "--force", "origin", commit + ":refs/heads/main");
        assertThatThrownBy(() -> fetchAndKeep(repository))
            .isInstanceOf(FetchException.class)
            .hasMessageContaining("has more than " + TreeListing.MAX_FILES + " files");
        assertThat(served()).containsEntry("example.com", 1L);
        origin.write("example.com", zone(2)).push("mended");
        fetchAndKeep(repository);
        assertThat(served()).containsEntry("example.com", 2L);
      }
    }

    private String mktree(String entries) throws IOException {
      Path list = Files.writeString(origin.bare().resolve("entries"), entries);
      return Commands.run(origin.work(), Map.of(), List.of("sh", "-c", "git mktree < " + list))
          .strip();
    }

    @Test
    void thatAPushLeavesAsTheyAreAreNotReadAgain() throws Exception {
      int shards = 256;
      for (int i = 0; i < shards * 8; i++) {
        origin.write("%02x/z%d.example".formatted(i % shards, i), zone(1));
      }
      String first = origin.push("many");
      String second = origin.write("07/z7.example", zone(2)).push("one of them");
      try (Repository repository =
              new FileRepositoryBuilder().setGitDir(origin.bare().toFile()).build();
          Counting reader = new Counting(repository.newObjectReader())) {
        TreeListing listing = new TreeListing(TREE);
        assertThat(listing.list(reader, tree(repository, first)).files()).hasSize(shards * 8);
        assertThat(reader.opened).isEqualTo(shards + 1);
        reader.opened = 0;
        assertThat(listing.list(reader, tree(repository, second)).files()).hasSize(shards * 8);
        assertThat(reader.opened).isEqualTo(2);
        reader.opened = 0;
        listing.list(reader, tree(repository, second));
        assertThat(reader.opened).isZero();
      }
    }

    private ObjectId tree(Repository repository, String commit) throws IOException {
      return BranchTip.read(repository, ObjectId.fromString(commit)).rootTree();
    }

    /// Counts the objects that are read.
    private static final class Counting extends ObjectReader.Filter {
      private final ObjectReader real;
      private int opened;

      Counting(ObjectReader real) {
        this.real = real;
      }

      @Override
      protected ObjectReader delegate() {
        return real;
      }

      @Override
      public ObjectLoader open(AnyObjectId id, int type) throws IOException {
        opened++;
        return real.open(id, type);
      }
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
