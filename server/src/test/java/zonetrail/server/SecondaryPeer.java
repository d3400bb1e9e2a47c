package zonetrail.server;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferException;
import org.xbill.DNS.ZoneTransferIn;
import zonetrail.fixtures.Knotd;
import zonetrail.fixtures.Named;
import zonetrail.fixtures.Nsd;
import zonetrail.fixtures.PeerLauncher;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.PeerZone;

/// BIND, Knot and NSD as secondaries of a server on loopback: every transfer is signed, and so is
/// every NOTIFY that they take.
public enum SecondaryPeer {
  BIND {
    @Override
    public PeerServer start(
        PeerLauncher launcher, Path directory, List<String> zones, int primary) {
      String config =
          "type secondary; primaries port %d { 127.0.0.1 key \"%s\"; }; allow-transfer { any; };"
              .formatted(primary, KEY_NAME);
      String key =
          "key \"%s\" { algorithm hmac-sha256; secret \"%s\"; };".formatted(KEY_NAME, SECRET);
      return Named.start(launcher, directory, zones(directory, zones, config), "", key);
    }
  },
  KNOT {
    @Override
    public PeerServer start(
        PeerLauncher launcher, Path directory, List<String> zones, int primary) {
      String sections =
          """
          key:
            - id: %1$s
              algorithm: hmac-sha256
              secret: %2$s
          remote:
            - id: primary
              address: 127.0.0.1@%3$d
              key: %1$s
          acl:
            - id: tester
              address: 127.0.0.1
              action: transfer
            - id: primary
              address: 127.0.0.1
              key: %1$s
              action: notify
          """
              .formatted(KEY_NAME, SECRET, primary);
      String config = "master: primary\nacl: [ tester, primary ]";
      return Knotd.start(launcher, directory, zones(directory, zones, config), "", sections);
    }
  },
  NSD {
    @Override
    public PeerServer start(
        PeerLauncher launcher, Path directory, List<String> zones, int primary) {
      String config =
          """
          request-xfr: 127.0.0.1@%1$d %2$s
          allow-notify: 127.0.0.1 %2$s
          provide-xfr: 127.0.0.1 NOKEY
          """
              .formatted(primary, KEY_NAME);
      String key =
          "key:\n  name: %s\n  algorithm: hmac-sha256\n  secret: \"%s\""
              .formatted(KEY_NAME, SECRET);
      // NSD waits a second between what transfers bring, unless it is told not to.
      String server = "xfrd-reload-timeout: 0";
      return Nsd.start(launcher, directory, zones(directory, zones, config), server, key);
    }
  };

  /// A key with the addresses of primary and secondary in its name.
  public static final String KEY_NAME = "127.0.0.1.127.0.0.1._transfer.example";

  public static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  public static final TSIG KEY = new TSIG(TSIG.HMAC_SHA256, KEY_NAME + ".", SECRET);

  /// The key file's line.
  public static final String KEY_LINE = KEY_NAME + ". DNSKEY 0 3 163 " + SECRET + "\n";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Starts one that follows these zones.
  ///
  /// @param primary the primary's port
  public abstract PeerServer start(
      PeerLauncher launcher, Path directory, List<String> zones, int primary);

  /// Starts the one that is installed.
  public PeerServer start(Path directory, List<String> zones, int primary) {
    return start(PeerLauncher.LOCAL, directory, zones, primary);
  }

  private static List<PeerZone> zones(Path directory, List<String> zones, String config) {
    return zones.stream()
        .map(zone -> new PeerZone(zone, directory.resolve("copy-of-" + zone), config))
        .toList();
  }

  public static void awaitSerial(PeerServer server, String zone, long atLeast) {
    await(server.name() + " has " + zone + "; its log:\n" + server.log())
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> serial(server, zone) >= atLeast);
  }

  private static long serial(PeerServer server, String zone) throws IOException {
    Message query =
        Message.newQuery(Record.newRecord(Name.fromString(zone + "."), Type.SOA, DClass.IN));
    return new Message(server.askOverUdp(query.toWire()))
        .getSection(Section.ANSWER).stream()
            .filter(SOARecord.class::isInstance)
            .mapToLong(record -> ((SOARecord) record).getSerial())
            .findFirst()
            .orElse(0);
  }

  /// All records of a zone, as octets in canonical form, in order.
  public static List<String> contents(int port, String zone, @Nullable TSIG key)
      throws IOException, ZoneTransferException {
    return contents(port, zone, key, Record::toWireCanonical);
  }

  /// All records of a zone as they came, each letter in its case, in order.
  public static List<String> exactContents(int port, String zone, @Nullable TSIG key)
      throws IOException, ZoneTransferException {
    return contents(port, zone, key, record -> record.toWire(Section.ANSWER));
  }

  private static List<String> contents(
      int port, String zone, @Nullable TSIG key, Function<Record, byte[]> form)
      throws IOException, ZoneTransferException {
    ZoneTransferIn transfer =
        ZoneTransferIn.newAXFR(
            Name.fromString(zone + "."),
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
            key);
    transfer.run();
    return transfer.getAXFR().stream()
        .map(record -> HexFormat.of().formatHex(form.apply(record)))
        .sorted()
        .toList();
  }
}
