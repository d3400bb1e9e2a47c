package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectInserter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.ZoneFiles;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Soak;
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
    repository.markTakenIn();
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

  /// What waits is packed like the rest, and is all there: also what was superseded.
  @Test
  void commitsThatWaitArePacked_andStay() throws Exception {
    origin.write("example.com", zone(1)).push("first");
    try (GitSource source = new GitSource(open())) {
      String tip = LedgerFixture.fetch(source).version();
      String old = source.commit(tip, LedgerFixture.edit("example.com", zone(2), "old")).version();
      List<String> waiting = new ArrayList<>();
      for (int serial = 3; serial < 13; serial++) {
        waiting.add(
            source
                .commit(
                    waiting.isEmpty() ? tip : waiting.getLast(),
                    LedgerFixture.edit("example.com", zone(serial), "r" + serial))
                .version());
        // Put into the clone one by one, so as loose objects.
        assertThat(LedgerFixture.versions(source.pending())).isEqualTo(waiting);
      }
      makePackingDue();
      Path loose = loose(waiting.getFirst());
      assertThat(loose).exists();
      source.keep(waiting.getLast(), ZoneFiles.NONE.heldBack());
      source.markTakenIn();
      await().atMost(Duration.ofSeconds(30)).until(() -> Files.notExists(loose));

      assertThat(LedgerFixture.versions(source.pending())).isEqualTo(waiting);
      assertThat(LedgerFixture.versions(source.superseded())).containsExactly(old);
      LedgerFixture.assertSound(state.resolve("clone.git"));
      assertThat(source.push(waiting.getLast())).isEqualTo(new PushOutcome.Pushed());
    }
  }

  /// JGit, as git does, takes a `gc.pid` for that of a packing under way, for twelve hours.
  @Test
  void afterAKillAmidPacking_theNextStartPacks() throws Exception {
    origin.write("example.com", zone(1)).push("first");
    String waiting;
    try (GitSource source = new GitSource(open())) {
      String tip = LedgerFixture.fetch(source).version();
      waiting = source.commit(tip, LedgerFixture.edit("example.com", zone(2), "r")).version();
      assertThat(LedgerFixture.versions(source.pending())).containsExactly(waiting);
    }
    Files.writeString(state.resolve("clone.git/gc.pid"), "1 somewhere");
    makePackingDue();
    Path loose = loose(waiting);
    assertThat(loose).exists();
    try (GitSource source = new GitSource(open())) {
      source.markTakenIn();
      await().atMost(Duration.ofSeconds(30)).until(() -> Files.notExists(loose));
    }
  }

  /// One folder of loose objects tells of the others.
  private void makePackingDue() throws IOException {
    try (CloneRepository clone = CloneRepository.at(state.resolve("clone.git"), true);
        ObjectInserter inserter = clone.newObjectInserter()) {
      int made = 0;
      for (int i = 0; made <= CloneUpkeep.MAX_LOOSE_OBJECTS / 256; i++) {
        byte[] text = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
        if (inserter.idFor(Constants.OBJ_BLOB, text).name().startsWith("17")) {
          inserter.insert(Constants.OBJ_BLOB, text);
          made++;
        }
      }
    }
  }

  private Path loose(String id) {
    return state.resolve("clone.git/objects").resolve(id.substring(0, 2)).resolve(id.substring(2));
  }

  private static String zone(int serial) {
    return "$TTL 300\n@ SOA ns.example.org. h.example.org. " + serial + " 3600 900 604800 300\n";
  }

  /// Many commits take as much work at the end as at the beginning; memory asked for stands for it,
  /// as time says more of the machine.
  @Test
  @Soak
  void theLastOfManyCommitsIsLikeTheFirst() throws Exception {
    int commits = Soak.Times.of("commits", 200, 10_000);
    origin.write("example.com", zone(1)).push("first");
    try (GitSource source = new GitSource(open())) {
      String tip = LedgerFixture.fetch(source).version();
      List<Long> octets = new ArrayList<>();
      for (int serial = 2; serial < commits + 2; serial++) {
        long begin = allocatedOctets();
        tip = source.commit(tip, LedgerFixture.edit("example.com", zone(serial), "r")).version();
        octets.add(allocatedOctets() - begin);
        if (serial % 10 == 0) {
          assertThat(source.push(tip)).isEqualTo(new PushOutcome.Pushed());
          source.keep(tip, ZoneFiles.NONE.heldBack());
          source.markTakenIn();
        }
      }
      LedgerFixture.assertSound(state.resolve("clone.git"));
      assertThat(packs()).isLessThanOrEqualTo(CloneUpkeep.MAX_PACKS);
      int tenth = commits / 10;
      assertThat(median(octets.subList(commits - tenth, commits)))
          .isPositive()
          .isLessThan(2 * median(octets.subList(tenth, 2 * tenth)));
    }
  }

  private static long allocatedOctets() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static long median(List<Long> of) {
    return of.stream().sorted().toList().get(of.size() / 2);
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
