package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import zonetrail.fixtures.RdataTextGenerator;
import zonetrail.wire.BadNameException;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataField;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

class RdataTextTest {
  private static final WireName ORIGIN = WireName.parse("example.com");

  static RRType type(String mnemonic) {
    RRType type = RRType.parse(mnemonic);
    if (type == null) {
      throw new IllegalArgumentException(mnemonic);
    }
    return type;
  }

  private static String printed(String mnemonic, String text) {
    RRType type = type(mnemonic);
    return RdataText.print(type, RdataText.parse(type, text, ORIGIN));
  }

  static List<RRType> typesWithLayout() {
    return IntStream.range(1, 65_536)
        .mapToObj(RRType::of)
        .filter(type -> RdataLayout.of(type) != null)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("typesWithLayout")
  void anyRdataOfALayout_survivesPrintingAndParsing(RRType type) {
    RdataLayout layout = requireNonNull(RdataLayout.of(type));
    Random random = new Random(type.value());
    for (int i = 0; i < 300; i++) {
      Rdata rdata = RandomRdata.of(layout.fields(), random);
      String text = RdataText.print(type, rdata);

      assertThat(text).as("has a form of its own").doesNotStartWith("\\#");
      assertThat(RdataText.parse(type, text, ORIGIN)).as(text).isEqualTo(rdata);
    }
  }

  /// Who asks that leaves out what is done for names.
  @ParameterizedTest
  @MethodSource("typesWithLayout")
  void onlyWhatMayHoldNames_isPrintedRelativeToAnOrigin(RRType type) {
    RdataLayout layout = requireNonNull(RdataLayout.of(type));
    Random random = new Random(type.value());
    boolean isRelative = false;
    for (int i = 0; i < 300; i++) {
      Rdata rdata = RandomRdata.of(layout.fields(), random);
      String whole = RdataText.print(type, rdata);
      for (String word : whole.split(" ", -1)) {
        WireName origin = wholeName(word);
        if (origin != null) {
          isRelative |= !RdataText.print(type, rdata, NameForm.relativeTo(origin)).equals(whole);
        }
      }
    }
    assertThat(layout.mayHoldNames() || !isRelative).isTrue();
    assertThat(isRelative || !layout.fields().contains(RdataField.NAME)).isTrue();
  }

  private static @Nullable WireName wholeName(String word) {
    try {
      return NameForm.isWhole(word) && !word.startsWith("\"") ? WireName.parse(word) : null;
    } catch (BadNameException other) {
      return null;
    }
  }

  @Test
  @Rfc(number = 3597, section = "5")
  void rdataOfUnknownTypes_survivesPrintingAndParsing() {
    Random random = new Random(3597);
    for (int length = 0; length < 300; length++) {
      byte[] octets = new byte[length];
      random.nextBytes(octets);
      RRType type = RRType.of(60_000 + length);

      assertThat(RdataText.parse(type, RdataText.print(type, Rdata.of(octets)), ORIGIN))
          .isEqualTo(Rdata.of(octets));
    }
  }

  /// Types that came after the dnsjava that we ask, or that it has no text form for.
  private static final List<String> UNKNOWN_TO_DNSJAVA =
      List.of(
          ("EID NIMLOC ATMA SINK NINFO RKEY TALINK CSYNC DSYNC HHIT BRID NID L32 L64 LP EUI48 EUI64"
                  + " AVC DOA AMTRELAY RESINFO WALLET CLA IPN TA")
              .split(" "));

  static List<String> typesKnownToDnsjava() {
    return RdataTextGenerator.TYPES.stream()
        .filter(type -> !UNKNOWN_TO_DNSJAVA.contains(type))
        .toList();
  }

  /// dnsjava reads the same octets out of the same text, and out of what we print.
  @ParameterizedTest
  @MethodSource("typesKnownToDnsjava")
  void dnsjavaReadsTheSame(String mnemonic) throws Exception {
    RRType type = type(mnemonic);
    for (long seed = 0; seed < 100; seed++) {
      String text = RdataTextGenerator.plain(seed).rdata(mnemonic);
      Rdata ours = RdataText.parse(type, text, ORIGIN);

      assertThat(dnsjava(type, text)).as(text).isEqualTo(ours.toBytes());
      assertThat(dnsjava(type, RdataText.print(type, ours))).as(text).isEqualTo(ours.toBytes());
    }
  }

  private static byte[] dnsjava(RRType type, String text) throws Exception {
    return org.xbill.DNS.Record.fromString(
            Name.fromString("x.example.com."),
            type.value(),
            DClass.IN,
            1,
            text,
            Name.fromString("example.com."))
        .rdataToWireCanonical();
  }

  @Test
  void generatorKnowsEveryTypeThatHasALayout() {
    assertThat(typesWithLayout().stream().map(RRType::toString))
        .containsExactlyInAnyOrderElementsOf(RdataTextGenerator.TYPES);
  }

  @Test
  void dnsjavaCallsTheTypesTheSame_thatItHasANameFor() {
    assertThat(typesWithLayout())
        .allSatisfy(type ->
            assertThat(Type.string(type.value())).isIn(type.toString(), "TYPE" + type.value()));
  }

  @ParameterizedTest
  @MethodSource("typesUnknownToDnsjava")
  void textOfOtherTypes_printsAsItself(String mnemonic) {
    RRType type = type(mnemonic);
    for (long seed = 0; seed < 100; seed++) {
      String text = RdataTextGenerator.plain(seed).rdata(mnemonic);
      Rdata rdata = RdataText.parse(type, text, ORIGIN);
      String printed = RdataText.print(type, rdata);

      assertThat(printed).as(text).doesNotStartWith("\\#");
      assertThat(RdataText.parse(type, printed, ORIGIN)).as(text).isEqualTo(rdata);
    }
  }

  static List<String> typesUnknownToDnsjava() {
    return UNKNOWN_TO_DNSJAVA;
  }

  @Nested
  @Rfc(number = 5952, section = "4")
  class Rfc5952Section4 {
    @ParameterizedTest
    @CsvSource({
      "2001:0db8::0001, 2001:db8::1",
      "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
      "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
      "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
      "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
      "2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:FFFF, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
      "0:0:0:0:0:0:0:0, ::",
      "::ffff:192.0.2.1, ::ffff:192.0.2.1",
      "::192.0.2.1, ::c000:201",
      "1::, 1::",
      "0:0:0:0:0:0:0:1, ::1",
      "1:0:0:0:0:0:0:0, 1::",
      "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
      "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8"
    })
    @Rfc(number = 5952, section = "5")
    @Rfc(number = 3596, section = "2.4")
    void addressesPrintCanonically(String text, String canonical) {
      assertThat(printed("AAAA", text)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource({
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      ":::",
      "1::2::3",
      "12345::",
      ":1",
      "1:",
      "g::",
      "::1.2.3",
      "1:2:3:4:5:6:7:1.2.3.4",
      "::1.2.3.4:5",
      "1:2:3:4:5:6:7:8::",
      "::1:",
      "1.2.3.4"
    })
    @Rfc(number = 3596, section = "2.4")
    void whatIsNoAddress_isRefused(String text) {
      assertThatThrownBy(() -> printed("AAAA", text)).hasMessageContaining("not an IPv6 address");
    }
  }

  @Nested
  @Rfc(number = 1035, section = "5.1")
  class Rfc1035Section5_1 {
    @ParameterizedTest
    @CsvSource(
        quoteCharacter = '\'',
        value = {
          "TXT, plain, '\"plain\"'",
          "TXT, 'a b', '\"a\" \"b\"'",
          "TXT, '\"a b\"', '\"a b\"'",
          "TXT, '\"\"', '\"\"'",
          "TXT, 'a\"b\"c', '\"a\" \"b\" \"c\"'",
          "TXT, '\"a\\\"b\\\\c\"', '\"a\\\"b\\\\c\"'",
          "TXT, 'a\\;b\\(\\ \\\"', '\"a;b( \\\"\"'",
          "TXT, '\\000\\255', '\"\\000\\255\"'",
          "TXT, '\"é\"', '\"\\195\\169\"'",
          "MX, '10 mail', '10 mail.example.com.'",
          "MX, '10 @', '10 example.com.'",
          "MX, '10 mail.', '10 mail.'",
          "MX, '0 .', '0 .'",
          "NS, 'a\\.b.c', 'a\\.b.c.example.com.'",
          "NS, '\\@', '\\@.example.com.'",
          "NS, '\\097', 'a.example.com.'",
          "CAA, '0 issue \"x y\"', '0 issue \"x y\"'",
          "CAA, '0 issue ca.example', '0 issue \"ca.example\"'",
          "SOA, 'a b 1 1h 2m 3w4d 5s', 'a.example.com. b.example.com. 1 3600 120 2160000 5'",
          "DNSKEY, '256 3 RSASHA256 AQ ID', '256 3 8 AQID'",
          "DS, '1 ed25519 9 0a 0B', '1 15 9 0a0b'"
        })
    void text_printsInFull(String type, String text, String expected) {
      assertThat(printed(type, text)).isEqualTo(expected);
    }
  }

  @Nested
  @Rfc(number = 3597, section = "5")
  class Rfc3597Section5 {
    @Test
    void knownType_isPrintedInItsOwnForm() {
      assertThat(printed("A", "\\# 4 0a000001")).isEqualTo("10.0.0.1");
    }

    @Test
    void examplesOfTheRfc_areRead() {
      assertThat(printed("TYPE731", "\\# 6 abcdef ( 01 23 45 )")).isEqualTo("\\# 6 abcdef012345");
      assertThat(printed("TYPE62347", "\\# 0")).isEqualTo("\\# 0");
    }

    @Test
    void rdataThatIsNotOfTheKnownType_isRefused() {
      assertThatThrownBy(() -> printed("A", "\\# 3 0a0000")).hasMessageContaining("not the rdata");
      assertThatThrownBy(() -> printed("MX", "\\# 2 0a00")).hasMessageContaining("not the rdata");
    }
  }

  @Nested
  @Rfc(number = 2535, section = "7.1")
  class Rfc2535Section7_1 {
    @ParameterizedTest
    @CsvSource({
      "ZONE DNSSEC RSASHA256 AQID, 256 3 8 AQID",
      "NOAUTH|host|SIG15 ALL 8 AQID, 33295 255 8 AQID",
      "NOKEY email 0, 49152 2 0",
      "USER 3 8 AQID, 0 3 8 AQID",
      "512 3 8 AQID, 512 3 8 AQID"
    })
    void flagsAndProtocolOfAKey_mayBeMnemonics(String text, String expected) {
      assertThat(printed("KEY", text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"ZONE|", "SIG16", "KSK", "0x100", "65536", "'ZONE,HOST'"})
    void otherFlags_areRefused(String flags) {
      assertThatThrownBy(() -> printed("KEY", flags + " 3 8 AQID"))
          .hasMessageContaining("stands where flags belong");
    }
  }

  /// BIND's signer writes it so, and RFC 4034 §3.2 wants `TYPE65280`.
  @Test
  void aCoveredTypeMayBeANumber_andIsPrintedAsAType() {
    String rest = " 8 2 60 20300101000000 20200101000000 1 example.com. AQID";

    assertThat(printed("RRSIG", "65280" + rest)).isEqualTo("TYPE65280" + rest);
    assertThat(printed("RRSIG", "1" + rest)).isEqualTo("A" + rest);
    assertThatThrownBy(() -> printed("RRSIG", "65536" + rest)).hasMessageContaining("65535");
  }

  @Test
  void secretText_isNeverQuotedInAMessage() {
    List<String> messages = new ArrayList<>();
    for (String text : List.of("0 3 163 c2VjcmV0!", "0 3 163 c2VjcmV0c2", "0 3 163 c2Vj=cmV0")) {
      assertThatThrownBy(() -> printed("DNSKEY", text))
          .satisfies(thrown -> messages.add(String.valueOf(thrown.getMessage())));
    }
    assertThat(messages).hasSize(3).noneMatch(message -> message.contains("c2V"));
  }
}
