package zonetrail.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import zonetrail.authority.Primary;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Tools;

/// The primary as a process of its own: what a script, a service manager and an operator see of it.
@RequiresTool(
    value = {"kill", "env"},
    debian = "procps coreutils")
class PrimaryProcessIT {
  private static final Duration GONE_WITHIN = Duration.ofSeconds(5);
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final Pattern READY =
      Pattern.compile("ready listen=127\\.0\\.0\\.1:(\\d+) zones=(\\d+) commit=(\\w+)");

  private final List<Process> processes = new ArrayList<>();
  private Path zones;
  private Path standardError;

  @BeforeEach
  void makeZones(@TempDir Path fresh) throws IOException {
    zones = Files.createDirectory(fresh.resolve("zones"));
    standardError = fresh.resolve("standard-error");
    Files.writeString(zones.resolve("example.com"), zone(1));
    Files.writeString(
        zones.resolve("example.com._keys"),
        "hook._notify.example.com. DNSKEY 0 3 163 " + SECRET + "\n");
  }

  @AfterEach
  void leaveNothingRunning() {
    processes.forEach(Process::destroyForcibly);
  }

  private static String zone(int serial) {
    return "@ 300 SOA ns.example.org. h.example.org. "
        + serial
        + " 3600 900 604800 300\n@ 300 NS ns.example.org.\nwww 300 A 192.0.2."
        + serial
        + "\n";
  }

