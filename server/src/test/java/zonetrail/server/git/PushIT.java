package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.LedgerFixture.edit;
import static zonetrail.server.git.LedgerFixture.fetch;
import static zonetrail.server.git.LedgerFixture.line;
import static zonetrail.server.git.LedgerFixture.versions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.Layout;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.PushOutcome.Failed;
import zonetrail.authority.PushOutcome.Pushed;
import zonetrail.authority.PushOutcome.Superseded;
import zonetrail.authority.PushOutcome.Unknown;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;

/// Pushes to the real git, with real hooks, by way of OpenSSH's sshd.
@RequiresTool(
    value = {"sshd", "ssh-keygen", "git"},
    debian = "openssh-server git")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PushIT {
  private OpenSshServer sshd;
  private Path key;
  private Path directory;
  private GitRepository origin;

  @BeforeAll
  void startServer(@TempDir Path serverDirectory) {
    sshd = OpenSshServer.start(serverDirectory, KeyKind.ED25519);
    key = sshd.authorizedKey(KeyKind.ED25519);
  }

  @AfterAll
  void stopServer() {
    sshd.close();
  }

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
    origin.write("example.com", ZONE).push("first");
  }

  private GitSource open() throws FetchException {
    SshSettings settings =
        SshSettings.of(key, List.of(sshd.fingerprint(KeyKind.ED25519)), Optional.empty());
    return new GitSource(
        ZoneRepository.open(
            RemoteAddress.parse(sshd.url(origin.bare())),
            Optional.empty(),
            Layout.DEFAULT,
            directory.resolve("state"),
            RemoteAccess.by(Optional.of(settings))));
  }

  private String tip() {
    return GitRepository.gitIn(origin.bare(), "rev-parse", "main");
  }

  private static String commit(GitSource source, String parent, int number) throws AwayException {
    return source
        .commit(parent, edit("example.com", ZONE + "; " + number + "\n", "r" + number))
        .version();
  }

  private long logins() {
    return logins(sshd);
  }

  private static long logins(OpenSshServer server) {
    return server.log().stream().filter(line -> line.contains("Accepted publickey")).count();
  }

  @Test
  void isInTheRemote_andKnownToTheNextFetch_overOneSession() throws Exception {
    try (GitSource source = open()) {
      long before = logins();
      String last = fetch(source).version();
      for (int i = 2; i <= 4; i++) {
        SourceTree made = source.commit(last, edit("example.com", ZONE + "; " + i + "\n", "r" + i));
        assertThat(source.push(made.version())).isEqualTo(new Pushed());
        assertThat(tip()).isEqualTo(made.version());
        // The echo of our own push is no news, and is not read again.
        assertThat(line(source, made.version()).trees()).containsExactly(made);
        last = made.version();
      }
      assertThat(logins() - before).isEqualTo(1);
      assertThat(GitRepository.gitIn(origin.bare(), "fsck", "--strict")).isEmpty();
    }
  }

  @Test
  void bringsAllThatWaitsBefore() throws Exception {
    try (GitSource source = open()) {
      String second = commit(source, fetch(source).version(), 2);
      String third = commit(source, second, 3);
      String fourth = commit(source, third, 4);
      assertThat(source.push(third)).isEqualTo(new Pushed());
      assertThat(versions(source.pending())).containsExactly(fourth);
      assertThat(source.push(second)).isEqualTo(new Pushed());
      assertThat(tip()).isEqualTo(third);
    }
  }

  @Nested
  class Hooks {

    @Test
    void thatRunBehindThePushAreNotWaitedFor() throws Exception {
      Path go = fifo("go");
      origin.hook("post-receive", "#!/bin/sh\nread line <" + go + "\ntouch " + go + ".done\n");
      try (GitSource source = open();
          ExecutorService writer = Executors.newSingleThreadExecutor()) {
        String second = commit(source, fetch(source).version(), 2);
        assertThat(source.push(second)).isEqualTo(new Pushed()); // while the hook waits for us
        // The session is free for a fetch and for another push.
        assertThat(line(source, second).now().version()).isEqualTo(second);
        String third = commit(source, second, 3);
        assertThat(source.push(third)).isEqualTo(new Pushed());
        assertThat(go.resolveSibling("go.done")).doesNotExist();
        Future<?> written = writer.submit(() -> Files.writeString(go, "go\ngo\n"));
        // The hook comes to its end: the line was not cut.
        await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(Path.of(go + ".done")));
        written.get(20, TimeUnit.SECONDS);
      }
    }

    @Test
    void ofManyPushesGoOnInFurtherSessions_ofWhichThereAreThree() throws Exception {
      Path release = waitingHook();
      OpenSshServer own = own();
      try (own;
          GitSource source = openAt(own)) {
        String last = fetch(source).version();
        for (int i = 0; i < RemotePush.MAX_UNFINISHED; i++) {
          last = pushed(source, last, i);
        }
        assertThat(logins(own)).isEqualTo(SshSessions.MAX_SESSIONS);
        // A fetch finds a place, and the push after that waits for one.
        assertThat(line(source, last).now().version()).isEqualTo(last);
        String next = commit(source, last, RemotePush.MAX_UNFINISHED);
        try (ExecutorService lane = Executors.newSingleThreadExecutor()) {
          Future<PushOutcome> waiting = lane.submit(() -> source.push(next));
          assertThat(waiting).isNotDone();
          assertThat(tip()).isEqualTo(last);
          Files.createFile(release);
          assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo(new Pushed());
        }
        awaitHooks(RemotePush.MAX_UNFINISHED + 1);
        assertThat(logins(own)).isEqualTo(SshSessions.MAX_SESSIONS);
      }
    }

    @Test
    void ofARemoteThatTakesFewCommandsInASessionAreNotCutOff() throws Exception {
      Path release = waitingHook();
      OpenSshServer own = own("MaxSessions 1");
      try (own;
          GitSource source = openAt(own)) {
        String second = pushed(source, fetch(source).version(), 2);
        String third = pushed(source, second, 3);
        assertThat(line(source, third).now().version()).isEqualTo(third);
        assertThat(logins(own)).isEqualTo(3);
        Files.createFile(release);
        awaitHooks(2);
      }
    }

    private static String pushed(GitSource source, String parent, int number) throws AwayException {
      String made = commit(source, parent, number);
      assertThat(source.push(made)).isEqualTo(new Pushed());
      return made;
    }

    /// A hook that goes on until the file is there, or the test is over, and notes its end.
    private Path waitingHook() {
      Path release = directory.resolve("release");
      origin.hook(
          "post-receive",
          "#!/bin/sh\nwhile ! [ -e '"
              + release
              + "' ] && [ -d hooks ]; do sleep 0.1; done\necho if the line is cut it ends here\necho done >>'"
              + directory.resolve("ended")
              + "'\n");
      return release;
    }

    private void awaitHooks(int count) {
      Path ended = directory.resolve("ended");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.exists(ended) && Files.readAllLines(ended).size() == count);
    }

    @Test
    void thatDeclineAreARefusal_withTheirWords() throws Exception {
      origin.hook("pre-receive", "#!/bin/sh\necho 'no changes on Fridays'\nexit 1\n");
      String first = tip();
      try (GitSource source = open()) {
        String second = commit(source, fetch(source).version(), 2);
        Failed failed = (Failed) source.push(second);
        assertThat(failed.isRefused()).isTrue();
        assertThat(failed.operatorMustAct()).isTrue();
        assertThat(failed.reason())
            .contains("refuses commit " + second.substring(0, 7))
            .contains("pre-receive hook declined")
            .contains("no changes on Fridays");
        assertThat(tip()).isEqualTo(first);
        assertThat(versions(source.pending())).containsExactly(second);
      }
    }

    private Path fifo(String name) throws IOException, InterruptedException {
      Path fifo = directory.resolve(name);
      assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
      return fifo;
    }
  }

  @Nested
  class TheRemoteMovedFirst {

    @Test
    void beforeWePushed() throws Exception {
      try (GitSource source = open()) {
        String ours = commit(source, fetch(source).version(), 2);
        String theirs = origin.write("example.org", ZONE).push("theirs");
        assertThat(source.push(ours)).isEqualTo(new Superseded());
        assertThat(tip()).isEqualTo(theirs);
      }
    }

    @Test
    void whileWePushed() throws Exception {
      try (GitSource source = open()) {
        String ours = commit(source, fetch(source).version(), 2);
        String theirs = origin.write("example.org", ZONE).commit("theirs");
        origin.git("push", "--quiet", "origin", "HEAD:other");
        // Behind our back, when the remote has told us where its branch is.
        origin.hook(
            "pre-receive",
            "#!/bin/sh\nunset GIT_QUARANTINE_PATH\ngit update-ref refs/heads/main "
                + theirs
                + "\n");
        assertThat(source.push(ours)).isEqualTo(new Superseded());
        assertThat(tip()).isEqualTo(theirs);
      }
    }

    @Test
    void andHasOurCommitAlready() throws Exception {
      try (GitSource source = open()) {
        String ours = commit(source, fetch(source).version(), 2);
        assertThat(versions(source.pending())).containsExactly(ours);
        origin.git("fetch", "--quiet", directory.resolve("state/clone.git").toString(), ours);
        origin.git("push", "--quiet", "origin", ours + ":main");
        assertThat(source.push(ours)).isEqualTo(new Pushed());
        assertThat(source.pending()).isEmpty();
      }
    }

    @Test
    void andItsBranchIsGone() throws Exception {
      try (GitSource source = open()) {
        String ours = commit(source, fetch(source).version(), 2);
        GitRepository.gitIn(origin.bare(), "update-ref", "-d", "refs/heads/main");
        assertThat(source.push(ours)).isEqualTo(new Superseded());
        assertThat(GitRepository.gitIn(origin.bare(), "branch", "--list", "main")).isEmpty();
      }
    }
  }

  /// Pushes that follow each other closely: git is started there for the next one as soon as one is
  /// settled.
  @Nested
  class OpenedAhead {

    /// Pushes twice, and waits until git waits for the third.
    private String pushedTwice(GitSource source) throws Exception {
      String second = commit(source, fetch(source).version(), 2);
      assertThat(source.push(second)).isEqualTo(new Pushed());
      String third = commit(source, second, 3);
      assertThat(source.push(third)).isEqualTo(new Pushed());
      await().atMost(Duration.ofSeconds(20)).until(() -> receivers().size() == 1);
      return third;
    }

    /// The processes that wait for a push to our repository.
    private List<ProcessHandle> receivers() {
      return ProcessHandle.allProcesses()
          .filter(process -> isReceiver(process.info().commandLine().orElse("")))
          .toList();
    }

    /// It is there as `/usr/bin/git PATH`, since `git-receive-pack` is a link to git.
    private boolean isReceiver(String command) {
      return command.endsWith(" " + origin.bare()) && !command.contains(" -c ");
    }

    @Test
    void itIsUsedByTheNextPush() throws Exception {
      Path pushedBy = directory.resolve("pushed-by");
      try (GitSource source = open()) {
        String third = pushedTwice(source);
        long waiting = receivers().getFirst().pid();
        origin.hook("pre-receive", "#!/bin/sh\necho $PPID >'" + pushedBy + "'\n");
        String fourth = commit(source, third, 4);
        assertThat(source.push(fourth)).isEqualTo(new Pushed());
        assertThat(Files.readString(pushedBy).strip()).isEqualTo(Long.toString(waiting));
        assertThat(tip()).isEqualTo(fourth);
      }
    }

    @Test
    void itNeverOverwritesWhatCameInBetween() throws Exception {
      Path sent = directory.resolve("sent");
      String theirs = origin.write("example.org", ZONE).commit("theirs");
      origin.git("push", "--quiet", "origin", "HEAD:other");
      try (GitSource source = open()) {
        String third = pushedTwice(source);
        GitRepository.gitIn(origin.bare(), "update-ref", "refs/heads/main", theirs);
        origin.hook("pre-receive", "#!/bin/sh\ntouch '" + sent + "'\n");
        // To where the branch was when that was opened; git says no as it is to move it.
        assertThat(source.push(commit(source, third, 4))).isEqualTo(new Superseded());
        assertThat(sent).exists();
        assertThat(tip()).isEqualTo(theirs);
      }
    }

    @Test
    void itIsNotUsedForWhatWasMadeOnACommitFetchedSince() throws Exception {
      try (GitSource source = open()) {
        String third = pushedTwice(source);
        origin.git("fetch", "--quiet", "origin", "main");
        origin.git("reset", "--quiet", "--hard", "FETCH_HEAD");
        String theirs = origin.write("example.org", ZONE).push("theirs");
        assertThat(line(source, third).now().version()).isEqualTo(theirs);
        String ours = commit(source, theirs, 4);
        assertThat(source.push(ours)).isEqualTo(new Pushed());
        assertThat(tip()).isEqualTo(ours);
      }
    }

    @Test
    void theRemoteMayEndIt_andItEndsByItself() throws Exception {
      try (GitSource source = open()) {
        String third = pushedTwice(source);
        receivers().forEach(ProcessHandle::destroyForcibly);
        await().atMost(Duration.ofSeconds(20)).until(() -> receivers().isEmpty());
        String fourth = commit(source, third, 4);
        assertThat(source.push(fourth)).isEqualTo(new Pushed());
        assertThat(tip()).isEqualTo(fourth);
        await().atMost(Duration.ofSeconds(20)).until(() -> receivers().size() == 1);
        await().atMost(Duration.ofSeconds(60)).until(() -> receivers().isEmpty());
        assertThat(source.push(commit(source, fourth, 5))).isEqualTo(new Pushed());
      }
    }

    @Test
    void itEndsWithItsSession() throws Exception {
      OpenSshServer own = own();
      try (own;
          GitSource source = openAt(own)) {
        String third = pushedTwice(source);
        own.breakSessions();
        String fourth = commit(source, third, 4);
        assertThat(source.push(fourth)).isEqualTo(new Pushed());
        assertThat(tip()).isEqualTo(fourth);
      }
    }
  }

  @Nested
  class TheLineBreaks {

    @Test
    void beforeThePush_soNothingHasHappened() throws Exception {
      OpenSshServer own = own();
      try (own;
          GitSource source = openAt(own)) {
        String ours = commit(source, fetch(source).version(), 2);
        own.close();
        Failed failed = (Failed) source.push(ours);
        assertThat(failed.isRefused()).isFalse();
        assertThat(failed.operatorMustAct()).isFalse();
        assertThat(failed.reason()).contains("refuses the connection");
        try (OpenSshServer again = own.startAgain()) {
          assertThat(source.push(ours)).isEqualTo(new Pushed());
          assertThat(tip()).isEqualTo(ours);
          // A session that died while nobody looked is opened again.
          String next = commit(source, ours, 3);
          again.breakSessions();
          assertThat(source.push(next)).isEqualTo(new Pushed());
        }
      }
    }

    @Test
    void inThePush_beforeTheBranchWasMoved() throws Exception {
      Path inHook = directory.resolve("in-hook");
      origin.hook("pre-receive", "#!/bin/sh\ntouch " + inHook + "\nexec sleep 60\n");
      String first = tip();
      OpenSshServer own = own();
      try (own;
          GitSource source = openAt(own)) {
        String ours = commit(source, fetch(source).version(), 2);
        assertThat(pushAndBreak(source, ours, own, inHook)).isInstanceOf(Unknown.class);
        Files.delete(origin.bare().resolve("hooks/pre-receive"));
        assertThat(line(source, first).now().version()).isEqualTo(first);
        assertThat(source.isInRemote(ours)).isFalse();
        assertThat(versions(source.pending())).containsExactly(ours);
        assertThat(source.push(ours)).isEqualTo(new Pushed());
      }
    }

    @Test
    void inThePush_afterTheBranchWasMoved() throws Exception {
      Path inHook = directory.resolve("in-hook");
      origin.hook(
          "reference-transaction",
          "#!/bin/sh\n[ \"$1\" = committed ] || exit 0\ntouch " + inHook + "\nexec sleep 60\n");
      String first = tip();
      OpenSshServer own = own();
      try (own;
          GitSource source = openAt(own)) {
        String ours = commit(source, fetch(source).version(), 2);
        assertThat(pushAndBreak(source, ours, own, inHook)).isInstanceOf(Unknown.class);
        Files.delete(origin.bare().resolve("hooks/reference-transaction"));
        assertThat(versions(line(source, first).trees())).containsExactly(ours);
        assertThat(source.isInRemote(ours)).isTrue();
        assertThat(source.pending()).isEmpty();
      }
    }

    private PushOutcome pushAndBreak(
        GitSource source, String commit, OpenSshServer server, Path inHook) throws Exception {
      try (ExecutorService lane = Executors.newSingleThreadExecutor()) {
        Future<PushOutcome> outcome = lane.submit(() -> source.push(commit));
        await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(inHook));
        server.breakSessions();
        return outcome.get(30, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void whoMayReadAndNotWriteIsToldSo() throws Exception {
    OpenSshServer own = own();
    try (own;
        GitSource source = openAt(own)) {
      String ours = commit(source, fetch(source).version(), 2);
      // What a forge does with a key that may only read.
      own.allowOnly(key, "git-upload-pack");
      own.breakSessions();
      Failed failed = (Failed) source.push(ours);
      assertThat(failed.isRefused()).isTrue();
      assertThat(failed.reason()).contains("lets us read and not write");
      assertThat(line(source, "").now().files()).containsOnlyKeys("example.com");
    }
  }

  @Test
  void aCommitIsMadeWhileTheNetworkHangs() throws Exception {
    OpenSshServer own = own();
    try (own;
        GitSource source = openAt(own);
        ExecutorService network = Executors.newSingleThreadExecutor()) {
      String tip = fetch(source).version();
      own.suspendSessions();
      Future<SourceTree> fetching = network.submit(() -> line(source, tip).now());
      await().until(() -> !fetching.isDone());
      String ours = commit(source, tip, 2);
      assertThat(versions(source.pending())).containsExactly(ours);
      assertThat(fetching).isNotDone();
      own.resumeSessions();
      assertThat(fetching.get(30, TimeUnit.SECONDS).version()).isEqualTo(tip);
      assertThat(source.push(ours)).isEqualTo(new Pushed());
    }
  }

  private OpenSshServer own(String... options) throws IOException {
    OpenSshServer own =
        OpenSshServer.start(
            Files.createDirectory(directory.resolve("own")), List.of(options), KeyKind.ED25519);
    own.authorize(key);
    return own;
  }

  private GitSource openAt(OpenSshServer server) throws FetchException {
    SshSettings settings =
        SshSettings.of(key, List.of(server.fingerprint(KeyKind.ED25519)), Optional.empty());
    return new GitSource(
        ZoneRepository.open(
            RemoteAddress.parse(server.url(origin.bare())),
            Optional.empty(),
            directory.resolve("state"),
            Optional.of(settings)));
  }
}
