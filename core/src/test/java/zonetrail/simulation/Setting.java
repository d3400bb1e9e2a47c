package zonetrail.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import zonetrail.authority.EditSettings;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.tsig.TsigKey;
import zonetrail.update.SerialStyle;
import zonetrail.wire.WireName;

/// What a run begins with.
///
/// @param primaries how many servers follow the remote
/// @param raisesSerials `--serial commit`
/// @param rewrites whether people push by force, too
record Setting(Ack ack, boolean raisesSerials, int primaries, boolean rewrites) {
  static final Duration TIMEOUT = Duration.ofSeconds(4);
  static final Duration POLL = Duration.ofSeconds(30);

  /// Zones begin with four records, become large by updates, and small again.
  static final int LARGE_ZONE_RECORDS = 6;

  static final String KEY_FILE = "example._keys";
  static final List<String> ZONES = List.of("a.example", "b.example", "c.example");
  static final WireName MADE_ZONE = WireName.parse("made.example");
  static final TsigKey HOOK = key("hook._notify.example");
  static final List<TsigKey> CLIENTS =
      List.of(key("one._update.example"), key("two._update.example"), key("three._update.example"));

  boolean isLocal() {
    return ack == Ack.LOCAL;
  }

  EditSettings editing() {
    return new EditSettings(ack, TIMEOUT, SerialStyle.INCREMENT, raisesSerials, LARGE_ZONE_RECORDS);
  }

  static TsigKey key(String name) {
    return TsigKey.parse(name + ":SHA256:" + secret(name));
  }

  private static String secret(String name) {
    byte[] octets = ("the secret of the key " + name).getBytes(StandardCharsets.US_ASCII);
    return Base64.getEncoder().encodeToString(octets);
  }

  static String keyLine(TsigKey key) {
    String name = key.name().wire().toStringNoDot();
    return name + ". DNSKEY 0 3 163 " + secret(name) + "\n";
  }

  static SortedMap<String, String> files() {
    SortedMap<String, String> files = new TreeMap<>();
    for (String zone : ZONES) {
      files.put(
          zone,
          """
          $TTL 300
          @    SOA ns h 1 300 20 604800 300
               NS  ns
          ns   A   192.0.2.53
          www  A   192.0.2.80 ; the web
          """);
    }
    StringBuilder keys = new StringBuilder(keyLine(HOOK));
    CLIENTS.forEach(key -> keys.append(keyLine(key)));
    files.put(KEY_FILE, keys.toString());
    files.put("README.md", "zones of a simulation\n");
    return files;
  }
}
