package zonetrail.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import zonetrail.authority.ZoneSource;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Tools;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.SshSettings;
import zonetrail.server.git.ZoneRepository;

/// The primary as a whole: a repository behind OpenSSH, pushed to by git, asked by dnsjava.
///
/// Nothing is polled, so whatever is fetched was asked for by a NOTIFY, or by a fetch that failed.
@RequiresTool(
    value = {"sshd", "ssh-keygen", "git"},
    debian = "openssh-server git")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrimaryServerIT {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final String OTHER_SECRET = "YW5vdGhlciBzZWNyZXQgb2Ygc29tZSBsZW5ndGg=";
  private static final String KEY_NAME = "hook._notify.example.com.";
  private static final TSIG KEY = DnsClient.key(KEY_NAME, SECRET);
  private static final TSIG FOREIGN_KEY = DnsClient.key("x._notify.example.net.", OTHER_SECRET);
  private static final int BURST = 300;
  private static final int FLOOD = 100_000;

  private final EventLogCapture log = new EventLogCapture();
  private OpenSshServer sshd;
  private SshSettings login;
  private Path directory;
  private GitRepository origin;

  @BeforeAll
  void startRemote(@TempDir Path serverDirectory) {
    sshd = OpenSshServer.start(serverDirectory, KeyKind.ED25519);
    login = login(sshd);
  }

  private static SshSettings login(OpenSshServer server) {
    return SshSettings.of(
        server.authorizedKey(KeyKind.ED25519),
        List.of(server.fingerprint(KeyKind.ED25519)),
        Optional.empty());
  }

  @AfterAll
  void stopRemote() {
    sshd.close();
    log.close();
  }

  @BeforeEach
  void makeRepository(@TempDir Path fresh) {
    directory = fresh;
    origin = GitRepository.create(fresh, "zones");
    origin
        .write("example.com", zone(1, "www A 192.0.2.1"))
        .write("example.net", zone(1, "www A 192.0.2.1"))
        .write("example.com._keys", KEY_NAME + " DNSKEY 0 3 163 " + SECRET + "\n")
        .write("example.net._keys", "x._notify.example.net. DNSKEY 0 3 163 " + OTHER_SECRET + "\n")
        .push("first");
    log.clear();
  }

  @AfterEach
  void nothingUnexpectedWasLogged() {
    assertThat(log.lines(Level.ERROR)).noneMatch(line -> line.contains("defect"));
  }

  private static String zone(int serial, String... records) {
    return "$TTL 300\n@ SOA ns.example.org. hostmaster.example.org. "
        + serial
        + " 3600 900 604800 300\n@ NS ns.example.org.\n"
        + String.join("\n", records)
        + "\n";
  }

  private PrimaryServer start() throws Exception {
    return start(sshd, login);
  }

  private PrimaryServer start(OpenSshServer remote, SshSettings settings) throws Exception {
    RemoteAddress address = RemoteAddress.parse(remote.url(origin.bare()));
    return start(
        new GitSource(
            ZoneRepository.open(
                address, Optional.empty(), directory.resolve("state"), Optional.of(settings))));
  }

  private static PrimaryServer start(ZoneSource source) throws StartException {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    return PrimaryServer.start(
        source, new PrimaryServer.Settings(List.of(loopback), 2, Duration.ZERO));
  }

  private static DnsClient clientOf(PrimaryServer server) {
    return new DnsClient(server.boundAddresses().getFirst());
  }

  /// How often the remote was asked for something, as sshd saw it.
  private long fetches() {
    return sshd.log().stream().filter(line -> line.contains("Starting session: command")).count();
  }

  // ---- a push ----

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPushIsServedWhenItsNotifyIsAnswered(boolean tcp) throws Exception {
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2.1");
      List<Duration> times = new ArrayList<>();
      for (int serial = 2; serial <= 11; serial++) {
        String commit =
            origin.write("example.com", zone(serial, "www A 192.0.2." + serial)).push("change");
        times.add(SignedNotify.untilServed(client, "example.com.", KEY, tcp));
        assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2." + serial);
        assertThat(server.readyLine()).endsWith("zones=2 commit=" + commit);
      }
      Collections.sort(times);
      System.out.printf(
          "NOTIFY over %s to its reply, the push served: median %d ms, maximum %d ms%n",
          tcp ? "TCP" : "UDP", times.get(times.size() / 2).toMillis(), times.getLast().toMillis());
      assertThat(times.get(times.size() / 2)).isLessThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void zonesComeAndGoWithTheirFiles() throws Exception {
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      origin.write("example.info", zone(7, "www A 192.0.2.7")).remove("example.net").push("two");
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      assertThat(client.records("www.example.info.", Type.A)).containsExactly("192.0.2.7");
      assertThat(client.ask("www.example.net.", Type.A).getRcode()).isEqualTo(Rcode.REFUSED);
    }
  }

  @Test
  @RequiresTool(value = "dig", debian = "bind9-dnsutils")
  void aHookIsAnsweredWhileThePushIsStillOpen_andSeesTheNewZone() throws Exception {
    try (PrimaryServer server = start()) {
      int port = server.boundAddresses().getFirst().getPort();
      String dig = Tools.require("dig") + " @127.0.0.1 -p " + port + " +tries=1 +time=10 ";
      Path seen = directory.resolve("seen");
      origin.hook(
          "post-receive",
          """
          #!/bin/sh
          exec >%s 2>&1
          %s -y hmac-sha256:%s:%s +opcode=notify +norecurse example.com SOA
          %s +short www.example.com A
          """
              .formatted(seen, dig, KEY_NAME, SECRET, dig));
      origin.write("example.com", zone(2, "www A 192.0.2.99")).push("a push with a hook");
      assertThat(seen)
          .content()
          .contains("opcode: NOTIFY, status: NOERROR")
          .doesNotContain("verify")
          .endsWith("192.0.2.99\n");
    }
  }

  @Test
  @RequiresTool(value = "dig", debian = "bind9-dnsutils")
  void aHookThatSleepsHoldsUpThePush_notTheZone() throws Exception {
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      Path asleep = directory.resolve("asleep");
      origin.hook(
          "post-receive",
          """
          #!/bin/sh
          exec >/dev/null 2>&1
          %s @127.0.0.1 -p %d -y hmac-sha256:%s:%s +opcode=notify +norecurse example.com SOA
          touch %s
          while [ -e %s ]; do sleep 0.1; done
          """
              .formatted(
                  Tools.require("dig"),
                  server.boundAddresses().getFirst().getPort(),
                  KEY_NAME,
                  SECRET,
                  asleep,
                  asleep));
      Thread push =
          Thread.ofPlatform()
              .start(() ->
                  origin.write("example.com", zone(2, "www A 192.0.2.99")).push("a slow hook"));
      await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(asleep));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> client.records("www.example.com.", Type.A), List.of("192.0.2.99")::equals);
      assertThat(push.isAlive()).as("the push is still open").isTrue();
      Files.delete(asleep);
      push.join();
    }
  }

  // ---- the tools that operators ask with ----

  private static String run(String tool, int port, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Tools.require(tool).toString(), "@127.0.0.1", "-p" + port, "+norecurse"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return text;
  }

  @ParameterizedTest
  @ValueSource(strings = {"dig", "kdig"})
  @RequiresTool(
      value = {"dig", "kdig"},
      debian = "bind9-dnsutils knot-dnsutils")
  void toolsSeeUdpTcpEdnsAndTruncation(String tool) throws Exception {
    String[] texts = new String[10];
    Arrays.setAll(texts, i -> "big TXT \"" + i + "x".repeat(200) + "\"");
    origin.write("example.com", zone(2, texts)).push("ten long texts");
    try (PrimaryServer server = start()) {
      int port = server.boundAddresses().getFirst().getPort();
      assertThat(run(tool, port, "+noedns", "example.com", "SOA"))
          .containsPattern("(?i)flags: qr aa")
          .contains("NOERROR")
          .doesNotContain("WARNING");
      assertThat(run(tool, port, "+edns", "+dnssec", "example.com", "SOA"))
          .containsPattern("(?i)version: 0")
          .containsPattern("1232");
      // 512 octets hold none of it, 1232 neither, and the answer says so.
      for (String size : List.of("+noedns", "+bufsize=4096")) {
        assertThat(run(tool, port, size, "+ignore", "big.example.com", "TXT"))
            .containsPattern("(?i)flags: qr aa tc");
      }
      assertThat(run(tool, port, "+tcp", "big.example.com", "TXT"))
          .containsPattern("(?i)flags: qr aa;")
          .contains("ANSWER: 10")
          .containsPattern("\\(TCP\\)");
      // And without being told they come back over TCP.
      assertThat(run(tool, port, "big.example.com", "TXT")).contains("ANSWER: 10");
      assertThat(run(tool, port, "+tcp", "absent.example.com", "A")).contains("NXDOMAIN");
      assertThat(run(tool, port, "elsewhere.example", "A")).contains("REFUSED");
    }
  }

  // ---- many NOTIFYs ----

  private static List<byte[]> notifies(int count, UnaryOperator<Message> finish)
      throws IOException {
    List<byte[]> messages = new ArrayList<>();
    for (int id = 1; id <= count; id++) {
      Message message = DnsClient.notifyOf("example.com.");
      message.getHeader().setID(id);
      messages.add(finish.apply(message).toWire());
    }
    return messages;
  }

  private static Message signed(Message message) {
    KEY.apply(message, null);
    return message;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBurstOfSignedNotifiesCostsTwoFetchesAtMost_andEachIsAnswered(boolean tcp) throws Exception {
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      origin.write("example.com", zone(2, "www A 192.0.2.2")).push("change");
      List<byte[]> messages = notifies(BURST, PrimaryServerIT::signed);
      long before = fetches();

      DnsClient.Burst burst = tcp ? client.burstTcp(messages, 10) : client.burstUdp(messages);
      assertThat(burst.replies()).hasSize(BURST);
      assertThat(burst.replies().values()).allMatch(reply -> reply.getRcode() == Rcode.NOERROR);
      // The last of them may have been answered because its time was up.
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> client.records("www.example.com.", Type.A), List.of("192.0.2.2")::equals);
      long during = fetches() - before;

      // One more shows that nothing of the burst was still to come.
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      long after = fetches() - before;
      System.out.printf(
          "%d signed NOTIFYs at once over %s: %d fetches (%d with one more NOTIFY), all answered"
              + " after %d ms, %d sent again%n",
          BURST, tcp ? "TCP" : "UDP", during, after, burst.took().toMillis(), burst.resent());
      assertThat(during).isBetween(1L, 2L);
      assertThat(after).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void unsignedNotifiesAreRefusedAndCostNothing() throws Exception {
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      long before = fetches();
      List<byte[]> messages = notifies(1_000, UnaryOperator.identity());
      for (DnsClient.Burst burst :
          List.of(client.burstUdp(messages), client.burstTcp(messages, 5))) {
        assertThat(burst.replies()).hasSize(1_000);
        assertThat(burst.replies().values()).allMatch(reply -> reply.getRcode() == Rcode.REFUSED);
      }
      int answered = client.flood(messages.getFirst(), FLOOD);
      System.out.printf(
          "%d unsigned NOTIFYs: %d fetches, %d answered%n", FLOOD, fetches() - before, answered);
      assertThat(fetches()).isEqualTo(before);
      // A fetch that was only late would be seen here.
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      assertThat(fetches()).isLessThanOrEqualTo(before + 1);
    }
  }

  // ---- keys ----

  @Test
  void aKeyOfAnotherZoneIsRefused_signed_andFetchesNothing() throws Exception {
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      long before = fetches();
      SignedNotify.assertAnswer(client.notifyUdp("example.com.", FOREIGN_KEY), Rcode.REFUSED);
      SignedNotify.assertAnswer(client.notifyTcp("example.com.", FOREIGN_KEY), Rcode.REFUSED);
      assertThat(fetches()).isEqualTo(before);
      assertThat(log.lines(Level.WARN))
          .anyMatch(line -> line.contains("x._notify.example.net. does not cover this zone"));
    }
  }

  @Test
  void aBrokenKeyFileKeepsItsKeys_andHoldsUpNoOther() throws Exception {
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      origin
          .write("example.com._keys", KEY_NAME + " DNSKEY 0 3 163 ((not base64\n")
          .write("example.net._keys", "y._notify.example.net. DNSKEY 0 3 163 " + SECRET + "\n")
          .push("a broken key file");
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      TSIG fresh = DnsClient.key("y._notify.example.net.", SECRET);
      SignedNotify.assertAnswer(client.notifyUdp("example.net.", fresh), Rcode.NOERROR);
      assertThat(client.notifyUdp("example.net.", FOREIGN_KEY).getRcode()).isEqualTo(Rcode.NOTAUTH);
      assertThat(log.lines(Level.ERROR))
          .anyMatch(line -> line.contains("its last good version, with 1 key, stays in force"))
          .anyMatch(line -> line.startsWith("example.com._keys:1"))
          .noneMatch(line -> line.contains("base64\n") || line.contains("((not"));
    }
  }

  @Test
  void aRemovedKeyIsRefusedAfterItsNotify() throws Exception {
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      origin.remove("example.com._keys").push("the key is lost");
      long begin = System.nanoTime();
      SignedNotify.assertAnswer(client.notifyUdp("example.com.", KEY), Rcode.NOERROR);
      Message refused =
          await()
              .pollDelay(Duration.ZERO)
              .until(
                  () -> client.notifyUdp("example.com.", KEY),
                  reply -> reply.getRcode() == Rcode.NOTAUTH);
      assertThat(refused.getTSIG().getError()).isEqualTo(Rcode.BADKEY);
      System.out.printf(
          "A removed key: refused %d ms after the NOTIFY of its removal%n",
          Duration.ofNanos(System.nanoTime() - begin).toMillis());
    }
  }

  // ---- what is not good ----

  @Test
  void aBrokenZoneKeepsItsLastGoodVersion_whileTheOneBesideItMovesOn() throws Exception {
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      String commit =
          origin
              .write("example.com", zone(2, "www A 192.0.2.2"))
              .write("example.net", zone(2, "www A 192.0.2.2", "www CNAME other"))
              .push("one good, one broken");
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2.2");
      assertThat(client.records("www.example.net.", Type.A)).containsExactly("192.0.2.1");
      assertThat(client.records("example.net.", Type.SOA).getFirst()).contains(" 1 3600");
      assertThat(log.lines(Level.ERROR))
          .anyMatch(line ->
              line.contains("example.net: its file has errors (commit " + commit.substring(0, 7))
                  && line.contains("still serving serial 1"))
          .anyMatch(line -> line.matches("example\\.net:\\d+:\\d+: error: .* \\[[a-z-]+]"));

      origin.write("example.net", zone(2, "www A 192.0.2.3")).push("mended");
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      assertThat(client.records("www.example.net.", Type.A)).containsExactly("192.0.2.3");
    }
  }

  @Test
  void aChangeThatDoesNotRaiseTheSerialIsHeldAndReported() throws Exception {
    try (PrimaryServer server = start()) {
      DnsClient client = clientOf(server);
      String commit = origin.write("example.com", zone(1, "www A 192.0.2.66")).push("forgotten");
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2.1");
      assertThat(log.lines(Level.ERROR))
          .contains(
              "example.com: serial 1 is not newer than 1 (commit "
                  + commit.substring(0, 7)
                  + "); still serving the previous version. Raise the SOA serial and push again.");

      origin.write("example.com", zone(2, "www A 192.0.2.66")).push("raised");
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2.66");
    }
  }

  // ---- the remote is away ----

  @Test
  void aRestartServesWithoutTheRemote_andCatchesUpWhenItIsBack() throws Exception {
    OpenSshServer remote =
        OpenSshServer.start(Files.createDirectory(directory.resolve("sshd")), KeyKind.ED25519);
    SshSettings settings = login(remote);
    start(remote, settings).close();
    remote.close();
    origin.write("example.com", zone(2, "www A 192.0.2.2")).push("pushed while nobody listens");
    try (PrimaryServer server = start(remote, settings)) {
      DnsClient client = clientOf(server);
      assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2.1");
      SignedNotify.assertAnswer(client.notifyUdp("example.com.", KEY), Rcode.SERVFAIL);
      assertThat(log.lines(Level.WARN))
          .anyMatch(line -> line.endsWith("still serving what was fetched before"));
      try (OpenSshServer back = remote.startAgain()) {
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() ->
                assertThat(client.records("www.example.com.", Type.A))
                    .containsExactly("192.0.2.2"));
        SignedNotify.untilServed(client, "example.com.", KEY, false);
        assertThat(back.log()).anyMatch(line -> line.contains("Accepted publickey"));
      }
    }
  }

  @Test
  void sessionsThatBreakAreMadeAnew_beforeANotifyIsAnswered() throws Exception {
    OpenSshServer remote =
        OpenSshServer.start(Files.createDirectory(directory.resolve("sshd")), KeyKind.ED25519);
    try (remote;
        PrimaryServer server = start(remote, login(remote))) {
      DnsClient client = clientOf(server);
      for (int serial = 2; serial <= 4; serial++) {
        origin.write("example.com", zone(serial, "www A 192.0.2." + serial)).push("change");
        SignedNotify.untilServed(client, "example.com.", KEY, false);
        assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2." + serial);
        remote.breakSessions();
      }
    }
  }

  @Test
  void aFirstStartWithoutTheRemoteEndsWithOneLineAndExitCode3() throws Exception {
    OpenSshServer remote =
        OpenSshServer.start(Files.createDirectory(directory.resolve("sshd")), KeyKind.ED25519);
    SshSettings settings = login(remote);
    remote.close();
    assertThatThrownBy(() -> start(remote, settings))
        .isInstanceOfSatisfying(
            StartException.class, failed -> assertThat(failed.exitCode()).isEqualTo(3))
        .message()
        .contains("127.0.0.1")
        .doesNotContain("\n", "Exception");
    // It let go of the state directory: the next try is not told that somebody else has it.
    try (OpenSshServer back = remote.startAgain();
        PrimaryServer server = start(back, settings)) {
      assertThat(clientOf(server).records("www.example.com.", Type.A)).containsExactly("192.0.2.1");
    }
  }

  // ---- a folder ----

  @Test
  void aFolderIsReadAgainWhenANotifyComes() throws Exception {
    try (PrimaryServer server = start(new FolderSource(ZoneFolder.open(origin.work())))) {
      DnsClient client = clientOf(server);
      assertThat(server.readyLine()).endsWith("zones=2 commit=folder");
      origin.write("example.com", zone(2, "www A 192.0.2.2"));
      assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2.1");
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2.2");
      assertThat(client.notifyUdp("example.com.", FOREIGN_KEY).getRcode()).isEqualTo(Rcode.REFUSED);
    }
  }

  @Test
  void inAFolderANotifyRereadsOnlyTheZoneThatItNames() throws Exception {
    try (PrimaryServer server = start(new FolderSource(ZoneFolder.open(origin.work())))) {
      DnsClient client = clientOf(server);
      origin
          .write("example.com", zone(2, "www A 192.0.2.2"))
          .write("example.net", zone(2, "www A 192.0.2.2"));
      SignedNotify.untilServed(client, "example.com.", KEY, false);
      assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2.2");
      assertThat(client.records("www.example.net.", Type.A)).containsExactly("192.0.2.1");
      // The other zone has a key of its own, which asks for it.
      SignedNotify.assertAnswer(client.notifyUdp("example.net.", FOREIGN_KEY), Rcode.NOERROR);
      assertThat(client.records("www.example.net.", Type.A)).containsExactly("192.0.2.2");
    }
  }

  @Test
  void inAFolderAKeyIsRevokedByANotifyOfItsZone() throws Exception {
    try (PrimaryServer server = start(new FolderSource(ZoneFolder.open(origin.work())))) {
      DnsClient client = clientOf(server);
      origin.remove("example.com._keys").remove("example.net._keys");
      SignedNotify.assertAnswer(client.notifyUdp("example.com.", KEY), Rcode.NOERROR);
      assertThat(client.notifyUdp("example.com.", KEY).getRcode()).isEqualTo(Rcode.NOTAUTH);
      SignedNotify.assertAnswer(client.notifyUdp("example.net.", FOREIGN_KEY), Rcode.NOERROR);
      assertThat(client.notifyUdp("example.net.", FOREIGN_KEY).getRcode()).isEqualTo(Rcode.NOTAUTH);
    }
  }
}
