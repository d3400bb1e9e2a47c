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
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import zonetrail.server.PrimaryServer;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;

/// A secondary as a process of its own, which is killed.
class SecondaryProcessIT {
  private static final String ZONE = "example.org";
  private static final String KEY_NAME = "s2._transfer";
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
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
    Files.writeString(
        folder.resolve(ZONE),
        "@ 300 SOA ns.example.net. h.example.net. 7 3600 600 86400 300\n@ 300 NS ns.example.net.\n");
    return PrimaryServer.start(
        new FolderSource(ZoneFolder.open(folder)),
        new PrimaryServer.Settings(List.of(new InetSocketAddress(LOOPBACK, 0)), 1, Duration.ZERO));
  }

  private static Record question() throws IOException {
    return Record.newRecord(Name.fromString(ZONE + "."), Type.SOA, DClass.IN);
  }

  private static int notifyOf(SimpleResolver resolver) throws IOException {
    Message message = new Message();
    message.getHeader().setOpcode(Opcode.NOTIFY);
    message.addRecord(question(), Section.QUESTION);
    resolver.setTSIGKey(new TSIG(TSIG.HMAC_SHA256, KEY_NAME + ".", SECRET));
    try {
      return resolver.send(message).getRcode();
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
}
