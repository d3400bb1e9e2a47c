package zonetrail.server.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.Event;
import zonetrail.authority.FetchScope;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneSource;
import zonetrail.fixtures.Soak;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Zone;

/// What is served out of a folder, look by look.
class FolderSourceTest {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";

  private Path folder;
  private ZoneSource source;
  private ZoneFiles files = ZoneFiles.NONE;

  @BeforeEach
  void makeFolder(@TempDir Path directory) throws IOException {
    folder = directory;
    source = new FolderSource(ZoneFolder.open(folder));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private List<Event> look() throws Exception {
    return look(FetchScope.everything());
  }

  private List<Event> look(FetchScope scope) throws Exception {
    ZoneFiles.Advance advance = files.advance(source.fetch(files.version(), scope));
    files = advance.files();
    return advance.events();
  }

  private static String key(String name) {
    return name + " DNSKEY 0 3 163 " + SECRET + "\n";
  }

  @Nested
  class AKeyFile {
    private static void permit(Path file, String permissions) throws IOException {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static Stream<String> rules(List<Event> events) {
      return events.stream().map(Event::findings).flatMap(List::stream).map(Finding::rule);
    }

    @Test
    void thatOthersMayReadIsUsedAndWarnedOf() throws Exception {
      for (String permissions : List.of("rw-r-----", "rw----r--", "rw--w----")) {
        permit(write("_keys", key("all._notify.")), permissions);
        List<Event> events = look();
        assertThat(events).hasExactlyElementsOfTypes(Event.KeysLoaded.class);
        assertThat(events.getFirst().level()).isEqualTo(Event.Level.WARN);
        assertThat(events.getFirst().findings())
            .extracting(Finding::toString)
            .containsExactly(
                folder.resolve("_keys")
                    + ":1:1: warning: others than the file's owner may read or write it, and who can"
                    + " read it has its keys; chmod 600 the file, and consider whether the keys are"
                    + " still secret [key-file-exposed]");
        assertThat(files.keys().keys()).hasSize(1);
        Files.delete(folder.resolve("_keys"));
        look();
      }
    }

    @Test
    void isWarnedOfOnce_andAgainWhenItChanges() throws Exception {
      Path file = write("_keys", key("all._notify."));
      permit(file, "rw-r--r--");
      assertThat(rules(look())).containsExactly("key-file-exposed");
      assertThat(look()).isEmpty();
      assertThat(look()).isEmpty();
      write("_keys", key("all._notify.") + key("more._notify."));
      assertThat(rules(look())).containsExactly("key-file-exposed");
      permit(file, "rw-------");
      assertThat(rules(look())).isEmpty();
      permit(file, "rw----r--");
      assertThat(rules(look())).containsExactly("key-file-exposed");
    }

    @Test
    void thatIsBrokenIsWarnedOfToo() throws Exception {
      permit(write("_keys", "all._notify. DNSKEY 0 3 163 !!!\n"), "rw-r--r--");
      List<Event> events = look();
      assertThat(events).hasExactlyElementsOfTypes(Event.KeysBroken.class);
      assertThat(rules(events)).contains("key-file-exposed");
    }

    @Test
    void ofItsOwnerAloneIsNot_noMoreThanAZoneFileIs() throws Exception {
      permit(write("_keys", key("all._notify.")), "rw-------");
      permit(
          write(
              "example.com",
              "@ 300 SOA ns.example.org. h.example.org. 1 2 3 4 5\n@ 300 NS ns.example.org.\n"),
          "rw-r--r--");
      assertThat(rules(look())).doesNotContain("key-file-exposed");
    }
  }

  private static String zone(int serial, String... lines) {
    return "$TTL 300\n@ SOA ns.elsewhere.test. h.elsewhere.test. "
        + serial
        + " 3600 900 604800 300\n@ NS ns.elsewhere.test.\n"
        + String.join("\n", lines)
        + "\n";
  }

  private static FetchScope notified(String... zones) {
    FetchScope scope = FetchScope.nothing();
    for (String zone : zones) {
      scope = scope.and(FetchScope.of(WireName.parse(zone)));
    }
    return scope;
  }

  private @Nullable Long serialOf(String apex) {
    return files.zones().zone(WireName.parse(apex)) instanceof Zone zone
        ? Long.valueOf(zone.serial().value())
        : null;
  }

  private void open(Layout layout) throws IOException {
    source = new FolderSource(ZoneFolder.open(folder, layout));
  }

  @Nested
  class ANotify {
    @BeforeEach
    void twoZones() throws Exception {
      write("example.com", zone(1));
      write("example.net", zone(1));
      look();
    }

    @Test
    void rereadsTheZoneThatItNamesAndNoOther() throws Exception {
      write("example.com", zone(2));
      write("example.net", zone(2));
      assertThat(look(notified("example.com"))).hasExactlyElementsOfTypes(Event.ZoneChanged.class);
      assertThat(serialOf("example.com")).isEqualTo(2);
      assertThat(serialOf("example.net")).isEqualTo(1);
      look();
      assertThat(serialOf("example.net")).isEqualTo(2);
    }

    @Test
    void forEachOfTwoZonesRereadsBoth() throws Exception {
      write("example.com", zone(2));
      write("example.net", zone(2));
      look(notified("example.com", "example.net"));
      assertThat(serialOf("example.com")).isEqualTo(2);
      assertThat(serialOf("example.net")).isEqualTo(2);
    }

    @Test
    void looksAtNoFileOfAnotherZone() throws Exception {
      SourceTree before = source.fetch("", FetchScope.everything()).now();
      write("example.net", zone(2));
      Files.delete(folder.resolve("example.com"));
      write("example.com", zone(2));
      SourceTree after = source.fetch("", notified("example.com")).now();
      assertThat(after.files().get("example.net")).isSameAs(before.files().get("example.net"));
      assertThat(after.files().get("example.com")).isNotSameAs(before.files().get("example.com"));
    }

    @Test
    void keepsAZoneWhoseFileIsGone_ifItIsAnother() throws Exception {
      Files.delete(folder.resolve("example.net"));
      write("example.com", zone(2));
      look(notified("example.com"));
      look(notified("example.com"));
      assertThat(serialOf("example.net")).isEqualTo(1);
      look(notified("example.net"));
      assertThat(serialOf("example.net")).isNull();
      assertThat(serialOf("example.com")).isEqualTo(2);
    }

    @Test
    void ofANewZoneServesIt_andNotTheOtherNewOne() throws Exception {
      write("Example.ORG", zone(7));
      write("example.info", zone(7));
      assertThat(look(notified("example.org"))).hasExactlyElementsOfTypes(Event.ZoneAdded.class);
      assertThat(serialOf("example.org")).isEqualTo(7);
      assertThat(serialOf("example.info")).isNull();
      look(notified("example.info"));
      assertThat(serialOf("example.info")).isEqualTo(7);
    }

    @Test
    void ofARemovedZoneTakesItOut_andLooksAtNoOther() throws Exception {
      Files.delete(folder.resolve("example.com"));
      write("example.net", zone(2));
      assertThat(look(notified("example.com"))).hasExactlyElementsOfTypes(Event.ZoneRemoved.class);
      assertThat(serialOf("example.net")).isEqualTo(1);
    }

    @Test
    void ofANameThatIsNoZone_rereadsEverything() throws Exception {
      write("example.com", zone(2));
      write("example.net", zone(2));
      look(notified("www.example.com"));
      assertThat(serialOf("example.com")).isEqualTo(2);
      assertThat(serialOf("example.net")).isEqualTo(2);
    }

    @Test
    void ofTheRootWithoutARootZone_rereadsEverything_andWithOne_it() throws Exception {
      write("example.com", zone(2));
      look(notified("."));
      assertThat(serialOf("example.com")).isEqualTo(2);
      write("@", zone(1, "ns.elsewhere.test. A 192.0.2.53"));
      look(notified("."));
      write("@", zone(2, "ns.elsewhere.test. A 192.0.2.53"));
      write("example.com", zone(3));
      look(notified("."));
      assertThat(serialOf(".")).isEqualTo(2);
      assertThat(serialOf("example.com")).isEqualTo(2);
    }

    @Test
    void ofAParentZoneLeavesTheZoneBelowIt() throws Exception {
      write("sub.example.com", zone(1));
      look();
      write("example.com", zone(2));
      write("sub.example.com", zone(2));
      look(notified("example.com"));
      assertThat(serialOf("example.com")).isEqualTo(2);
      assertThat(serialOf("sub.example.com")).isEqualTo(1);
    }

    @Test
    void findsTheZoneUnderAnotherSpelling_andATwin() throws Exception {
      Files.delete(folder.resolve("example.com"));
      write("EXAMPLE.com", zone(2));
      look(notified("example.com"));
      assertThat(serialOf("example.com")).isEqualTo(2);
      write("example.com", zone(3));
      assertThat(look(notified("example.com")))
          .hasExactlyElementsOfTypes(Event.ZoneClaimedTwice.class);
      assertThat(serialOf("example.com")).isEqualTo(2);
    }

    @Test
    void findsTheZoneInAnotherFolder() throws Exception {
      open(new Layout(Layout.Folders.TREE, Layout.DEFAULT.pattern()));
      Files.createDirectories(folder.resolve("a"));
      write("a/example.org", zone(1));
      look();
      Files.createDirectories(folder.resolve("b/c"));
      Files.move(folder.resolve("a/example.org"), folder.resolve("b/c/example.org"));
      Files.delete(folder.resolve("a"));
      write("b/c/example.org", zone(2));
      write("example.net", zone(2));
      look(notified("example.org"));
      assertThat(serialOf("example.org")).isEqualTo(2);
      assertThat(serialOf("example.net")).isEqualTo(1);
    }

    @Test
    void followsLinksThatLeadElsewhereNow() throws Exception {
      Files.createDirectory(folder.resolve("..1"));
      Files.createDirectory(folder.resolve("..2"));
      write("..1/example.org", zone(1));
      write("..2/example.org", zone(2));
      Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
      Files.createSymbolicLink(folder.resolve("example.org"), Path.of("..data/example.org"));
      look(notified("example.org"));
      assertThat(serialOf("example.org")).isEqualTo(1);
      Files.delete(folder.resolve("..data"));
      Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2"));
      look(notified("example.org"));
      assertThat(serialOf("example.org")).isEqualTo(2);
    }
  }

  @Nested
  class AnIncludedFile {
    @BeforeEach
    void twoZonesThatIncludeOne() throws Exception {
      write("hosts.inc", "a A 192.0.2.1\n");
      write("example.com", zone(1, "$INCLUDE hosts.inc"));
      write("example.net", zone(1, "$INCLUDE hosts.inc"));
      write("example.org", zone(1));
      look();
    }

    private int recordsOf(String apex) {
      return files.zones().zone(WireName.parse(apex)) instanceof Zone zone ? zone.recordCount() : 0;
    }

    @Test
    void isRereadForTheZoneThatANotifyNames() throws Exception {
      write("hosts.inc", "a A 192.0.2.1\nb A 192.0.2.2\n");
      write("example.com", zone(2, "$INCLUDE hosts.inc"));
      write("example.net", zone(2, "$INCLUDE hosts.inc"));
      look(notified("example.com"));
      assertThat(recordsOf("example.com")).isEqualTo(4);
      assertThat(recordsOf("example.net")).isEqualTo(3);
      // What a zone has read stays, while NOTIFYs name others.
      assertThat(look(notified("example.org"))).isEmpty();
      look(notified("example.net"));
      assertThat(recordsOf("example.net")).isEqualTo(4);
      assertThat(look()).isEmpty();
    }

    @Test
    void thatAloneChangedMakesItsZoneBeRead() throws Exception {
      write("hosts.inc", "a A 192.0.2.1\nb A 192.0.2.2\n");
      assertThat(look(notified("example.com")))
          .hasExactlyElementsOfTypes(Event.SerialNotRaised.class);
      assertThat(look(notified("example.org"))).isEmpty();
    }

    @Test
    void mayBeTheFileOfAnotherZone_whoseNotifyIsAboutThatOneAlone() throws Exception {
      write("example.org", zone(1, "$INCLUDE example.net.part"));
      write("example.net.part", "$ORIGIN example.net.part.\n" + zone(1));
      look();
      write("example.org", zone(2, "$INCLUDE example.net.part"));
      write("example.net.part", "$ORIGIN example.net.part.\n" + zone(2));
      assertThat(look(notified("example.net.part")))
          .hasExactlyElementsOfTypes(Event.ZoneChanged.class);
      assertThat(serialOf("example.org")).isEqualTo(1);
      look(notified("example.org"));
      assertThat(serialOf("example.org")).isEqualTo(2);
    }

    @Test
    void mayBeNew_orGone() throws Exception {
      write("more.inc", "b A 192.0.2.2\nc A 192.0.2.3\n");
      write("example.com", zone(2, "$INCLUDE more.inc"));
      look(notified("example.com"));
      assertThat(recordsOf("example.com")).isEqualTo(4);
      Files.delete(folder.resolve("more.inc"));
      assertThat(look(notified("example.org"))).isEmpty();
      assertThat(look(notified("example.com"))).hasExactlyElementsOfTypes(Event.ZoneBroken.class);
    }
  }

  @Nested
  class KeysAfterANotify {
    private List<String> keysInForce() {
      return files.keys().keys().stream().map(key -> key.name().toString()).sorted().toList();
    }

    @BeforeEach
    void aZone() throws Exception {
      write("example.com", zone(1));
      write("example.net", zone(1));
      look();
    }

    @Test
    void areThoseOfTheZone_ofThoseAboveIt_andOfTheNamesBelowIt() throws Exception {
      for (String name : List.of("", "com.", "example.com.", "www.example.com.", "example.net.")) {
        write(name + "_keys", key("k._notify." + name));
      }
      look(notified("example.com"));
      assertThat(keysInForce())
          .containsExactly(
              "k._notify.",
              "k._notify.com.",
              "k._notify.example.com.",
              "k._notify.www.example.com.");
    }

    @Test
    void areNoLongerThoseOfAFileThatIsGone() throws Exception {
      write("_keys", key("all._notify."));
      write("www.example.com._keys", key("k._update.www.example.com."));
      write("example.net._keys", key("k._update.example.net."));
      look();
      assertThat(keysInForce()).hasSize(3);
      for (String name : List.of("_keys", "www.example.com._keys", "example.net._keys")) {
        Files.delete(folder.resolve(name));
      }
      assertThat(look(notified("example.com")))
          .hasExactlyElementsOfTypes(Event.KeysRemoved.class, Event.KeysRemoved.class);
      assertThat(keysInForce()).containsExactly("k._update.example.net.");
    }
  }

  @Test
  @Soak
  void aNotifyCostsMuchLessThanALookAtAllZones() throws Exception {
    int zones = Soak.Times.of("zones", 1_000, 20_000);
    for (int i = 0; i < zones; i++) {
      write("z" + i + ".example", zone(1));
    }
    // Far enough ahead that every file counts as settled.
    Instant later = Instant.now().plus(Duration.ofMinutes(10));
    source = new FolderSource(ZoneFolder.open(folder, Layout.DEFAULT, InstantSource.fixed(later)));
    look();
    assertThat(files.zones().size()).isEqualTo(zones);
    Cost all = fastest(FetchScope.everything());
    Cost one = fastest(notified("z7.example"));
    System.out.printf(
        "%,d zones in a folder: the look at all takes %.1f ms, at one %.1f ms; judging it %.1f and"
            + " %.1f ms%n",
        zones,
        all.lookNanos / 1e6,
        one.lookNanos / 1e6,
        all.judgeNanos / 1e6,
        one.judgeNanos / 1e6);
    assertThat(one.lookNanos).isLessThan(all.lookNanos / 2);
  }

  private record Cost(long lookNanos, long judgeNanos) {}

  /// In processor time of this thread, so that what else the machine does counts for little.
  private Cost fastest(FetchScope scope) throws Exception {
    ThreadMXBean time = ManagementFactory.getThreadMXBean();
    Cost fastest = new Cost(Long.MAX_VALUE, Long.MAX_VALUE);
    for (int i = 0; i < 20; i++) {
      long began = time.getCurrentThreadCpuTime();
      SourceLine line = source.fetch(files.version(), scope);
      long looked = time.getCurrentThreadCpuTime();
      files = files.advance(line).files();
      fastest =
          new Cost(
              Math.min(fastest.lookNanos, looked - began),
              Math.min(fastest.judgeNanos, time.getCurrentThreadCpuTime() - looked));
    }
    return fastest;
  }
}
