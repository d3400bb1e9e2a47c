package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import zonetrail.fixtures.ZoneFixtures;
import zonetrail.fixtures.ZoneTextGenerator;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;

class MasterFileLosslessTest {
  private static final WireName APEX = WireName.parse("example.com");

  private static MasterFile parse(byte[] text) {
    return MasterFile.parse("f", text, APEX, IncludeSource.NONE);
  }

  static List<String> fixtures() {
    return ZoneFixtures.names();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void fixture_printsAsItsFile(String name) {
    MasterFile file = parse(ZoneFixtures.text(name));

    assertThat(file.findings()).isEmpty();
    assertThat(file.print()).isEqualTo(ZoneFixtures.text(name));
  }

  @Test
  void generatedZone_printsAsItsFile_andNothingIsSaid() {
    for (long seed = 0; seed < 300; seed++) {
      byte[] text = ZoneTextGenerator.of(seed).zone((int) seed / 4);
      MasterFile file = parse(text);

      assertThat(file.findings()).as("seed %d", seed).isEmpty();
      assertThat(file.print()).as("seed %d", seed).isEqualTo(text);
      assertEntriesCover(file, text);
    }
  }

  @Test
  void damagedZone_printsAsItsFile_andItsFindingsHavePlacesInIt() {
    for (long seed = 0; seed < 2_000; seed++) {
      ZoneTextGenerator generator = ZoneTextGenerator.of(seed);
      byte[] text = generator.mutated(generator.zone((int) (seed % 20)));
      MasterFile file = parse(text);

      assertThat(file.print()).as("seed %d", seed).isEqualTo(text);
      assertEntriesCover(file, text);
      assertFindingsLieIn(file, text, seed);
    }
  }

  @Test
  void damagedZone_givesAZoneExactlyIfNoFindingIsAnError() {
    int good = 0;
    for (long seed = 0; seed < 500; seed++) {
      ZoneTextGenerator generator = ZoneTextGenerator.of(seed);
      byte[] text = generator.mutated(generator.zone((int) (seed % 20)));
      ZoneReading reading = ZoneFileReader.read("f", APEX, text, IncludeSource.NONE);
      good += reading.zone() == null ? 0 : 1;

      assertThat(reading.zone() == null)
          .as("seed %d", seed)
          .isEqualTo(reading.findings().stream().anyMatch(Finding::isError));
    }
    assertThat(good).as("both outcomes are met").isBetween(20, 480);
  }

  /// Printing the records one a line, in full, and reading them again changes none of them.
  @Test
  void recordsPrintedInFull_readBackAsTheSame() {
    for (long seed = 0; seed < 200; seed++) {
      MasterFile file = parse(ZoneTextGenerator.of(seed).zone(60));
      List<String> records = records(file);
      String printed = "$TTL 7\n" + String.join("\n", records) + "\n";
      MasterFile again =
          MasterFile.parse(
              "g", printed.getBytes(StandardCharsets.US_ASCII), WireName.ROOT, IncludeSource.NONE);

      assertThat(again.findings()).as("seed %d", seed).isEmpty();
      assertThat(records(again)).as("seed %d", seed).isEqualTo(records);
    }
  }

  static List<String> records(MasterFile file) {
    List<String> records = new ArrayList<>();
    file.forEachRecord((owner, type, ttl, rdata, offset) ->
        records.add(owner + " " + ttl + " " + type + " " + RdataText.print(type, rdata)));
    return records;
  }

  private static void assertEntriesCover(MasterFile file, byte[] text) {
    int at = 0;
    for (int entry = 0; entry < file.entryCount(); entry++) {
      assertThat(file.entryStart(entry)).isEqualTo(at);
      at = file.entryEnd(entry);
      assertThat(at).isGreaterThan(file.entryStart(entry));
    }
    assertThat(at).isEqualTo(text.length);
  }

  private static void assertFindingsLieIn(MasterFile file, byte[] text, long seed) {
    long lines =
        new String(text, StandardCharsets.ISO_8859_1).chars().filter(c -> c == '\n').count();
    for (Finding finding : file.findings()) {
      assertThat(finding.where().line()).as("seed %d", seed).isBetween(1, (int) lines + 1);
      assertThat(finding.where().column()).as("seed %d", seed).isBetween(1, text.length + 1);
      assertThat(finding.message()).doesNotContain("\n", "\r", "\0");
      assertThat(finding.rule()).matches("[a-z0-9-]+");
    }
  }
}
