package zonetrail.server;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Soak;
import zonetrail.server.CrashingPrimary.Step;

/// The real process, killed by SIGKILL at each step of an update and at random, and started again
/// on what it left behind: what a client was told, what is in git and what the DNS says agree.
///
/// Each build has one kill a step and mode, and a few at random; `-Psoak` 1,600 in both modes
/// together, and `-Dkills=N` N in each; `-Dseed=N` has them at other moments.
@RequiresTool(
    value = {"sshd", "git", "kill"},
    debian = "openssh-server git procps")
class CrashMatrixIT {
  private static final Pattern READY = Pattern.compile("ready listen=127\\.0\\.0\\.1:(\\d+) .*");
  private static final int KILLS_AT_RANDOM = Soak.Times.of("kills", 2, 800);
  private static final long SEED = Long.getLong("seed", 4711);

  /// Of a run of hours a log shows how far it has come.
  private static final int KILLS_A_LINE = 10;

  /// After each kill only the latest acknowledged are looked at, at the end all.
  private static final int LOOKED_AT = 200;

  private static final Duration SOON = Duration.ofSeconds(30);

  /// How long the remote's branch may stay where it is while commits wait. One push brings all that
  /// wait there, and thousands may.
  private static final Duration NO_PROGRESS = Duration.ofMinutes(3);

  private static final Pattern SOA = Pattern.compile("SOA\\s+\\S+\\s+\\S+\\s+\\(?\\s*(\\d+)");

  private final List<String> hosts = new ArrayList<>();
  private final List<String> acknowledged = new ArrayList<>();
  private Path directory;
  private OpenSshServer sshd;
  private GitRepository origin;
  private @Nullable Process process;

  @BeforeEach
  void startRemote(@TempDir Path fresh) {
    directory = fresh;
    sshd = OpenSshServer.start(fresh, KeyKind.ED25519);
    origin = PrimaryUnderTest.repository(fresh);
  }

  @AfterEach
  void stop() {
    if (process != null) {
      process.destroyForcibly();
    }
    sshd.close();
  }

  @Soak
  @ParameterizedTest
  @EnumSource(Ack.class)
  void nothingAcknowledgedIsLost_nothingIsTornOrDoubled(Ack ack) throws Exception {
    Random random = new Random(SEED);
    List<Step> steps = new ArrayList<>(List.of(Step.values()));
    int kills = 0;
    for (int i = 1; i < KILLS_AT_RANDOM; i++) {
      steps.add(Step.NEVER);
    }
    Path key = sshd.authorizedKey(KeyKind.ED25519);
    for (Step step : steps) {
      DnsClient client = new DnsClient(start(key, ack, step));
      int known = acknowledged.size();
      expectAcknowledged(client, acknowledged.subList(Math.max(0, known - LOOKED_AT), known));
      update(client, step, random);
      Process ended = process();
      assertThat(ended.waitFor(30, TimeUnit.SECONDS)).as("it is killed at " + step).isTrue();
      if (++kills % KILLS_A_LINE == 0) {
        System.out.printf(
            "killed %d of %d times with --ack %s: %d of %d updates acknowledged so far%n",
            kills, steps.size(), ack, acknowledged.size(), hosts.size());
      }
    }
    DnsClient client = new DnsClient(start(key, ack, Step.NEVER));
    expectAcknowledged(client, acknowledged);
    expectGitAgrees(client);
    System.out.printf(
        "killed %d times with --ack %s, seed %d: %d of %d updates acknowledged, 0 lost, torn or"
            + " doubled%n",
        steps.size(), ack, SEED, acknowledged.size(), hosts.size());
  }

  private Process process() {
    if (process == null) {
      throw new IllegalStateException("not started");
    }
    return process;
  }

