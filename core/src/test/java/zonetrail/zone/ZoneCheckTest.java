package zonetrail.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.masterfile.ZoneReading;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// What a zone may hold, rule by rule: beside what is said stands what is not. The words and places
/// of the findings are the business of `BrokenZonesTest`.
class ZoneCheckTest {
  private static final String SOA = "@ 3600 SOA ns1 hostmaster 1 2h 15m 14d 1h\n";
  private static final String SERVED = "@ 3600 NS ns1\nns1 3600 A 192.0.2.1\n";
  private static final String DIGEST_OF_16 = "00112233445566778899aabbccddeeff";

  private static ZoneReading read(String text) {
    return ZoneFileReader.read(
        "f",
        WireName.parse("example.com"),
        ("$TTL 3600\n" + text).getBytes(StandardCharsets.UTF_8),
        IncludeSource.NONE);
  }

  /// Level and rule of each finding, of a zone that holds these records besides the usual ones.
  private static List<String> said(String records) {
    return findings(SOA + SERVED + records);
  }

  private static List<String> findings(String text) {
    return read(text).findings().stream()
        .map(finding -> finding.level() + " " + finding.rule())
        .toList();
  }

  @Nested
  @Rfc(number = 1034, section = "4.2.1")
  class Rfc1034Section4_2_1_WhatAZoneHolds {
    @Test
    void theTopNodeNamesTheServers() {
      assertThat(findings(SOA)).containsExactly("error no-ns");
      assertThat(findings(SOA + "sub NS ns.example.net.\n")).containsExactly("error no-ns");
      assertThat(findings(SOA + "@ NS ns.example.net.\n")).isEmpty();
    }

    @Test
    void whatLiesBelowACutIsGlue() {
      assertThat(said("sub NS ns.sub\nns.sub A 192.0.2.2\nns.sub AAAA 2001:db8::1\n")).isEmpty();
      assertThat(said("sub NS ns1\nx.sub A 192.0.2.2\n")).containsExactly("warning occluded");
      assertThat(said("sub NS ns.sub\nns.sub A 192.0.2.2\nns.sub TXT a\n"))
          .containsExactly("warning occluded");
      assertThat(said("sub NS ns1\nsub MX 0 ns1\n")).containsExactly("warning occluded");
    }

    @Test
    void aServerBelowItsOwnCutNeedsGlue_andNoOtherDoes() {
      assertThat(said("sub NS ns.sub\n")).containsExactly("warning missing-glue");
      assertThat(said("sub NS ns1\nsub NS ns.example.net.\n")).isEmpty();
    }
  }

  @Nested
  @Rfc(number = 1035, section = "5.2")
  class Rfc1035Section5_2_UseOfMasterFiles {
    @Test
    void aFileWithAnyErrorGivesNoZone() {
      assertThat(read(SOA + SERVED).zone()).isNotNull();
      assertThat(read(SOA + SERVED + "x A 192.0.2\n").zone()).isNull();
    }

    @Test
    void theClassIsTheSameThroughout() {
      assertThat(said("x IN A 192.0.2.2\n")).isEmpty();
      assertThat(said("x CH A 192.0.2.2\n")).containsExactly("error class-not-in");
    }

    @Test
    void thereIsOneSoaRecord_atTheTop() {
      assertThat(findings(SERVED)).containsExactly("error no-soa");
      assertThat(said("@ SOA ns1 hostmaster 2 2h 15m 14d 1h\n"))
          .containsExactly("error several-soas");
      assertThat(said("x SOA ns1 hostmaster 1 2h 15m 14d 1h\n"))
          .containsExactly("error soa-not-at-apex");
    }

    @Test
    void whatLiesOutsideOfTheZoneIsLeftOut() {
      assertThat(said("www.example.net. A 192.0.2.2\n")).containsExactly("warning out-of-zone");
    }
  }

  @Nested
  class Rfc1912_CommonErrors {
    @Test
    @Rfc(number = 1912, section = "2.2")
    void aZoneExpiresLaterThanARefreshThatFails() {
      assertThat(findings("@ SOA ns1 h 1 2h 1h 3h 1h\n" + SERVED)).isEmpty();
      assertThat(findings("@ SOA ns1 h 1 2h 1h 10799 1h\n" + SERVED))
          .containsExactly("warning soa-timers");
    }

    @Test
    @Rfc(number = 1912, section = "3.2")
    void aNameWithTheOriginTwiceLacksItsFinalDot() {
      assertThat(said("x CNAME www.example.com.\n")).isEmpty();
      assertThat(said("x CNAME www.example.com\n")).containsExactly("warning forgotten-final-dot");
      assertThat(said("www.example.com A 192.0.2.2\n"))
          .containsExactly("warning forgotten-final-dot");
    }
  }

  @Nested
  class Rfc2181_Clarifications {
    @Test
    @Rfc(number = 2181, section = "10.1")
    @Rfc(number = 1034, section = "3.6.2")
    void anAliasHasOneCanonicalName_andNothingBesideItButWhatDnssecNeeds() {
      assertThat(said("x CNAME y\nx CNAME z\n")).containsExactly("error several-cnames");
      assertThat(said("x CNAME y\nx TXT a\n")).containsExactly("error cname-and-other-data");
      assertThat(
              said(
                  """
                  x CNAME y
                  x RRSIG CNAME 13 3 60 20300101000000 20200101000000 1 example.com. AAAA
                  x NSEC  example.com. CNAME RRSIG NSEC
                  x KEY   256 3 8 AQID
                  x NXT   example.com. CNAME
                  x SIG   CNAME 5 3 60 20300101000000 20200101000000 1 example.com. AAAA
                  """))
          .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sub NS", "@ NS", "x MX 10"})
    @Rfc(number = 2181, section = "10.3")
    void whatNsAndMxRecordsNameIsNoAliasAndHasAnAddress(String record) {
      assertThat(said(record + " host\nhost AAAA 2001:db8::1\n")).isEmpty();
      assertThat(said(record + " mail.example.net.\n")).isEmpty();
      assertThat(said(record + " host\nhost CNAME ns1\n"))
          .containsExactly("warning target-is-cname");
      assertThat(said(record + " host\nhost TXT a\n"))
          .singleElement()
          .asString()
          .endsWith("-without-address");
    }
  }

