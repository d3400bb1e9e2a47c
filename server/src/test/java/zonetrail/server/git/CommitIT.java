package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static zonetrail.server.git.LedgerFixture.KEY;
import static zonetrail.server.git.LedgerFixture.TIME;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.LedgerFixture.assertSound;
import static zonetrail.server.git.LedgerFixture.edit;
import static zonetrail.server.git.LedgerFixture.fetch;
import static zonetrail.server.git.LedgerFixture.large;
import static zonetrail.server.git.LedgerFixture.line;
import static zonetrail.server.git.LedgerFixture.text;
import static zonetrail.server.git.LedgerFixture.versions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.Layout;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.fixtures.RequiresTool;
import zonetrail.masterfile.ZoneFilePattern;

/// What is in commits of ours, and what is known of those made last.
@RequiresTool(value = "git", debian = "git")
class CommitIT extends ClonedZones {
  @Override
  GitSource open() throws FetchException {
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

    /// Longer than a chain of deltas, and the next.
    @Test
    void ofManyVersionsOfAFileTheFirstIsStoredWhole_andNoOther() throws Exception {
      byte[] random = new byte[100_000];
      new Random(1).nextBytes(random);
      String zone = ZONE + "; " + HexFormat.of().formatHex(random) + "\n";
      int versions = 2 * UnsettledCommits.MAX_DEPTH + 10;
      try (GitSource source = open()) {
        SourceTree tree = fetch(source);
        for (int i = 0; i < versions; i++) {
          zone += "h" + i + " A 192.0.2.1\n";
          tree = source.commit(tree.version(), edit("example.com", zone, "r" + i));
        }
        assertThat(text(tree, "example.com")).isEqualTo(zone);
        assertThat(source.pending()).hasSize(versions);
        assertThat(git("show", tree.version() + ":example.com") + "\n").isEqualTo(zone);
        List<String> blobs =
            git(
                    "cat-file",
                    "--batch-all-objects",
                    "--batch-check=%(objecttype) %(objectsize) %(objectsize:disk)")
                .lines()
                .map(line -> line.split(" "))
                .filter(size -> size[0].equals("blob") && Integer.parseInt(size[1]) > 100_000)
                .filter(size -> Integer.parseInt(size[2]) > 10_000)
                .map(size -> size[2])
                .toList();
        assertThat(blobs).as("octets on the disk").hasSize(1);
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
}
