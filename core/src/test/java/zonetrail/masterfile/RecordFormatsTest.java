package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// What the RFCs of the record types say of their text and octets, where they have no example of
/// it: `RfcExamplesTest` has those.
class RecordFormatsTest {
  private static String octets(String type, String text) {
    return RdataText.parse(RdataTextTest.type(type), text, WireName.parse("example")).toString();
  }

  private static String printed(String type, String text) {
    RRType rrType = RdataTextTest.type(type);
    return RdataText.print(rrType, RdataText.parse(rrType, text, WireName.parse("example")));
  }

  private static void assertRefused(String type, String text, String message) {
    assertThatThrownBy(() -> octets(type, text)).as(text).hasMessageContaining(message);
  }

  @Nested
  class Rfc1035 {
    @Test
    @Rfc(number = 1035, section = "3.3")
    void aCharacterStringHasALengthOctetAndUpTo255Octets() {
      assertThat(octets("TXT", "\"\"")).isEqualTo("00");
      assertThat(octets("TXT", "a \"b c\"")).isEqualTo("0161" + "03622063");
      assertThat(octets("TXT", "\\000\\255")).isEqualTo("0200ff");
      assertThat(octets("TXT", "x".repeat(255))).isEqualTo("ff" + "78".repeat(255));
      assertRefused("TXT", "x".repeat(256), "256 octets, and at most 255");
      assertRefused("HINFO", "PC " + "\\120".repeat(256), "256 octets, and at most 255");
    }

    @Test
    @Rfc(number = 1035, section = "3.4.1")
    void anAddressIsFourDecimalNumbersWithDotsBetweenThem() {
      assertThat(octets("A", "10.2.0.52")).isEqualTo("0a020034");
      assertThat(octets("A", "192.0.5.6")).isEqualTo("c0000506");
      assertThat(octets("A", "255.255.255.255")).isEqualTo("ffffffff");
      for (String text : List.of("10.2.0", "10.2.0.", "10.2.0.256", "10.2.0.x", "0x0a020034")) {
        assertRefused("A", text, "not an IPv4 address");
      }
      assertRefused("A", "10.2. 0.52", "not an IPv4 address");
    }

    /// The example: the 26th bit is that of port 25.
    @Test
    @Rfc(number = 1035, section = "3.4.2")
    void aServiceIsABitOfTheMap_byMnemonicOrNumber() {
      assertThat(octets("WKS", "10.0.0.1 TCP SMTP")).isEqualTo("0a000001" + "06" + "00000040");
      assertThat(octets("WKS", "10.0.0.1 6 25")).isEqualTo("0a000001" + "06" + "00000040");
      assertThat(octets("WKS", "10.0.0.1 udp 0 7 8")).isEqualTo("0a000001" + "11" + "8180");
      assertThat(octets("WKS", "10.0.0.1 TCP")).isEqualTo("0a000001" + "06");
      assertThat(printed("WKS", "10.0.0.1 TCP SMTP ftp")).isEqualTo("10.0.0.1 6 21 25");
    }
  }

  @Nested
  class Rfc2181 {
    private static String rule(String ttl) {
      String soaAndNs = "@ 60 SOA ns.net. h.net. 1 7200 900 86400 60\n@ 60 NS ns.net.\n";
      byte[] text = (soaAndNs + "x " + ttl + " TXT a\n").getBytes(StandardCharsets.UTF_8);
      ZoneReading reading =
          ZoneFileReader.read("f", WireName.parse("example"), text, IncludeSource.NONE);
      return reading.zone() == null ? reading.findings().getFirst().rule() : "served";
    }

    @ParameterizedTest
    @CsvSource({
      "0, served",
      "2147483647, served",
      "2147483648, ttl-out-of-range",
      "4294967295, ttl-out-of-range",
      "3551w, ttl-out-of-range",
      "-1, unknown-type"
    })
    @Rfc(number = 2181, section = "8")
    void aTtlHas31Bits(String ttl, String rule) {
      assertThat(rule(ttl)).isEqualTo(rule);
    }
  }

