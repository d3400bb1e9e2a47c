package zonetrail.update;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
      assertThat(withChange.outcome() instanceof UpdateOutcome.Changed)
          .isEqualTo(expected == Rcode.NOERROR);
    }
  }

  @Nested
  class Section3_1_ZoneSection {

    @Test
    @Rfc(number = 2136, section = "3.1")
    void anotherTypeThanSoa_isMalformed() {
      byte[] message = UpdateScript.message("example.", RRClass.IN, RRType.A, "");
      assertThat(Updated.of(Zones.NONE, "k._update.", message).rcode()).isEqualTo(Rcode.FORMERR);
    }

    @Test
    @Rfc(number = 2136, section = "3.1")
    void anotherClass_isNotOurs() {
      byte[] message = UpdateScript.message("example.", RRClass.CH, RRType.SOA, "");
      assertThat(Updated.of(Zones.NONE, "k._update.", message).rcode()).isEqualTo(Rcode.NOTAUTH);
    }
  }

  @Nested
  class Section3_4_2_Update {

    @Test
    @Rfc(number = 2136, section = "3.4.2.2")
    void anAddedRecord_joinsItsRRset_andGivesItItsTtl() {
      Updated updated = update("add www 60 A 192.0.2.9");
      assertThat(updated.records("www"))
          .containsExactly(
              "A 60 192.0.2.2", "A 60 192.0.2.3", "A 60 192.0.2.9", "TXT 300 \"hello\"");
      assertThat(requireNonNull(updated.after()).serial()).isEqualTo(Serial.of(11));
    }
  }
}
