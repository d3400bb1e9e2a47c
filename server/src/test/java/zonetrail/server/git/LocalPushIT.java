package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static zonetrail.fixtures.GitRepository.waitFor;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.LedgerFixture.edit;
import static zonetrail.server.git.LedgerFixture.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.PushOutcome.Failed;
import zonetrail.authority.PushOutcome.Pushed;
import zonetrail.authority.PushOutcome.Unknown;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;

/// Pushes to a repository at a path, which this machine's git takes.
@RequiresTool(
    value = {"git"},
    debian = "git")
class LocalPushIT extends ClonedZones {
  /// A user that is not ours, whoever runs the test; no more is asked of it.
  private static final int SOMEBODY_ELSE = 65_533;

  private static String commit(GitSource source, String parent) throws AwayException {
    return source.commit(parent, edit("example.com", ZONE + "; more\n", "r")).version();
  }

  private String tip() {
    return GitRepository.gitIn(origin.bare(), "rev-parse", "main");
  }

  private Path marker(String name) {
    return directory.resolve(name);
  }

  @Test
  void runsItsHooks_andWaitsNotForThoseBehindThePush() throws Exception {
    origin.hook(
        "post-receive",
        "cat > %s\n%stouch %s\n".formatted(marker("told"), waitFor(marker("go")), marker("done")));
    try (GitSource source = open()) {
      String first = fetch(source).version();
      String second = commit(source, first);

      assertThat(source.push(second)).isEqualTo(new Pushed());

      assertThat(tip()).isEqualTo(second);
      await().until(() -> Files.exists(marker("told")) && Files.size(marker("told")) > 0);
      assertThat(marker("told")).hasContent(first + " " + second + " refs/heads/main");
      assertThat(marker("done")).doesNotExist();
      Files.createFile(marker("go"));
      await().until(() -> Files.exists(marker("done")));
      assertThat(GitRepository.gitIn(origin.bare(), "fsck", "--strict")).isEmpty();
    }
  }

  @Test
  void isRefused_inTheWordsOfAHookThatJudges() throws Exception {
    origin.hook("pre-receive", "echo 'not on a Sunday' >&2\nexit 1\n");
    try (GitSource source = open()) {
      String first = fetch(source).version();

      assertThat(source.push(commit(source, first)))
          .isInstanceOfSatisfying(
              Failed.class,
              failed -> {
                assertThat(failed.isRefused()).isTrue();
                assertThat(failed.reason()).contains("not on a Sunday");
              });
      assertThat(tip()).isEqualTo(first);
    }
  }

  @Test
  void doesNotGetThereLater_whereItIsGivenUp() throws Exception {
    origin.hook("pre-receive", "touch %s\n%s".formatted(marker("judging"), waitFor(marker("go"))));
    try (GitSource source = open();
        ExecutorService network = Executors.newSingleThreadExecutor()) {
      String first = fetch(source).version();
      String second = commit(source, first);
      Future<PushOutcome> push = network.submit(() -> source.push(second));
      await().until(() -> Files.exists(marker("judging")));
      List<ProcessHandle> receiving = receivePacks().toList();
      assertThat(receiving).hasSize(1);

      network.shutdownNow();

      assertThat(push.get()).isInstanceOf(Unknown.class);
      await().until(() -> !receiving.getFirst().isAlive());
      Files.createFile(marker("go"));
      assertThat(tip()).isEqualTo(first);
    }
  }

  private Stream<ProcessHandle> receivePacks() {
    return ProcessHandle.current()
        .children()
        .filter(child ->
            child
                .info()
                .commandLine()
                .orElse("")
                .endsWith("receive-pack --quiet " + origin.bare()));
  }

  @Test
  void runsNoHooks_ofARepositoryThatIsSomebodyElses() throws Exception {
    origin.hook("post-receive", "touch %s\n".formatted(marker("ran")));
    giveAway(origin.bare());
    try (GitSource source = open()) {
      String second = commit(source, fetch(source).version());

      assertThat(source.push(second)).isEqualTo(new Pushed());

      assertThat(Files.readString(origin.bare().resolve("refs/heads/main"))).startsWith(second);
      assertThat(marker("ran")).doesNotExist();
    }
  }

