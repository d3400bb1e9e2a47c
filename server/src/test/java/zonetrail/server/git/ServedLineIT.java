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

  @Test
  void aCloneThatIsMadeAnewStillKnowsWhatWasServed() throws Exception {
    String first = origin.write("example.com", zone(9)).write("example.net", zone(1)).push("first");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
      origin.write("example.com", zone(3)).write("example.net", zone(2)).push("lowered");
      fetchAndKeep(repository);
    }
    damage(origin.git("rev-parse", "HEAD:example.net").strip());
    try (ZoneRepository repository = open()) {
      start(repository);
      repository.keep(files.version(), files.heldBack());
      // Nothing new: nobody asks that what is served be noted again.
      files = files.advance(repository.fetch(files.version())).files();
      assertThat(serial(EXAMPLE)).isEqualTo(9);
      assertThat(serial(OTHER)).isEqualTo(2);
    }
    assertThat(state.resolve("clone.git.old")).isDirectory();
    try (ZoneRepository repository = open()) {
      start(repository);
      assertThat(serial(EXAMPLE)).isEqualTo(9);
      assertThat(files.statuses().filter(zone -> zone.zone().equals(EXAMPLE)))
          .allMatch(zone -> zone.version().equals(first));
    }
  }

  @Test
  void aHistoryThatCannotBeReadDoesNotKeepWhatWasServedFromBeingServed() throws Exception {
    origin.write("example.com", zone(9)).push("first");
    String between;
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
      between = origin.write("example.com", zone(3)).commit("lowered");
      origin.write("example.net", zone(1)).push("and more");
      repository.fetch(files.version()); // and the process ends before it notes what came of it
    }
    damage(between);
    try (ZoneRepository repository = open()) {
      start(repository);
      assertThat(serial(EXAMPLE)).isEqualTo(9);
      fetchAndKeep(repository);
      assertThat(serial(EXAMPLE)).isEqualTo(9);
      assertThat(serial(OTHER)).isEqualTo(1);
    }
  }

  @Test
  void aDamagedHistoryIsClonedAnewWhenTheNextPushNeedsIt_alsoFirstThingAfterAStart()
      throws Exception {
    String root = origin.write("example.com", zone(1)).push("first");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
      origin.write("example.com", zone(2)).push("second");
      fetchAndKeep(repository);
    }
    damage(root);
    origin.write("example.com", zone(3)).push("third");
    try (ZoneRepository repository = open()) {
      start(repository);
      fetchAndKeep(repository);
      assertThat(serial(EXAMPLE)).isEqualTo(3);
    }
  }

  @Test
  void aProcessThatWasKilledWhileItWroteARefDoesNotLockItForEver() throws Exception {
    origin.write("example.com", zone(1)).push("first");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
    }
    Files.createFile(state.resolve("clone.git/refs/heads/fetched.lock"));
    Files.createFile(state.resolve("clone.git/refs/zonetrail/served.lock"));
    origin.write("example.com", zone(2)).push("second");
    try (ZoneRepository repository = open()) {
      start(repository);
      fetchAndKeep(repository);
      assertThat(serial(EXAMPLE)).isEqualTo(2);
    }
  }

  @Test
  void aFolderOfTheRepositoryThatIsCalledLikeOursIsNotTakenForOurs() throws Exception {
    origin
        .write("example.com", zone(1, "$INCLUDE hosts.inc"))
        .write("hosts.inc", "a A 192.0.2.1\n")
        .write(".zonetrail/example.com/hosts.inc", "evil A 192.0.2.66\n")
        .push("first");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
      assertThat(zone(files).node(WireName.parse("a.example.com"))).isNotNull();
    }
    try (ZoneRepository repository = open()) {
      start(repository);
      assertThat(zone(files).node(WireName.parse("evil.example.com"))).isNull();
      assertThat(zone(files).node(WireName.parse("a.example.com"))).isNotNull();
      origin.write("hosts.inc", "b A 192.0.2.2\n").push("the serial was forgotten");
      fetchAndKeep(repository);
    }
    try (ZoneRepository repository = open()) {
      start(repository);
      assertThat(zone(files).node(WireName.parse("evil.example.com"))).isNull();
      assertThat(zone(files).node(WireName.parse("a.example.com"))).isNotNull();
    }
    assertThat(clone("ls-tree", "-r", "--name-only", "refs/zonetrail/served"))
        .isEqualTo(".zonetrail/example.com/hosts.inc\nexample.com\nhosts.inc");
  }

  @Test
  void aRemovalIsAcceptedByACommitThatAMergeBrings() throws Exception {
    for (int i = 0; i < 10; i++) {
      origin.write("z" + i + ".example", zone(1));
    }
    origin.push("all");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
      for (int i = 0; i < 5; i++) {
        origin.remove("z" + i + ".example");
      }
      String held = origin.push("many go");
      fetchAndKeep(repository);
      origin.git("checkout", "-q", "-b", "accept");
      origin.commit("yes\n\nZonetrail-Accept: " + held);
      origin.git("checkout", "-q", "main");
      origin.git("merge", "-q", "--no-ff", "-m", "Merge branch accept", "accept");
      origin.git("push", "-q", "origin", "main");
      fetchAndKeep(repository);
      assertThat(files.zones().size()).isEqualTo(5);
    }
  }

  @Test
  void aRemovalIsAcceptedOnALineThatAMergeMadeTheSecond() throws Exception {
    for (int i = 0; i < 10; i++) {
      origin.write("z" + i + ".example", zone(1));
    }
    origin.push("all");
    try (ZoneRepository repository = open()) {
      fetchAndKeep(repository);
      for (int i = 0; i < 5; i++) {
        origin.remove("z" + i + ".example");
      }
      String held = origin.push("many go");
      fetchAndKeep(repository);
      String theirs = origin.write("z9.example", zone(2)).push("somebody else was faster");
      fetchAndKeep(repository);
      origin.git("reset", "-q", "--hard", held);
      origin.commit("yes\n\nZonetrail-Accept: " + held);
      origin.git("merge", "-q", "--no-edit", theirs); // as `git pull` does
      origin.git("push", "-q", "origin", "main");
      fetchAndKeep(repository);
      assertThat(files.zones().size()).isEqualTo(5);
    }
  }

  /// Loses one object of the clone, as a bad disk does; all others are as they were.
  private void damage(String object) throws Exception {
    Path clone = state.resolve("clone.git");
    Path objects = clone.resolve("objects");
    Path packs = state.resolve("packs");
    Files.move(objects.resolve("pack"), packs);
    Files.createDirectory(objects.resolve("pack"));
    try (var files = Files.newDirectoryStream(packs, "*.pack")) {
      for (Path pack : files) {
        new ProcessBuilder("git", "unpack-objects", "-q")
            .directory(clone.toFile())
            .redirectInput(pack.toFile())
            .start()
            .waitFor();
      }
    }
    Files.delete(objects.resolve(object.substring(0, 2)).resolve(object.substring(2)));
  }

  private static void truncate(Path object) throws IOException {
    Files.delete(object);
    Files.write(object, new byte[0]);
  }
}
