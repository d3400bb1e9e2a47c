package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.ZoneFiles;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;

/// How the clone is kept small and whole over many fetches and interrupted starts.
@RequiresTool(value = "git", debian = "git")
class CloneUpkeepIT {
  private Path state;
  private GitRepository origin;
  private ZoneFiles files = ZoneFiles.NONE;

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    state = fresh.resolve("state");
    origin = GitRepository.create(fresh, "zones");
  }

  private ZoneRepository open() throws FetchException {
    return ZoneRepository.open(
        RemoteAddress.parse(origin.bare().toString()), Optional.empty(), state, Optional.empty());
  }

  private void pushAndFetch(ZoneRepository repository, int serial) throws FetchException {
    origin
        .write(
            "example.com",
            "$TTL 300\n@ SOA ns.example.org. h.example.org. "
                + serial
                + " 3600 900 604800 300\n NS ns.example.org.\n")
        .push("serial " + serial);
    files = files.advance(repository.fetch(files.version())).files();
    repository.keep(files.version(), files.heldBack());
  }

  private int packs() throws IOException {
    int packs = 0;
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(state.resolve("clone.git/objects/pack"), "*.pack")) {
      for (Path _ : all) {
        packs++;
      }
    }
    return packs;
  }

  @Test
  void manyPacksBecomeFew_andTheLineOfWhatWasServedStaysWhole() throws Exception {
    int pushes = CloneUpkeep.MAX_PACKS + 5;
    try (ZoneRepository repository = open()) {
      for (int serial = 1; serial <= pushes; serial++) {
        pushAndFetch(repository, serial);
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> packs() < CloneUpkeep.MAX_PACKS / 2);
      pushAndFetch(repository, pushes + 1);
    }
    String clone = state.resolve("clone.git").toString();
    assertThat(GitRepository.gitIn(state, "-C", clone, "rev-list", "--objects", "--all"))
        .contains("example.com"); // every object of every ref is there
    assertThat(
            GitRepository.gitIn(state, "-C", clone, "rev-list", "--count", ServedLine.REF).strip())
        .isEqualTo(Integer.toString(pushes + 1));
    try (ZoneRepository repository = open()) {
      files = ZoneFiles.resume(repository.known().orElseThrow()).files();
      Zone zone = (Zone) Objects.requireNonNull(files.zones().zone(WireName.parse("example.com")));
      assertThat(zone.serial().value()).isEqualTo(pushes + 1);
    }
  }

  /// A clone takes the place of another by two renames; the process may end between them.
  @Test
  void aStartAfterAnInterruptedReplacementGoesOnWithTheNewClone() throws Exception {
    try (ZoneRepository repository = open()) {
      pushAndFetch(repository, 1);
    }
    Files.move(state.resolve("clone.git"), state.resolve("clone.git.new"));
    try (ZoneRepository repository = open()) {
      assertThat(repository.known()).isPresent();
    }
    assertThat(state.resolve("clone.git.new")).doesNotExist();
  }

  @Test
  void aStartThatFindsOnlyTheReplacedCloneGoesOnWithThat() throws Exception {
    try (ZoneRepository repository = open()) {
      pushAndFetch(repository, 1);
    }
    Files.move(state.resolve("clone.git"), state.resolve("clone.git.old"));
    Files.createDirectories(state.resolve("clone.git.new/objects"));
    try (ZoneRepository repository = open()) {
      assertThat(repository.known()).isPresent();
    }
  }

  @Test
  void whatAKilledFetchLeftBehindIsRemovedAtTheNextStart() throws Exception {
    try (ZoneRepository repository = open()) {
      pushAndFetch(repository, 1);
    }
    Path objects = state.resolve("clone.git/objects");
    Path incoming = Files.writeString(objects.resolve("incoming_17.pack"), "half a pack");
    Path index = Files.writeString(objects.resolve("pack/gc_17.idx_tmp"), "half an index");
    Path lock = Files.writeString(state.resolve("clone.git/refs/zonetrail/served.lock"), "");
    try (ZoneRepository repository = open()) {
      pushAndFetch(repository, 2);
    }
    assertThat(incoming).doesNotExist();
    assertThat(index).doesNotExist();
    assertThat(lock).doesNotExist();
  }
}
