package zonetrail.update;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.RdataText;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.masterfile.ZoneReading;
import zonetrail.tsig.KeyName;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// What became of an update, with the words in which tests ask for it.
///
/// @param before the zones that it was applied to
/// @param outcome what it came to
record Updated(Zones before, UpdateOutcome outcome) {
  static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

  /// Reads a zone.
  static Zone zone(String apex, String text) {
    ZoneReading reading =
        ZoneFileReader.read(
            apex, WireName.parse(apex), text.getBytes(StandardCharsets.UTF_8), IncludeSource.NONE);
    assertThat(reading.zone()).as("%s", reading.findings()).isNotNull();
    return requireNonNull(reading.zone());
  }

  static KeyName key(String name) {
    return KeyName.of(WireName.parse(name));
  }

  /// Applies a script with a key for all names.
  static Updated by(Zone zone, String script) {
    return by(Zones.of(List.of(zone)), "k._update.", zone.apex().toString(), script);
  }

  static Updated by(Zones zones, String key, String zoneName, String script) {
    return of(zones, key, UpdateScript.message(zoneName, script));
  }

  static Updated of(Zones zones, String key, byte[] message) {
    try {
      return new Updated(
          zones,
          UpdateProcessor.apply(
              UpdateRequest.parse(message), key(key), zones, SerialStyle.INCREMENT, NOW));
    } catch (MalformedUpdateException e) {
      return new Updated(
          zones, UpdateOutcome.Refusal.of(Rcode.FORMERR, String.valueOf(e.getMessage())));
    }
  }

  Rcode rcode() {
    return outcome instanceof UpdateOutcome.Refusal refusal ? refusal.rcode() : Rcode.NOERROR;
  }

  boolean isUnchanged() {
    return outcome instanceof UpdateOutcome.Unchanged;
  }

  /// The zone afterwards.
  @Nullable Zone after() {
    return switch (outcome) {
      case UpdateOutcome.Made made -> made.after();
      case UpdateOutcome.Unchanged(WireName apex) -> (Zone) before.zone(apex);
      case UpdateOutcome.Refusal _ -> null;
    };
  }

  /// The records of a name afterwards, a line `TYPE TTL RDATA` for each; sorted.
  List<String> records(String owner) {
    Zone zone = requireNonNull(after(), outcome::toString);
    WireName name = owner.equals("@") ? zone.apex() : WireName.parse(owner).append(zone.apex());
    Node node = zone.node(name);
    return node == null ? List.of() : lines(node).stream().sorted().toList();
  }

  private static List<String> lines(Node node) {
    List<String> lines = new ArrayList<>();
    for (RRset rrset : node.rrsets()) {
      for (Rdata rdata : rrset.rdatas()) {
        lines.add(
            rrset.type() + " " + rrset.ttlSeconds() + " " + RdataText.print(rrset.type(), rdata));
      }
    }
    return lines;
  }

  /// All records of a zone, a line for each, sorted; owners in small letters.
  static List<String> allRecords(Zone zone) {
    return zone.nodes().stream()
        .flatMap(node ->
            lines(node).stream()
                .map(
                    line -> node.name().toString().toLowerCase(java.util.Locale.ROOT) + " " + line))
        .sorted()
        .toList();
  }
}
