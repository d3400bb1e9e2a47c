package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.EditSettings;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;
import zonetrail.update.SerialStyle;
import zonetrail.wire.Rfc;

/// An update's way into the repository, and what else can happen to it there.
@RequiresTool(
    value = {"sshd", "git"},
    debian = "openssh-server git")
class UpdateFlowIT {
  private static final EditSettings LOCAL =
      new EditSettings(Ack.LOCAL, EditSettings.DEFAULT_TIMEOUT, SerialStyle.INCREMENT, false);
  private static final EditSettings RAISING =
      new EditSettings(Ack.PUSHED, EditSettings.DEFAULT_TIMEOUT, SerialStyle.INCREMENT, true);
  private static final Duration SOON = Duration.ofSeconds(20);

  private final EventLogCapture log = new EventLogCapture();
  private Path directory;
  private OpenSshServer sshd;
  private GitRepository origin;

  @BeforeEach
  void startRemote(@TempDir Path fresh) {
    directory = fresh;
    sshd = OpenSshServer.start(fresh, KeyKind.ED25519);
    origin = PrimaryUnderTest.repository(fresh);
  }

  @AfterEach
  void nothingUnexpectedWasLogged() {
    sshd.close();
    assertThat(log.lines(Level.ERROR)).noneMatch(line -> line.contains("defect"));
    log.close();
  }

  private PrimaryUnderTest start(EditSettings settings) throws Exception {
    return PrimaryUnderTest.start(directory, sshd, origin, settings);
  }

  private static Update add(String host, String address) throws IOException {
    Update update = new Update(Name.fromString("example.com."));
    update.add(Name.fromString(host + ".example.com."), Type.A, 300, address);
    return update;
  }

  private static void assertRcode(Message reply, int rcode) {
    assertThat(Rcode.string(reply.getRcode())).isEqualTo(Rcode.string(rcode));
    assertThat(reply.isVerified()).as("the reply's signature is good").isTrue();
  }

  private String subjects() {
    return GitRepository.gitIn(origin.bare(), "log", "--format=%s", GitRepository.BRANCH);
  }