  @Nested
  class TypesOfDnssec {
    @ParameterizedTest
    @CsvSource({
      "RSAMD5, 1",
      "DH, 2",
      "DSA, 3",
      "ECC, 4",
      "RSASHA1, 5",
      "INDIRECT, 252",
      "PRIVATEDNS, 253",
      "PRIVATEOID, 254"
    })
    @Rfc(number = 4034, section = "A.1")
    void anAlgorithmIsItsNumberOrItsMnemonic(String mnemonic, int number) {
      for (String algorithm : List.of(mnemonic, String.valueOf(number))) {
        assertThat(printed("DNSKEY", "256 3 " + algorithm + " AQID"))
            .isEqualTo("256 3 " + number + " AQID");
        assertThat(printed("DS", "1 " + algorithm + " 9 00")).isEqualTo("1 " + number + " 9 00");
        assertThat(printed("RRSIG", "A " + algorithm + " 1 60 1 1 1 . AQID"))
            .startsWith("A " + number + " 1 60 ");
      }
    }

    @Test
    @Rfc(number = 4509, section = "2.2")
    @Rfc(number = 4509, section = "2.3")
    void aDigestOfType2Has32Octets() {
      String digest = "d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a";
      assertThat(
              octets(
                  "DS",
                  "60485 5 2 ( D4B7D520E7BB5F0F67674A0C CEB1E3E0614B93C4F9E99B83"
                      + " 83F6A1E4469DA50A )"))
          .isEqualTo("ec45" + "05" + "02" + digest);
      assertRefused("DS", "60485 5 2 " + digest + "00", "type 2 has 32 octets, and here are 33");
    }

    @ParameterizedTest
    @CsvSource({"1, 48", "2, 64"})
    @Rfc(number = 8976, section = "2.2.3")
    void theDigestOfAZoneIsWhole(int algorithm, int octets) {
      String fields = "1 1 " + algorithm + " ";

      assertThat(printed("ZONEMD", fields + "ab".repeat(octets)))
          .isEqualTo(fields + "ab".repeat(octets));
      assertRefused("ZONEMD", fields + "ab".repeat(octets - 1), "has " + octets + " octets");
      assertRefused("ZONEMD", fields + "ab".repeat(octets + 1), "has " + octets + " octets");
    }

    /// The bits are those of the types themselves; a record without types ends after its name.
    @Test
    @Rfc(number = 2535, section = "5.2")
    void theMapOfAnNxtRecordHasABitForEachTypeUpTo127() {
      assertThat(octets("NXT", ". A NS")).isEqualTo("00" + "60");
      assertThat(octets("NXT", ". SOA NXT TYPE127"))
          .isEqualTo("00" + "02000002" + "00".repeat(11) + "01");
      assertThat(printed("NXT", ". NXT A MX")).isEqualTo(". A MX NXT");
      assertRefused("NXT", ". TYPE128", "types 1 to 127");
      assertRefused("NXT", "\\# 2 0080", "a record type should stand at octet 1");
    }
  }

  @Nested
  class Digests {
    @ParameterizedTest
    @CsvSource({"1, 20", "2, 32"})
    @Rfc(number = 4255, section = "3.1.2")
    void aFingerprintIsAsLongAsItsTypeSays(int type, int octets) {
      assertThat(octets("SSHFP", "4 " + type + " " + "ab".repeat(octets)))
          .isEqualTo("040" + type + "ab".repeat(octets));
      assertRefused("SSHFP", "4 " + type + " " + "ab".repeat(octets + 1), octets + " octets");
    }

    @Test
    @Rfc(number = 4255, section = "3.1.2")
    void aFingerprintOfAnotherTypeHasAnyLength() {
      assertThat(octets("SSHFP", "4 3 ab")).isEqualTo("0403ab");
    }
  }

  @Nested
  class Certificates {
    @ParameterizedTest
    @CsvSource({
      "PKIX, 1",
      "SPKI, 2",
      "PGP, 3",
      "IPKIX, 4",
      "ISPKI, 5",
      "IPGP, 6",
      "ACPKIX, 7",
      "IACPKIX, 8",
      "URI, 253",
      "OID, 254"
    })
    @Rfc(number = 4398, section = "2.1")
    void theTypeIsItsNumberOrItsMnemonic(String mnemonic, int number) {
      assertThat(printed("CERT", mnemonic + " 1 8 AQID")).isEqualTo(number + " 1 8 AQID");
      assertThat(printed("CERT", number + " 1 8 AQID")).isEqualTo(number + " 1 8 AQID");
    }
  }

