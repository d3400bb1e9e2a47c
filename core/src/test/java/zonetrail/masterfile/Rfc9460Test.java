package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.ServiceKey;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

class Rfc9460Test {
  private static final RRType SVCB = RdataTextTest.type("SVCB");

  private static Rdata read(String text) {
    return RdataText.parse(SVCB, text, WireName.parse("example.com"));
  }

  private static String printed(String text) {
    return RdataText.print(SVCB, read(text));
  }

  private static void assertRefused(String text, String message) {
    assertThatThrownBy(() -> read(text)).as(text).hasMessageContaining(message);
  }

  /// The test vectors of the RFC.
  @Nested
  @Rfc(number = 9460, section = "D")
  class AppendixD {
    private static final String FOO_COM = "03666f6f076578616d706c6503636f6d00";
    private static final String FOO_ORG = "03666f6f076578616d706c65036f726700";

    private static void assertOctets(String text, String hex) {
      assertThat(HexFormat.of().formatHex(read(text).toBytes())).as(text).isEqualTo(hex);
      assertThat(read(printed(text))).as(printed(text)).isEqualTo(read(text));
    }

    @Test
    @Rfc(number = 9460, section = "2.4.2")
    void aliasMode() {
      assertOctets("0 foo.example.com.", "0000" + FOO_COM);
    }

    @Test
    @Rfc(number = 9460, section = "2.4.3")
    void serviceMode() {
      assertOctets("1 .", "000100");
      assertOctets("16 foo.example.com. port=53", "0010" + FOO_COM + "000300020035");
      assertOctets("1 foo.example.com. key667=hello", "0001" + FOO_COM + "029b000568656c6c6f");
      assertOctets(
          "1 foo.example.com. key667=\"hello\\210qoo\"",
          "0001" + FOO_COM + "029b000968656c6c6fd2716f6f");
    }

    @Test
    @Rfc(number = 9460, section = "7.3")
    void addressHints() {
      assertOctets(
          "1 foo.example.com. ( ipv6hint=\"2001:db8::1,2001:db8::53:1\" )",
          "0001"
              + FOO_COM
              + "00060020"
              + "20010db8000000000000000000000001"
              + "20010db8000000000000000000530001");
      assertOctets(
          "1 example.com. ( ipv6hint=\"2001:db8:122:344::192.0.2.33\" )",
          "0001076578616d706c6503636f6d00" + "00060010" + "20010db80122034400000000c0000221");
    }

    @Test
    @Rfc(number = 9460, section = "8")
    void keysAreSorted() {
      assertOctets(
          "16 foo.example.org. ( alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1 )",
          "0010"
              + FOO_ORG
              + "0000000400010004"
              + "00010009026832"
              + "0568332d3139"
              + "00040004c0000201");
    }

    @Test
    @Rfc(number = 9460, section = "A.1")
    void escapedCommasAndBackslashes_insideAndOutsideOfQuotes() {
      String octets = "0010" + FOO_ORG + "0001000c" + "08665c6f6f2c626172" + "026832";
      assertOctets("16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"", octets);
      assertOctets("16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2", octets);
    }

    @ParameterizedTest
    @CsvSource({
      "key123=abc key123=def, key123 stands here twice",
      "mandatory, mandatory is a list",
      "alpn, alpn is a list",
      "port, port is a number",
      "ipv4hint, ipv4hint is a list",
      "ipv6hint, ipv6hint is a list",
      "no-default-alpn=abc, no-default-alpn has no value",
      "mandatory=key123, this needs key123",
      "mandatory=mandatory, does not name itself",
      "'mandatory=key123,key123 key123=abc', names key123 twice"
    })
    void vectorsThatFail_fail(String parameters, String message) {
      assertRefused("1 foo.example.com. " + parameters, message);
    }
  }

