package zonetrail.update;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// RFC 2136, section by section. The zone has a name with records, an alias, an empty non-terminal
/// and a delegation.
class Rfc2136Test {
  static final Zone ZONE =
      Updated.zone(
          "example.",
          """
          @     3600 SOA  ns1 admin 10 7200 3600 1209600 300
          @     3600 NS   ns1
          @     3600 NS   ns.other.test.
          @     3600 MX   10 mail
          ns1   300  A    192.0.2.1
          www   300  A    192.0.2.2
          www   300  A    192.0.2.3
          www   300  TXT  "hello"
          mail  300  AAAA 2001:db8::1
          alias 300  CNAME www
          a.b.c 300  A    192.0.2.4
          wks   300  WKS  192.0.2.9 TCP ssh
          old   300  DNAME older.example.
          sub   300  NS   ns.sub
          ns.sub 300 A    192.0.2.5
          """);

  private static Updated update(String script) {
    return Updated.by(ZONE, script);
  }

  @Nested
  class Section2_4_Prerequisites {

    @ParameterizedTest
    @CsvSource({
      // §2.4.1
      "if-rrset www A, NOERROR",
      "if-rrset WWW A, NOERROR",
      "if-rrset www AAAA, NXRRSET",
      "if-rrset none A, NXRRSET",
      "if-rrset b.c A, NXRRSET",
      // §2.4.2
      "if-rrset wks WKS 192.0.2.9 TCP ssh, NOERROR",
      "if-rrset www A 192.0.2.2, NXRRSET",
      "if-rrset www A 192.0.2.99, NXRRSET",
      "if-rrset none A 192.0.2.2, NXRRSET",
      "if-rrset alias CNAME WWW, NOERROR",
      "if-rrset @ SOA ns1 admin 10 7200 3600 1209600 300, NOERROR",
      "if-rrset @ SOA ns1 admin 9 7200 3600 1209600 300, NXRRSET",
      // §2.4.3
      "if-no-rrset www AAAA, NOERROR",
      "if-no-rrset none A, NOERROR",
      "if-no-rrset b.c A, NOERROR",
      "if-no-rrset www A, YXRRSET",
      // §2.4.4
      "if-in-use www, NOERROR",
      "if-in-use ns.sub, NOERROR",
      "if-in-use none, NXDOMAIN",
      "if-in-use b.c, NXDOMAIN",
      // §2.4.5
      "if-unused none, NOERROR",
      "if-unused b.c, NOERROR",
      "if-unused www, YXDOMAIN",
      "if-unused alias, YXDOMAIN",
      // A wildcard is a name like another, and makes no other exist.
      "if-unused *, NOERROR"
    })
    @Rfc(number = 2136, section = "2.4.1")
    @Rfc(number = 2136, section = "2.4.2")
    @Rfc(number = 2136, section = "2.4.3")
    @Rfc(number = 2136, section = "2.4.4")
    @Rfc(number = 2136, section = "2.4.5")
    void eachHoldsOrNamesItsCode(String prerequisite, Rcode expected) {
      assertThat(update(prerequisite).rcode()).isEqualTo(expected);
      Updated withChange = update(prerequisite + "\nadd new 60 A 192.0.2.77");
      assertThat(withChange.rcode()).isEqualTo(expected);
      assertThat(withChange.outcome() instanceof UpdateOutcome.Made)
          .isEqualTo(expected == Rcode.NOERROR);
    }
  }

  @Nested
  class Section3_1_ZoneSection {

    private Rcode of(byte[] message) {
      return Updated.of(Zones.of(List.of(ZONE)), "k._update.", message).rcode();
    }

    @Test
    @Rfc(number = 2136, section = "3.1")
    @Rfc(number = 2136, section = "2.3")
    void anotherTypeThanSoa_isMalformed() {
      assertThat(of(UpdateScript.message("example.", RRClass.IN, RRType.A, "")))
          .isEqualTo(Rcode.FORMERR);
    }

    @Test
    @Rfc(number = 2136, section = "3.1")
    void anotherClass_isNotOurs() {
      assertThat(of(UpdateScript.message("example.", RRClass.CH, RRType.SOA, "")))
          .isEqualTo(Rcode.NOTAUTH);
    }