  @Nested
  @Rfc(number = 8659, section = "4.1")
  class CertificationAuthorities {
    @Test
    void aTagIsOfLettersAndDigits_oneAtLeast() {
      assertThat(octets("CAA", "128 Tag0Z9az \"ca;\""))
          .isEqualTo("80" + "08" + "546167305a39617a" + "63613b");
      for (String tag : List.of("is-sue", "\"\"", "a\\.b", "\u00e9", "a_b")) {
        assertRefused("CAA", "0 " + tag + " \"x\"", "not a tag");
      }
      assertRefused("CAA", "\\# 3 00012d", "a tag should stand");
      assertRefused("CAA", "\\# 3 000078", "a tag should stand");
      assertRefused("CAA", "\\# 3 000278", "a tag should stand");
    }

    @Test
    void theValueIsTheRest_maybeNothing() {
      assertThat(octets("CAA", "0 issue \"\"")).isEqualTo("00056973737565");
      assertThat(octets("CAA", "0 issue \"" + "v".repeat(300) + "\""))
          .isEqualTo("00056973737565" + "76".repeat(300));
    }
  }

  @Nested
  class Addresses {
    @ParameterizedTest
    @ValueSource(strings = {"NID", "L64"})
    @Rfc(number = 6742, section = "2.1.2")
    @Rfc(number = 6742, section = "2.3.2")
    void theFourGroupsOfALocatorAreNeverCompressed(String type) {
      assertThat(octets(type, "10 0:0:0:1")).isEqualTo("000a" + "0000000000000001");
      assertThat(printed(type, "10 2001:DB8:0:0")).isEqualTo("10 2001:db8:0:0");
      for (String text : List.of("::1", "2001:db8::", "1:2:3", "1:2:3:4:5", "1:2:3:12345")) {
        assertRefused(type, "10 " + text, "not four groups");
      }
    }

    @Test
    @Rfc(number = 3123, section = "4")
    void aPrefixHasNoOctetsOfZeroAtItsEnd_whateverItsLength() {
      assertThat(octets("APL", "1:10.0.0.0/32")).isEqualTo("0001" + "20" + "01" + "0a");
      assertThat(octets("APL", "!1:0.0.0.0/0")).isEqualTo("0001" + "00" + "80");
      assertThat(octets("APL", "2:2001:db8::/127")).isEqualTo("0002" + "7f" + "04" + "20010db8");
      assertRefused("APL", "\\# 6 000120020a00", "an address prefix should stand");
      assertRefused("APL", "\\# 5 000121010a", "an address prefix should stand");
      assertRefused("APL", "\\# 5 000281010a", "an address prefix should stand");
    }

    @Test
    @Rfc(number = 2874, section = "3.1")
    void theSuffixHasTheBitsThatThePrefixLengthLeaves_paddedWithZeros() {
      assertThat(octets("A6", "124 ::f A.")).isEqualTo("7c" + "0f" + "014100");
      assertThat(octets("A6", "121 ::ff A.")).isEqualTo("79" + "7f" + "014100");
      assertRefused("A6", "\\# 5 7c1f014100", "a prefix length should stand");
      assertRefused("A6", "\\# 5 810f014100", "a prefix length should stand");
    }
  }

  @Nested
  @Rfc(number = 1876, section = "3")
  class Locations {
    @Test
    void whatIsLeftOutHasItsDefault() {
      assertThat(printed("LOC", "42 N 71 W 0"))
          .isEqualTo("42 0 0.000 N 71 0 0.000 W 0.00m 1.00m 10000.00m 10.00m");
      assertThat(printed("LOC", "42 21 N 71 W -24m 30m"))
          .isEqualTo("42 21 0.000 N 71 0 0.000 W -24.00m 30.00m 10000.00m 10.00m");
    }

