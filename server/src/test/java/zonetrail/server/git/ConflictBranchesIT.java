package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.LedgerFixture.edit;
import static zonetrail.server.git.LedgerFixture.fetch;
import static zonetrail.server.git.LedgerFixture.line;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.Layout;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;

/// Commits that were given up and are kept for people get branches of their own at the remote, and
/// a remote that takes none is not asked for them again and again.
@RequiresTool(
    value = {"sshd", "git"},
    debian = "openssh-server git")
class ConflictBranchesIT extends ClonedZones {
  private OpenSshServer sshd;

  @BeforeEach
  void startServer(@TempDir Path serverDirectory) {
    sshd = OpenSshServer.start(serverDirectory, KeyKind.ED25519);
  }

  @AfterEach
  void stopServer() {
    sshd.close();
  }

  private RemoteAddress remote() {
    return RemoteAddress.parse(sshd.url(origin.bare()));
  }

  private RemoteAccess access() {
    return RemoteAccess.by(
        Optional.of(
            SshSettings.of(
                sshd.authorizedKey(KeyKind.ED25519),
                List.of(sshd.fingerprint(KeyKind.ED25519)),
                Optional.empty())));
  }

  @Override
  GitSource open() throws FetchException {
    return new GitSource(
        ZoneRepository.open(
            remote(), Optional.empty(), Layout.DEFAULT, directory.resolve("state"), access()));
  }

  /// What the remote's hook was asked for and has refused.
  private List<String> asked() throws IOException {
    Path asked = directory.resolve("asked");
    return Files.exists(asked) ? Files.readAllLines(asked) : List.of();
  }

  private void refuse(String branches) {
    origin.hook(
        "pre-receive",
        "#!/bin/sh\nwhile read old new ref\ndo case $ref in "
            + branches
            + ") echo ${ref##*-} >>'"
            + directory.resolve("asked")
            + "'; exit 1;; esac\ndone\n");
  }

  /// Commits on what is fetched, gives that up, and keeps it for people.
  private static String conflict(GitSource source, String request) throws AwayException {
    String ours =
        source
            .commit(
                fetch(source).version(), edit("example.com", ZONE + "; " + request + "\n", request))
            .version();
    source.giveUp(ours, true);
    return ours;
  }

  private static String branch(String commit) {
    return commit.substring(0, 10);
  }

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
      assertThat(source.pushConflict()).isTrue();
      assertThat(origin.git("ls-remote", "origin"))
          .contains(ours + "\trefs/heads/zonetrail/conflict-" + branch(ours))
          .contains(theirs + "\trefs/heads/main");
      assertThat(git("for-each-ref", "--format=%(refname)", "refs/zonetrail/conflict")).isEmpty();
      assertThat(source.pushConflict()).isFalse();
    }
  }

  @Test
  void aConflictWaitsForTheRemote_alsoThroughARestart() throws Exception {
    String ours;
    Path away = directory.resolve("away.git");
    try (GitSource source = open()) {
      ours = conflict(source, "r1");
      Files.move(origin.bare(), away);
      assertThat(source.pushConflict()).isFalse();
      assertThat(source.pending()).isEmpty();
    }
    Files.move(away, origin.bare());
    try (GitSource source = open()) {
      assertThat(source.pushConflict()).isTrue();
      assertThat(origin.git("ls-remote", "origin"))
          .contains(ours + "\trefs/heads/zonetrail/conflict-");
    }
  }

  @Test
  void aPushDoesNotAskForThem_andWhoeverDoesSoTimeAndAgainAsksARemoteThatRefusesThemOnce()
      throws Exception {
    refuse("refs/heads/zonetrail/*");
    try (GitSource source = open()) {
      String conflict = conflict(source, "r0");
      String tip = fetch(source).version();
      for (int i = 1; i <= 3; i++) {
        tip = source.commit(tip, edit("example.org", ZONE + "; " + i + "\n", "r" + i)).version();
        assertThat(source.push(tip)).isEqualTo(new PushOutcome.Pushed());
        assertThat(asked()).hasSize(Math.min(i - 1, 1));
        assertThat(source.pushConflict()).isFalse();
        assertThat(asked()).containsExactly(branch(conflict));
      }
    }
  }

  @Test
  void theyHaveAPauseThatGrowsWhileNothingGetsThere_andOneThatIsRefusedKeepsNoOtherBack()
      throws Exception {
    try (GitSource source = open()) {
      conflict(source, "r1");
      conflict(source, "r2");
    }
    AtomicBoolean damageSeen = new AtomicBoolean();
    Path state = directory.resolve("state");
    long[] nanos = {Long.MAX_VALUE - 1}; // which may overflow
    CloneDirectory clone = CloneDirectory.open(state, remote()).orElseThrow();
    try (RemoteExchange exchange = RemoteExchange.with(remote(), state, access())) {
      LocalCommits commits =
          new LocalCommits(clone, List.of(), Layout.DEFAULT, Committer.ofThisHost(), damageSeen);
      ConflictBranches branches =
          new ConflictBranches(commits, new RemotePush(exchange, damageSeen), () -> nanos[0]);
      String one = branch(commits.conflicts().getFirst().name());
      String other = branch(commits.conflicts().getLast().name());
      refuse("refs/heads/zonetrail/*");
      assertThat(branches.pushNext(clone.repository())).isFalse();
      assertThat(asked()).containsExactly(one);
      assertIsNotAskedBefore(ConflictBranches.FIRST_PAUSE, nanos, branches, clone);
      assertThat(asked()).containsExactly(one, other);
      assertIsNotAskedBefore(ConflictBranches.FIRST_PAUSE.multipliedBy(2), nanos, branches, clone);
      assertThat(asked()).containsExactly(one, other, one);
      refuse("refs/heads/zonetrail/conflict-" + one);
      nanos[0] += ConflictBranches.FIRST_PAUSE.multipliedBy(4).toNanos();
      assertThat(branches.pushNext(clone.repository())).isTrue(); // the other one
      assertThat(branches.pushNext(clone.repository())).isFalse();
      assertThat(asked()).containsExactly(one, other, one, one);
      refuse("nothing");
      nanos[0] += ConflictBranches.FIRST_PAUSE.toNanos();
      assertThat(branches.pushNext(clone.repository())).isTrue();
      assertThat(branches.pushNext(clone.repository())).isFalse();
      assertThat(origin.git("ls-remote", "origin")).contains("conflict-" + one, "-" + other);
      commits.close();
    } finally {
      clone.close();
    }
  }

  private void assertIsNotAskedBefore(
      Duration pause, long[] nanos, ConflictBranches branches, CloneDirectory clone)
      throws IOException {
    int before = asked().size();
    nanos[0] += pause.toNanos() - 1;
    assertThat(branches.pushNext(clone.repository())).isFalse();
    assertThat(asked()).hasSize(before);
    nanos[0]++;
    assertThat(branches.pushNext(clone.repository())).isFalse();
  }
}
