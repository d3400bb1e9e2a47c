package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// The test vectors of RFC 4648 §10, in records that have such text.
@Rfc(number = 4648, section = "10")
class Rfc4648Test {
  private static String octetsAfter(int skipped, RRType type, String text) {
    byte[] octets = RdataText.parse(type, text, WireName.ROOT).toBytes();
    return new String(octets, skipped, octets.length - skipped, StandardCharsets.US_ASCII);
  }

  private static String printed(RRType type, String text) {
    return RdataText.print(type, RdataText.parse(type, text, WireName.ROOT));
  }

  @Nested
  @Rfc(number = 4648, section = "4")
  class Section4_Base64 {
    private static final RRType DNSKEY = RdataTextTest.type("DNSKEY");
    private static final String FIELDS = "256 3 8 ";

    @ParameterizedTest
    @CsvSource({
      "f, Zg==",
      "fo, Zm8=",
      "foo, Zm9v",
      "foob, Zm9vYg==",
      "fooba, Zm9vYmE=",
      "foobar, Zm9vYmFy"
    })
    void vectorsAreReadAndPrinted(String plain, String encoded) {
      assertThat(octetsAfter(4, DNSKEY, FIELDS + encoded)).isEqualTo(plain);
      assertThat(printed(DNSKEY, FIELDS + encoded)).isEqualTo(FIELDS + encoded);
    }

    /// Table 1 in the order of its values, read as one number of 384 bits.
    @Test
    void everyDigitHasItsValue() {
      String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
      byte[] octets = RdataText.parse(DNSKEY, FIELDS + alphabet, WireName.ROOT).toBytes();
      BigInteger bits = new BigInteger(1, octets, 4, octets.length - 4);

      for (int value = 0; value < 64; value++) {
        assertThat(bits.shiftRight(6 * (63 - value)).intValue() & 0x3f).isEqualTo(value);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Zg", "Zg=", "Zg===", "Z", "Zm9v=", "Z=g=", "Zm9-", "Zm9_", "="})
    void whatIsCutOrWronglyPaddedOrOfAnotherAlphabet_isRefused(String text) {
      assertThatThrownBy(() -> printed(DNSKEY, FIELDS + text)).hasMessageContaining("base64");
    }
  }

  @Nested
  @Rfc(number = 4648, section = "7")
  class Section7_Base32WithExtendedHexAlphabet {
    private static final RRType NSEC3 = RdataTextTest.type("NSEC3");
    private static final String FIELDS = "1 0 0 - ";

    /// The vectors without padding, as NSEC3 has them, and in the small letters that we print.
    @ParameterizedTest
    @CsvSource({
      "f, CO",
      "fo, CPNG",
      "foo, CPNMU",
      "foob, CPNMUOG",
      "fooba, CPNMUOJ1",
      "foobar, CPNMUOJ1E8"
    })
    void vectorsAreReadAndPrinted(String plain, String encoded) {
      assertThat(octetsAfter(6, NSEC3, FIELDS + encoded)).isEqualTo(plain);
      assertThat(printed(NSEC3, FIELDS + encoded))
          .isEqualTo(FIELDS + encoded.toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "CPN", "CP", "CO======", "CW", "W0"})
    void whatIsCutOrPaddedOrOfAnotherAlphabet_isRefused(String text) {
      assertThatThrownBy(() -> printed(NSEC3, FIELDS + text)).hasMessageContaining("base32hex");
    }
  }

  @Nested
  @Rfc(number = 4648, section = "8")
  class Section8_Base16 {
    private static final RRType TLSA = RdataTextTest.type("TLSA");
    private static final String FIELDS = "3 1 0 ";

    @ParameterizedTest
    @CsvSource({
      "f, 66",
      "fo, 666F",
      "foo, 666F6F",
      "foob, 666F6F62",
      "fooba, 666F6F6261",
      "foobar, 666F6F626172"
    })
    void vectorsAreReadAndPrinted(String plain, String encoded) {
      assertThat(octetsAfter(3, TLSA, FIELDS + encoded)).isEqualTo(plain);
      assertThat(printed(TLSA, FIELDS + encoded))
          .isEqualTo(FIELDS + encoded.toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6", "666", "6G", "0x66"})
    void whatIsCutOrOfAnotherAlphabet_isRefused(String text) {
      assertThatThrownBy(() -> printed(TLSA, FIELDS + text)).hasMessageContaining("hexadecimal");
    }
  }

  @Test
  void noOctetsHaveNoText() {
    Rdata empty = RdataText.parse(RdataTextTest.type("KEY"), "49152 3 1", WireName.ROOT);

    assertThat(RdataText.print(RdataTextTest.type("KEY"), empty)).isEqualTo("49152 3 1");
  }
}
