package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.authority.ZoneStatus;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;

/// The line of what was served, written and read back with real git repositories.
@RequiresTool(value = "git", debian = "git")
class ServedLineIT {
  private static final WireName EXAMPLE = WireName.parse("example.com");
  private static final WireName OTHER = WireName.parse("example.net");

  private Path state;
  private GitRepository origin;
  private ZoneFiles files = ZoneFiles.NONE;

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    state = fresh.resolve("state");
    origin = GitRepository.create(fresh, "zones");
  }

  private static String zone(int serial, String... lines) {
    return "$TTL 300\n@ SOA ns.example.org. host.example.org. "
        + serial
        + " 3600 900 604800 300\n  NS ns.example.org.\n"
        + String.join("\n", lines)
        + "\n";
  }

  private ZoneRepository open() throws FetchException {
    return open(Optional.empty());
  }

  private ZoneRepository open(Optional<String> path) throws FetchException {
    return ZoneRepository.open(
        RemoteAddress.parse(origin.bare().toString()), path, state, Optional.empty());
  }

  private void fetchAndKeep(ZoneRepository repository) throws FetchException {
    files = files.advance(repository.fetch(files.version())).files();
    repository.keep(files.version(), files.heldBack());
  }

  private void start(ZoneRepository repository) {
    Known known = repository.known().orElseThrow();
    files = ZoneFiles.resume(known).files();
  }

  private @Nullable Long serial(WireName apex) {
    return files.zones().zone(apex) instanceof Zone zone ? (Long) zone.serial().value() : null;
  }

  private static Zone zone(ZoneFiles files) {
    return (Zone) Objects.requireNonNull(files.zones().zone(EXAMPLE));
  }

  private String clone(String... command) {
    return GitRepository.gitIn(state.resolve("clone.git"), command).strip();
  }

  @Test
  void whatIsServedAsItWasPushedIsTheFetchedCommitsOwnTree() throws Exception {
    String pushed = origin.write("example.com", zone(1)).push("first");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
    }
    assertThat(clone("rev-parse", "refs/zonetrail/served^{tree}"))
        .isEqualTo(clone("rev-parse", pushed + "^{tree}"));
    assertThat(clone("log", "-1", "--format=%B", "refs/zonetrail/served"))
        .contains("Zonetrail-Source: " + pushed);
  }

  @Test
  void eachPublicationIsOneCommitOnTheOneBefore_andTheSameTwiceIsNone() throws Exception {
    try (ZoneRepository repository = open()) {
      for (int serial = 1; serial <= 3; serial++) {
        origin.write("example.com", zone(serial)).push("serial " + serial);
        fetchAndKeep(repository);
        fetchAndKeep(repository);
      }
    }
    assertThat(clone("rev-list", "--count", "refs/zonetrail/served")).isEqualTo("3");
  }

  @Test
  void aBrokenZonesLastGoodVersionStandsInTheTreeAndOutlivesTheProcess() throws Exception {
    origin.write("example.com", zone(1)).write("example.net", zone(1)).push("good");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
      origin.write("example.com", zone(2, "a A nonsense")).write("example.net", zone(2));
      origin.push("broken");
      fetchAndKeep(repository);
    }
    assertThat(clone("show", "refs/zonetrail/served:example.com")).contains(" 1 3600");
    assertThat(clone("show", "refs/zonetrail/served:example.net")).contains(" 2 3600");
    try (ZoneRepository repository = open()) {
      start(repository);
      assertThat(serial(EXAMPLE)).isEqualTo(1);
      assertThat(serial(OTHER)).isEqualTo(2);
      assertThat(files.statuses().filter(zone -> zone.state() == ZoneStatus.State.BROKEN))
          .hasSize(1);
    }
  }

  @Test
  void zonesInAFolderAndTheirHeldBackIncludesComeBack() throws Exception {
    origin
        .write("dns/example.com", zone(1, "$INCLUDE hosts.inc"))
        .write("dns/hosts.inc", "a A 192.0.2.1\n")
        .write("elsewhere/file", "not ours")
        .push("good");
    try (ZoneRepository repository = open(Optional.of("dns"))) {
      fetchAndKeep(repository);
      origin
          .write("dns/example.com", zone(1, "$INCLUDE hosts.inc", "x A 192.0.2.3"))
          .write("dns/hosts.inc", "b A 192.0.2.2\n")
          .push("the serial was forgotten");
      fetchAndKeep(repository);
    }
    try (ZoneRepository repository = open(Optional.of("dns"))) {
      start(repository);
      Zone served = zone(files);
      assertThat(served.node(WireName.parse("a.example.com"))).isNotNull();
      assertThat(served.node(WireName.parse("b.example.com"))).isNull();
    }
    try (ZoneRepository other = open(Optional.of("elsewhere"))) {
      assertThat(other.known().map(Known::served)).isEmpty();
    }
  }

  @Test
  void removalsThatAreHeldAndFloorsOfRemovedZonesOutliveTheProcess() throws Exception {
    for (int i = 0; i < 10; i++) {
      origin.write("z" + i + ".example", zone(7));
    }
    origin.write("example.com", zone(9)).push("all");
    String held;
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
      origin.remove("example.com").push("one goes");
      fetchAndKeep(repository);
      for (int i = 0; i < 5; i++) {
        origin.remove("z" + i + ".example");
      }
      held = origin.push("many go");
      fetchAndKeep(repository);
    }
    try (ZoneRepository repository = open()) {
      start(repository);
      assertThat(files.zones().size()).isEqualTo(10);
      origin.write("example.com", zone(3)).push("back, with an older serial");
      fetchAndKeep(repository);
      assertThat(serial(EXAMPLE)).isNull();
      origin.git(
          "commit", "--allow-empty", "-qm", "go\n\nZonetrail-Accept: " + held.substring(0, 8));
      origin.git("push", "-q", "origin", "main");
      fetchAndKeep(repository);
      assertThat(files.zones().size()).isEqualTo(6); // five, and the one without a good version
    }
  }

  @Test
  void commitsPushedTogetherAreLookedAtOneByOne_aFirstLookToo() throws Exception {
    origin.write("example.com", zone(1)).push("first");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
      origin.write("example.com", zone(2, "a A 192.0.2.1")).commit("raised");
      origin.write("example.com", zone(2, "b A 192.0.2.2")).push("forgotten");
      fetchAndKeep(repository);
    }
    ZoneFiles running = files;
    state = state.resolveSibling("late");
    files = ZoneFiles.NONE;
    try (ZoneRepository late = open()) {
      fetchAndKeep(late);
    }
    for (ZoneFiles server : new ZoneFiles[] {running, files}) {
      Zone zone = zone(server);
      assertThat(zone.node(WireName.parse("a.example.com"))).isNotNull();
      assertThat(zone.node(WireName.parse("b.example.com"))).isNull();
    }
  }

  @Test
  void aMergeWhoseFirstParentIsAnotherLineIsNoRewrite_aForcedPushIs() throws Exception {
    String base = origin.write("example.com", zone(1)).push("base");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
      String ours = origin.write("example.com", zone(2)).push("on main");
      fetchAndKeep(repository);
      origin.git("checkout", "-q", "-b", "side", base);
      origin.write("example.net", zone(1)).commit("beside");
      origin.git("merge", "-q", "--no-edit", ours);
      origin.git("push", "-q", "origin", "HEAD:main");
      assertThat(repository.fetch(files.version()).isRewritten()).isFalse();
      fetchAndKeep(repository);
      assertThat(serial(OTHER)).isEqualTo(1);
      origin.git("reset", "-q", "--hard", base);
      origin.write("example.org", zone(1)).commit("another history");
      origin.git("push", "-q", "--force", "origin", "HEAD:main");
      assertThat(repository.fetch(files.version()).isRewritten()).isTrue();
    }
  }

  @Test
  void aServedLineThatCannotBeReadCostsOnlyTheMemoryOfIt() throws Exception {
    origin.write("example.com", zone(1)).push("first");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
    }
    String served = clone("rev-parse", "refs/zonetrail/served");
    truncate(
        state.resolve("clone.git/objects/" + served.substring(0, 2) + "/" + served.substring(2)));
    try (ZoneRepository repository = open()) {
      assertThat(repository.known().map(Known::served)).isEmpty();
      start(repository);
      assertThat(serial(EXAMPLE)).isEqualTo(1);
      fetchAndKeep(repository);
    }
    try (ZoneRepository repository = open()) {
      assertThat(repository.known().map(Known::served).map(SourceTree::version)).isPresent();
    }
  }

  private static void truncate(Path object) throws IOException {
    Files.delete(object);
    Files.write(object, new byte[0]);
  }
}
