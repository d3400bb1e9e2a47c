package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.fixtures.RequiresTool;

/// Commits of ours wait in the clone until the remote has them, or they are given up.
@RequiresTool(value = "git", debian = "git")
class WaitingCommitsIT extends ClonedZones {
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
  class GivenUp {

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