  @Nested
  @Rfc(number = 9460, section = "2.1")
  class Section2_1_PresentationFormat {
    @ParameterizedTest
    @CsvSource(
        quoteCharacter = '\'',
        value = {
          "port=8443 alpn=h2, 'alpn=\"h2\" port=8443'",
          "port=\"8443\", port=8443",
          "'ipv4hint=192.0.2.1,192.0.2.2', 'ipv4hint=192.0.2.1,192.0.2.2'",
          "'no-default-alpn alpn=a\\\\,b', 'alpn=\"a\\\\,b\" no-default-alpn'",
          "ech=AEP+DQ==, ech=AEP+DQ==",
          "key3=\\000\\053, port=53",
          "key0=\\000\\001 alpn=h2, 'mandatory=alpn alpn=\"h2\"'",
          "key667=, key667",
          "key667=\"\", key667",
          "key667, key667",
          "key667=a=b, key667=\"a=b\"",
          "key9=\" ;( \", 'key9=\" ;( \"'",
          "ohttp, ohttp",
          "dohpath=/dns-query{?dns}, dohpath=\"/dns-query{?dns}\"",
          "dohpath=/{+x}{&dns*}, dohpath=\"/{+x}{&dns*}\"",
          "key65535=x, key65535=\"x\""
        })
    void parameters_printInTheOrderOfTheirKeys(String text, String printed) {
      assertThat(printed("1 . " + text)).isEqualTo("1 . " + printed);
    }

    @ParameterizedTest
    @CsvSource(
        quoteCharacter = '\'',
        value = {
          "ALPN=h2, begin with the key",
          "foo=bar, begin with the key",
          "=bar, begin with the key",
          "key=bar, begin with the key",
          "key007=bar, begin with the key",
          "key65536=bar, begin with the key",
          "key99999999999=bar, begin with the key",
          "\"alpn=h2\", quotes missing around a value",
          "alpn= \"h2\", alpn is a list",
          "alpn=h2 \"h3\", quotes missing around a value",
          "'alpn=h2,', a protocol has 1 to 255 octets",
          "'alpn=,h2', a protocol has 1 to 255 octets",
          "alpn=\"h2\\\\x\", nothing else has one",
          "alpn=\"h2\\\\\", nothing else has one",
          "port=65536, port is a number",
          "port=-1, port is a number",
          "port=8x, port is a number",
          "'port=80,81', port is a number",
          "ipv4hint=2001:db8::1, 'list of addresses like 192.0.2.1'",
          "'ipv4hint=192.0.2.1,', 'list of addresses like 192.0.2.1'",
          "ipv6hint=192.0.2.1, 'list of addresses like 2001:db8::1'",
          "ech=AEP+D, ech is base64",
          "ech=\"AE P+\", ech is base64",
          "ohttp=yes, ohttp has no value",
          "no-default-alpn, this needs alpn",
          "mandatory=port alpn=h2, this needs port",
          "mandatory=xyz, mandatory names keys",
          "'mandatory=', mandatory is a list",
          "key3=x, port is a number",
          "key1=h2, alpn is a list",
          "dohpath=/dns-query, variable dns",
          "dohpath=dns-query{?dns}, variable dns",
          "dohpath=/{?xdns}, variable dns",
          "dohpath=/{?dns}\\255, variable dns"
        })
    void whatIsNotRight_isSaid(String text, String message) {
      assertRefused("1 . " + text, message);
    }
  }

  @Nested
  @Rfc(number = 9460, section = "2.2")
  class Section2_2_WireFormat {
    private static final String PORT = "00030002" + "0035";
    private static final String ALPN = "00010003" + "026832";

    private static Rdata readOctets(String parameters) {
      String octets = "0001" + "00" + parameters;
      return read("\\# " + octets.length() / 2 + " " + octets);
    }

    @Test
    void parametersStandInRisingOrder_eachKeyOnce() {
      assertThat(printedOctets(ALPN + PORT)).isEqualTo("1 . alpn=\"h2\" port=53");
      assertMalformed(PORT + ALPN);
      assertMalformed(PORT + PORT);
    }

    private static String printedOctets(String parameters) {
      return RdataText.print(SVCB, readOctets(parameters));
    }

    @Test
    void noParameterRunsOutOfTheRecord() {
      for (int octets = 1; octets < PORT.length() / 2; octets++) {
        assertMalformed(PORT.substring(0, 2 * octets));
      }
      assertMalformed(ALPN + "0003");
    }