  private Process launch(String... arguments) throws IOException {
    // A shell that starts its children in the background lets them ignore SIGINT, which they pass
    // on.
    List<String> command =
        new ArrayList<>(
            List.of(
                Tools.require("env").toString(),
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PrimaryServer.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectError(standardError.toFile()).start();
    processes.add(process);
    return process;
  }

  private Process launchFolder(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("--zones", zones.toString(), "--listen", "127.0.0.1:0"));
    arguments.addAll(List.of(more));
    return launch(arguments.toArray(String[]::new));
  }

  private Matcher awaitReady(BufferedReader output) throws IOException {
    String line = output.readLine();
    assertThat(line).as("the first line of output; on the other side: %s", errors()).isNotNull();
    Matcher ready = READY.matcher(line);
    assertThat(ready.matches()).as(line).isTrue();
    return ready;
  }

  private String errors() throws IOException {
    return Files.readString(standardError, UTF_8);
  }

  private static int awaitEnd(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    return process.exitValue();
  }

  /// Sends the signal and waits.
  private static Duration stop(Process process, String signal) throws Exception {
    long begin = System.nanoTime();
    new ProcessBuilder(Tools.require("kill").toString(), "-" + signal, "" + process.pid())
        .start()
        .waitFor();
    awaitEnd(process);
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    System.out.printf("SIG%s: gone after %d ms%n", signal, took.toMillis());
    return took;
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalEndsItInGoodOrder_andStandardOutputHasOneLine(String signal) throws Exception {
    Process process = launchFolder();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      Matcher ready = awaitReady(output);
      assertThat(ready.group(2)).isEqualTo("1");
      assertThat(ready.group(3)).isEqualTo("folder");
      int port = Integer.parseInt(ready.group(1));
      DnsClient client =
          new DnsClient(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      assertThat(client.records("www.example.com.", Type.A)).containsExactly("192.0.2.1");

      assertThat(stop(process, signal)).isLessThan(GONE_WITHIN);
      assertThat(process.exitValue()).isZero();
      assertThat(output.readLine()).as("a second line of output").isNull();
      assertThat(errors()).contains("stopping").doesNotContain("Exception");
    }
  }

  @Test
  @RequiresTool(
      value = {"sshd", "ssh-keygen", "git"},
      debian = "openssh-server git")
  void aSignalIsObeyedFromTheReadyLineOn_alsoWhileTheRemoteSaysNothing(@TempDir Path fresh)
      throws Exception {
    GitRepository origin = GitRepository.create(fresh, "origin");
    String commit = origin.write("example.com", zone(1)).push("first");
    OpenSshServer sshd = OpenSshServer.start(fresh, KeyKind.ED25519);
    String[] arguments = {
      "--remote", sshd.url(origin.bare()),
      "--ssh-key", sshd.authorizedKey(KeyKind.ED25519).toString(),
      "--authenticator", sshd.fingerprint(KeyKind.ED25519),
      "--state-dir", fresh.resolve("state").toString(),
      "--listen", "127.0.0.1:0"
    };
    try (sshd) {
      Process first = launch(arguments);
      try (BufferedReader output = first.inputReader(UTF_8)) {
        assertThat(awaitReady(output).group(3)).isEqualTo(commit);
        assertThat(stop(first, "TERM")).isLessThan(GONE_WITHIN);
        assertThat(first.exitValue()).isZero();
      }
    }
    try (ServerSocket silent =
        new ServerSocket(sshd.port(), 50, InetAddress.ofLiteral(OpenSshServer.HOST))) {
      Process second = launch(arguments);
      try (BufferedReader output = second.inputReader(UTF_8)) {
        assertThat(awaitReady(output).group(3)).isEqualTo(commit);
        silent.accept(); // the fetch is under way, and stays so
        assertThat(stop(second, "TERM")).isLessThan(GONE_WITHIN);
        assertThat(second.exitValue()).isZero();
      }
    }
  }

  private static String[] arguments(String remote, Path state) {
    return new String[] {
      "--remote", remote, "--state-dir", state.toString(), "--listen", "127.0.0.1:0"
    };
  }

  @Test
  @Timeout(60)
  void aHangUpSignalReadsTheFolderAgain_andTheServerGoesOn() throws Exception {
    Process process = launchFolder("--poll-interval", "0");
    try (BufferedReader output = process.inputReader(UTF_8)) {
      int port = Integer.parseInt(awaitReady(output).group(1));
      DnsClient client =
          new DnsClient(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      for (int serial = 2; serial <= 4; serial++) {
        Files.writeString(zones.resolve("example.com"), zone(serial));
        new ProcessBuilder(Tools.require("kill").toString(), "-HUP", "" + process.pid())
            .start()
            .waitFor();
        String wanted = "192.0.2." + serial;
        while (!client.records("www.example.com.", Type.A).equals(List.of(wanted))) {
          assertThat(process.isAlive()).as(errors()).isTrue();
        }
      }
      assertThat(errors()).contains("as SIGHUP asks");
      stop(process, "TERM");
      assertThat(process.exitValue()).isZero();
    }
  }

  @Test
  @Timeout(60)
  void aNotifyReadsItsZoneOfAFolder_andAHangUpSignalEveryOne() throws Exception {
    Files.writeString(zones.resolve("example.net"), zone(1));
    Process process = launchFolder("--poll-interval", "0");
    try (BufferedReader output = process.inputReader(UTF_8)) {
      int port = Integer.parseInt(awaitReady(output).group(1));
      DnsClient client =
          new DnsClient(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      TSIG key = DnsClient.key("hook._notify.example.com.", SECRET);
      // The first look after the start is one at everything. An answer in time says that a later
      // one
      // is over.
      long asked;
      do {
        asked = System.nanoTime();
        client.notifyUdp("example.com.", key);
      } while (System.nanoTime() - asked >= Primary.MAX_REPLY_DELAY.toNanos());

      Files.writeString(zones.resolve("example.com"), zone(2));
      Files.writeString(zones.resolve("example.net"), zone(2));
      do {
        client.notifyUdp("example.com.", key);
      } while (!client.records("www.example.com.", Type.A).equals(List.of("192.0.2.2")));
      assertThat(client.records("www.example.net.", Type.A)).containsExactly("192.0.2.1");

      Files.writeString(zones.resolve("example.com"), zone(3));
      new ProcessBuilder(Tools.require("kill").toString(), "-HUP", "" + process.pid())
          .start()
          .waitFor();
      for (String zone : List.of("example.com", "example.net")) {
        String wanted = zone.equals("example.com") ? "192.0.2.3" : "192.0.2.2";
        while (!client.records("www." + zone + ".", Type.A).equals(List.of(wanted))) {
          assertThat(process.isAlive()).as(errors()).isTrue();
        }
      }
      stop(process, "TERM");
    }
  }

  @Test
  void aPortThatIsTakenIsExitCode2_andOneLineThatSaysWhatToDo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      int port = taken.getLocalPort();
      Process process =
          launch("--zones", zones.toString(), "--listen", "127.0.0.1:" + port, "--log-level=error");
      assertThat(awaitEnd(process)).isEqualTo(2);
      assertThat(process.inputReader(UTF_8).readLine()).isNull();
      assertThat(errors().lines()).hasSize(1);
      assertThat(errors())
          .startsWith("zonetrail primary: cannot listen on 127.0.0.1:" + port)
          .contains("ss -l", "use another port or address");
    }
  }

  @Test
  void aRemoteThatIsAwayAtTheFirstStartIsExitCode3_andOneLine(@TempDir Path fresh)
      throws Exception {
    Process process = launch(arguments(fresh.resolve("absent.git").toString(), fresh.resolve("s")));
    assertThat(awaitEnd(process)).isEqualTo(3);
    assertThat(process.inputReader(UTF_8).readLine()).isNull();
    assertThat(errors().lines()).hasSize(1);
    assertThat(errors()).startsWith("zonetrail primary: ").contains("absent.git");
  }

  @Test
  void noSecretIsEverInTheLog_notAtTraceEither() throws Exception {
    Process process = launchFolder("--log-level", "trace");
    try (BufferedReader output = process.inputReader(UTF_8)) {
      int port = Integer.parseInt(awaitReady(output).group(1));
      DnsClient client =
          new DnsClient(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      TSIG key = DnsClient.key("hook._notify.example.com.", SECRET);
      Files.writeString(
          zones.resolve("example.com._keys"),
          "hook._notify.example.com. DNSKEY 0 3 163 (" + SECRET + "\n"); // does not close
      Message reply = client.notifyUdp("example.com.", key);
      assertThat(Rcode.string(reply.getRcode())).isEqualTo("NOERROR");
      stop(process, "TERM");
      assertThat(errors())
          .contains("DEBUG", "the key file has errors")
          .doesNotContain(SECRET)
          .doesNotContain(SECRET.substring(0, 12))
          .doesNotContain("perhaps thirty-two octets long");
    }
  }
}
