package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Node;
import zonetrail.zone.Zone;

class ZoneFileReaderTest {
  private static final WireName APEX = WireName.parse("example.com");

  static final String GOOD =
      """
      $TTL 1h
      @     IN SOA ns1 hostmaster 1 2h 15m 14d 1h
            IN NS  ns1
      ns1   IN A   192.0.2.1
      """;

  static ZoneReading read(String text) {
    return ZoneFileReader.read(
        "zones/example.com", APEX, text.getBytes(StandardCharsets.UTF_8), IncludeSource.NONE);
  }

  private static List<String> said(ZoneReading reading) {
    return reading.findings().stream().map(Finding::toString).toList();
  }

  @Test
  void goodFile_givesItsZone_andNothingIsSaid() {
    ZoneReading reading = read(GOOD);

    assertThat(said(reading)).isEmpty();
    Zone zone = reading.zone();
    requireNonNull(zone);
    assertThat(zone.recordCount()).isEqualTo(3);
    Node server = zone.node(WireName.parse("ns1.example.com"));
    requireNonNull(server);
    assertThat(server.rrsets().getFirst().ttlSeconds()).isEqualTo(3600);
  }

  @Test
  @Rfc(number = 1034, section = "3.6.2")
  void cnameBesideOtherData_isAnError_atTheCnamesLineAndColumn() {
    ZoneReading reading = read(GOOD + "www     CNAME ns1\n        A 192.0.2.7\n");

    assertThat(reading.zone()).isNull();
    assertThat(said(reading))
        .containsExactly(
            "zones/example.com:5:9: error: CNAME beside other data at www.example.com"
                + " (RFC 1034 §3.6.2) [cname-and-other-data]");
  }

  @Test
  void severalErrors_areAllReported_andWhatGapsMayCauseIsNot() {
    ZoneReading reading =
        read("$TTL 1h\n@ SOA ns1 h 1 2h 15m 14d 1h\n@ NS\nns1 A 1.2.3\nx MX 1 ns1 extra\n");

    assertThat(reading.zone()).isNull();
    assertThat(reading.findings())
        .extracting(Finding::rule)
        .containsExactly("missing-rdata", "bad-address", "extra-token");
  }

  @Test
  void everyRecord_isHandedOver_withItsPlace() {
    MasterFile file =
        MasterFile.parse("f", GOOD.getBytes(StandardCharsets.UTF_8), APEX, IncludeSource.NONE);
    List<String> records = new ArrayList<>();
    file.forEachRecord((owner, type, ttl, rdata, offset) ->
        records.add(
            file.position(offset)
                + " "
                + owner
                + " "
                + ttl
                + " "
                + type
                + " "
                + RdataText.print(type, rdata)));

    assertThat(records)
        .containsExactly(
            "f:2:10 example.com. 3600 SOA ns1.example.com. hostmaster.example.com. 1 7200 900"
                + " 1209600 3600",
            "f:3:10 example.com. 3600 NS ns1.example.com.",
            "f:4:10 ns1.example.com. 3600 A 192.0.2.1");
    assertThat(file.locate(WireName.parse("ns1.example.com"), RRType.A)).hasToString("f:4:10");
    assertThat(file.print()).isEqualTo(GOOD.getBytes(StandardCharsets.UTF_8));
  }

  /// Does all steps when it is waited for: records are gathered when the file has been read.
  private static Steps late() {
    List<Runnable> all = new ArrayList<>();
    return new Steps() {
      @Override
      public void then(Runnable step) {
        all.add(step);
      }

      @Override
      public void finish() {
        all.forEach(Runnable::run);
      }
    };
  }

  private static void isReadAlike(byte[] text) {
    ZoneReading reading =
        ZoneFileReader.read("zone", APEX, text, IncludeSource.NONE, 1 << 30, late());
    ZoneReading same = ZoneFileReader.read("zone", APEX, text, IncludeSource.NONE);
    assertThat(reading.findings()).isEqualTo(same.findings());
    Zone zone = reading.zone();
    Zone sameZone = same.zone();
    assertThat(zone == null ? sameZone == null : sameZone != null && zone.sameRecords(sameZone))
        .isTrue();
  }

  @Test
  void whenRecordsAreGatheredMakesNoDifference() {
    BrokenZones.CASES.forEach(broken -> isReadAlike(broken.octets()));
    StringBuilder large = new StringBuilder(GOOD);
    for (int i = 0;
        i < 30_000;
        i++) { // some slices, each with duplicates, other TTLs, foreign names
      large.append("h%d %d A 192.0.2.%d\n".formatted(i % 9_000, 60 + i % 7, i % 4));
      large.append(i % 1_000 == 0 ? "other.example. A 192.0.2.1\n" : "");
    }
    isReadAlike(large.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(read(large.toString()).findings()).hasSizeGreaterThan(100);
    isReadAlike((large + "@ SOA ns1 h 2 2h 15m 14d 1h\n").getBytes(StandardCharsets.UTF_8));
  }
}