    @ParameterizedTest
    @CsvSource({
      "00000000, mandatory without a key",
      "00000002 0000 00010003 026832, mandatory that names itself",
      "00000004 0003 0001 00010003 026832 00030002 0035, mandatory out of order",
      "00010000, alpn without a protocol",
      "00010001 00, a protocol without an octet",
      "00010003 036832, a protocol that is cut",
      "00010003 026832 00020001 00, a value of no-default-alpn",
      "00030001 35, a port of one octet",
      "00040003 c00002, an IPv4 address that is cut",
      "00040000, no IPv4 address",
      "00060004 c0000201, an IPv6 address that is cut"
    })
    void aValueHasTheFormOfItsKey(String parameters, String what) {
      assertMalformed(parameters.replace(" ", ""));
    }

    private static void assertMalformed(String parameters) {
      assertThatThrownBy(() -> readOctets(parameters))
          .as(parameters)
          .hasMessageContaining("a service parameter should stand at octet 3");
    }
  }

  @Nested
  @Rfc(number = 9460, section = "7.1.1")
  class Section7_1_1_Alpn {
    @Test
    void isAListOfProtocols_eachBehindItsLength() {
      assertThat(read("1 . alpn=h2,h3-19").toString())
          .isEqualTo("000100" + "00010009" + "026832" + "0568332d3139");
      assertThat(read("1 . alpn=" + "x".repeat(255)).toString())
          .isEqualTo("000100" + "00010100" + "ff" + "78".repeat(255));
      assertRefused("1 . alpn=" + "x".repeat(256), "a protocol has 1 to 255 octets");
      assertRefused("1 . alpn=", "alpn is a list");
    }

    @Test
    void noDefaultAlpnHasNoValue_andComesWithAlpn() {
      assertThat(read("1 . no-default-alpn alpn=h2").toString())
          .isEqualTo("000100" + "00010003026832" + "00020000");
      assertRefused("1 . alpn=h2 no-default-alpn=x", "no-default-alpn has no value");
      assertRefused("1 . no-default-alpn", "this needs alpn");
    }
  }

  @Nested
  @Rfc(number = 9460, section = "7.2")
  class Section7_2_Port {
    @ParameterizedTest
    @CsvSource({"0, 0000", "53, 0035", "65535, ffff"})
    void isOneNumberOfTwoOctets(String port, String octets) {
      assertThat(read("1 . port=" + port).toString()).isEqualTo("000100" + "00030002" + octets);
      assertThat(printed("1 . port=" + port)).isEqualTo("1 . port=" + port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "-1", "0x35", "80\\,81", "''"})
    void isNothingElse(String port) {
      assertRefused("1 . port=" + port.replace("'", ""), "port is a number");
    }
  }

  @Nested
  @Rfc(number = 9460, section = "14.3.2")
  class Section14_3_2_InitialContentsOfTheRegistry {
    @ParameterizedTest
    @CsvSource({
      "0, mandatory",
      "1, alpn",
      "2, no-default-alpn",
      "3, port",
      "4, ipv4hint",
      "5, ech",
      "6, ipv6hint"
    })
    void eachKeyHasANameAndANumber(int number, String name) {
      assertThat(ServiceKey.nameOf(number)).isEqualTo(name);
      assertThat(requireNonNull(ServiceKey.parse(name)).number()).isEqualTo(number);
    }

    @Test
    void othersAreCalledByTheirNumber() {
      assertThat(ServiceKey.nameOf(65_280)).isEqualTo("key65280");
      assertThat(printed("1 . key65280=x")).isEqualTo("1 . key65280=\"x\"");
    }
  }

  @Nested
  @Rfc(number = 9461, section = "5")
  class Rfc9461Section5_Dohpath {
    @ParameterizedTest
    @ValueSource(strings = {"/dns-query{?dns}", "/{?dns}", "/q{?a,dns}", "/{+x}{&dns*}"})
    void isAPathWithTheVariableDns(String path) {
      byte[] octets = path.getBytes(StandardCharsets.UTF_8);

      assertThat(read("1 . alpn=h2 dohpath=\"" + path + "\"").toString())
          .endsWith("0007%04x%s".formatted(octets.length, HexFormat.of().formatHex(octets)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/dns-query", "dns-query{?dns}", "/{?xdns}", "/{?dnsx}", "/{?dns"})
    void isNothingElse(String path) {
      assertRefused("1 . alpn=h2 dohpath=\"" + path + "\"", "variable dns");
    }
  }
}
