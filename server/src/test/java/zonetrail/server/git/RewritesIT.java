package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.LedgerFixture.edit;
import static zonetrail.server.git.LedgerFixture.fetch;
import static zonetrail.server.git.LedgerFixture.line;
import static zonetrail.server.git.LedgerFixture.versions;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.SourceLine;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;

/// What becomes of commits of ours when others change the history of the branch: one that lacks an
/// acknowledged update is not followed until a person says so, and nothing is pushed where somebody
/// works.
@RequiresTool(value = "git", debian = "git")
class RewritesIT extends ClonedZones {
  /// Somebody takes out what came after a commit.
  private void setBackTo(String commit) {
    origin.git("push", "--quiet", "--force", "origin", commit + ":main");
  }

  @Test
  void aRewriteThatLacksAnAcknowledgedUpdateIsNotFollowed_untilThatIsAccepted() throws Exception {
    String ours;
    try (GitSource source = open()) {
      String tip = fetch(source).version();
      ours = source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1")).version();
      source.push(ours);
      origin.write("example.org", ZONE + "; instead\n").push("instead");
      assertLost(source, ours);
      assertLost(source, ours); // who asks again hears it again
    }
    try (GitSource source = open()) {
      assertThat(source.known()).map(Known::line).map(line -> line.now().version()).contains(ours);
      assertLost(source, ours);
      String accepted = origin.push("meant\n\nZonetrail-Accept: " + ours);
      SourceLine line = line(source, ours);
      assertThat(line.isRewritten()).isTrue();
      assertThat(line.now().version()).isEqualTo(accepted);
      assertThat(source.pending()).isEmpty();
      assertThat(source.isInRemote(ours)).isFalse();
    }
  }

  /// The clone is damaged in what the branch still has.
  @Test
  void aRewriteThatLacksAnAcknowledgedUpdateIsNotFollowed_byACloneThatIsMadeAnewEither()
      throws Exception {
    String ours;
    try (GitSource source = open()) {
      String tip = fetch(source).version();
      ours = source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1")).version();
      source.push(ours);
      setBackTo(tip);
    }
    try (Stream<Path> packs = Files.list(inClone().resolve("objects/pack"))) {
      for (Path pack : packs.filter(path -> path.toString().endsWith(".pack")).toList()) {
        byte[] octets = Files.readAllBytes(pack);
        Arrays.fill(octets, octets.length / 2, octets.length - 20, (byte) 0);
        Files.write(pack, octets);
      }
    }
    try (GitSource source = open()) {
      assertThatThrownBy(() -> line(source, ours)).hasMessageContaining("lacks 1 updates");
      assertThatThrownBy(() -> line(source, ours)).hasMessageContaining("lacks 1 updates");
      assertThat(directory.resolve("state/clone.git.old")).isDirectory();
    }
    try (GitSource source = open()) {
      assertThat(source.known()).map(Known::line).map(line -> line.now().version()).contains(ours);
    }
  }

  private void assertLost(GitSource source, String commit) {
    assertThatThrownBy(() -> line(source, commit))
        .isInstanceOf(AwayException.class)
        .hasMessageContaining("lacks 1 updates that were acknowledged, up to commit " + commit)
        .hasMessageContaining("'Zonetrail-Accept: " + origin.git("rev-parse", "HEAD") + "'");
  }

  /// Of two servers one may have fetched more than the other of what is gone.
  @Test
  void aRewriteIsAcceptedByItsOwnName_whateverOfTheUpdatesAServerHad() throws Exception {
    try (GitSource source = open()) {
      String tip = fetch(source).version();
      String ours = source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1")).version();
      source.push(ours);
      setBackTo(tip);
      assertThatThrownBy(() -> line(source, ours)).hasMessageContaining("Accept: " + tip);
      String accepted = origin.push("meant\n\nZonetrail-Accept: " + tip);
      origin.write("example.net", ZONE).push("and on");
      SourceLine line = line(source, ours);
      assertThat(line.isRewritten()).isTrue();
      assertThat(GitRepository.gitIn(origin.work(), "log", "--format=%H")).contains(accepted);
    }
  }

