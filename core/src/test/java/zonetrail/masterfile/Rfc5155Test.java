package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

class Rfc5155Test {
  private static Rdata read(String type, String text) {
    return RdataText.parse(RdataTextTest.type(type), text, WireName.parse("example"));
  }

  private static String printed(String type, String text) {
    return RdataText.print(RdataTextTest.type(type), read(type, text));
  }

  @Nested
  @Rfc(number = 5155, section = "3.3")
  class Section3_3_Nsec3 {
    /// The first NSEC3 record of Appendix A.
    @Test
    void exampleOfTheRfc_isReadAndPrinted() {
      assertThat(
              read(
                      "NSEC3",
                      "1 1 12 aabbccdd ( 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA"
                          + " NSEC3PARAM RRSIG )")
                  .toString())
          .isEqualTo(
              "0101000c04aabbccdd14"
                  + "174eb2409fe28bcb4887a1836f957f0a8425e27b"
                  + "000722010000000290");
      assertThat(printed("NSEC3", "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A"))
          .isEqualTo("1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr A");
    }

    /// An empty non-terminal has no types, like `ji6neoae…` in Appendix A.
    @Test
    @Rfc(number = 5155, section = "3.2.1")
    void recordWithoutTypes_endsAfterTheHash() {
      String text = "1 0 0 - k8udemvp1j2f7eg6jebps17vp3n8i58h";
      assertThat(printed("NSEC3", text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
      "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojw A, no base32hex digit",
      "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bo= A, no base32hex digit",
      "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22boj A, is cut",
      "1 1 12 aabbccdd 2 A, is cut",
      "1 1 12 aabbccdd '\"\"' A, a hashed name of 0 octets",
      "1 1 12 aabbccd 2t7b4g4v A, odd number",
      "1 1 12 aabbxxdd 2t7b4g4v A, no hexadecimal digit",
      "1 1 12 '\"\"' 2t7b4g4v A, a salt of 0 octets",
      "1 1 70000 - 2t7b4g4v A, from 0 to 65535",
      "1 1 12 - 2t7b4g4v XYZ, not a record type",
      "1 1 12 -, ends before a hashed name"
    })
    void whatIsNotRight_isSaid(String text, String message) {
      assertThatThrownBy(() -> read("NSEC3", text.replace("'", ""))).hasMessageContaining(message);
    }
  }

  @Nested
  @Rfc(number = 5155, section = "4.3")
  class Section4_3_Nsec3param {
    @ParameterizedTest
    @CsvSource({"1 0 12 aabbccdd", "1 0 0 -"})
    void parameters_areReadAndPrinted(String text) {
      assertThat(printed("NSEC3PARAM", text)).isEqualTo(text);
    }
  }
}
