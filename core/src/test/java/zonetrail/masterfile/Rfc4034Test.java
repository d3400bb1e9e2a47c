package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.Rfc;
import zonetrail.wire.TypeBitmap;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

class Rfc4034Test {
  private static final WireName ORIGIN = WireName.parse("example.com");

  private static Rdata read(String type, String text) {
    return RdataText.parse(RdataTextTest.type(type), text, ORIGIN);
  }

  private static String printed(String type, String text) {
    return RdataText.print(RdataTextTest.type(type), read(type, text));
  }

  @Nested
  @Rfc(number = 4034, section = "3.3")
  @Rfc(number = 4034, section = "3.2")
  class Section3_3_Rrsig {
    private static final String SIGNATURE =
        "oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6oB9wfuh3DTJXUAfI/M0"
            + "zmO/zz8bW0Rznl8O3tGNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkGJ5D6fwFm8nN+6pBzeDQfsS3Ap3o=";

    @Test
    void exampleOfTheRfc_isReadAndPrinted() {
      String example =
          "A 5 3 86400 20030322173103 ( 20030220173103 2642 example.com."
              + SIGNATURE.replaceAll("(.{1,56})", " $1")
              + " )";

      assertThat(read("RRSIG", example).toString())
          .startsWith("00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755b");
      assertThat(printed("RRSIG", example))
          .isEqualTo("A 5 3 86400 20030322173103 20030220173103 2642 example.com. " + SIGNATURE);
    }

    @ParameterizedTest
    @CsvSource({
      "0, 19700101000000",
      "4294967295, 21060207062815",
      "20240229000000, 20240229000000",
      "20301231235960, 20310101000000",
      "21060207062816, 19700101000000"
    })
    void timesWrapAroundAfter136Years(String text, String printed) {
      assertThat(printed("RRSIG", "A 8 3 60 " + text + " 0 1 . AA=="))
          .isEqualTo("A 8 3 60 " + printed + " 19700101000000 1 . AA==");
    }

    @ParameterizedTest
    @CsvSource({
      "2030010100000, like 20260401120000",
      "203001010000000, like 20260401120000",
      "20300001000000, like 20260401120000",
      "20301301000000, like 20260401120000",
      "20300100000000, like 20260401120000",
      "20230229000000, like 20260401120000",
      "20300101240000, like 20260401120000",
      "20300101006000, like 20260401120000",
      "20300101000061, like 20260401120000",
      "2030010100000x, like 20260401120000",
      "19691231235959, like 20260401120000",
      "'\"20300101000000\"', like 20260401120000",
      "4294967296, from 0 to 4294967295",
      "-1, like 20260401120000"
    })
    void whatIsNoTime_isRefused(String text, String remedy) {
      assertThatThrownBy(() -> read("RRSIG", "A 8 3 60 " + text + " 0 1 . AA=="))
          .hasMessageContaining(remedy);
    }
  }

  @Nested
  @Rfc(number = 4034, section = "4.3")
  class Section4_3_Nsec {
    private static final String EXAMPLE = "host.example.com. ( A MX RRSIG NSEC TYPE1234 )";

    @Test
    @Rfc(number = 4034, section = "4.2")
    void exampleOfTheRfc_hasItsOctets() {
      assertThat(read("NSEC", EXAMPLE).toString())
          .isEqualTo(
              "04686f7374076578616d706c6503636f6d00"
                  + "0006400100000003"
                  + "041b000000000000000000000000000000000000000000000000000020");
      assertThat(printed("NSEC", EXAMPLE)).isEqualTo("host.example.com. A MX RRSIG NSEC TYPE1234");
    }

    @Test
    void orderAndDoublesOfTypes_doNotMatter() {
      assertThat(read("NSEC", "host TYPE1234 nsec RRSIG TYPE15 A a MX"))
          .isEqualTo(read("NSEC", EXAMPLE));
    }

    @ParameterizedTest
    @CsvSource({
      "0001",
      "000100",
      "00024000",
      "0021" + "01",
      "00014001",
      "000140000140",
      "010140000140"
    })
    @Rfc(number = 4034, section = "4.1.2")
    void bitmapThatIsNotTheOneOfItsTypes_isRefused(String bitmap) {
      byte[] octets = HexFormat.of().parseHex("00" + bitmap);
      assertThat(requireNonNull(RdataLayout.of(RRType.NSEC)).problemWith(octets))
          .isEqualTo("a record type should stand at octet 1");
    }

    @Test
    void everyType_hasItsBit() {
      for (int type = 0; type < 65_536; type++) {
        byte[] bitmap = TypeBitmap.of(new int[] {type, 1});
        assertThat(TypeBitmap.types(bitmap, 0, bitmap.length))
            .containsExactlyElementsOf(new TreeSet<>(List.of(RRType.A, RRType.of(type))));
      }
    }
  }

  @Nested
  @Rfc(number = 4034, section = "5.4")
  @Rfc(number = 4034, section = "5.3")
  class Section5_4_Ds {
    @Test
    void exampleOfTheRfc_isReadAndPrinted() {
      assertThat(printed("DS", "60485 5 1 ( 2BB183AF5F22588179A53B0A 98631FAD1A292118 )"))
          .isEqualTo("60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118");
    }

    @ParameterizedTest
    @CsvSource({
      "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A2921, 'type 1 has 20 octets, and here are 19'",
      "60485 8 2 2BB183AF5F22588179A53B0A98631FAD1A292118, 'type 2 has 32 octets, and here are 20'",
      "60485 8 4 00, 'type 4 has 48 octets, and here are 1'",
      "60485 8 9 '', '1 or more octets, and here are 0'"
    })
    @Rfc(number = 4034, section = "5.1.4")
    void digestOfAnotherLength_isRefused(String text, String message) {
      assertThatThrownBy(() -> read("DS", text.replace("''", "\"\"")))
          .hasMessageContaining(message);
    }
  }

  @Nested
  @Rfc(number = 4034, section = "6.2")
  @Rfc(number = 6840, section = "5.1")
  class Section6_2_CanonicalForm {
    private static byte[] canonical(String type, String text) {
      RdataLayout layout = requireNonNull(RdataLayout.of(RdataTextTest.type(type)));
      return layout.canonical(read(type, text).toBytes());
    }

    @ParameterizedTest
    @CsvSource({
      "NS, NS1, ns1",
      "MX, 10 Mail.EXAMPLE., 10 mail.example.",
      "SRV, 1 2 3 SIP, 1 2 3 sip",
      "NAPTR, 1 2 U SIP !X!Y! A.B., 1 2 U SIP !X!Y! a.b.",
      "RRSIG, A 8 2 1 2 3 4 EXAMPLE. AAAA, A 8 2 1 2 3 4 example. AAAA",
      "NSEC, HOST A, HOST A",
      "TXT, ABC, ABC"
    })
    void lettersOfNames_areSmallWhereTheRuleSaysSo(String type, String text, String canonical) {
      assertThat(canonical(type, text)).isEqualTo(read(type, canonical).toBytes());
    }
  }
}
