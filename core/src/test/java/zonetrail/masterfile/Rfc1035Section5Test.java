package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;

/// Master files as RFC 1035 §5 has them, and what RFC 2308 §4 and BIND added.
class Rfc1035Section5Test {
  private static final WireName ORIGIN = WireName.parse("example.com");

  private static MasterFile parse(String text, IncludeSource includes) {
    return MasterFile.parse("main", text.getBytes(StandardCharsets.UTF_8), ORIGIN, includes);
  }

  private static List<String> records(String text) {
    MasterFile file = parse("$TTL 9\n" + text, IncludeSource.NONE);
    assertThat(file.findings()).isEmpty();
    return MasterFileLosslessTest.records(file);
  }

  private static List<String> findings(MasterFile file) {
    return file.findings().stream().map(Finding::toString).toList();
  }

  /// Finds files in memory.
  private static IncludeSource files(Map<String, String> texts) {
    return (from, path) -> {
      String text = texts.get(path);
      return text == null
          ? new IncludeSource.Refused("there is none")
          : new IncludeSource.Found(path, text.getBytes(StandardCharsets.UTF_8));
    };
  }

  @Nested
  @Rfc(number = 1035, section = "5.1")
  class Section5_1_Format {
    @Test
    void lineThatBeginsWithABlank_hasTheLastOwner() {
      assertThat(records("a A 192.0.2.1\n\n ; a comment between\n\tA 192.0.2.2\n"))
          .containsExactly("a.example.com. 9 A 192.0.2.1", "a.example.com. 9 A 192.0.2.2");
    }

    @Test
    void atSign_isTheOrigin_andRelativeNamesEndInIt() {
      assertThat(records("@ NS ns\n$ORIGIN sub\n@ NS ns\nx.org. NS @\n"))
          .containsExactly(
              "example.com. 9 NS ns.example.com.",
              "sub.example.com. 9 NS ns.sub.example.com.",
              "x.org. 9 NS sub.example.com.");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "a 7 IN A 192.0.2.1",
          "a IN 7 A 192.0.2.1",
          "a 7 A 192.0.2.1",
          "a in 7s a 192.0.2.1",
          "a CLASS1 7 TYPE1 192.0.2.1",
          "a 7 class1 A \\# 4 c0000201",
          "(a 7 A 192.0.2.1)",
          "a ( 7\n IN ; a comment (\n A\n192.0.2.1 )",
          "a 7 A (192.0.2.1) ; done",
          "a\t7\tIN\tA\t192.0.2.1\t",
          "\\097 7 A 192.0.2.1",
          "a ((7) A) 192.0.2.1",
          "\"a\" 7 A 192.0.2.1"
        })
    void ttlClassAndTypeStandInEitherOrder_andLinesFoldInParentheses(String line) {
      assertThat(records(line)).containsExactly("a.example.com. 7 A 192.0.2.1");
    }

    @Test
    void semicolonsAndParentheses_areTextInQuotesAndBehindBackslashes() {
      assertThat(records("a TXT \"a;b(c\" d\\;e\\)f ; not g\n"))
          .containsExactly("a.example.com. 9 TXT \"a;b(c\" \"d;e)f\"");
    }

    @Test
    void octetsOfUtf8_areKeptAsTheyAre() {
      assertThat(records("caf\u00e9 TXT \"caf\u00e9\"\n"))
          .containsExactly("caf\\195\\169.example.com. 9 TXT \"caf\\195\\169\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\n"})
    void linesEndInLfOrCrLf_andTheLastNeedNoEnd(String eol) {
      assertThat(records(String.join(eol, "a A 192.0.2.1", "", "b TXT \"x\"", "c NS (", " d )")))
          .containsExactly(
              "a.example.com. 9 A 192.0.2.1",
              "b.example.com. 9 TXT \"x\"",
              "c.example.com. 9 NS d.example.com.");
    }

    @Test
    void byteOrderMark_isPassedOver() {
      MasterFile file = parse("\ufeff$TTL 9\na A 192.0.2.1\n", IncludeSource.NONE);

      assertThat(file.findings()).isEmpty();
      assertThat(file.recordCount()).isEqualTo(1);
    }

