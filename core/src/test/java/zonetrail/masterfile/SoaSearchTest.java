package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.fixtures.ZoneFixtures;
import zonetrail.fixtures.ZoneTextGenerator;

class SoaSearchTest {
  private static boolean holdsSoa(String text) {
    return MasterFile.holdsSoa(text.getBytes(StandardCharsets.UTF_8));
  }

  static List<String> fixtures() {
    return ZoneFixtures.names();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void zoneFile_holdsOne(String name) {
    assertThat(MasterFile.holdsSoa(ZoneFixtures.text(name))).isTrue();
  }

  @Test
  void generatedZone_holdsOne() {
    for (long seed = 0; seed < 100; seed++) {
      assertThat(MasterFile.holdsSoa(ZoneTextGenerator.of(seed).zone(3))).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@ IN SOA ns1 hostmaster (\n 1 2 3 4 5 )",
        "@\tSOA\tns1 hostmaster 1 2 3 4 5",
        "@ SOA oops",
        "@ IN SOA",
        "example.com. 3600 IN SOA (",
        "example.com. IN SOA ns1.example.com. hostmaster.example.com. x 2 3 4 5",
        "example.com. SOA ns1.example.com. hostmaster.example.com. oops",
        "x 1h soa ns hostmaster ( ; serial below\r\n",
        "$TTL 1\n\n; comment\n   IN 1d SOA a b 1 2 3 4 5\n",
        "\ufeff@ SOA a b 1 2 3 4 5",
        "x CLASS1 SOA a b 1 2 3 4 5",
        "( @ IN SOA ns1 host 1 2 3 4 5 )",
        "(example.com.) (IN) SOA",
        "@ IN SOA(ns1 host 1 2 3 4 5)",
        "x SOA ns1 (host) (1 2 3 4 5)",
        "x SOA (ns1 host\n1 2 3 4 5)",
        "@ IN TYPE6 \\# 22 00 00 00000001 00000002 00000003 00000004 00000005",
        "\"unclosed\nx ( A 1.2.3.4\n@ IN SOA ns hostmaster 1 2 3 4 5"
      })
  void linesThatAreSoaRecords_evenBrokenOnes_areFound(String text) {
    assertThat(holdsSoa(text + "\n")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SOA",
        "# Zones\nRaise the SOA serial by 1, then push.",
        "The SOA serial must grow, see RFC 1982.",
        "The SOA record (RFC 1035) is at the apex.",
        "Every file has one IN SOA record, the first.",
        "- SOA: ns1.example.com. hostmaster.example.com.",
        "| SOA | ns1.example.com. | 3600 |",
        "    the SOA minimum is 3600 seconds",
        "; @ IN SOA ns1 hostmaster 1 2 3 4 5",
        "ns1 A 192.0.2.1 ; not SOA ns1 hostmaster 1 2 3 4 5",
        "SOA ns1.example.com. hostmaster.example.com. 1 2 3 4 5",
        "SOAP uses XML 1 2 3",
        "The start of authority (SOA) is the first record",
        "(SOA) ns1.example.com. hostmaster.example.com. 1 2 3",
        "    (the SOA serial)",
        "k._update.example.com. DNSKEY 0 3 163 c2VjcmV0"
      })
  void textThatOnlySpeaksOfThem_holdsNone(String text) {
    assertThat(holdsSoa(text + "\n")).isFalse();
  }
}
