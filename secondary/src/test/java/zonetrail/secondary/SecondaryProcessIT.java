package zonetrail.secondary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferIn;
import zonetrail.server.DnsClient;
import zonetrail.server.PrimaryServer;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;
import zonetrail.wire.Rfc;

/// A secondary as a process of its own, which is killed.
class SecondaryProcessIT {
  private static final String ZONE = "example.org";
  private static final String KEY_NAME = "s2._transfer";
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TSIG KEY = new TSIG(TSIG.HMAC_SHA256, KEY_NAME + ".", SECRET);
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Pattern READY = Pattern.compile("ready listen=127\\.0\\.0\\.1:(\\d+) .*");

  @TempDir private Path directory;
  private @Nullable Process process;

  @AfterEach
  void kill() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  private SimpleResolver start(int primaryPort) throws IOException {
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SecondaryServer.class.getName(),
                "--primary",
                "127.0.0.1:" + primaryPort,
                "--key-file",
                ownedFile("key", KEY_NAME + ":SHA256:" + SECRET + "\n").toString(),
                "--listen",
                "127.0.0.1:0",
                "--state-dir",
                directory.resolve("state").toString())
            .redirectError(directory.resolve("secondary.log").toFile())
            .start();
    process = started;
    String line = Objects.requireNonNull(started.inputReader().readLine(), "no first line");
    Matcher ready = READY.matcher(line);
    assertThat(ready.matches()).as(line).isTrue();
    SimpleResolver resolver =
        new SimpleResolver(new InetSocketAddress(LOOPBACK, Integer.parseInt(ready.group(1))));
    resolver.setTimeout(Duration.ofSeconds(5));
    return resolver;
  }

  private Path ownedFile(String name, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private PrimaryServer primary() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("zones"));
    ownedFile("zones/_keys", KEY_NAME + ". DNSKEY 0 3 163 " + SECRET + "\n");
    Files.writeString(folder.resolve(ZONE), version(7));
    return PrimaryServer.start(
        new FolderSource(ZoneFolder.open(folder)),
        new PrimaryServer.Settings(List.of(new InetSocketAddress(LOOPBACK, 0)), 1, Duration.ZERO));
  }

  private static String version(int serial) {
    StringBuilder text =
        new StringBuilder(
            "$TTL 300\n@ SOA ns.example.net. h.example.net. %d 3600 600 86400 300\n@ NS ns.example.net.\n"
                .formatted(serial));
    for (int i = 0; i < 200; i++) {
      text.append("n%d A 192.0.2.%d\n".formatted(i, i < 20 ? Math.max(i, serial - i % 3) : i));
    }
    return text.append("v%d TXT %d\n".formatted(serial, serial)).toString();
  }

  private static long serial(SimpleResolver resolver) throws IOException {
    List<Record> answer = resolver.send(Message.newQuery(question())).getSection(Section.ANSWER);
    return answer.isEmpty() ? -1 : ((SOARecord) answer.getFirst()).getSerial();
  }

  private void awaitSerial(SimpleResolver server, long wanted) throws IOException {
    try {
      await().atMost(Duration.ofSeconds(30)).until(() -> serial(server) == wanted);
    } catch (ConditionTimeoutException late) {
      String log = Files.readString(directory.resolve("secondary.log"));
      throw new AssertionError("no serial " + wanted + ", and the secondary says:\n" + log, late);
    }
  }

  /// What it sends to who has a version: first what goes, then what comes.
  private static List<String> changesSince(long serial, SimpleResolver server) throws Exception {
    ZoneTransferIn transfer =
        ZoneTransferIn.newIXFR(
            Name.fromString(ZONE + "."),
            serial,
            false,
            server.getAddress().getAddress().getHostAddress(),
            server.getAddress().getPort(),
            KEY);
    transfer.run();
    assertThat(transfer.isIXFR()).as("IXFR from %d", serial).isTrue();
    List<String> records = new ArrayList<>();
    for (ZoneTransferIn.Delta delta : transfer.getIXFR()) {
      delta.deletes.forEach(record -> records.add("- " + record));
      delta.adds.forEach(record -> records.add("+ " + record));
    }
    return records;
  }

  private static Record question() throws IOException {
    return Record.newRecord(Name.fromString(ZONE + "."), Type.SOA, DClass.IN);
  }

  private static int notifyOf(SimpleResolver resolver) throws IOException {
    resolver.setTSIGKey(KEY);
    try {
      return resolver.send(DnsClient.notifyOf(ZONE + ".")).getRcode();
    } finally {
      resolver.setTSIGKey(null);
    }
  }

  @Test
  void zoneOfANotifyThatWasAnswered_comesAfterAKill_withoutAnother() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 8, LOOPBACK)) {
      assertThat(notifyOf(start(silent.getLocalPort()))).isEqualTo(Rcode.NOERROR);
      kill();
    }
    try (PrimaryServer primary = primary()) {
      SimpleResolver again = start(primary.boundAddresses().getFirst().getPort());
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> !again.send(Message.newQuery(question())).getSection(Section.ANSWER).isEmpty());
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !Files.exists(directory.resolve("state/zones/" + ZONE + ".wanted")));
    }
  }

  /// The primary is away and the process was killed: what changed between its versions it still
  /// knows, from each that it had to the last, as it knew it before.
  @Rfc(number = 1995, section = "5")
  @Test
  void incrementalTransfers_areTheSame_afterAKill() throws Exception {
    int last = 40;
    List<List<String>> before = new ArrayList<>();
    int primaryPort;
    try (PrimaryServer primary = primary()) {
      primaryPort = primary.boundAddresses().getFirst().getPort();
      DnsClient toPrimary = new DnsClient(primary.boundAddresses().getFirst());
      SimpleResolver first = start(primaryPort);
      for (int serial = 7; serial <= last; serial++) {
        Files.writeString(directory.resolve("zones").resolve(ZONE), version(serial));
        toPrimary.notifyTcp(ZONE + ".", KEY);
        notifyOf(first);
        awaitSerial(first, serial);
      }
      for (int serial = 7; serial < last; serial++) {
        before.add(changesSince(serial, first));
      }
      // When it has noted that the version is confirmed, the version is on the disk.
      Path times = directory.resolve("state/zones/" + ZONE + ".times");
      Files.deleteIfExists(times);
      notifyOf(first);
      await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(times));
      kill();
    }
    SimpleResolver again = start(primaryPort);
    assertThat(serial(again)).isEqualTo(last);
    for (int serial = 7; serial < last; serial++) {
      assertThat(changesSince(serial, again)).isEqualTo(before.get(serial - 7));
    }
    assertThat(Files.size(directory.resolve("state/zones/" + ZONE + ".history"))).isPositive();
  }
}
