package zonetrail.update;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.update.UpdateOutcome.Made;
import zonetrail.update.UpdateOutcome.Refusal;
import zonetrail.wire.ExtendedError;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// What goes beyond RFC 2136: zones that are made and removed, bounds, and the words for a log.
class UpdateLimitsTest {
  private static final Zone ZONE =
      Updated.zone(
          "example.",
          """
          @     3600 SOA  ns.other.test. admin 10 7200 3600 1209600 300
          @     3600 NS   ns.other.test.
          www   300  A    192.0.2.2
          sub   300  NS   ns.sub
          sub   300  DS   1 8 2 abababababababababababababababababababababababababababababababab
          ns.sub 300 A    192.0.2.5
          busy  300  NS   ns.other.test.
          x.busy 300 TXT  "hidden"
          """);
  private static final String NEW =
      "add @ 3600 SOA ns.other.test. admin 1 7200 3600 1209600 300\nadd @ 3600 NS ns.other.test.\n";

  private static Updated update(String script) {
    return Updated.by(ZONE, script);
  }

  private static Updated in(String zone, String key, String script) {
    return Updated.by(Zones.of(List.of(ZONE)), key, zone, script);
  }

  private static void assertRefused(Updated updated, Rcode rcode, int extendedError) {
    assertThat(updated.outcome())
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.rcode()).as(refusal.reason()).isEqualTo(rcode);
              assertThat(refusal.edeCode()).isEqualTo(extendedError);
            });
  }

  @Nested
  class AZoneIsMade {

    @ParameterizedTest
    @ValueSource(strings = {"new.example.", "a.b.example.", "sub.example.", "elsewhere.test."})
    void byItsSoaAndNsRecords(String apex) {
      Updated updated = in(apex, "k._update.", "if-unused @\n" + NEW + "add www 60 A 192.0.2.1");
      assertThat(updated.outcome())
          .isInstanceOfSatisfying(
              Made.class,
              made -> assertThat(made.alteration()).isInstanceOf(Alteration.Created.class));
      assertThat(requireNonNull(updated.after()).apex()).isEqualTo(WireName.parse(apex));
      assertThat(updated.records("www")).containsExactly("A 60 192.0.2.1");
      assertThat(requireNonNull(updated.after()).serial()).isEqualTo(Serial.of(1));
    }

    @Test
    @Rfc(number = 2136, section = "3.4.2.2")
    void withoutACname_thatComesBeforeItsSoaRecord() {
      Updated updated = in("new.example.", "k._update.", "add @ 60 CNAME other.test.\n" + NEW);
      assertThat(updated.records("@"))
          .containsExactly(
              "NS 3600 ns.other.test.",
              "SOA 3600 ns.other.test. admin.new.example. 1 7200 3600 1209600 300");
    }

    @ParameterizedTest
    @ValueSource(strings = {"www.example.", "busy.example."})
    void notWhereTheParentHoldsMoreThanADelegation(String apex) {
      assertRefused(in(apex, "k._update.", NEW), Rcode.REFUSED, ExtendedError.PROHIBITED);
    }

    @Test
    void notByAKeyForAnotherName() {
      assertRefused(
          in("new.example.", "k._update.www.example.", NEW),
          Rcode.REFUSED,
          ExtendedError.PROHIBITED);
    }

    @Test
    void notBesideAZoneThatIsNotKnown() {
      Zones zones = Zones.of(List.of(new UnavailableZone(WireName.parse("example."))));
      assertRefused(
          Updated.by(zones, "k._update.", "new.example.", NEW),
          Rcode.SERVFAIL,
          ExtendedError.INVALID_DATA);
    }

    @Test
    void notIfItCouldNotBeServed() {
      assertRefused(
          in("new.example.", "k._update.", NEW + "add @ 60 NS ns"),
          Rcode.REFUSED,
          ExtendedError.INVALID_DATA);
    }

    @Test
    void notWithoutNsRecords_thenTheSoaIsIgnored() {
      String soa = "add @ 3600 SOA ns admin 1 7200 3600 1209600 300";
      assertThat(in("new.example.", "k._update.", soa).isUnchanged()).isTrue();
      assertThat(in("new.test.", "k._update.", soa).rcode()).isEqualTo(Rcode.NOTAUTH);
    }
  }

  @Nested
  class AZoneIsRemoved {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "delete @ SOA",
          "delete @ SOA ns.other.test. admin 10 7200 3600 1209600 300",
          "delete @\ndelete @ SOA"
        })
    void byDeletingItsSoa(String script) {
      assertThat(update(script).outcome()).isEqualTo(Made.removed(ZONE.apex()));
    }

    @Test
    void notByDeletingAnotherSoa_orAllOfTheApex() {
      assertThat(update("delete @ SOA ns.other.test. admin 9 7200 3600 1209600 300").isUnchanged())
          .isTrue();
      assertThat(update("delete @").isUnchanged()).isTrue();
    }

    @Test
    void notIfAnotherSoaComes_evenAnOldOne() {
      assertThat(
              update("delete @ SOA\nadd @ 60 SOA ns.other.test. admin 9 7200 3600 1209600 300")
                  .isUnchanged())
          .isTrue();
    }

    @Test
    void notTogetherWithNewRecords() {
      assertRefused(
          update("delete @ SOA\nadd new 60 A 192.0.2.1"), Rcode.REFUSED, ExtendedError.PROHIBITED);
    }

    @Test
    void notByAKeyForAHost() {
      assertRefused(
          in("example.", "k._update.www.example.", "delete @ SOA"),
          Rcode.REFUSED,
          ExtendedError.PROHIBITED);
    }
  }

  @Nested
  class Refused {

    @ParameterizedTest
    @CsvSource({
      "add new 60 NSEC www A, 21",
      "delete www NSEC, 21",
      "add new 60 RRSIG A 8 2 300 20300101000000 20200101000000 1 example. AAAA, 21",
      "add @ 60 NSEC3PARAM 1 0 0 -, 21",
      "add @ 60 DNSKEY 257 3 8 AwEAAQ==, 21",
      "add @ 60 DS 1 8 2 abababababababababababababababababababababababababababababababab, 24",
      "add @ 60 NS ns, 24"
    })
    void isWhatWouldBreakTheZone(String line, int extendedError) {
      assertRefused(update(line), Rcode.REFUSED, extendedError);
    }

    @Test
    void isAnySignedZone() {
      Zone signed =
          Updated.zone(
              "example.",
              """
              @ 3600 SOA ns.other.test. admin 10 7200 3600 1209600 300
              @ 3600 NS  ns.other.test.
              @ 3600 DNSKEY 257 3 8 AwEAAQ==
              """);
      assertRefused(
          Updated.by(signed, "add www 60 A 192.0.2.1"), Rcode.REFUSED, ExtendedError.NOT_SUPPORTED);
      assertRefused(Updated.by(signed, "delete @ SOA"), Rcode.REFUSED, ExtendedError.NOT_SUPPORTED);
    }

    @Test
    void isAnRRsetOfMoreThan100Records() {
      String hundred =
          IntStream.range(0, UpdateProcessor.MAX_RECORDS_PER_RRSET)
              .mapToObj(i -> "add many 60 A 192.0.2." + i)
              .collect(Collectors.joining("\n"));
      assertThat(update(hundred).rcode()).isEqualTo(Rcode.NOERROR);
      assertRefused(
          update(hundred + "\nadd many 60 A 192.0.2.200"), Rcode.REFUSED, ExtendedError.OVER_QUOTA);
      assertThat(update(hundred + "\nadd many 60 A 192.0.2.200\ndelete many A 192.0.2.1").rcode())
          .isEqualTo(Rcode.NOERROR);
    }

    @Test
    void isANameOfMoreThan1000Types() {
      String thousand =
          IntStream.range(0, 1_000)
              .mapToObj(i -> "update many IN 60 TYPE" + (20_000 + i))
              .collect(Collectors.joining("\n"));
      assertThat(update(thousand).rcode()).isEqualTo(Rcode.NOERROR);
      assertRefused(
          update(thousand + "\nadd many 60 A 192.0.2.1"), Rcode.REFUSED, ExtendedError.OVER_QUOTA);
      assertRefused(
          in("new.example.", "k._update.", NEW + thousand + "\nadd many 60 A 192.0.2.1"),
          Rcode.REFUSED,
          ExtendedError.OVER_QUOTA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD", "MF"})
    void isATypeThatNoFileMayHave(String type) {
      assertRefused(
          update("add new 60 " + type + " www"), Rcode.REFUSED, ExtendedError.INVALID_DATA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"$ttl", "\\@", "\\000\\255", "a\\.b", "\\;", "\\\""})
    void isNoNameThatCanBeEscaped(String owner) {
      assertThat(update("add " + owner + " 60 TXT x").rcode()).isEqualTo(Rcode.NOERROR);
    }
  }

  @Nested
  class Words {

    private Alteration made(String script) {
      assertThat(update(script).outcome()).isInstanceOf(Made.class);
      return ((Made) update(script).outcome()).alteration();
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "add new 300 A 192.0.2.1         | example: add new A 192.0.2.1 (ttl 300)",
          "add @ 300 TXT hi                | example: add @ TXT \"hi\" (ttl 300)",
          "delete www                      | example: remove www A 192.0.2.2",
          "add www 60 A 192.0.2.2          | example: change ttl of www A from 300 to 60",
          "add @ 3600 SOA ns.other.test. admin 12 7200 3600 1209600 300 | example: set serial 12",
          "delete @ SOA                    | example: remove the zone"
        })
    void oneChange_isSaidInOneLine(String script, String summary) {
      assertThat(made(script).text().summary()).isEqualTo(summary);
    }

    @Test
    void severalChanges_areCounted_andTheDetailsHaveAll() {
      Alteration made = made("delete www A\nadd www 60 A 192.0.2.9\nadd a.b 60 TXT x");
      assertThat(made.text().summary())
          .isEqualTo("example: add a.b TXT \"x\" (ttl 60), and 3 more");
      assertThat(made.text().lines())
          .containsExactly(
              "change ttl of www A from 300 to 60",
              "remove www A 192.0.2.2",
              "add a.b TXT \"x\" (ttl 60)",
              "add www A 192.0.2.9 (ttl 60)");
    }

    @Test
    void theSerialIsTold_whereNothingElseIs() {
      assertThat(
              made("add @ 3600 SOA ns.other.test. admin 12 7200 3600 1209600 300").text().lines())
          .containsExactly("set serial 12");
    }

    @Test
    void theSoaIsTold_whereMoreOfItChangesThanTheSerial() {
      assertThat(made("add @ 3600 SOA ns.other.test. admin 12 7200 3600 1209600 60").text().lines())
          .containsExactly(
              "remove @ SOA ns.other.test. admin.example. 10 7200 3600 1209600 300",
              "add @ SOA ns.other.test. admin.example. 12 7200 3600 1209600 60 (ttl 3600)");
    }

    @Test
    void longData_isCutInTheSummaryOnly() {
      Alteration made = made("add new 60 TXT " + "x".repeat(200));
      assertThat(made.text().summary()).hasSizeLessThan(100).contains("...");
      assertThat(made.text().lines().getFirst()).contains("x".repeat(200));
    }

    @Test
    void aNewZone_isToldByItsRecords() {
      Alteration made = ((Made) in("new.example.", "k._update.", NEW).outcome()).alteration();
      assertThat(made.text().summary()).isEqualTo("new.example: create the zone, with 2 records");
      assertThat(made.text().lines()).hasSize(2).allMatch(line -> line.startsWith("add @ "));
    }

    @Test
    void noControlCharacterGetsIntoThem() {
      Alteration made = made("update new IN 60 TXT 0c0a0d1b5be280ae0068690941");
      assertThat(made.text().summary() + made.text().lines()).matches("[ -~]*");
    }
  }
}