  @Test
  void aRewriteThatHasTheUpdateInAnotherCommitIsFollowed() throws Exception {
    try (GitSource source = open()) {
      String tip = fetch(source).version();
      String ours = source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1")).version();
      source.push(ours);
      String message = GitRepository.gitIn(inClone(), "show", "-s", "--format=%B", ours);
      origin.write("example.com", ZONE + "; 2\n").write("example.org", ZONE + "; instead\n");
      String instead = origin.push(message + "\n\nand something else");
      SourceLine line = line(source, ours);
      assertThat(line.isRewritten()).isTrue();
      assertThat(line.now().version()).isEqualTo(instead);
    }
  }

  @Test
  void aBranchThatSomebodyWorksOnIsNotMoved_unlessThatRepositoryAllowsIt() throws Exception {
    Path work = origin.work();
    GitRepository.gitIn(work, "checkout", "-q", "-B", "main");
    String there = GitRepository.gitIn(work, "rev-parse", "main");
    try (GitSource source = open(work)) {
      String tip = fetch(source).version();
      String ours = source.commit(tip, edit("example.com", ZONE + "; 2\n", "r1")).version();
      assertThat(source.push(ours))
          .asInstanceOf(type(PushOutcome.Failed.class))
          .satisfies(failed -> assertThat(failed.reason()).contains("has this branch checked out"));
      assertThat(GitRepository.gitIn(work, "rev-parse", "main")).isEqualTo(there);
      GitRepository.gitIn(work, "config", "receive.denyCurrentBranch", "ignore");
      assertThat(source.push(ours)).isInstanceOf(PushOutcome.Pushed.class);
    }
  }

  @Test
  void aBranchThatWasSetBackIsNotMovedOnByAPush() throws Exception {
    String first = origin.git("rev-parse", "HEAD");
    origin.write("example.net", ZONE).push("second");
    try (GitSource source = open()) {
      String ours =
          source
              .commit(fetch(source).version(), edit("example.com", ZONE + "; 2\n", "r1"))
              .version();
      setBackTo(first);
      assertThat(source.push(ours)).isInstanceOf(PushOutcome.Superseded.class);
      assertThat(origin.git("ls-remote", "origin", "main")).startsWith(first);
      SourceLine line = line(source, ours);
      assertThat(line.isRewritten()).isTrue();
      assertThat(line.now().version()).isEqualTo(first);
      assertThat(source.pending()).isEmpty();
      assertThat(versions(source.superseded())).containsExactly(ours);
      assertThat(source.push(ours)).isInstanceOf(PushOutcome.Superseded.class);
      assertThat(line(source, ours).isRewritten()).isTrue(); // who asks again hears it again
      String again = source.commit(first, edit("example.com", ZONE + "; 2\n", "r1")).version();
      assertThat(source.push(again)).isInstanceOf(PushOutcome.Pushed.class);
      assertThat(source.superseded()).isEmpty();
    }
  }

  /// The commit lane does not wait for a fetch, and goes on from what it knows until that is read.
  @Test
  void whatIsCommittedOnWhatWasTakenOut_bringsNothingOfItBack() throws Exception {
    String first = origin.git("rev-parse", "HEAD");
    String takenOut = origin.write("example.net", ZONE).push("second");
    String ours;
    try (GitSource source = open()) {
      assertThat(fetch(source).version()).isEqualTo(takenOut);
      setBackTo(first);
      assertThat(line(source, takenOut).isRewritten()).isTrue();
      String one = source.commit(takenOut, edit("example.com", ZONE + "; 2\n", "r1")).version();
      ours = source.commit(one, edit("example.com", ZONE + "; 3\n", "r2")).version();
      assertThat(source.push(ours)).isInstanceOf(PushOutcome.Superseded.class);
      assertThat(source.pending()).isEmpty();
      assertThat(versions(source.superseded())).containsExactly(one, ours);
      assertThat(source.supersededLines()).containsExactly(ours);
    }
    try (GitSource source = open()) {
      assertThat(source.pending()).isEmpty();
      assertThat(source.supersededLines()).containsExactly(ours);
      source.commit(first, edit("example.com", ZONE + "; 2\n", "r1"));
      assertThat(versions(source.superseded())).containsExactly(ours);
      source.giveUp(ours, false);
      assertThat(source.superseded()).isEmpty();
      assertThat(origin.git("ls-remote", "origin", "main")).startsWith(first);
    }
  }