    @Test
    void theBoundsAreWithinIt() {
      String poles = "90 0 0.000 S 180 0 0.000 W -100000.00m 0.00m 90000000.00m 0.01m";
      assertThat(printed("LOC", poles)).isEqualTo(poles);
      assertThat(printed("LOC", "0 59 59.999 N 0 E 42849672.95"))
          .startsWith("0 59 59.999 N 0 0 0.000 E 42849672.95m");
      assertRefused("LOC", "90 0 0.001 S 0 E 0", "more than 90 degrees");
      assertRefused("LOC", "0 N 180 0 0.001 E 0", "more than 180 degrees");
      assertRefused("LOC", "0 60 N 0 E 0", "a number from 0 to 59");
      assertRefused("LOC", "0 0 60 N 0 E 0", "a number from 0 to 59");
      assertRefused("LOC", "0 N 0 E -100000.01", "not a number of metres");
      assertRefused("LOC", "0 N 0 E 42849672.96", "not a number of metres");
      assertRefused("LOC", "0 N 0 E 0 90000000.01", "not a number of metres");
    }

    @Test
    @Rfc(number = 1876, section = "2")
    void ofTheOctetsEachSizeIsADigitAndAPowerOfTen() {
      String middle = "80000000" + "80000000" + "00989680";
      assertThat(octets("LOC", "0 N 0 E 0")).isEqualTo("00" + "121613" + middle);
      assertThat(printed("LOC", "\\# 16 00009910" + middle)).endsWith("0.00m 90000000.00m 0.01m");
      for (String undefined : List.of("0a", "a0", "01")) {
        assertRefused("LOC", "\\# 16 00" + undefined + "1613" + middle, "a location should stand");
      }
      assertRefused("LOC", "\\# 15 00121613" + middle.substring(2), "a location should stand");
    }

    @Test
    @Rfc(number = 1876, section = "2")
    void ofAnotherVersionNothingIsAssumed() {
      assertThat(octets("LOC", "\\# 3 010203")).isEqualTo("010203");
      assertThat(printed("LOC", "\\# 3 010203")).isEqualTo("\\# 3 010203");
    }
  }

  @Nested
  @Rfc(number = 8005, section = "5")
  class HostIdentities {
    @Test
    void theLengthsStandInFront_andTagAndKeyAreRequired() {
      assertThat(printed("HIP", "\\# 8 01 02 0002 ab 0102 00")).isEqualTo("2 ab AQI= .");
      assertThat(printed("HIP", "\\# 7 01 02 0002 ab 0102")).isEqualTo("2 ab AQI=");
      assertRefused("HIP", "\\# 6 00 02 0002 0102", "not the rdata of type HIP");
      assertRefused("HIP", "\\# 5 01 02 0000 ab", "not the rdata of type HIP");
      assertRefused("HIP", "\\# 6 01 02 0002 ab 01", "not the rdata of type HIP");
    }
  }

  @Nested
  class Gateways {
    @Test
    @Rfc(number = 4025, section = "3.1")
    void thePublicKeyIsOptional_andNoGatewayIsADot() {
      assertThat(octets("IPSECKEY", "10 0 0 .")).isEqualTo("0a0000");
      assertThat(octets("IPSECKEY", "10 1 2 192.0.2.1 AQ ID"))
          .isEqualTo("0a0102" + "c0000201" + "010203");
      assertRefused("IPSECKEY", "10 0 2 192.0.2.1", "'.' belongs");
      assertRefused("IPSECKEY", "10 1 RSA 192.0.2.1", "a number of 8 bits");
    }

    @Test
    @Rfc(number = 4025, section = "2.5")
    void aGatewayIsInTheFormOfItsType() {
      assertRefused("IPSECKEY", "\\# 6 0a0102c00002", "a gateway should stand at octet 3");
      assertRefused("IPSECKEY", "\\# 7 0a0202c0000201", "a gateway should stand at octet 3");
      assertRefused("IPSECKEY", "\\# 5 0a0302c00c", "a gateway should stand at octet 3");
      assertRefused("IPSECKEY", "\\# 7 0a0402c0000201", "a gateway should stand at octet 3");
    }

    @Test
    @Rfc(number = 8777, section = "4.2.4")
    void aRelayIsInTheFormOfItsTypeAndEndsTheRecord() {
      assertRefused("AMTRELAY", "\\# 5 0a01c00002", "a relay should stand at octet 2");
      assertRefused("AMTRELAY", "\\# 6 0a82c0000201", "a relay should stand at octet 2");
      assertRefused("AMTRELAY", "\\# 4 0a03c00c", "a relay should stand at octet 2");
      assertRefused("AMTRELAY", "\\# 3 0a0000", "not the rdata of type AMTRELAY");
    }
  }
}