  private InetSocketAddress start(Path key, Ack ack, Step step) throws IOException {
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingPrimary.class.getName(),
                sshd.url(origin.bare()),
                directory.resolve("state").toString(),
                key.toString(),
                sshd.fingerprint(KeyKind.ED25519),
                ack.name(),
                step.name())
            .redirectError(
                ProcessBuilder.Redirect.appendTo(directory.resolve("primary.log").toFile()))
            .start();
    process = started;
    BufferedReader out =
        new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    assertThat(line).as("the first line of output").isNotNull();
    Matcher ready = READY.matcher(line);
    assertThat(ready.matches()).as(line).isTrue();
    return new InetSocketAddress(
        InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(ready.group(1)));
  }

  /// Sends updates one after the other until the process ends: by itself, or killed soon.
  private void update(DnsClient client, Step step, Random random) throws Exception {
    // The first update of a process takes long, the others do not.
    CountDownLatch answers = new CountDownLatch(step == Step.NEVER ? random.nextInt(5) : 0);
    CompletableFuture<Void> updates =
        CompletableFuture.runAsync(() -> updateUntilItEnds(client, answers));
    if (step == Step.NEVER) {
      assertThat(answers.await(30, TimeUnit.SECONDS)).as("updates are answered").isTrue();
      int millis = random.nextInt(250);
      await().pollDelay(Duration.ofMillis(millis)).atMost(SOON).until(() -> true);
      process().destroyForcibly();
    }
    updates.get(30, TimeUnit.SECONDS);
  }

  private void updateUntilItEnds(DnsClient client, CountDownLatch answers) {
    Message answer;
    do {
      String host = "h" + hosts.size() + ".example.com.";
      hosts.add(host);
      answer = exchange(client, addressOf(host));
      if (answer != null && answer.getRcode() == Rcode.NOERROR) {
        acknowledged.add(host);
      }
      answers.countDown();
    } while (answer != null);
  }

  private static byte[] addressOf(String host) {
    try {
      Update update = new Update(Name.fromString("example.com."));
      update.add(Name.fromString(host), Type.A, 300, "192.0.2.7");
      update.setTSIG(PrimaryUnderTest.KEY, Rcode.NOERROR, null);
      return update.toWire(Message.MAXLENGTH);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @return null if the connection broke
  private static @Nullable Message exchange(DnsClient client, byte[] octets) {
    try (var socket = client.connect()) {
      socket.getOutputStream().write(DnsClient.framed(octets));
      return new Message(DnsClient.receive(socket));
    } catch (IOException broken) {
      return null;
    }
  }

  private static void expectAcknowledged(DnsClient client, List<String> hosts) {
    for (String host : hosts) {
      try {
        assertThat(client.records(host, Type.A)).as(host).containsExactly("192.0.2.7");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Once all is pushed: a record is in the file once or not at all, and served if it is; each
  /// request is in one commit at most.
  private void expectGitAgrees(DnsClient client) throws IOException {
    waitUntilPushed(client);
    Map<String, Long> timesByOwner =
        owners(GitRepository.gitIn(origin.bare(), "show", "main:example.com"));
    Set<String> wanted = Set.copyOf(acknowledged);
    for (String host : hosts) {
      long times = timesByOwner.getOrDefault(label(host), 0L);
      assertThat(times).as(host).isBetween(wanted.contains(host) ? 1L : 0L, 1L);
      assertThat(client.records(host, Type.A)).as(host).hasSize((int) times);
    }
    String log = GitRepository.gitIn(origin.bare(), "log", "--format=%B", "main");
    List<String> requests =
        log.lines().filter(line -> line.startsWith("Zonetrail-Request: ")).toList();
    assertThat(requests).doesNotHaveDuplicates();
    GitRepository.gitIn(origin.bare(), "fsck", "--strict");
    expectSound(directory.resolve("state/clone.git"));
  }

  /// The remote has what is served, and what it has is; however long that takes, as long as one of
  /// them moves on.
  private void waitUntilPushed(DnsClient client) throws IOException {
    String last = "";
    long given = 0;
    while (true) {
      String served = serialServed(client);
      String file = GitRepository.gitIn(origin.bare(), "show", "main:example.com");
      if (SOA.matcher(file).results().anyMatch(soa -> soa.group(1).equals(served))) {
        return;
      }
      String now = served + " " + GitRepository.gitIn(origin.bare(), "rev-parse", "main").strip();
      if (!now.equals(last)) {
        last = now;
        given = System.nanoTime() + NO_PROGRESS.toNanos();
      }
      assertThat(System.nanoTime())
          .as("the serial that is served and the remote's branch move on from %s", last)
          .isLessThan(given);
      await().pollDelay(Duration.ofMillis(200)).atMost(SOON).until(() -> true);
    }
  }

  private static String serialServed(DnsClient client) throws IOException {
    String soa = client.records("example.com.", Type.SOA).getFirst();
    return soa.split(" ", 4)[2];
  }

  private static Map<String, Long> owners(String file) {
    return file.lines().collect(groupingBy(line -> line.split(" ", 2)[0], counting()));
  }

  private static String label(String host) {
    return host.substring(0, host.indexOf('.'));
  }

  private static void expectSound(Path clone) {
    GitRepository.gitIn(clone, "fsck", "--strict");
  }
}
