package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;

/// Rdata that is wrong: where that is said, by which rule, and what remedy is named.
class RdataErrorsTest {
  private static List<Finding> findings(String record) {
    return MasterFile.parse(
            "f",
            ("$TTL 1\n" + record + "\n").getBytes(StandardCharsets.UTF_8),
            WireName.parse("example.com"),
            IncludeSource.NONE)
        .findings();
  }

  /// A record, the column of what is wrong, the rule and a part of the message.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "x MD a|3|obsolete-type|write MX 0",
        "x MF a|3|obsolete-type|MX 10",
        "x OPT \\# 0|3|not-zone-data|remove the record",
        "x TSIG \\# 0|3|not-zone-data|remove the record",
        "x TKEY \\# 0|3|not-zone-data|remove the record",
        "x AXFR \\# 0|3|not-zone-data|remove the record",
        "x ANY \\# 0|3|not-zone-data|remove the record",
        "x NXNAME \\# 0|3|not-zone-data|remove the record",
        "x TYPE0 \\# 0|3|not-zone-data|remove the record",
        "x NULL a|3|no-text-form|\\# 4 0a000001",
        "x UINFO a|3|no-text-form|\\# 4 0a000001",
        "x WKS 10.0.0.1|3|missing-rdata|before a protocol",
        "x WKS 10.0.0.1 XYZ 25|16|bad-number|a protocol like TCP",
        "x WKS 10.0.0.1 TCP smtp frob|25|bad-number|the port of a service",
        "x WKS 10.0.0.1 TCP 65536|20|bad-number|0 to 65535",
        "x X25 12|7|bad-address|like 311061700956",
        "x X25 12345x|7|bad-address|like 311061700956",
        "x ISDN \"1\" \"2\" \"3\"|16|extra-token|ended before",
        "x RT 1|3|missing-rdata|before a name",
        "x NSAP 47.0005|8|bad-address|0x and hexadecimal",
        "x NSAP 0x47.000|8|bad-hex|odd number",
        "x NSAP 0x47.0g05|14|bad-hex|0 to 9 and a to f",
        "x NSAP 0x|8|bad-address|0x and hexadecimal",
        "x NSAP 0x..|8|bad-hex|odd number",
        "x ATMA +|8|bad-address|'+' and digits",
        "x ATMA +35x|8|bad-address|'+' and digits",
        "x ATMA 4|8|bad-hex|odd number",
        "x KEY 256 3|3|missing-rdata|before an algorithm",
        "x KEY 256 3 RSA AA==|13|bad-number|an algorithm",
        "x PX 10 a|3|missing-rdata|before a name",
        "x LOC 91 N 0 E 0m|7|bad-location|0 to 90",
        "x LOC 90 0 0.001 N 0 E 0m|7|bad-location|more than 90 degrees",
        "x LOC 0 N 181 E 0m|11|bad-location|0 to 180",
        "x LOC 0 60 N 0 E 0m|9|bad-location|minutes",
        "x LOC 0 0 60 N 0 E 0m|11|bad-location|seconds",
        "x LOC 0 0 1.2345 N 0 E 0m|11|bad-location|59.999",
        "x LOC 0 0 0 0 N 0 E 0m|13|bad-location|N or S belongs",
        "x LOC 0 X 0 E 0m|9|bad-location|or N or S",
        "x LOC 0 N 0 E|13|missing-rdata|like 10m",
        "x LOC 0 N 0|11|missing-rdata|minutes, or E or W",
        "x LOC 0 N|9|missing-rdata|a longitude",
        "x LOC 0 N 0 E 0km|15|bad-location|like 10m",
        "x LOC 0 N 0 E -100001m|15|bad-location|-100000",
        "x LOC 0 N 0 E 42849673m|15|bad-location|42849672",
        "x LOC 0 N 0 E 1.234m|15|bad-location|two decimals",
        "x LOC 0 N 0 E 0m 90000001m|18|bad-location|to 90000000",
        "x LOC 0 N 0 E 0m 1m 1m 1m 1m|27|extra-token|ended before",
        "x NXT a A CAA|11|unknown-type|use NSEC",
        "x EID xy|7|bad-hex|0 to 9 and a to f",
        "x CERT PKI 1 8 AA==|8|bad-number|a certificate type",
        "x CERT PKIX 1 8 A|17|bad-base64|groups of four",
        "x CERT PKIX 1 8|3|missing-rdata|base64 text",
        "x A6 129 ::|6|bad-number|0 to 128",
        "x A6 64|6|missing-rdata|the suffix",
        "x A6 64 ::1|9|missing-rdata|a prefix name",
        "x A6 0 ::1 a|12|extra-token|ended before",
        "x A6 64 1.2.3.4 a|9|bad-address|like 2001:db8::1",
        "x APL 192.0.2.0/24|7|bad-prefix|like 1:192.0.2.0/24",
        "x APL 3:192.0.2.0/24|7|bad-prefix|like 1:192.0.2.0/24",
        "x APL 1:192.0.2.0|7|bad-prefix|like 1:192.0.2.0/24",
        "x APL 1:192.0.2.0/33|7|bad-prefix|like 1:192.0.2.0/24",
        "x APL 1:192.0.2.0/|7|bad-prefix|like 1:192.0.2.0/24",
        "x APL 1:192.0.2.0/2x|7|bad-prefix|like 1:192.0.2.0/24",
        "x APL 1:192.0.2/24 1:0.0.0.0/0|7|bad-prefix|like 1:192.0.2.0/24",
        "x APL 1:0.0.0.0/0 2:::/129|19|bad-prefix|!2:2001:db8::/32",
        "x APL !|7|bad-prefix|!2:2001:db8::/32",
        "x SSHFP 1 1 0011|13|bad-digest|has 20 octets, and here are 2",
        "x SSHFP 1 2 0011|13|bad-digest|has 32 octets, and here are 2",
        "x IPSECKEY 10 1 2 ::1 AA==|19|bad-address|like 192.0.2.1",
        "x IPSECKEY 10 2 2 192.0.2.1 AA==|19|bad-address|like 2001:db8::1",
        "x IPSECKEY 10 0 2 a AA==|19|bad-gateway|'.' belongs",
        "x IPSECKEY 10 4 2 a AA==|15|bad-gateway|3 a name",
        "x IPSECKEY 10 3 2|3|missing-rdata|before a gateway",
        "x AMTRELAY 10 2 1 192.0.2.1|15|bad-number|a discovery bit",
        "x AMTRELAY 10 1|15|missing-rdata|a relay type",
        "x AMTRELAY 10 1 4 a|17|bad-gateway|3 a name",
        "x AMTRELAY 10 1 128 a|17|bad-number|a relay type",
        "x AMTRELAY 10 1 1 a|19|bad-address|like 192.0.2.1",
        "x AMTRELAY 10 1 0 a|19|bad-gateway|'.' belongs",
        "x HIP 2 2001|9|missing-rdata|a public key",
        "x HIP 2|7|missing-rdata|a host identity tag",
        "x HIP 2 20x1 AA==|11|bad-hex|0 to 9 and a to f",
        "x HIP 2 2001 A|14|bad-base64|groups of four",
        "x HIP 2 2001 AA== \"rvs\"|19|bad-name|without quotes",
        "x RRSIG XYZ 8 2 1 2 3 4 . AA==|9|unknown-type|RFC 3597",
        "x RRSIG A 8 2 1 203001010 20301301000000 4 . AA==|27|bad-time|20260401120000",
        "x NSEC b|3|missing-rdata|a record type",
        "x NSEC b A FOO|12|unknown-type|TYPE followed by its number",
        "x CSYNC 1 2 FOO|13|unknown-type|TYPE followed by its number",
        "x ZONEMD 1 1 1 00|16|bad-digest|has 48 octets, and here are 1",
        "x ZONEMD 1 1 9 0011|16|bad-digest|12 or more octets, and here are 2",
        "x SVCB x .|8|bad-number|a number of 16 bits",
        "x SVCB 1|3|missing-rdata|before a name",
        "x SVCB 1 . alpn=h2 port=x|25|bad-parameter|0 to 65535",
        "x SVCB 1 . alpn=h2 Port=1|20|bad-parameter|the key of a parameter",
        "x SVCB 1 . port=1 port=2|19|bad-parameter|keep one",
        "x SVCB 1 . ipv4hint=\"x\"|21|bad-parameter|192.0.2.1",
        "x SVCB 1 . port=1 mandatory=alpn|19|bad-parameter|add it",
        "x SVCB 1 . port=1 no-default-alpn|19|bad-parameter|add it",
        "x DSYNC CDS SEND 1 a|13|bad-number|a scheme",
        "x DSYNC FOO NOTIFY 1 a|9|unknown-type|RFC 3597",
        "x NID 1 1:2:3|9|bad-address|2001:db8:1140:1000",
        "x NID 1 1:2:3:4:5|9|bad-address|2001:db8:1140:1000",
        "x NID 1 1:2:3:12345|9|bad-address|2001:db8:1140:1000",
        "x L64 1 1::3:4|9|bad-address|2001:db8:1140:1000",
        "x L64 1 1:2:3:|9|bad-address|2001:db8:1140:1000",
        "x L32 1 10.1.2|9|bad-address|like 192.0.2.1",
        "x EUI48 00-00-5e-00-53|9|bad-address|00-00-5e-00-53-2a",
        "x EUI48 00:00:5e:00:53:2a|9|bad-address|00-00-5e-00-53-2a",
        "x EUI64 00-00-5e-00-53-2a|9|bad-address|00-00-5e-ef-10-00-00-2a",
        "x EUI64 00-00-5e-ef-10-00-00-2g|9|bad-address|00-00-5e-ef-10-00-00-2a",
        "x DOA 0 1 2 \"text/plain\"|3|missing-rdata|or - for none",
        "x DOA 0 1 2 \"\" - -|16|bad-base64|does not belong",
        "x IPN 18446744073709551616|7|bad-number|0 to 18446744073709551615",
        "x IPN -1|7|bad-number|0 to 18446744073709551615",
        "x IPN +1|7|bad-number|0 to 18446744073709551615",
        "x DHCID A|9|bad-base64|groups of four",
        "x TLSA 3 1 1|3|missing-rdata|hexadecimal digits",
        "x LOC \\# 16 00ff161389172dd070be15f000988d20|7|bad-rdata|a location should stand at octet 0",
        "x SVCB \\# 7 00010000010000|8|bad-rdata|a service parameter should stand at octet 3",
        "x NSEC \\# 3 000001|8|bad-rdata|a record type should stand at octet 1",
        "x APL \\# 4 00012100|7|bad-rdata|an address prefix should stand at octet 0",
        "x A6 \\# 11 3dff000000000000000000|6|bad-rdata|a prefix length should stand at octet 0",
        "x A6 \\# 9 40ffffffffffffffff|6|bad-rdata|a prefix name should stand at octet 9",
        "x EUI48 \\# 5 0000000000|9|bad-rdata|should stand at octet 0"
      })
  void whatIsWrong_isSaidWhereItStands_withARemedy(
      String record, int column, String rule, String message) {
    assertThat(findings(record))
        .as(record)
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.where().line()).isEqualTo(2);
          assertThat(finding.where().column()).as(finding.message()).isEqualTo(column);
          assertThat(finding.rule()).isEqualTo(rule);
          assertThat(finding.message()).contains(message);
        });
  }

  /// What later versions and families will bring is kept as it is.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOC \\# 3 010203",
        "APL \\# 6 000700020102",
        "AMTRELAY \\# 4 0a040102",
        "WKS \\# 7 c0000201060100",
        "ATMA \\# 3 020102"
      })
  @Rfc(number = 3597, section = "5")
  void rdataWithoutTextForm_printsAsItWasWritten(String record) {
    String[] typeAndText = record.split(" ", 2);
    RRType type = RdataTextTest.type(typeAndText[0]);

    assertThat(findings("x " + record)).isEmpty();
    assertThat(RdataText.print(type, RdataText.parse(type, typeAndText[1], WireName.ROOT)))
        .isEqualTo(typeAndText[1]);
  }

  @Test
  void recordsThatMayEndEarly_do() {
    assertThat(findings("x APL")).isEmpty();
    assertThat(findings("x NXT a")).isEmpty();
    assertThat(findings("x CSYNC 1 2")).isEmpty();
    assertThat(findings("x KEY 49152 3 1")).isEmpty();
    assertThat(findings("x ISDN \"1\"")).isEmpty();
    assertThat(findings("x IPSECKEY 10 0 0 .")).isEmpty();
    assertThat(findings("x A6 128 a")).isEmpty();
    assertThat(findings("x WKS 10.0.0.1 6")).isEmpty();
    assertThat(findings("x SVCB 1 .")).isEmpty();
  }
}
