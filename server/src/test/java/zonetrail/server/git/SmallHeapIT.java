package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.TlsIdentity;
import zonetrail.server.PrimaryServer;
import zonetrail.server.git.HostileRemote.Pack;

/// A primary with little memory, as a process of its own that ends when it has none left
/// (`-XX:+ExitOnOutOfMemoryError`), and repositories that ask for much.
@Timeout(120)
class SmallHeapIT {
  private static final int OUT_OF_MEMORY = 3;
  private static final int HEAP_MIB = 80;
  private static final int MIB = 1 << 20;

  private Path directory;
  private Path standardError;
  private final List<Process> processes = new ArrayList<>();
  private SimpleResolver resolver = resolver(53);

  @BeforeEach
  void useFresh(@TempDir Path fresh) {
    directory = fresh;
    standardError = fresh.resolve("standard-error");
  }

  @AfterEach
  void leaveNothingRunning() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  private static SimpleResolver resolver(int port) {
    SimpleResolver resolver =
        new SimpleResolver(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    resolver.setTimeout(Duration.ofSeconds(5));
    return resolver;
  }

  private Process process() {
    return processes.getLast();
  }

  private void launch(String... source) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MIB + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PrimaryServer.class.getName(),
                "--state-dir",
                directory.resolve("state").toString(),
                "--listen",
                "127.0.0.1:0",
                "--poll-interval",
                "1s"));
    command.addAll(List.of(source));
    Process process = new ProcessBuilder(command).redirectError(standardError.toFile()).start();
    processes.add(process);
    BufferedReader output = process.inputReader(UTF_8);
    String ready = output.readLine();
    assertThat(ready).as("the first line of output; on the other side: %s", errors()).isNotNull();
    resolver =
        resolver(Integer.parseInt(ready.replaceFirst("ready listen=127.0.0.1:(\\d+) .*", "$1")));
  }

  private String errors() throws IOException {
    return Files.readString(standardError, UTF_8);
  }

  /// The serial served; -1 for SERVFAIL.
  private long serial(String zone) throws IOException {
    Record question = Record.newRecord(Name.fromString(zone), Type.SOA, org.xbill.DNS.DClass.IN);
    Message answer = resolver.send(Message.newQuery(question));
    return answer.getRcode() == Rcode.NOERROR
        ? ((SOARecord) answer.getSection(Section.ANSWER).getFirst()).getSerial()
        : -1;
  }

  private void awaitSerial(String zone, long serial) throws IOException {
    while (serial(zone) != serial) {
      assertThat(process().isAlive()).as(errors()).isTrue();
    }
  }

  private void awaitLog(String text) throws IOException {
    while (!errors().contains(text)) {
      assertThat(process().isAlive()).as(errors()).isTrue();
    }
  }

  private void awaitEndOutOfMemory() throws Exception {
    assertThat(process().waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    assertThat(process().exitValue()).as(errors()).isEqualTo(OUT_OF_MEMORY);
    assertThat(errors()).doesNotContain("is not tried again");
  }

  private static String zone(int serial, String more) {
    return "$TTL 300\n@ SOA ns.example.org. h.example.org. "
        + serial
        + " 3600 900 604800 300\n@ NS ns.example.org.\n"
        + more;
  }

  @Test
  @RequiresTool(value = "git", debian = "git")
  void zonesThatStandForMoreThanTheMemory_keepTheirVersion_andTheOthersMoveOn() throws Exception {
    GitRepository origin = GitRepository.create(directory, "origin");
    List<String> kinds =
        List.of("include.example", "generate.example", "labels.example", "lines.example");
    for (String kind : kinds) {
      origin.write(kind, zone(1, ""));
    }
    origin.write("good.example", zone(1, "")).push("first");
    launch("--remote", origin.bare().toString());
    awaitSerial("good.example.", 1);

    String tenTimes = "$INCLUDE NEXT\n".repeat(10);
    origin
        .write("one.inc", tenTimes.replace("NEXT", "two.inc"))
        .write("two.inc", tenTimes.replace("NEXT", "three.inc"))
        .write("three.inc", "$GENERATE 1-60 a$ A 192.0.2.1\n".repeat(50))
        .write("include.example", zone(2, "$INCLUDE one.inc sub\n".repeat(9)))
        .write("generate.example", zone(2, "$GENERATE 1-65000 a$ TXT " + "x".repeat(200) + "\n"))
        .write(
            "labels.example", zone(2, "$GENERATE 1-60000 " + "a.".repeat(100) + "a$ A 192.0.2.1\n"))
        .write("lines.example", zone(2, "\n".repeat(9 * MIB)))
        .write("good.example", zone(2, ""))
        .push("second");
    awaitSerial("good.example.", 2);
    for (String kind : kinds) {
      assertThat(serial(kind + ".")).as(kind).isEqualTo(1);
    }
    awaitLog("[needs-more-memory]");

    origin.write("good.example", zone(3, "")).push("third");
    awaitSerial("good.example.", 3);
    process().destroyForcibly().waitFor();
    launch("--remote", origin.bare().toString());
    assertThat(serial("good.example.")).isEqualTo(3);
    for (String kind : kinds) {
      assertThat(serial(kind + ".")).as(kind + " after a restart").isEqualTo(1);
      origin.write(kind, zone(4, ""));
    }
    origin.push("fourth");
    for (String kind : kinds) {
      awaitSerial(kind + ".", 4);
    }
  }

  @Test
  void aPackThatEndsTheProcessIsTriedTwice_andThenWhatWasServedStays_untilTheBranchMovesOn(
      @TempDir Path keys) throws Exception {
    TlsIdentity identity = TlsIdentity.make(keys, "hostile");
    try (HostileRemote remote = new HostileRemote(identity)) {
      String[] source = {
        "--remote",
        remote.address().url(),
        "--https-ca",
        identity.certificate().toString(),
        // So that each single object is small enough to be taken.
        "--max-object-size",
        "20m"
      };
      Pack good = new Pack();
      offer(remote, good, commit(good, 1));
      launch(source);
      awaitSerial("good.example.", 1);

      Pack bomb = new Pack();
      addBranchingDeltas(bomb);
      String tip = commit(bomb, 2);
      offer(remote, bomb, tip);
      awaitEndOutOfMemory();
      launch(source);
      assertThat(serial("good.example.")).isEqualTo(1);
      awaitEndOutOfMemory();

      launch(source);
      awaitLog("commit " + tip.substring(0, 7) + " is not tried again before ");
      assertThat(serial("good.example.")).isEqualTo(1);
      assertThat(errors())
          .containsPattern("ERROR .* since this server ended 2 times while it took that in")
          .contains("give it more (-Xmx");

      Pack better = new Pack();
      offer(remote, better, commit(better, 3));
      awaitSerial("good.example.", 3);
    }
  }

  private static String commit(Pack pack, int serial) {
    String blob = pack.add(Pack.BLOB, zone(serial, "").getBytes(UTF_8));
    return pack.addCommit(pack.add(Pack.TREE, Pack.tree("good.example", blob)));
  }

  private static void offer(HostileRemote remote, Pack pack, String commit) {
    remote.offers(
        commit,
        wire -> {
          wire.data(pack.octets());
          wire.flush();
        });
  }

  /// Each large object is made from the one before, and a second one too, so that all of a long
  /// chain are needed at once: in a pack of some kilobytes.
  private static void addBranchingDeltas(Pack pack) {
    int octets = 15 * MIB;
    byte[] content = new byte[octets];
    String base = pack.add(Pack.BLOB, content);
    for (int i = 1; i < 30; i++) {
      byte[] delta = {
        (byte) 0x80,
        (byte) 0x80,
        (byte) 0xC0,
        7, // of 15 MiB
        (byte) 0x80,
        (byte) 0x80,
        (byte) 0xC0,
        7, // 15 MiB are made:
        1,
        (byte) i, // this octet,
        (byte) 0xF1,
        1,
        (byte) 0xFF,
        (byte) 0xFF,
        (byte) 0xEF // and all from the second on
      };
      byte[] leaf = delta.clone();
      leaf[9] = (byte) -i;
      pack.addDelta(base, delta);
      pack.addDelta(base, leaf);
      content[0] = (byte) i;
      base = Pack.name(Pack.BLOB, content);
    }
  }
}