    @Test
    @Rfc(number = 2136, section = "3.1")
    void anotherZone_isNotOurs() {
      assertThat(of(UpdateScript.message("other.", ""))).isEqualTo(Rcode.NOTAUTH);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    @Rfc(number = 2136, section = "3.1")
    void anotherNumberOfZones_isMalformed(int zones) {
      byte[] message = UpdateScript.message("example.", "");
      byte[] longer = Arrays.copyOf(message, zones == 2 ? message.length * 2 - 12 : 12);
      if (zones == 2) {
        System.arraycopy(message, 12, longer, message.length, message.length - 12);
      }
      longer[5] = (byte) zones;
      assertThat(of(longer)).isEqualTo(Rcode.FORMERR);
    }

    @Test
    @Rfc(number = 2136, section = "2.6")
    void whatIsAdditional_isReadOver() {
      assertThat(of(UpdateScript.message("example.", "additional ns.other. IN 60 A c0000201")))
          .isEqualTo(Rcode.NOERROR);
    }
  }

  @Nested
  class Section3_2_PrerequisiteSection {

    @ParameterizedTest
    @CsvSource({
      "prerequisite www ANY 1 A, FORMERR",
      "prerequisite www ANY 0 A c0000202, FORMERR",
      "prerequisite www NONE 1 A, FORMERR",
      "prerequisite www NONE 0 A c0000202, FORMERR",
      "prerequisite www IN 1 A c0000202, FORMERR",
      "prerequisite www IN 0 A c00002, FORMERR",
      "prerequisite www CH 0 A c0000202, FORMERR",
      "if-in-use www.other., NOTZONE",
      "if-rrset www.other. A, NOTZONE",
      "if-rrset www.other. A 192.0.2.2, NOTZONE",
      "if-no-rrset other. A, NOTZONE",
      "if-unused example.test., NOTZONE"
    })
    @Rfc(number = 2136, section = "3.2")
    @Rfc(number = 2136, section = "3.2.1")
    @Rfc(number = 2136, section = "3.2.2")
    @Rfc(number = 2136, section = "3.2.3")
    void whatIsNotWellFormed_orNotInTheZone(String prerequisite, Rcode expected) {
      assertThat(update(prerequisite).rcode()).isEqualTo(expected);
    }

    @Test
    @Rfc(number = 2136, section = "3.2.3")
    void aWholeRRset_isComparedAsASet_whateverItsOrderAndTtl() {
      assertThat(update("if-rrset www A 192.0.2.3\nif-rrset www A 192.0.2.2").rcode())
          .isEqualTo(Rcode.NOERROR);
      assertThat(
              update("if-rrset www A 192.0.2.3\nif-rrset www A 192.0.2.2\nif-rrset www A 192.0.2.9")
                  .rcode())
          .isEqualTo(Rcode.NXRRSET);
      assertThat(
              update("if-rrset www A 192.0.2.3\nif-rrset @ MX 10 MAIL\nif-rrset WWW A 192.0.2.2")
                  .rcode())
          .isEqualTo(Rcode.NOERROR);
    }

    @Test
    @Rfc(number = 2136, section = "3.2")
    void theyAreAboutTheZoneAsItWas_notAsItBecomes() {
      assertThat(update("if-unused new\nadd new 60 A 192.0.2.1").rcode()).isEqualTo(Rcode.NOERROR);
      assertThat(update("add new 60 A 192.0.2.1\nif-in-use new").rcode()).isEqualTo(Rcode.NXDOMAIN);
    }
  }

  @Nested
  class Section3_3_Permission {

    private Updated by(String key, String zone, String script) {
      return Updated.by(Zones.of(List.of(ZONE)), key, zone, script);
    }

    @ParameterizedTest
    @CsvSource({
      "k._update.example., NOERROR",
      "k._update.www.example., NOERROR",
      "k._update., NOERROR",
      "k._transfer.example., REFUSED",
      "k._notify.example., REFUSED",
      "k.example., REFUSED",
      "k._update.other., REFUSED",
      "k._update.ww.example., REFUSED",
      "k._update.mail.example., REFUSED"
    })
    @Rfc(number = 2136, section = "3.3")
    @Rfc(number = 3007, section = "3.1")
    void theKeysName_saysForWhichNames(String key, Rcode expected) {
      assertThat(by(key, "example.", "add www 60 A 192.0.2.9").rcode()).isEqualTo(expected);
    }

    @Test
    @Rfc(number = 2136, section = "3.3")
    void oneNameOutsideOfTheScope_refusesAll() {
      Updated updated =
          by(
              "k._update.www.example.",
              "example.",
              "add www 60 A 192.0.2.9\nadd x.www 60 A 192.0.2.9\ndelete mail");
      assertThat(updated.outcome())
          .isEqualTo(
              UpdateOutcome.Refusal.prohibited(
                  "key k._update.www.example. may not update mail.example"));
    }

    @Test
    @Rfc(number = 2136, section = "3.3")
    void whoMayNotUpdate_learnsNothingByPrerequisites() {
      assertThat(by("k._update.other.", "example.", "if-in-use none").rcode())
          .isEqualTo(Rcode.REFUSED);
      assertThat(by("k._update.www.example.", "example.", "if-in-use none\ndelete mail").rcode())
          .isEqualTo(Rcode.REFUSED);
      assertThat(by("k._update.other.", "none.test.", "").rcode()).isEqualTo(Rcode.REFUSED);
    }

