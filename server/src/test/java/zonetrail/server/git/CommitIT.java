package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static zonetrail.server.git.LedgerFixture.KEY;
import static zonetrail.server.git.LedgerFixture.TIME;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.LedgerFixture.assertSound;
import static zonetrail.server.git.LedgerFixture.edit;
import static zonetrail.server.git.LedgerFixture.fetch;
import static zonetrail.server.git.LedgerFixture.line;
import static zonetrail.server.git.LedgerFixture.versions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.Layout;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.masterfile.ZoneFilePattern;

/// Commits of ours in the clone: what is in them, and that they wait until the remote has them.
@RequiresTool(value = "git", debian = "git")
class CommitIT {
  private Path directory;
  private GitRepository origin;

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
    origin.write("example.com", ZONE).write("example.org", ZONE).push("first");
  }

  private GitSource open() throws FetchException {
    return open(Optional.empty(), Layout.DEFAULT);
  }

  private GitSource open(Optional<String> path, Layout layout) throws FetchException {
    return new GitSource(
        ZoneRepository.open(
            RemoteAddress.parse(origin.bare().toString()),
            path,
            layout,
            directory.resolve("state"),
            RemoteAccess.by(Optional.empty()),
            new Committer("Zonetrail", "zonetrail@ns1.example.net")));
  }

  private Path inClone() {
    return directory.resolve("state/clone.git");
  }

  private String git(String... arguments) {
    return GitRepository.gitIn(inClone(), arguments);
  }

  private static String text(SourceTree tree, String name) throws UnreadableException {
    return new String(Objects.requireNonNull(tree.files().get(name)).read(), UTF_8);
  }

  private static String large() {
    return ZONE + "; what makes it large\n".repeat(UnsettledCommits.MAX_BASE_OCTETS / 16);
  }

  @Nested
  class WhatIsInACommit {

    @Test
    void itDiffersFromItsParentInItsFilesOnly() throws Exception {
      try (GitSource source = open()) {
        SourceTree before = fetch(source);
        SourceTree made =
            source.commit(before.version(), edit("example.com", ZONE + "; 2\n", "r1"));
        assertThat(versions(source.pending())).containsExactly(made.version());
        assertThat(git("rev-parse", made.version() + "^")).isEqualTo(before.version());
        assertThat(git("diff", "--stat", "--format=", made.version() + "^", made.version()))
            .contains("example.com | 1 +", "1 file changed");
        assertThat(made.files()).containsOnlyKeys("example.com", "example.org");
        assertThat(text(made, "example.com")).isEqualTo(ZONE + "; 2\n");
        assertThat(made.files().get("example.org")).isSameAs(before.files().get("example.org"));
        assertThat(made.time()).isEqualTo(TIME);
        assertSound(inClone());
      }
    }

    @Test
    void aLargeFileIsOnTheDiskBeforeItsCommit_whichIsShortThen() throws Exception {
      ZoneCommit edit = edit("example.com", large(), "r1");
      try (GitSource source = open()) {
        SourceTree before = fetch(source);
        source.prepare(List.of(edit));
        assertThat(versions(source.pending())).isEmpty();
        Path file = Files.writeString(directory.resolve("large"), large());
        String blob = git("hash-object", "--no-filters", file.toString());
        assertThat(git("cat-file", "-s", blob)).isEqualTo("" + large().length());
        SourceTree between =
            source.commit(before.version(), edit("example.org", ZONE + "; 2\n", "r2"));
        SourceTree made = source.commit(between.version(), edit);
        assertThat(looseObjects()).as("its record is in the journal alone").containsExactly(blob);
        assertThat(text(made, "example.com")).isEqualTo(large());
        assertThat(versions(source.pending())).containsExactly(between.version(), made.version());
        assertThat(git("rev-parse", made.version() + ":example.com")).isEqualTo(blob);
        assertSound(inClone());
      }
    }

    @Test
    void aLargeFileThatWasPreparedAndIsNotWhatIsCommittedIsOfNoConsequence() throws Exception {
      try (GitSource source = open()) {
        SourceTree before = fetch(source);
        source.prepare(List.of(edit("example.com", large(), "r1")));
        ZoneCommit other = edit("example.com", large() + "; 2\n", "r1");
        SourceTree made = source.commit(before.version(), other);
        assertThat(text(made, "example.com")).isEqualTo(large() + "; 2\n");
        assertSound(inClone());
      }
    }

    private List<String> looseObjects() throws IOException {
      Path objects = inClone().resolve("objects");
      try (Stream<Path> files = Files.walk(objects, 2)) {
        return files
            .map(file -> objects.relativize(file).toString())
            .filter(file -> file.matches("[0-9a-f]{2}/.*"))
            .map(file -> file.replace("/", ""))
            .toList();
      }
    }

    @Test
    void theAuthorIsTheKey_theCommitterTheServer() throws Exception {
      try (GitSource source = open()) {
        String made =
            source
                .commit(fetch(source).version(), edit("example.com", ZONE + "\n", "r1"))
                .version();
        assertThat(versions(source.pending())).containsExactly(made);
        assertThat(git("show", "-s", "--format=%an <%ae> %at%n%cn <%ce> %ct%n%B", made))
            .isEqualTo(
                """
                %1$s <zonetrail@ns1.example.net> %2$d
                Zonetrail <zonetrail@ns1.example.net> %2$d
                example.com: 1 change

                What changed.

                Zonetrail-Request: r1
                Zonetrail-Key: %1$s\
                """
                    .formatted(KEY, TIME.getEpochSecond()));
        assertThat(git("show", "-s", "--format=%(trailers:key=Zonetrail-Request,valueonly)", made))
            .isEqualTo("r1");
      }
    }

    @Test
    void aNewFileAndOneThatIsRemoved() throws Exception {
      try (GitSource source = open()) {
        SourceTree made = source.commit(fetch(source).version(), edit("example.net", ZONE, "r1"));
        SourceTree next =
            source.commit(made.version(), edit("example.com", Optional.empty(), "r2", TIME));
        assertThat(made.files()).containsOnlyKeys("example.com", "example.net", "example.org");
        assertThat(next.files()).containsOnlyKeys("example.net", "example.org");
        assertThat(versions(source.pending())).containsExactly(made.version(), next.version());
        assertThat(git("ls-tree", "--name-only", next.version()))
            .isEqualTo("example.net\nexample.org");
      }
    }

    @Test
    void aFileThatMayBeExecutedStaysSo() throws Exception {
      Files.setPosixFilePermissions(
          origin.work().resolve("example.com"), PosixFilePermissions.fromString("rwxr-xr-x"));
      origin.push("executable");
      try (GitSource source = open()) {
        String made =
            source
                .commit(fetch(source).version(), edit("example.com", ZONE + "\n", "r1"))
                .version();
        assertThat(versions(source.pending())).containsExactly(made);
        assertThat(git("ls-tree", made)).contains("100755 blob").contains("100644 blob");
      }
    }

    @Test
    void inAFolderOfTheRepository_whichStaysWithoutFilesToo() throws Exception {
      origin.write("dns/live/example.com", ZONE).push("in a folder");
      try (GitSource source = open(Optional.of("dns/live"), Layout.DEFAULT)) {
        SourceTree made =
            source.commit(fetch(source).version(), edit("example.com", ZONE + "\n", "r1"));
        assertThat(versions(source.pending())).containsExactly(made.version());
        assertThat(git("show", made.version() + ":dns/live/example.com")).isEqualTo(ZONE.strip());
        SourceTree empty =
            source.commit(made.version(), edit("example.com", Optional.empty(), "r2", TIME));
        assertThat(empty.files()).isEmpty();
        assertThat(source.push(empty.version())).isInstanceOf(PushOutcome.Pushed.class);
        assertThat(line(source, "").now().files()).isEmpty();
        assertSound(inClone());
      }
    }

    @Test
    void inAFolderOfTheZonesFolder() throws Exception {
      origin.write("a/example.net", ZONE).push("sharded");
      Layout tree = new Layout(Layout.Folders.TREE, ZoneFilePattern.NAME_ALONE);
      try (GitSource source = open(Optional.empty(), tree)) {
        SourceTree made =
            source.commit(fetch(source).version(), edit("b/c/new.example", ZONE, "r1"));
        assertThat(made.files())
            .containsOnlyKeys("a/example.net", "b/c/new.example", "example.com", "example.org");
        assertThat(fetch(source).files()).hasSize(3);
        assertThatThrownBy(() -> source.commit(made.version(), edit("b/c", ZONE, "r2")))
            .isInstanceOf(AwayException.class)
            .hasMessageContaining("cannot be a file and a folder at once");
        assertThat(versions(source.pending())).containsExactly(made.version());
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".git", "a/b", "../x", "a//b", "x/", "."})
    void aNameThatIsNoneIsABug(String name) throws Exception {
      try (GitSource source = open()) {
        String tip = fetch(source).version();
        assertThatThrownBy(() -> source.commit(tip, edit(name, ZONE, "r1")))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }

    @Test
    void aParentThatIsNotThereIsSaidSo_andNothingHasChanged() throws Exception {
      try (GitSource source = open()) {
        fetch(source);
        assertThatThrownBy(() -> source.commit("1".repeat(40), edit("example.com", ZONE, "r1")))
            .isInstanceOf(AwayException.class)
            .hasMessageContaining("commit 1111111 is not in the clone any more");
        assertThat(source.pending()).isEmpty();
      }
    }
  }

  @Nested
  class WhatWaits {

    @Test
    void isThereAfterARestart_oldestFirst_withWhatWasBefore() throws Exception {
      SourceTree first;
      SourceTree second;
      String tip;
      try (GitSource source = open()) {
        tip = fetch(source).version();
        first = source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1"));
        second = source.commit(first.version(), edit("example.com", ZONE + "; 3\n", "r2"));
      }
      try (GitSource source = open()) {
        assertThat(versions(source.pending())).containsExactly(first.version(), second.version());
        assertThat(text(source.pending().getLast(), "example.com")).isEqualTo(ZONE + "; 3\n");
        assertThat(source.before(first.version())).map(SourceTree::version).contains(tip);
        assertThat(source.superseded()).isEmpty();
        assertThat(source.isInRemote(first.version())).isFalse();
        assertThat(source.push(second.version())).isInstanceOf(PushOutcome.Pushed.class);
        assertThat(source.pending()).isEmpty();
        assertThat(source.isInRemote(first.version())).isTrue();
        assertThat(origin.git("ls-remote", "origin", "main")).startsWith(second.version());
      }
    }

    @Test
    void isNotWhatWasTakenBack_whateverIsCommittedAfterwards() throws Exception {
      String waits;
      String after;
      try (GitSource source = open()) {
        String tip = fetch(source).version();
        waits = source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1")).version();
        String first = source.commit(waits, edit("example.com", ZONE + "; 3\n", "r2")).version();
        String last = source.commit(first, edit("example.com", ZONE + "; 4\n", "r3")).version();
        source.takeBack(last, waits);
        assertThat(versions(source.pending())).containsExactly(waits);
      }
      try (GitSource source = open()) {
        assertThat(versions(source.pending())).containsExactly(waits);
        after = source.commit(waits, edit("example.com", ZONE + "; 5\n", "r4")).version();
      }
      try (GitSource source = open()) {
        assertThat(versions(source.pending())).containsExactly(waits, after);
        assertThat(source.superseded()).isEmpty();
        assertThat(source.supersededLines()).isEmpty();
      }
    }

    @Test
    void isNothingWhereTheFirstOfItWasTakenBack_alsoWhenTheRemoteMoves() throws Exception {
      try (GitSource source = open()) {
        String tip = fetch(source).version();
        String first = source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1")).version();
        source.takeBack(first, tip);
        assertThat(source.pending()).isEmpty();
        origin.write("example.org", ZONE + "; theirs\n").push("theirs");
        line(source, tip);
      }
      try (GitSource source = open()) {
        assertThat(source.pending()).isEmpty();
        assertThat(source.superseded()).isEmpty();
      }
    }

    @Test
    void isWhatTheSourceIs_whileTheRemoteHasNotMoved() throws Exception {
      String published;
      try (GitSource source = open()) {
        SourceTree tip = fetch(source);
        published =
            source.commit(tip.version(), edit("example.com", ZONE + "; 2\n", "r1")).version();
        SourceLine line = line(source, published);
        assertThat(line.now().version()).isEqualTo(published);
        assertThat(line.isRewritten()).isFalse();
        source.keep(published, ZoneFiles.NONE.heldBack());
      }
      try (GitSource source = open()) {
        Known known = source.known().orElseThrow();
        SourceLine line = Objects.requireNonNull(known.line());
        assertThat(line.now().version()).isEqualTo(published);
        assertThat(line.isRewritten()).isFalse();
        assertThat(line(source, published).now().version()).isEqualTo(published);
      }
    }

    @Test
    void aRemoteThatMovedGivesWhatItHasSinceOurLineBegan() throws Exception {
      try (GitSource source = open()) {
        String tip = fetch(source).version();
        String ours = source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1")).version();
        String theirs = origin.write("example.org", ZONE + "; theirs\n").push("theirs");
        assertThat(source.push(ours)).isInstanceOf(PushOutcome.Superseded.class);
        SourceLine line = line(source, ours);
        assertThat(versions(line.trees())).containsExactly(theirs);
        assertThat(line.isRewritten()).isFalse();

        // Made again on top of what is there now.
        String again = source.commit(theirs, edit("example.com", ZONE + "; 2\n", "r1")).version();
        assertThat(versions(source.pending())).containsExactly(again);
        assertThat(source.superseded()).isEmpty(); // its request is in the new line
        assertThat(source.push(again)).isInstanceOf(PushOutcome.Pushed.class);
        assertThat(source.superseded()).isEmpty(); // and now in the remote
        source.giveUp(ours, false);
        assertThat(git("for-each-ref", "--format=%(refname)", "refs/zonetrail/superseded"))
            .isEmpty();
        assertThat(line(source, again).now().version()).isEqualTo(again);
      }
    }

    @Test
    void fromACommitOfOursThatWasMadeAgain_leadsThroughAllThatTheRemoteGotMeanwhile()
        throws Exception {
      try (GitSource source = open()) {
        String tip = fetch(source).version();
        String ours = source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1")).version();
        String sound = origin.write("example.org", ZONE + "; theirs\n").push("theirs");
        String broken = origin.write("example.org", "what?\n").push("a slip");
        fetch(source);

        assertThat(versions(source.lineTo(broken, ours))).containsExactly(sound, broken);
        assertThat(versions(source.lineTo(sound, tip))).containsExactly(sound);
        assertThat(versions(source.lineTo(tip, ours))).containsExactly(tip);
        assertThat(versions(source.lineTo(broken, "0".repeat(39) + "1"))).containsExactly(broken);
      }
    }

    @Test
    void ofALineThatWasSuperseded_isWhatHasNotBeenMadeAgain() throws Exception {
      String second;
      String again;
      try (GitSource source = open()) {
        String first =
            source
                .commit(fetch(source).version(), edit("example.com", ZONE + "; 2\n", "r1"))
                .version();
        second = source.commit(first, edit("example.com", ZONE + "; 3\n", "r2")).version();
        String theirs = origin.write("example.org", ZONE + "; theirs\n").push("theirs");
        line(source, first);
        again = source.commit(theirs, edit("example.com", ZONE + "; 2\n", "r1")).version();
      }
      // The process ends here.
      try (GitSource source = open()) {
        assertThat(versions(source.pending())).containsExactly(again);
        assertThat(versions(source.superseded())).containsExactly(second);
        source.giveUp(second, false);
        assertThat(source.superseded()).isEmpty();
      }
    }

    @Test
    void ofALineOfWhichAPartDidNotFitAnyMore_isNothing_andItIsKeptForPeople() throws Exception {
      String ours;
      try (GitSource source = open()) {
        ours =
            source
                .commit(
                    fetch(source).version(), told("Zonetrail-Request: r1", "Zonetrail-Request: r2"))
                .version();
        String theirs = origin.write("example.org", ZONE + "; theirs\n").push("theirs");
        line(source, ours);
        source.commit(theirs, told("Zonetrail-Request: r1"));
        assertThat(versions(source.superseded())).containsExactly(ours);
        assertThat(source.supersededLines()).containsExactly(ours);
        assertThat(source.settledOf(ours)).containsExactly("r1");
        source.commit(theirs, told("Zonetrail-Request: r1", "Zonetrail-Conflict: r2"));
      }
      // The process ends before it gives the line up.
      try (GitSource source = open()) {
        assertThat(source.settledOf(ours)).containsExactlyInAnyOrder("r1", "r2");
        assertThat(source.superseded()).isEmpty();
        assertThat(git("for-each-ref", "--format=%(objectname)", "refs/zonetrail/conflict"))
            .isEqualTo(ours);
      }
    }

    private static ZoneCommit told(String... trailers) {
      return new ZoneCommit(
          "key", LedgerFixture.TIME, "text", "", List.of(trailers), new TreeMap<>());
    }

    @Test
    void isCarriedOverWhenTheCloneIsMadeAnew() throws Exception {
      try (GitSource source = open()) {
        SourceTree tip = fetch(source);
        String first =
            source.commit(tip.version(), edit("example.com", ZONE + "; 2\n", "r1")).version();
        String second = source.commit(first, edit("new.example", ZONE, "r2")).version();
        assertThat(versions(source.pending())).containsExactly(first, second);
        damage(git("rev-parse", tip.version() + ":example.org"));
        assertThatThrownBy(() -> text(tip, "example.org")).isInstanceOf(UnreadableException.class);

        assertThat(line(source, second).now().version()).isEqualTo(second);
        assertThat(directory.resolve("state/clone.git.old")).exists();
        assertThat(versions(source.pending())).containsExactly(first, second);
        assertThat(text(source.pending().getLast(), "example.org")).isEqualTo(ZONE);
        String third = source.commit(second, edit("example.org", ZONE + "; 2\n", "r3")).version();
        assertThat(source.push(third)).isInstanceOf(PushOutcome.Pushed.class);
        assertSound(inClone());
      }
    }

    @Test
    void aLargeFileThatWasPreparedIsInTheCloneThatIsMadeAnewToo() throws Exception {
      ZoneCommit edit = edit("example.com", large(), "r1");
      try (GitSource source = open()) {
        SourceTree tip = fetch(source);
        source.prepare(List.of(edit));
        damage(git("rev-parse", tip.version() + ":example.org"));
        assertThatThrownBy(() -> text(tip, "example.org")).isInstanceOf(UnreadableException.class);
        String fetched = line(source, tip.version()).now().version();
        assertThat(directory.resolve("state/clone.git.old")).exists();
        SourceTree made = source.commit(fetched, edit);
        assertThat(text(made, "example.com")).isEqualTo(large());
        assertSound(inClone());
      }
    }

    /// By way of a loose object in the packed one's place that holds something else.
    private void damage(String blob) throws IOException {
      Path pack = directory.resolve("packs");
      Files.move(inClone().resolve("objects/pack"), pack);
      Files.createDirectories(inClone().resolve("objects/pack"));
      try (var packs = Files.newDirectoryStream(pack, "*.pack")) {
        for (Path each : packs) {
          Process unpacking =
              new ProcessBuilder("git", "unpack-objects", "-q")
                  .directory(inClone().toFile())
                  .redirectInput(each.toFile())
                  .start();
          assertThat(unpacking.onExit().join().exitValue()).isZero();
        }
      }
      Path loose =
          inClone().resolve("objects").resolve(blob.substring(0, 2)).resolve(blob.substring(2));
      Files.delete(loose);
    }
  }

  @Nested
  class Requests {

    @Test
    void areThoseOfCommitsFetchedAndWaiting() throws Exception {
      try (GitSource source = open()) {
        String tip = fetch(source).version();
        String old =
            source
                .commit(
                    tip,
                    edit("example.com", Optional.of(ZONE + "; 2\n"), "old", TIME.minusSeconds(601)))
                .version();
        String pushed =
            source
                .commit(
                    old,
                    edit(
                        "example.com",
                        Optional.of(ZONE + "; 3\n"),
                        "pushed",
                        TIME.minusSeconds(600)))
                .version();
        source.push(pushed);
        String waits =
            source
                .commit(
                    pushed,
                    new ZoneCommit(
                        KEY,
                        TIME,
                        "two requests",
                        "Zonetrail-Request: said in the text",
                        List.of("Zonetrail-Request: w1", "Zonetrail-Request: w2"),
                        edit("example.com", ZONE + "; 4\n", "").files()))
                .version();
        assertThat(source.requestsSince(TIME.minusSeconds(600)))
            .containsExactly(new KnownRequest("pushed", TIME.minusSeconds(600)));
        assertThat(source.originOf(waits))
            .isEqualTo(
                new CommitOrigin(KEY, List.of("Zonetrail-Request: w1", "Zonetrail-Request: w2")));
        source.push(waits);
        assertThat(source.requestsSince(TIME.minusSeconds(600)))
            .containsExactlyInAnyOrder(
                new KnownRequest("w1", TIME),
                new KnownRequest("w2", TIME),
                new KnownRequest("pushed", TIME.minusSeconds(600)));
      }
    }

    @Test
    void areFoundBehindACommitWhoseClockIsWrong() throws Exception {
      try (GitSource source = open()) {
        String ours =
            source
                .commit(fetch(source).version(), edit("example.com", ZONE + "; 2\n", "r1"))
                .version();
        source.push(ours);
        String slow =
            source
                .commit(
                    ours, edit("example.com", Optional.of(ZONE), "slow", TIME.minusSeconds(86_400)))
                .version();
        source.push(slow);
        assertThat(source.requestsSince(TIME.minusSeconds(600)))
            .containsExactly(new KnownRequest("r1", TIME));
      }
    }
  }

  @Nested
  class GivenUp {

    @Test
    void aConflictIsInABranchOfItsOwnAtTheRemote() throws Exception {
      try (GitSource source = open()) {
        String ours =
            source
                .commit(fetch(source).version(), edit("example.com", ZONE + "; 2\n", "r1"))
                .version();
        String theirs = origin.remove("example.com").push("theirs");
        line(source, ours);
        source.giveUp(ours, true);
        assertThat(source.pending()).isEmpty();
        assertThat(origin.git("ls-remote", "origin"))
            .contains(ours + "\trefs/heads/zonetrail/conflict-" + ours.substring(0, 10))
            .contains(theirs + "\trefs/heads/main");
        assertThat(git("for-each-ref", "--format=%(refname)", "refs/zonetrail/conflict")).isEmpty();
      }
    }

    @Test
    void aConflictWaitsForTheRemote_alsoThroughARestart() throws Exception {
      String ours;
      Path away = directory.resolve("away.git");
      try (GitSource source = open()) {
        ours =
            source
                .commit(fetch(source).version(), edit("example.com", ZONE + "; 2\n", "r1"))
                .version();
        Files.move(origin.bare(), away);
        source.giveUp(ours, true);
        assertThat(source.pending()).isEmpty();
      }
      Files.move(away, origin.bare());
      try (GitSource source = open()) {
        String next =
            source
                .commit(fetch(source).version(), edit("example.org", ZONE + "; 2\n", "r2"))
                .version();
        assertThat(source.push(next)).isInstanceOf(PushOutcome.Pushed.class);
        assertThat(origin.git("ls-remote", "origin"))
            .contains(ours + "\trefs/heads/zonetrail/conflict-");
      }
    }

    @Test
    void aLineThatWentOnMeanwhileStays() throws Exception {
      try (GitSource source = open()) {
        String first =
            source
                .commit(fetch(source).version(), edit("example.com", ZONE + "; 2\n", "r1"))
                .version();
        String second = source.commit(first, edit("example.com", ZONE + "; 3\n", "r2")).version();
        source.giveUp(first, false);
        assertThat(versions(source.pending())).containsExactly(first, second);
        source.giveUp(second, false);
        assertThat(source.pending()).isEmpty();
      }
    }
  }
}
