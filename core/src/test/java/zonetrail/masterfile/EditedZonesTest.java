package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zonetrail.fixtures.Soak;
import zonetrail.masterfile.ZoneFileEdit.Edited;
import zonetrail.masterfile.ZoneFileEdit.Refused;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.ZoneCheck;

/// Zone files in wild styles and changes at random; `-Dseeds=N` for more of them.
@Soak
class EditedZonesTest {
  private static final int SEEDS = Soak.Times.of("seeds", 1_000, 100_000);
  private static final WireName APEX = WireName.parse("example");

  @Test
  void anEditedFile_saysWhatTheChangedZoneSays_andTheInverseChangeLeadsBack() {
    int refused = 0;
    int edited = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      ZoneSample before = WildZoneText.zone(seed);
      ZoneReading reading = read(before);
      Zone zone = reading.zone();
      assertThat(zone).as("seed %d: %s", seed, reading.findings()).isNotNull();
      Random random = new Random(seed);
      for (int i = 0; i < 2; i++) {
        ZoneChange change = RandomChange.of(requireNonNull(zone), random);
        ZoneSample after = edit(before, change, seed);
        if (after == null) {
          refused++;
          continue;
        }
        edited++;
        requireSays(after, zone.with(change), reading, seed);
        requireFewLinesToDiffer(before, after, change, seed);
        ZoneSample back = edit(after, change.inverse(), seed);
        if (back != null) {
          Zone again = read(back).zone();
          assertThat(again != null && again.sameRecords(zone)).as("seed %d, back", seed).isTrue();
        }
      }
    }
    assertThat(edited).isGreaterThan(SEEDS);
    assertThat(refused).isLessThan(SEEDS / 10 + 2);
  }

  @Test
  void aPrintedZone_readsBackAsTheSame() {
    for (long seed = 0; seed < SEEDS / 4; seed++) {
      Zone zone = requireNonNull(read(WildZoneText.zone(seed)).zone());
      byte[] printed = MasterFileEditor.print(zone);
      ZoneReading again = ZoneFileReader.read("p", APEX, printed, IncludeSource.NONE);
      assertThat(again.zone() != null && again.zone().sameRecords(zone))
          .as("seed %d: %s\n%s", seed, again.findings(), latin1(printed))
          .isTrue();
    }
  }

  private static ZoneReading read(ZoneSample sample) {
    return ZoneFileReader.read("f", APEX, sample.octets(), sample.includes());
  }

  /// @return null if it is refused for a good reason
  private static @Nullable ZoneSample edit(ZoneSample sample, ZoneChange change, long seed) {
    ZoneFileEdit edit =
        MasterFileEditor.edit("f", APEX, sample.octets(), sample.includes(), change);
    return switch (edit) {
      case Refused refused -> {
        assertThat(refused.reason())
            .as("seed %d: %s\n%s", seed, shown(change), shown(sample))
            .contains("more than once");
        yield null;
      }
      case Edited edited -> {
        Map<String, byte[]> included = new HashMap<>(sample.included());
        Map<String, byte[]> files = new HashMap<>();
        edited.files().forEach((name, text) -> files.put(name, text.octets()));
        byte[] text = files.containsKey("f") ? files.remove("f") : sample.octets();
        included.putAll(files);
        yield new ZoneSample("f", sample.apex(), text, included);
      }
    };
  }

  private static void requireSays(ZoneSample after, Zone expected, ZoneReading before, long seed) {
    ZoneReading reading = read(after);
    Zone zone = reading.zone();
    assertThat(zone != null && zone.sameRecords(expected))
        .as("seed %d: %s\n%s", seed, reading.findings(), shown(after))
        .isTrue();
    Set<String> rules = new HashSet<>();
    before.findings().forEach(finding -> rules.add(finding.rule()));
    ZoneCheck.check(expected, (owner, type) -> Position.ofFile("f"))
        .forEach(finding -> rules.add(finding.rule()));
    assertThat(reading.findings()).extracting(Finding::rule).as("seed %d", seed).isSubsetOf(rules);
  }

  /// No more lines differ than have records of the RRsets concerned, and one for each of them that
  /// has to say what it repeated or took from there.
  private static void requireFewLinesToDiffer(
      ZoneSample before, ZoneSample after, ZoneChange change, long seed) {
    Set<String> concerned = new HashSet<>();
    int bound = 0;
    for (ZoneChange.Replacement each : change.replacements()) {
      concerned.add(each.owner().toString().toLowerCase(Locale.ROOT) + " " + each.type());
      bound += 2;
    }
    MasterFile file = MasterFile.parse("f", before.octets(), APEX, before.includes());
    Set<String> lines = new HashSet<>();
    for (int record = 0; record < file.recordCount(); record++) {
      RecordTable records = file.records();
      String key =
          records.owner(record).toString().toLowerCase(Locale.ROOT) + " " + records.type(record);
      if (concerned.contains(key)) {
        for (SourceFile source : file.files()) {
          int offset = records.offset(record) - source.base;
          if (offset >= 0 && offset <= source.text.length) {
            int entry = source.entryAt(offset);
            lines.add(source.base + " " + entry);
          }
        }
      }
    }
    for (String line : lines) {
      String[] parts = line.split(" ", -1);
      for (SourceFile source : file.files()) {
        if (source.base == Integer.parseInt(parts[0])) {
          int entry = Integer.parseInt(parts[1]);
          String text =
              latin1(source.text).substring(source.entryStart(entry), source.entryEnd(entry));
          bound += text.split("\n", -1).length + 1;
        }
      }
    }
    int gone = goneLines(before, after);
    assertThat(gone)
        .as("seed %d: %s\n%s\n-----\n%s", seed, shown(change), shown(before), shown(after))
        .isLessThanOrEqualTo(bound);
  }

  /// How many lines of files are no longer there, in their order.
  private static int goneLines(ZoneSample before, ZoneSample after) {
    int gone = gone(before.octets(), after.octets());
    for (Map.Entry<String, byte[]> file : before.included().entrySet()) {
      gone += gone(file.getValue(), requireNonNull(after.included().get(file.getKey())));
    }
    return gone;
  }

  private static int gone(byte[] before, byte[] after) {
    String[] a = latin1(before).split("\n", -1);
    String[] b = latin1(after).split("\n", -1);
    int[] common = new int[b.length + 1];
    for (String line : a) {
      int diagonal = 0;
      for (int j = 1; j <= b.length; j++) {
        int above = common[j];
        common[j] = line.equals(b[j - 1]) ? diagonal + 1 : Math.max(common[j], common[j - 1]);
        diagonal = above;
      }
    }
    return a.length - common[b.length];
  }

  private static String shown(ZoneChange change) {
    List<String> lines = new ArrayList<>();
    for (ZoneChange.Replacement each : change.replacements()) {
      lines.add(shown(each.before()) + "\n    -> " + shown(each.after()));
    }
    return String.join("\n", lines);
  }

  private static String shown(@Nullable RRset rrset) {
    return rrset == null
        ? "-"
        : rrset.owner()
            + " "
            + rrset.ttlSeconds()
            + " "
            + rrset.type()
            + " "
            + rrset.rdatas().stream().map(r -> RdataText.print(rrset.type(), r)).toList();
  }

  private static String shown(ZoneSample sample) {
    StringBuilder text = new StringBuilder(latin1(sample.octets()));
    new LinkedHashMap<>(sample.included())
        .forEach((name, octets) ->
            text.append("\n== ").append(name).append('\n').append(latin1(octets)));
    return text.toString();
  }

  private static String latin1(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