    @Test
    void theZoneSectionMayNameAHost_ofTheKeysScope() {
      Updated updated = by("k._update.www.example.", "www.example.", "add @ 60 A 192.0.2.9");
      assertThat(requireNonNull(updated.after()).apex()).isEqualTo(ZONE.apex());
      assertThat(updated.records("www")).contains("A 60 192.0.2.9");
      assertThat(by("k._update.www.example.", "www.example.", "delete mail.example.").rcode())
          .isEqualTo(Rcode.NOTZONE);
      assertThat(by("k._update.x.www.example.", "www.example.", "").rcode())
          .isEqualTo(Rcode.NOTAUTH);
    }
  }

  @Nested
  class Section3_4_1_Prescan {

    @ParameterizedTest
    @CsvSource({
      "update www IN 60 ANY 00, FORMERR",
      "update www IN 60 AXFR, FORMERR",
      "update www IN 60 MAILB, FORMERR",
      "update www IN 60 OPT, FORMERR",
      "update www IN 60 TYPE0, FORMERR",
      "update www IN 60 TYPE200, FORMERR",
      "update www IN 60 A c00002, FORMERR",
      "update www IN 60 A c000020101, FORMERR",
      "update www IN 60 A, FORMERR",
      "update www IN 60 MX 000a, FORMERR",
      "update www IN 60 TXT, FORMERR",
      "update www IN 60 NULL, NOERROR",
      "update www IN 60 TYPE65280, NOERROR",
      "update www CH 60 A c0000201, FORMERR",
      "update www ANY 1 A, FORMERR",
      "update www ANY 0 A c0000201, FORMERR",
      "update www ANY 0 AXFR, FORMERR",
      "update www ANY 0 ANY, NOERROR",
      "update www NONE 1 A c0000201, FORMERR",
      "update www NONE 0 ANY, FORMERR",
      "update www NONE 0 A, FORMERR",
      "update www NONE 0 MAILA, FORMERR",
      "add www.other. 60 A 192.0.2.1, NOTZONE",
      "delete other., NOTZONE",
      "delete other. A, NOTZONE",
      "delete other. A 192.0.2.1, NOTZONE"
    })
    @Rfc(number = 2136, section = "3.4.1")
    @Rfc(number = 2136, section = "3.4.1.2")
    void classTypeTtlAndRdata_areCheckedBeforeAnythingIsDone(String line, Rcode expected) {
      assertThat(update(line).rcode()).isEqualTo(expected);
      assertThat(update("add www 60 A 192.0.2.9\n" + line).rcode()).isEqualTo(expected);
    }

    @Test
    @Rfc(number = 2181, section = "8")
    void aTtlWithTheHighestBit_isZero() {
      assertThat(update("update new IN 2147483649 A c0000201").records("new"))
          .containsExactly("A 0 192.0.2.1");
    }
  }

  @Nested
  class Section3_4_2_Update {

