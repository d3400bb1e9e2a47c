package zonetrail.secondary;

import static zonetrail.server.SecondaryPeer.KEY_NAME;
import static zonetrail.server.SecondaryPeer.SECRET;

import java.nio.file.Path;
import java.util.List;
import zonetrail.fixtures.Knotd;
import zonetrail.fixtures.Named;
import zonetrail.fixtures.Nsd;
import zonetrail.fixtures.PeerLauncher;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.PeerZone;

/// BIND, Knot and NSD as primaries of one zone, read from a file again at each
/// [PeerServer#hangUp()]: transfers for who has the key of [zonetrail.server.SecondaryPeer], as
/// differences too, and NOTIFY signed with it.
enum PrimaryPeer {
  BIND {
    @Override
    PeerServer start(PeerLauncher launcher, Path directory, String zone, Path file, int notified) {
      String config =
          """
          type primary;
          ixfr-from-differences yes;
          allow-transfer { key "%1$s"; };
          notify explicit;
          also-notify { %2$s };
          """
              .formatted(
                  KEY_NAME,
                  notified == NOBODY
                      ? ""
                      : "127.0.0.1 port %d key \"%s\";".formatted(notified, KEY_NAME));
      String key =
          "key \"%s\" { algorithm hmac-sha256; secret \"%s\"; };".formatted(KEY_NAME, SECRET);
      List<PeerZone> zones = List.of(new PeerZone(zone, file, config));
      return Named.start(launcher, directory, zones, "", key);
    }
  },
  KNOT {
    @Override
    PeerServer start(PeerLauncher launcher, Path directory, String zone, Path file, int notified) {
      String config = "acl: secondary\nzonefile-load: difference\njournal-content: changes";
      String sections =
          """
          key:
            - id: %1$s
              algorithm: hmac-sha256
              secret: %2$s
          remote:
            - id: secondary
              address: 127.0.0.1@%3$d
              key: %1$s
          acl:
            - id: secondary
              key: %1$s
              action: transfer
          """
              .formatted(KEY_NAME, SECRET, notified == NOBODY ? 53 : notified);
      List<PeerZone> zones =
          List.of(
              new PeerZone(
                  zone, file, notified == NOBODY ? config : config + "\nnotify: secondary"));
      return Knotd.start(launcher, directory, zones, "", sections);
    }
  },
  NSD {
    @Override
    PeerServer start(PeerLauncher launcher, Path directory, String zone, Path file, int notified) {
      String config =
          """
          provide-xfr: 127.0.0.1 %1$s
          store-ixfr: yes
          create-ixfr: yes
          ixfr-number: %2$d
          %3$s
          """
              .formatted(
                  KEY_NAME,
                  KEPT_VERSIONS,
                  notified == NOBODY ? "" : "notify: 127.0.0.1@" + notified + " " + KEY_NAME);
      String key =
          "key:\n  name: %s\n  algorithm: hmac-sha256\n  secret: \"%s\""
              .formatted(KEY_NAME, SECRET);
      List<PeerZone> zones = List.of(new PeerZone(zone, file, config));
      return Nsd.start(launcher, directory, zones, "", key);
    }
  };

  /// In place of a port: whoever wants to know has to ask.
  static final int NOBODY = 0;

  /// How many differences NSD keeps.
  private static final int KEPT_VERSIONS = 101;

  /// Starts one.
  ///
  /// @param file the zone's master file
  /// @param notified the port on loopback that is told of every version, or [#NOBODY]
  abstract PeerServer start(
      PeerLauncher launcher, Path directory, String zone, Path file, int notified);

  /// Starts the one that is installed; it tells nobody.
  PeerServer start(Path directory, String zone, Path file) {
    return start(PeerLauncher.LOCAL, directory, zone, file, NOBODY);
  }
}