  @Nested
  class SignedZones {
    private static final String SIGNED =
        """
        @ DNSKEY 257 3 8 AwEAAQ==
        @ RRSIG SOA 8 2 3600 20300101000000 20200101000000 1 example.com. AQID
        """;

    @Test
    @Rfc(number = 4034, section = "2.1.2")
    void theProtocolOfAKeyIsThree() {
      assertThat(said("@ DNSKEY 257 3 8 AwEAAQ==\n")).isEmpty();
      assertThat(said("@ DNSKEY 257 2 8 AwEAAQ==\n")).containsExactly("warning dnskey-protocol");
    }

    @Test
    @Rfc(number = 4035, section = "2.3")
    void aSignedZoneHasNsecOrNsec3Records() {
      assertThat(said(SIGNED)).containsExactly("warning no-denial-chain");
      assertThat(said(SIGNED + "@ NSEC ns1 SOA NS DNSKEY RRSIG NSEC\n")).isEmpty();
      assertThat(
              said(
                  SIGNED
                      + "@ NSEC3PARAM 1 0 0 -\n"
                      + "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1 0 0 -"
                      + " 2t7b4g4vsa5smi47k61mv5bv1a22bojr A\n"))
          .isEmpty();
      assertThat(said("@ DNSKEY 257 3 8 AwEAAQ==\n")).as("not signed yet").isEmpty();
    }

    @Test
    @Rfc(number = 9276, section = "3.1")
    void namesAreHashedOnce() {
      assertThat(said("@ NSEC3PARAM 1 0 0 -\n")).isEmpty();
      assertThat(said("@ NSEC3PARAM 1 0 1 -\n")).containsExactly("warning nsec3-iterations");
    }
  }

  @Nested
  @Rfc(number = 6672, section = "2.4")
  class Rfc6672Section2_4_NamesNextToAndBelowADname {
    @Test
    void aNameHasOneDname_andNoCnameBesideIt() {
      assertThat(said("d DNAME a.net.\nd DNAME b.net.\n")).containsExactly("error several-dnames");
      assertThat(said("d DNAME a.net.\nd CNAME b.net.\n"))
          .containsExactly("error cname-and-other-data");
      assertThat(said("d DNAME a.net.\nd TXT a\nd A 192.0.2.2\n")).isEmpty();
    }

    @Test
    void nothingLiesBelowIt() {
      assertThat(said("d DNAME a.net.\nx.d A 192.0.2.2\n")).containsExactly("warning below-dname");
      assertThat(said("d DNAME a.net.\nx.d NS ns1\n")).containsExactly("warning below-dname");
      assertThat(said("d DNAME a.net.\nxd A 192.0.2.2\n")).isEmpty();
    }
  }

  @Nested
  @Rfc(number = 6698, section = "2.1.3")
  class Rfc6698Section2_1_3_TheMatchingType {
    @ParameterizedTest
    @CsvSource({"TLSA, 1, 2", "TLSA, 2, 4", "SMIMEA, 1, 2", "SMIMEA, 2, 4"})
    void decidesHowLongTheDigestIs(String type, int matchingType, int sixteens) {
      String record = "x " + type + " 3 1 " + matchingType + " ";

      assertThat(said(record + DIGEST_OF_16.repeat(sixteens) + "\n")).isEmpty();
      assertThat(said(record + DIGEST_OF_16.repeat(sixteens) + "00\n"))
          .containsExactly("warning certificate-digest-length");
      assertThat(said(record + DIGEST_OF_16 + "\n"))
          .containsExactly("warning certificate-digest-length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "3", "255"})
    void ofNoHashOrAnUnknownOneAllowsAnyLength(String matchingType) {
      assertThat(said("x TLSA 3 1 " + matchingType + " 0011\n")).isEmpty();
    }
  }

  @Nested
  class Rfc9460_ServiceBindings {
    @Test
    @Rfc(number = 9460, section = "2.4.1")
    void theRecordsOfASetHaveOneMode() {
      assertThat(said("x HTTPS 0 y.net.\n")).isEmpty();
      assertThat(said("x HTTPS 1 .\nx HTTPS 2 y.net.\n")).isEmpty();
      assertThat(said("x HTTPS 0 y.net.\nx HTTPS 1 .\n"))
          .containsExactly("warning service-modes-mixed");
      assertThat(said("x HTTPS 0 y.net.\nx SVCB 1 .\n")).as("of two types").isEmpty();
    }

    @Test
    @Rfc(number = 9460, section = "2.4.2")
    void anAliasIsAloneAndHasNoParameters() {
      assertThat(said("x SVCB 0 y.net.\nx SVCB 0 z.net.\n"))
          .containsExactly("warning service-modes-mixed");
      assertThat(said("x SVCB 0 y.net. port=53\n"))
          .containsExactly("warning service-alias-parameters");
      assertThat(said("x SVCB 1 y.net. port=53\n")).isEmpty();
    }
  }
}