    @Test
    void commentLines_giveNoRecords() {
      assertThat(records("a A 192.0.2.1\n; b A 192.0.2.2\n;\n")).hasSize(1);
    }
  }

  @Nested
  @Rfc(number = 1035, section = "5.1")
  class Section5_1_Include {
    @Test
    void records_standInPlaceOfTheDirective_andPlacesNameTheirFile() {
      MasterFile file =
          parse(
              "$TTL 9\na A 192.0.2.1\n$INCLUDE more ; comment\nc A 192.0.2.3\n",
              files(Map.of("more", "\nb A 192.0.2.2\n")));
      assertThat(file.findings()).isEmpty();
      assertThat(MasterFileLosslessTest.records(file))
          .containsExactly(
              "a.example.com. 9 A 192.0.2.1",
              "b.example.com. 9 A 192.0.2.2",
              "c.example.com. 9 A 192.0.2.3");
      assertThat(file.locate(WireName.parse("b.example.com"), RdataTextTest.type("A")))
          .hasToString("more:2:3");
      assertThat(file.locate(WireName.parse("c.example.com"), RdataTextTest.type("A")))
          .hasToString("main:4:3");
    }

    @Test
    void originAndOwner_areAsBeforeAfterwards_andTheFirstOwnerIsThere() {
      MasterFile file =
          parse(
              "$TTL 9\na A 192.0.2.1\n$INCLUDE more sub\n A 192.0.2.4\nd A 192.0.2.5\n",
              files(Map.of("more", " A 192.0.2.2\n$ORIGIN net.\nb A 192.0.2.3\n")));
      assertThat(MasterFileLosslessTest.records(file))
          .containsExactly(
              "a.example.com. 9 A 192.0.2.1",
              "a.example.com. 9 A 192.0.2.2",
              "b.net. 9 A 192.0.2.3",
              "a.example.com. 9 A 192.0.2.4",
              "d.example.com. 9 A 192.0.2.5");
    }

    @Test
    void errorInAnIncludedFile_isSaidThere_andReadingGoesOn() {
      MasterFile file =
          parse("$TTL 9\n$INCLUDE more\nx A 1\n", files(Map.of("more", "a A 192.0.2.1\nb A 2\n")));

      assertThat(file.findings())
          .extracting(finding -> finding.where().toString())
          .containsExactly("more:2:5", "main:3:5");
    }

    @Test
    void circle_isRefused() {
      assertThat(findings(parse("$INCLUDE main\n", files(Map.of("main", "")))))
          .containsExactly(
              "main:1:10: error: 'main' includes itself, directly or through others"
                  + " [bad-include]");
      assertThat(
              findings(
                  parse("$INCLUDE a\n", files(Map.of("a", "$INCLUDE b\n", "b", "$INCLUDE a\n")))))
          .containsExactly(
              "b:1:10: error: 'a' includes itself, directly or through others [bad-include]");
    }

    @Test
    void fourthLevel_isRefused() {
      Map<String, String> nested =
          Map.of("a", "$INCLUDE b\n", "b", "$INCLUDE c\n", "c", "$INCLUDE d\n", "d", "");
      assertThat(parse("$INCLUDE a\n", files(nested)).findings())
          .singleElement()
          .satisfies(finding -> {
            assertThat(finding.where()).hasToString("c:1:10");
            assertThat(finding.message()).contains("at most 3 deep");
          });
    }

    @Test
    void thousandsOfIncludes_areRefused() {
      MasterFile file = parse("$INCLUDE a\n".repeat(1_005), files(Map.of("a", "")));

      assertThat(file.findings()).hasSize(5).extracting(Finding::rule).containsOnly("bad-include");
    }

    @Test
    void missingFile_isAnErrorAtItsName_withTheReason() {
      assertThat(findings(parse(" \n$INCLUDE  \"no such\"\n", files(Map.of()))))
          .containsExactly(
              "main:2:11: error: cannot include 'no such': there is none [bad-include]");
    }
  }

  @Nested
  @Rfc(number = 2308, section = "4")
  class Rfc2308Section4_DefaultTtl {
    @Test
    void ttlDirective_holdsForRecordsWithoutOne_notForThoseWith() {
      assertThat(records("a 5 A 192.0.2.1\nb A 192.0.2.2\n$TTL 1h\nc A 192.0.2.3\n"))
          .containsExactly(
              "a.example.com. 5 A 192.0.2.1",
              "b.example.com. 9 A 192.0.2.2",
              "c.example.com. 3600 A 192.0.2.3");
    }

    @Test
    void withoutOne_theLastTtlStatedHolds() {
      MasterFile file =
          parse(
              "a 5 A 192.0.2.1\nb A 192.0.2.2\nc 6 A 192.0.2.3\n A 192.0.2.4\n",
              IncludeSource.NONE);

      assertThat(file.findings()).isEmpty();
      assertThat(MasterFileLosslessTest.records(file))
          .containsExactly(
              "a.example.com. 5 A 192.0.2.1",
              "b.example.com. 5 A 192.0.2.2",
              "c.example.com. 6 A 192.0.2.3",
              "c.example.com. 6 A 192.0.2.4");
    }

    @Test
    void withNeither_theSoasMinimumHolds_andAWarningSaysSo() {
      MasterFile file = parse("@ SOA a b 1 2 3 4 77\n NS a.\n", IncludeSource.NONE);

      assertThat(findings(file))
          .singleElement()
          .asString()
          .startsWith(
              "main:1:3: warning: no TTL is stated; the SOA's minimum of 77 seconds is used");
      assertThat(MasterFileLosslessTest.records(file))
          .containsExactly(
              "example.com. 77 SOA a.example.com. b.example.com. 1 2 3 4 77",
              "example.com. 77 NS a.");
    }

    @Test
    void callerMayStateOneForFilesThatNeedNone() {
      MasterFile file =
          MasterFile.parse(
              "f",
              "a A 192.0.2.1\n".getBytes(StandardCharsets.US_ASCII),
              ORIGIN,
              IncludeSource.NONE,
              0);

      assertThat(file.findings()).isEmpty();
      assertThat(MasterFileLosslessTest.records(file))
          .containsExactly("a.example.com. 0 A 192.0.2.1");
    }
  }

  @Nested
  class Generate {
    @Test
    void numbers_takeThePlaceOfTheDollarSign() {
      assertThat(records("$GENERATE 1-3/2 h$ A 192.0.2.$\n"))
          .containsExactly("h1.example.com. 9 A 192.0.2.1", "h3.example.com. 9 A 192.0.2.3");
    }

    @Test
    void offsetWidthAndBase_areHeeded() {
      assertThat(records("$GENERATE 9-9 h${1,4,d}.${0,0,x} 5 IN CNAME $$.\\$.${-2}.${0,3,n}.\n"))
          .containsExactly("h0010.9.example.com. 5 CNAME \\$.\\$.7.9.0.");
    }

    @Test
    void recordsPastTheLimit_areRefusedTogether() {
      String half = "$GENERATE 1-32768 h$ A 192.0.2.1\n";
      MasterFile file = parse("$TTL 9\n" + half + half + half, IncludeSource.NONE);

      assertThat(file.recordCount()).isEqualTo(MasterFile.MAX_GENERATED_RECORDS);
      assertThat(file.findings()).extracting(Finding::rule).containsExactly("too-many-generated");
    }
  }

  @Nested
  class Limits {
    @Test
    void tokenOfTenMegabytes_isOneFinding() {
      MasterFile file =
          parse("$TTL 9\na TXT " + "x".repeat(10_000_000) + "\nb A 1\n", IncludeSource.NONE);

      assertThat(file.findings())
          .extracting(Finding::rule)
          .containsExactly("token-too-long", "bad-address");
    }

    @Test
    void lineOfManyMegabytes_isOneFinding() {
      MasterFile file =
          parse("$TTL 9\na TXT (" + "x\n".repeat(1_000_000) + ")\n", IncludeSource.NONE);

      assertThat(file.findings()).hasSize(1);
    }

    @Test
    void recordOfMoreThan65535Octets_isOneFinding() {
      MasterFile file = parse("$TTL 9\na TXT " + "abc ".repeat(17_000) + "\n", IncludeSource.NONE);

      assertThat(file.findings()).extracting(Finding::rule).containsExactly("rdata-too-long");
    }

    @Test
    void manyUnclosedParentheses_areReadInLinearTime() {
      MasterFile file = parse("x ( A\n".repeat(200_000), IncludeSource.NONE);

      assertThat(file.findings()).isNotEmpty();
      assertThat(file.print()).hasSize(1_200_000);
    }
  }
}