    /// What a name has afterwards.
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "www   | add www 60 A 192.0.2.9              | A 60 192.0.2.2; A 60 192.0.2.3; A 60 192.0.2.9; TXT 300 \"hello\"",
          "www   | add www 60 A 192.0.2.2              | A 60 192.0.2.2; A 60 192.0.2.3; TXT 300 \"hello\"",
          "www   | add www 60 CNAME mail               | unchanged",
          "www   | delete www                          | ''",
          "www   | delete www A                        | TXT 300 \"hello\"",
          "www   | delete WWW A 192.0.2.2              | A 300 192.0.2.3; TXT 300 \"hello\"",
          "www   | delete www A 192.0.2.9              | unchanged",
          "www   | delete www AAAA                     | unchanged",
          "none  | delete none                         | unchanged",
          "b.c   | delete b.c                          | unchanged",
          "alias | add alias 60 A 192.0.2.9            | unchanged",
          "alias | add alias 60 CNAME mail             | CNAME 60 mail.example.",
          "alias | add alias 300 CNAME www             | unchanged",
          "old   | add old 300 DNAME new               | DNAME 300 new.example.",
          "wks   | add wks 300 WKS 192.0.2.9 TCP smtp  | WKS 300 192.0.2.9 6 25",
          "wks   | add wks 300 WKS 192.0.2.9 UDP 53    | WKS 300 192.0.2.9 17 53; WKS 300 192.0.2.9 6 22",
          "*.w   | add *.w 60 TXT x                    | TXT 60 \"x\"",
          "www   | add www 300 SOA ns1 a 99 1 1 1 1    | unchanged",
          "@     | add @ 300 SOA ns1 a 9 1 1 1 1       | unchanged",
          "@     | add @ 300 SOA ns1 a 10 1 1 1 1      | unchanged",
          "@     | delete @ NS                         | unchanged",
          "@     | delete @ NS ns1                     | MX 3600 10 mail.example.; NS 3600 ns.other.test.; SOA 3600 ns1.example. admin.example. 11 7200 3600 1209600 300",
          "@     | delete @                            | NS 3600 ns.other.test.; NS 3600 ns1.example.; SOA 3600 ns1.example. admin.example. 11 7200 3600 1209600 300",
        })
    @Rfc(number = 2136, section = "3.4.2")
    @Rfc(number = 2136, section = "3.4.2.2")
    @Rfc(number = 2136, section = "3.4.2.3")
    @Rfc(number = 2136, section = "3.4.2.4")
    @Rfc(number = 2136, section = "2.5.1")
    @Rfc(number = 2136, section = "2.5.2")
    @Rfc(number = 2136, section = "2.5.3")
    @Rfc(number = 2136, section = "2.5.4")
    void oneRecord(String owner, String line, String expected) {
      Updated updated = update(line);
      if (expected.equals("unchanged")) {
        assertThat(updated.isUnchanged()).as("%s", updated.outcome()).isTrue();
      } else {
        assertThat(updated.records(owner))
            .containsExactly(expected.isEmpty() ? new String[0] : expected.split("; ", -1));
        assertThat(requireNonNull(updated.after()).serial()).isEqualTo(Serial.of(11));
      }
    }

    @Test
    @Rfc(number = 2136, section = "3.4.2")
    void recordsAreDoneInOrder() {
      assertThat(update("delete www\nadd www 60 CNAME mail").records("www"))
          .containsExactly("CNAME 60 mail.example.");
      assertThat(update("add www 60 CNAME mail\ndelete www").records("www")).isEmpty();
      assertThat(update("add new 60 A 192.0.2.9\nadd new 30 A 192.0.2.9").records("new"))
          .containsExactly("A 30 192.0.2.9");
    }

    @Test
    @Rfc(number = 2136, section = "3.4.2.4")
    void theLastNameServerStays_whateverTheOrder() {
      assertThat(update("delete @ NS ns1\ndelete @ NS ns.other.test.").records("@"))
          .contains("NS 3600 ns.other.test.");
      assertThat(update("delete sub NS ns.sub").records("sub")).isEmpty();
    }

    @Test
    @Rfc(number = 2136, section = "3.6")
    void whatComesToNothing_raisesNoSerial() {
      assertThat(update("delete www A 192.0.2.2\nadd www 300 A 192.0.2.2").isUnchanged()).isTrue();
      assertThat(update("").isUnchanged()).isTrue();
    }
  }

  @Nested
  class Section3_6_Serial {

    @Test
    @Rfc(number = 2136, section = "3.6")
    void theClientsOwnSerial_isKept_ifItIsNewer() {
      Updated updated = update("add @ 3600 SOA ns1 admin 77 1 2 3 4\nadd new 60 A 192.0.2.1");
      assertThat(requireNonNull(updated.after()).serial()).isEqualTo(Serial.of(77));
    }

    @ParameterizedTest
    @CsvSource({
      "INCREMENT, 10, 11",
      "INCREMENT, 4294967295, 1",
      "UNIXTIME, 10, 1795867200",
      "UNIXTIME, 1795867200, 1795867201",
      "UNIXTIME, 3000000000, 3000000001",
      "DATE, 10, 2026112800",
      "DATE, 2026112800, 2026112801",
      "DATE, 2026112899, 2026112900"
    })
    @Rfc(number = 1982, section = "3.1")
    @Rfc(number = 2136, section = "7.11")
    void theNextOne_isNewer_andNeverZero(SerialStyle style, long current, long expected) {
      Serial next = style.next(Serial.of(current), Updated.NOW);
      assertThat(next).isEqualTo(Serial.of(expected));
      assertThat(next.isNewerThan(Serial.of(current))).isTrue();
    }

    @Test
    @Rfc(number = 2136, section = "5.7")
    void whoDeletesTheSoaAndAddsTheNext_changesIt() {
      Updated updated =
          update(
              """
              if-rrset @ SOA ns1 admin 10 7200 3600 1209600 300
              delete @ SOA ns1 admin 10 7200 3600 1209600 300
              add @ 3600 SOA ns1 admin 12 7200 3600 1209600 300
              add new 60 A 192.0.2.1
              """);
      assertThat(requireNonNull(updated.after()).serial()).isEqualTo(Serial.of(12));
    }
  }
}