  @Test
  void anUpdateIsAnsweredBeforeTheRemotesHookHasEnded_andSoIsTheHooksNotify() throws Exception {
    Path began = directory.resolve("hook-began");
    Path release = directory.resolve("hook-release");
    origin.hook(
        "post-receive", "#!/bin/sh\ntouch '" + began + "'\n" + GitRepository.waitFor(release));
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT)) {
      assertRcode(primary.send(add("a", "192.0.2.1")), Rcode.NOERROR);
      await().atMost(SOON).until(() -> Files.exists(began));
      assertRcode(primary.client().notifyUdp("example.com.", PrimaryUnderTest.KEY), Rcode.NOERROR);
      assertThat(primary.client().records("a.example.com.", Type.A)).containsExactly("192.0.2.1");
      // The next one gets through, too, while the first hook still runs.
      assertRcode(primary.send(add("b", "192.0.2.2")), Rcode.NOERROR);
    } finally {
      Files.createFile(release);
    }
  }

  /// The remote's hook takes no end, or long, over what nobody waits for.
  @Test
  void anUpdateIsAnsweredBeforeTheRemoteIsAskedForABranchOfAConflict_oncePerPause()
      throws Exception {
    Path asked = directory.resolve("asked");
    Path release = directory.resolve("hook-release");
    origin.hook(
        "pre-receive",
        "#!/bin/sh\nread old new ref\n[ $ref = refs/heads/main ] && exit 0\necho $ref >>'"
            + asked
            + "'\n"
            + GitRepository.waitFor(release)
            + "exit 1\n");
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT)) {
      assertRcode(primary.send(add("a", "192.0.2.1")), Rcode.NOERROR);
      String tip = GitRepository.gitIn(origin.bare(), "rev-parse", GitRepository.BRANCH);
      GitRepository.gitIn(
          directory.resolve("state/clone.git"),
          "update-ref",
          "refs/zonetrail/conflict/" + tip,
          tip);
      assertRcode(primary.send(add("b", "192.0.2.2")), Rcode.NOERROR);
      await().atMost(SOON).until(() -> Files.exists(asked));
      Files.createFile(release);
      assertRcode(primary.send(add("c", "192.0.2.3")), Rcode.NOERROR);
      assertRcode(primary.send(add("d", "192.0.2.4")), Rcode.NOERROR);
    }
    assertThat(Files.readAllLines(asked)).hasSize(1);
  }

  @Test
  void whatAPersonPushedInTheMeantimeStays_andTheUpdateIsMadeOnTopOfIt() throws Exception {
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT)) {
      origin
          .write(
              "example.com",
              PrimaryUnderTest.ZONE.replace("2026112801", "2026112802") + "ftp A 192.0.2.21\n")
          .push("ftp by hand");
      assertRcode(primary.send(add("a", "192.0.2.1")), Rcode.NOERROR);
      assertThat(primary.client().records("a.example.com.", Type.A)).containsExactly("192.0.2.1");
      assertThat(primary.client().records("ftp.example.com.", Type.A))
          .containsExactly("192.0.2.21");
      assertThat(subjects().lines().limit(2).toList().getLast()).isEqualTo("ftp by hand");
      assertThat(primary.remoteFile("example.com")).contains("2026112803 ; serial");
    }
  }

  @Test
  void acknowledgedLocallyItIsServed_overARestartToo_andPushedWhenTheRemoteIsBack()
      throws Exception {
    try (PrimaryUnderTest primary = start(LOCAL)) {
      sshd.close();
      assertRcode(primary.send(add("a", "192.0.2.1")), Rcode.NOERROR);
      assertThat(primary.client().records("a.example.com.", Type.A)).containsExactly("192.0.2.1");
    }
    try (PrimaryUnderTest primary = start(LOCAL)) {
      assertThat(primary.client().records("a.example.com.", Type.A)).containsExactly("192.0.2.1");
      origin
          .write(
              "example.com",
              PrimaryUnderTest.ZONE.replace("2026112801", "2026112802") + "ftp A 192.0.2.21\n")
          .push("ftp by hand");
      sshd = sshd.startAgain();
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() ->
              primary.remoteFile("example.com").contains("192.0.2.1\n")
                  || primary.remoteFile("example.com").endsWith("192.0.2.1"));
      assertThat(primary.remoteFile("example.com")).contains("ftp A 192.0.2.21");
      assertThat(primary.client().records("ftp.example.com.", Type.A))
          .containsExactly("192.0.2.21");
      assertThat(primary.client().records("a.example.com.", Type.A)).containsExactly("192.0.2.1");
    }
  }

  @Test
  void aForcedPushThatDropsAnUpdateIsNotFollowed_untilThatIsAccepted() throws Exception {
    try (PrimaryUnderTest primary = start(LOCAL)) {
      assertRcode(primary.send(add("a", "192.0.2.111")), Rcode.NOERROR);
      await().atMost(SOON).until(() -> primary.remoteFile("example.com").contains("192.0.2.111"));
      String forced =
          origin
              .write(
                  "example.com",
                  PrimaryUnderTest.ZONE.replace("2026112801", "2026112809") + "ftp A 192.0.2.21\n")
              .push("from an old clone");
      assertRcode(primary.client().notifyUdp("example.com.", PrimaryUnderTest.KEY), Rcode.SERVFAIL);
      assertThat(log.lines(Level.ERROR))
          .anyMatch(line ->
              line.contains("lacks 1 updates") && line.contains("Zonetrail-Accept: " + forced));
      assertThat(primary.client().records("ftp.example.com.", Type.A)).isEmpty();

      // What is acknowledged here meanwhile waits, and nothing is pushed over the branch.
      assertRcode(primary.send(add("b", "192.0.2.222")), Rcode.NOERROR);
      assertThat(primary.client().records("a.example.com.", Type.A)).containsExactly("192.0.2.111");
      assertThat(primary.client().records("b.example.com.", Type.A)).containsExactly("192.0.2.222");
      assertThat(subjects()).startsWith("from an old clone");

      origin.push("it is meant\n\nZonetrail-Accept: " + forced);
      await().atMost(SOON).until(() -> primary.remoteFile("example.com").contains("192.0.2.222"));
      assertThat(primary.client().records("b.example.com.", Type.A)).containsExactly("192.0.2.222");
      assertThat(primary.client().records("ftp.example.com.", Type.A))
          .containsExactly("192.0.2.21");
      assertThat(primary.client().records("a.example.com.", Type.A)).isEmpty();
    }
  }

  @Test
  void whileAForcedPushIsNotFollowedUpdatesGetServfail() throws Exception {
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT)) {
      assertRcode(primary.send(add("a", "192.0.2.1")), Rcode.NOERROR);
      origin.write("example.com", PrimaryUnderTest.ZONE).push("from an old clone");
      primary.client().notifyUdp("example.com.", PrimaryUnderTest.KEY);
      assertRcode(primary.send(add("b", "192.0.2.2")), Rcode.SERVFAIL);
      assertThat(primary.client().records("a.example.com.", Type.A)).containsExactly("192.0.2.1");
      assertThat(subjects()).startsWith("from an old clone");
    }
  }

  @Test
  void acknowledgedLocallyItIsInTheRemote_whenTheServerHasEnded() throws Exception {
    try (PrimaryUnderTest primary = start(LOCAL)) {
      for (int i = 1; i <= 5; i++) {
        assertRcode(primary.send(add("h" + i, "192.0.2." + i)), Rcode.NOERROR);
      }
    }
    assertThat(GitRepository.gitIn(origin.bare(), "show", GitRepository.BRANCH + ":example.com"))
        .contains("192.0.2.1\n", "192.0.2.5");
  }

  @Test
  void whileTheRemoteIsAwayUpdatesGetServfail_andWhatIsServedStays() throws Exception {
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT)) {
      sshd.close();
      assertRcode(primary.send(add("a", "192.0.2.1")), Rcode.SERVFAIL);
      assertThat(primary.client().records("a.example.com.", Type.A)).isEmpty();
      assertThat(primary.client().records("www.example.com.", Type.A))
          .containsExactly("192.0.2.80");
      sshd = sshd.startAgain();
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> primary.send(add("a", "192.0.2.1")).getRcode() == Rcode.NOERROR);
      assertThat(primary.remoteFile("example.com")).contains("192.0.2.1");
    }
  }

  @Test
  void aRemoteThatDeclinesGetsNothing_andTheClientServfail() throws Exception {
    origin.hook("pre-receive", "#!/bin/sh\necho 'no robots here'\nexit 1\n");
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT)) {
      assertRcode(primary.send(add("a", "192.0.2.1")), Rcode.SERVFAIL);
      assertThat(subjects()).isEqualTo("first");
      assertThat(log.lines(Level.ERROR)).anyMatch(line -> line.contains("cannot push"));
    }
  }

  @Test
  void theSameOctetsAgainGetTheSameAnswerAndHaveNoSecondEffect_overARestartToo() throws Exception {
    byte[] first;
    byte[] second;
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT)) {
      first = primary.sign(add("a", "192.0.2.1"));
      assertRcode(primary.send(first), Rcode.NOERROR);
      assertRcode(primary.send(first), Rcode.NOERROR);
      Update failing = new Update(Name.fromString("example.com."));
      failing.absent(Name.fromString("a.example.com."));
      failing.add(Name.fromString("b.example.com."), Type.A, 300, "192.0.2.2");
      second = primary.sign(failing);
      assertRcode(primary.send(second), Rcode.YXDOMAIN);
      assertThat(subjects().lines()).hasSize(2);
    }
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT)) {
      assertRcode(primary.send(first), Rcode.NOERROR);
      assertThat(subjects().lines()).hasSize(2);
    }
  }

  @Test
  @Rfc(number = 2136, section = "3.4.2.2")
  void aZoneIsMadeByItsSoaAndGoesWithIt() throws Exception {
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT)) {
      Name zone = Name.fromString("dyn.example.com.");
      Update make = new Update(zone);
      make.add(zone, Type.SOA, 300, "ns1.example.com. h.example.com. 1 7200 3600 1209600 60");
      make.add(zone, Type.NS, 300, "ns1.example.com.");
      assertRcode(primary.send(make), Rcode.NOERROR);
      assertThat(primary.client().records("dyn.example.com.", Type.SOA)).hasSize(1);
      assertThat(primary.remoteFile("dyn.example.com")).contains("SOA");
      Update remove = new Update(zone);
      remove.delete(zone, Type.SOA);
      assertRcode(primary.send(remove), Rcode.NOERROR);
      assertThat(primary.client().ask("dyn.example.com.", Type.SOA).getRcode())
          .isEqualTo(Rcode.NXDOMAIN);
      assertThat(GitRepository.gitIn(origin.bare(), "ls-tree", "--name-only", "main"))
          .isEqualTo("example.com\nexample.com._keys");
    }
  }

  @Test
  void aSerialThatWasNotRaisedIsRaisedByACommitOfOurs() throws Exception {
    try (PrimaryUnderTest primary = start(RAISING)) {
      origin.write("example.com", PrimaryUnderTest.ZONE + "ftp A 192.0.2.21\n").push("forgot");
      primary.client().notifyUdp("example.com.", PrimaryUnderTest.KEY);
      await()
          .atMost(SOON)
          .until(() -> !primary.client().records("ftp.example.com.", Type.A).isEmpty());
      assertThat(primary.remoteFile("example.com")).contains("2026112802 ; serial");
      assertThat(GitRepository.gitIn(origin.bare(), "diff", "--numstat", "main~1", "main"))
          .startsWith("1\t1\t");
    }
  }

  @Test
  void unsignedUpdatesAreRefused() throws Exception {
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT)) {
      Message reply = primary.sendUnsigned(add("a", "192.0.2.1"));
      assertThat(Rcode.string(reply.getRcode())).isEqualTo("REFUSED");
    }
  }

  @Test
  void manyAtOnceShareCommits() throws Exception {
    try (PrimaryUnderTest primary = start(EditSettings.DEFAULT);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      int updates = 40;
      CompletableFuture<?>[] all = new CompletableFuture<?>[updates];
      for (int i = 0; i < updates; i++) {
        byte[] message = primary.sign(add("h" + i, "192.0.2." + i));
        all[i] =
            CompletableFuture.runAsync(
                () -> assertRcode(primary.send(message), Rcode.NOERROR), clients);
      }
      CompletableFuture.allOf(all).join();
      for (int i = 0; i < updates; i++) {
        assertThat(primary.client().records("h" + i + ".example.com.", Type.A)).hasSize(1);
      }
      assertThat(subjects().lines().count()).as("commits").isLessThan(updates);
    }
  }
}
