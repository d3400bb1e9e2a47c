package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.server.SecondaryPeer.KEY;
import static zonetrail.server.SecondaryPeer.KEY_NAME;
import static zonetrail.server.SecondaryPeer.SECRET;
import static zonetrail.server.SecondaryPeer.awaitSerial;
import static zonetrail.server.SecondaryPeer.contents;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Tools;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;

/// BIND, Knot and NSD as secondaries of ours, with signed transfers: they end up with our records.
class TransferPeersIT {
  private static final String SMALL = "small.example";
  private static final String MEDIUM = "medium.example";
  private static final String LARGE = "large.example";
  private static final List<String> ZONES = List.of(SMALL, MEDIUM, LARGE);
  private static final int LARGE_RECORDS = 100_000;

  @Nested
  @RequiresTool(value = "named", debian = "bind9")
  class Bind extends Peer {
    Bind() {
      super(SecondaryPeer.BIND);
    }
  }

  @Nested
  @RequiresTool(value = "knotd", debian = "knot")
  class Knot extends Peer {
    Knot() {
      super(SecondaryPeer.KNOT);
    }
  }

  @Nested
  @RequiresTool(value = "nsd", debian = "nsd")
  class NlNetLabs extends Peer {
    NlNetLabs() {
      super(SecondaryPeer.NSD);
    }
  }

  /// What every secondary has to do; one of it, and one primary, for all tests.
  @TestInstance(Lifecycle.PER_CLASS)
  abstract static class Peer {
    private final SecondaryPeer kind;
    private @Nullable Primary primary;
    private @Nullable PeerServer secondary;

    Peer(SecondaryPeer kind) {
      this.kind = kind;
    }

    @BeforeAll
    void startBoth(@TempDir Path directory) throws Exception {
      Primary started = Primary.start(directory.resolve("zones"));
      primary = started;
      secondary = kind.start(directory, ZONES, started.address().getPort());
      started.restart(secondary.port());
    }

    @AfterAll
    void stopBoth() {
      if (secondary != null) {
        secondary.close();
      }
      if (primary != null) {
        primary.close();
      }
    }

    @Test
    void getsSmallAndLargeZones_recordForRecord() throws Exception {
      Primary ours = Objects.requireNonNull(primary);
      PeerServer theirs = Objects.requireNonNull(secondary);
      for (String zone : ZONES) {
        awaitSerial(theirs, zone, 1);
        List<String> expected = contents(ours.address().getPort(), zone, KEY);
        assertThat(expected).hasSizeGreaterThan(zone.equals(LARGE) ? LARGE_RECORDS : 3);
        assertThat(contents(theirs.port(), zone, null))
            .as("%s%n%s", zone, theirs.log())
            .isEqualTo(expected);
      }
    }

    @Test
    void followsAChangeAtOnce_sinceItIsNotified() throws Exception {
      Primary ours = Objects.requireNonNull(primary);
      PeerServer theirs = Objects.requireNonNull(secondary);
      awaitSerial(theirs, MEDIUM, 1);
      ours.change(MEDIUM, medium(2) + "new 60 A 192.0.2.99\n");
      awaitSerial(theirs, MEDIUM, 2);
      assertThat(contents(theirs.port(), MEDIUM, null))
          .as(theirs.log())
          .isEqualTo(contents(ours.address().getPort(), MEDIUM, KEY));
    }
  }

  /// A primary of ours on a folder.
  private static final class Primary implements AutoCloseable {
    private final Path folder;
    private PrimaryServer server;

    private Primary(Path folder) throws Exception {
      this.folder = folder;
      this.server = start(folder, 0, NotifyPolicy.OFF);
    }

    /// Starts again on the same port, and notifies from now on.
    ///
    /// @param port where the secondary in the key's name listens
    void restart(int port) throws Exception {
      int own = address().getPort();
      server.close();
      server = start(folder, own, new NotifyPolicy(true, port, List.of()));
    }

    private static PrimaryServer start(Path folder, int port, NotifyPolicy notifies)
        throws Exception {
      InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
      return PrimaryServer.start(
          new FolderSource(ZoneFolder.open(folder)),
          new PrimaryServer.Settings(List.of(loopback), 2, Duration.ZERO).withNotifies(notifies));
    }

    static Primary start(Path folder) throws Exception {
      Files.createDirectory(folder);
      Files.writeString(folder.resolve(SMALL), head(1));
      Files.writeString(folder.resolve(MEDIUM), medium(1));
      Files.writeString(folder.resolve(LARGE), large());
      Path keys = folder.resolve("_keys");
      Files.writeString(keys, SecondaryPeer.KEY_LINE);
      Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
      return new Primary(folder);
    }

    InetSocketAddress address() {
      return server.boundAddresses().getFirst();
    }

    void change(String zone, String text) throws IOException {
      Files.writeString(folder.resolve(zone), text);
      new DnsClient(address()).notifyTcp(zone + ".", KEY);
    }

    @Override
    public void close() {
      server.close();
    }
  }

  private static String head(int serial) {
    return "$TTL 300\n@ SOA ns hostmaster %d 3600 900 604800 60\n@ NS ns\nns A 127.0.0.1\n"
        .formatted(serial);
  }

  /// 300 records, among them what is at and below cuts, a DNAME, wildcards and names in both cases.
  private static String medium(int serial) {
    StringBuilder text = new StringBuilder(head(serial));
    text.append("child NS ns.child\nns.child A 192.0.2.1\nbelow.child TXT glue\n");
    text.append("old DNAME new\n*.wild TXT w\nMiXed CNAME NS\n_s._tcp SRV 1 2 53 ns\n");
    for (int i = 0; i < 290; i++) {
      text.append("h%d %d MX %d m%d.Example.net.\n".formatted(i % 145, 60, i, i % 9));
    }
    return text.toString();
  }

  private static String large() {
    StringBuilder text = new StringBuilder(head(1));
    for (int i = 3; i < LARGE_RECORDS; i += 2) {
      text.append("d%1$d NS ns.d%1$d\nns.d%1$d A 10.%2$d.%3$d.1\n".formatted(i, i >> 9, i & 255));
    }
    return text.toString();
  }

  @Nested
  @RequiresTool(value = "dig", debian = "bind9-dnsutils")
  class Dig {
    @Test
    void transfersWithTheKey_andNotWithout(@TempDir Path directory) throws Exception {
      try (Primary primary = Primary.start(directory.resolve("zones"))) {
        String port = Integer.toString(primary.address().getPort());
        String key = "hmac-sha256:" + KEY_NAME + ":" + SECRET;
        List<String> signed = dig("-p", port, MEDIUM, "AXFR", "-y", key, "+onesoa");
        assertThat(signed).filteredOn(line -> line.contains("\tIN\t")).hasSize(300);
        assertThat(signed).noneMatch(line -> line.contains("WARNING") || line.contains("failed"));
        assertThat(dig("-p", port, MEDIUM, "AXFR")).contains("; Transfer failed.");
        assertThat(dig("-p", port, MEDIUM, "IXFR=1", "-y", key))
            .filteredOn(line -> line.contains("\tIN\t"))
            .hasSize(1);
      }
    }

    private static List<String> dig(String... arguments) throws Exception {
      List<String> command =
          new ArrayList<>(List.of(Tools.require("dig").toString(), "@127.0.0.1"));
      command.addAll(Arrays.asList(arguments));
      Process dig = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(dig.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      dig.waitFor();
      return output.lines().toList();
    }
  }
}