  @Test
  void aLineThatWasSupersededBefore_bringsNothingOfWhatIsTakenOutBack() throws Exception {
    String first = origin.git("rev-parse", "HEAD");
    String takenOut = origin.write("example.net", ZONE).push("second");
    String one;
    String two;
    try (GitSource source = open()) {
      assertThat(fetch(source).version()).isEqualTo(takenOut);
      one = source.commit(takenOut, edit("example.com", ZONE + "; 2\n", "r1")).version();
      two = source.commit(one, edit("example.com", ZONE + "; 3\n", "r2")).version();
      String theirs = origin.write("example.org", ZONE + "; theirs\n").push("third");
      line(source, two);
      String again = source.commit(theirs, edit("example.com", ZONE + "; 2\n", "r3")).version();
      setBackTo(first);
      assertThat(line(source, again).isRewritten()).isTrue();
      assertThat(source.pending()).isEmpty();
      assertThat(versions(source.superseded())).containsExactlyInAnyOrder(one, two, again);
    }
  }

  /// Of two lines with the same requests the later one says how these were made last.
  @Test
  void linesThatWereSuperseded_areInTheOrderOfTime_whateverTheirHashes() throws Exception {
    try (GitSource source = open()) {
      String tip = fetch(source).version();
      List<String> oldestFirst = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String text = ZONE + "; " + i + "\n";
        Instant time = LedgerFixture.TIME.plusSeconds(i);
        ZoneCommit edit = edit("example.com", Optional.of(text), "r" + i, time);
        String ours = source.commit(tip, edit).version();
        oldestFirst.add(ours);
        tip = origin.write("example.org", text).push("theirs");
        line(source, ours);
      }
      source.commit(tip, edit("example.com", ZONE + "; ours\n", "r"));

      assertThat(source.supersededLines()).isEqualTo(oldestFirst);
      assertThat(versions(source.superseded())).isEqualTo(oldestFirst);
    }
  }

  /// The history is rewritten while a group is being committed, which the disk then has no room for
  /// to the end: whoever asked for it was told SERVFAIL.
  @Test
  void whatIsTakenBackOfAGroup_isNotMadeAfterAStart_whereTheHistoryWasRewrittenAmidIt()
      throws Exception {
    String first = origin.git("rev-parse", "HEAD");
    String takenOut = origin.write("example.net", ZONE).push("second");
    String waits;
    try (GitSource source = open()) {
      assertThat(fetch(source).version()).isEqualTo(takenOut);
      waits = source.commit(takenOut, edit("example.com", ZONE + "; 2\n", "r1")).version();
      String ofGroup = source.commit(waits, edit("example.com", ZONE + "; 3\n", "r2")).version();
      setBackTo(first);
      assertThat(line(source, ofGroup).isRewritten()).isTrue();
      source.takeBack(ofGroup, waits);
    }
    try (GitSource source = open()) {
      assertThat(source.pending()).isEmpty();
      assertThat(versions(source.superseded())).containsExactly(waits);
      source.giveUp(waits, false);
      assertThat(git("for-each-ref", "refs/zonetrail/superseded", "refs/zonetrail/base")).isEmpty();
    }
  }

  @Test
  void whatIsTakenBackOfAGroup_isNotMadeAfterAStart_whereItBeganOnWhatWasTakenOut()
      throws Exception {
    String first = origin.git("rev-parse", "HEAD");
    String takenOut = origin.write("example.net", ZONE).push("second");
    String waits;
    try (GitSource source = open()) {
      assertThat(fetch(source).version()).isEqualTo(takenOut);
      setBackTo(first);
      assertThat(line(source, takenOut).isRewritten()).isTrue();
      String ofGroup = source.commit(takenOut, edit("example.com", ZONE + "; 2\n", "r1")).version();
      source.takeBack(ofGroup, takenOut);
      assertThat(source.superseded()).isEmpty();
      waits = source.commit(takenOut, edit("example.com", ZONE + "; 3\n", "r2")).version();
      String one = source.commit(waits, edit("example.com", ZONE + "; 4\n", "r3")).version();
      String two = source.commit(one, edit("example.com", ZONE + "; 5\n", "r4")).version();
      source.takeBack(two, waits);
    }
    try (GitSource source = open()) {
      assertThat(source.pending()).isEmpty();
      assertThat(versions(source.superseded())).containsExactly(waits);
      assertThat(source.supersededLines()).containsExactly(waits);
    }
  }
}