  private static void giveAway(Path file) throws IOException {
    assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
        .as(
            "only root may give a file to another user: run mvn -pl server -am verify"
                + " -Dit.test=LocalPushIT -Dsurefire.failIfNoSpecifiedTests=false as root, as .ci/run does")
        .isEqualTo(0);
    Files.setAttribute(file, "unix:uid", SOMEBODY_ELSE, LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void byALinkOfSomebodyElse_isTakenByGit_too() throws Exception {
    origin.hook("post-receive", "touch %s\n".formatted(marker("ran")));
    Path link = Files.createSymbolicLink(marker("link.git"), origin.bare());
    giveAway(link);
    try (GitSource source = open(link)) {
      String second = commit(source, fetch(source).version());

      assertThat(source.push(second)).isEqualTo(new Pushed());

      await().until(() -> Files.exists(marker("ran")));
    }
  }

  @Test
  void thatGitCannotTake_fails_withTheWordsOfGit() throws Exception {
    GitRepository.gitIn(origin.bare(), "config", "transfer.unpackLimit", "banana");
    try (GitSource source = open()) {
      String second = commit(source, fetch(source).version());

      assertThat(source.push(second))
          .isInstanceOfSatisfying(
              Failed.class,
              failed -> {
                assertThat(failed.reason()).contains("bad numeric config value 'banana'");
                assertThat(failed.isRefused()).isFalse();
              });
    }
  }

  /// Such a hook has git's own standard error, which those of a push have not.
  @Test
  void endsWithGit_whateverAHookSays_andWhoeverItLeavesBehind() throws Exception {
    origin.hook(
        "reference-transaction",
        "head -c 1000000 /dev/zero >&2\nsleep 20 >/dev/null & echo $! > %s\n"
            .formatted(marker("left")));
    try (GitSource source = open()) {
      String second = commit(source, fetch(source).version());

      assertThat(source.push(second)).isEqualTo(new Pushed());

      await().until(() -> receivePacks().findAny().isEmpty());
      await()
          .untilAsserted(() ->
              assertThat(Thread.getAllStackTraces().keySet())
                  .noneMatch(thread -> thread.getName().startsWith("git-push")));
      long left = Long.parseLong(Files.readString(marker("left")).strip());
      assertThat(ProcessHandle.of(left)).isPresent().get().matches(ProcessHandle::destroy);
    }
  }

  @Test
  void thatIsGivenUp_leavesHooksOfEarlierOnesAlone() throws Exception {
    origin.hook(
        "post-receive",
        "%secho more >&2\ntouch %s\n".formatted(waitFor(marker("go")), marker("done")));
    try (GitSource source = open();
        ExecutorService network = Executors.newSingleThreadExecutor()) {
      String second = commit(source, fetch(source).version());
      assertThat(source.push(second)).isEqualTo(new Pushed());
      origin.hook(
          "pre-receive", "touch %s\n%s".formatted(marker("judging"), waitFor(marker("judged"))));
      String third = source.commit(second, edit("example.com", ZONE + "; 3\n", "r3")).version();
      Future<PushOutcome> push = network.submit(() -> source.push(third));
      await().until(() -> Files.exists(marker("judging")));

      network.shutdownNow();

      assertThat(push.get()).isInstanceOf(Unknown.class);
      Files.createFile(marker("judged"));
      Files.createFile(marker("go"));
      await().until(() -> Files.exists(marker("done")));
      assertThat(tip()).isEqualTo(second);
    }
  }

  @Test
  void isTakenByTheFirstGitOnThePath_ifThatIsNewEnough() throws Exception {
    Path old = git("old", "git version 2.35.8");
    Path recent = git("recent", "git version 2.36.0 (of somebody)");
    Path none = Files.createDirectory(marker("none"));

    assertThat(repository(null)).isNull();
    assertThat(repository("")).isNull();
    assertThat(repository(none.toString())).isNull();
    assertThat(repository(old + ":" + recent)).isNull();
    assertThat(repository(git("mute", "") + ":" + recent)).isNull();
    assertThat(repository("\0:" + none + ":" + recent)).isEqualTo(origin.bare().toRealPath());
  }

  private @Nullable Path repository(@Nullable String searchPath) {
    return new LocalGit(RemoteAddress.parse(origin.bare().toString()), searchPath).repository();
  }

  private Path git(String folder, String version) throws IOException {
    Path made = Files.createDirectory(marker(folder));
    Path git = Files.writeString(made.resolve("git"), "#!/bin/sh\necho '" + version + "'\n");
    assertThat(git.toFile().setExecutable(true)).isTrue();
    return made;
  }
}
