package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.masterfile.ZoneFileEdit.Edited;
import zonetrail.masterfile.ZoneFileEdit.Refused;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Texts before and after, so that one can read what an edit does.
class MasterFileEditorTest {
  private static final WireName APEX = WireName.parse("example");

  private static final String HEAD =
      """
      $TTL 1h
      @       SOA     ns1 hostmaster 7 2h 15m 14d 1h
              NS      ns1
      ns1     A       192.0.2.53
      """;

  private static ZoneFileEdit edit(String text, Map<String, String> included, String... steps) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    IncludeSource includes =
        (from, path) ->
            included.containsKey(path)
                ? new IncludeSource.Found(
                    path, included.getOrDefault(path, "").getBytes(StandardCharsets.UTF_8))
                : new IncludeSource.Refused("there is none");
    Zone zone = requireNonNull(ZoneFileReader.read("f", APEX, octets, includes).zone());
    ZoneChange change = ChangeText.of(zone, steps);
    return MasterFileEditor.edit("f", APEX, octets, includes, change);
  }

  private static Map<String, String> files(ZoneFileEdit edit) {
    assertThat(edit).isInstanceOf(Edited.class);
    Map<String, String> files = new TreeMap<>();
    ((Edited) edit)
        .files()
        .forEach(
            (name, text) -> files.put(name, new String(text.octets(), StandardCharsets.UTF_8)));
    return files;
  }

  private static String edited(String text, String... steps) {
    return files(edit(text, Map.of(), steps)).getOrDefault("f", text);
  }

  private static String reason(ZoneFileEdit edit) {
    assertThat(edit).isInstanceOf(Refused.class);
    return ((Refused) edit).reason();
  }

  @Nested
  class ChangedRecord {
    @Test
    void serial_changesItsDigits_andTheCommentsStay() {
      String text =
          """
          $TTL 1h
          @ SOA ns1 hostmaster ( ; who is asked
                2026112201 ; serial
                2h 15m     ; refresh, retry
                14d 1h )   ; the rest
            NS  ns1
          ns1 A 192.0.2.53
          """;

      assertThat(edited(text, "serial 2026112202")).isEqualTo(text.replace("2201", "2202"));
    }

    @Test
    void serialOfOtherLength_keepsTheColumnOfItsComment() {
      String text =
          """
          $TTL 1h
          @   SOA ns1 hostmaster (
                  9          ; serial
                  2h 15m 14d 1h )
              NS  ns1
          ns1 A   192.0.2.53
          """;

      assertThat(edited(text, "serial 10"))
          .isEqualTo(text.replace("9          ; serial", "10         ; serial"));
    }

    @Test
    void soa_getsItsOtherTimesInTheFormThatTheyHave() {
      assertThat(edited(HEAD, "+ @ 3600 SOA ns1 hostmaster 8 10800 900 1209600 3601"))
          .isEqualTo(HEAD.replace("7 2h 15m 14d 1h", "8 3h 15m 14d 3601"));
    }

    @Test
    void address_changesInItsPlace_andItsCommentStays() {
      assertOneLine(
          "www 300 IN a 192.0.2.1 ; the web",
          "www 300 IN a 192.0.2.2 ; the web",
          "- www A",
          "+ www 300 A 192.0.2.2");
    }

    @Test
    void onlyTheFieldsThatDiffer_areWrittenAnew() {
      assertOneLine(
          "x\t( MX 10\tMail.Example. )",
          "x\t( MX 20\tMail.Example. )",
          "- x MX",
          "+ x 3600 MX 20 Mail.Example.");
      assertOneLine(
          "x SRV 00 05  5060 sip", "x SRV 00 05  5061 sip", "- x SRV", "+ x 3600 SRV 0 5 5061 sip");
      assertOneLine(
          "x TXT one \"two\" three",
          "x TXT one \"2\" three",
          "- x TXT",
          "+ x 3600 TXT one 2 three");
      assertOneLine(
          "x TXT one three", "x TXT one \"two\" three", "- x TXT", "+ x 3600 TXT one two three");
      assertOneLine("x TXT one two three", "x TXT one three", "- x TXT", "+ x 3600 TXT one three");
      assertOneLine(
          "x HTTPS 1 . alpn=h2 port=8443",
          "x HTTPS 1 . alpn=\"h3\" port=8443",
          "- x HTTPS",
          "+ x 3600 HTTPS 1 . alpn=h3 port=8443");
    }

    @Test
    void name_staysRelativeOrWhole() {
      assertOneLine("x CNAME y", "x CNAME z", "+ x 3600 CNAME z");
      assertOneLine("x CNAME y.example.", "x CNAME z.example.", "+ x 3600 CNAME z");
      assertOneLine("x CNAME y", "x CNAME z.example.net.", "+ x 3600 CNAME z.example.net.");
    }

    @Test
    void digitsOverSeveralLines_keepTheirLayout() {
      String text =
          HEAD
              + """
              x  TLSA 3 1 1 ( 0001020304050607 ; first half
                              08090a0b0c0d0e0f )
              """;

      assertThat(edited(text, "- x TLSA", "+ x 3600 TLSA 3 1 1 f001020304050607f8090a0b0c0d0e0f"))
          .isEqualTo(text.replace("0001020304", "f001020304").replace("0809", "f809"));
    }

    @Test
    void digitsOfOtherLength_leaveTheComments() {
      String text =
          HEAD
              + """
              x  TLSA 3 1 1 ( 0001020304050607 ; first half
                              08090a0b0c0d0e0f )
              """;

      assertThat(edited(text, "- x TLSA", "+ x 3600 TLSA 3 1 1 f0"))
          .isEqualTo(
              HEAD
                  + """
                  x  TLSA 3 1 1 ( f0 ; first half
                                   )
                  """);
    }

    @Test
    void oneOfSeveral_isTheOneMostLikeIt() {
      String text = HEAD + "x MX 10 a\nx MX 20 b\nx MX 30 c\n";

      assertThat(edited(text, "- x MX 20 b", "+ x 3600 MX 25 b"))
          .isEqualTo(text.replace("20 b", "25 b"));
    }

    @Test
    void otherCaseOfLetters_isWritten() {
      assertOneLine("x CNAME Target", "x CNAME target", "+ x 3600 CNAME target");
    }

    @Test
    void lineFeedAtTheEnd_mayBeMissing() {
      assertThat(edited(HEAD + "x A 192.0.2.1", "- x A", "+ x 3600 A 192.0.2.2"))
          .isEqualTo(HEAD + "x A 192.0.2.2");
    }
  }

  private static void assertOneLine(String before, String after, String... steps) {
    assertThat(edited(HEAD + before + "\nother A 192.0.2.9\n", steps))
        .isEqualTo(HEAD + after + "\nother A 192.0.2.9\n");
  }

  @Nested
  class Ttl {
    @Test
    void stated_changesInAllLinesOfTheRrset() {
      assertThat(edited(HEAD + "x 1h IN A 192.0.2.1\nx 60 A 192.0.2.2\n", "+ x 300 A 192.0.2.1"))
          .isEqualTo(HEAD + "x 5m IN A 192.0.2.1\nx 300 A 192.0.2.2\n");
    }

    @Test
    void notStated_isWritten_inTheBlanksIfThereIsRoom() {
      assertOneLine("x A 192.0.2.1", "x 60 A 192.0.2.1", "+ x 60 A 192.0.2.1");
      assertOneLine("x       A 192.0.2.1", "x    60 A 192.0.2.1", "+ x 60 A 192.0.2.1");
      assertOneLine("x\t\tIN\tA\t192.0.2.1", "x\t60\tIN\tA\t192.0.2.1", "+ x 60 A 192.0.2.1");
      assertOneLine("x\tA\t192.0.2.1", "x\t60\tA\t192.0.2.1", "+ x 60 A 192.0.2.1");
    }

    @Test
    void differingTtls_stay_whereTheRrsetsDoesNotChange() {
      String text = HEAD + "x 60 A 192.0.2.1\nx 61 A 192.0.2.2\nx 60 A 192.0.2.3\n";

      assertThat(edited(text, "- x A 192.0.2.3", "+ x 60 A 192.0.2.4"))
          .isEqualTo(text.replace("192.0.2.3", "192.0.2.4"));
    }

    @Test
    void ofARecordThatChanges_isTheRrsets() {
      String text = HEAD + "x 60 A 192.0.2.1\nx 61 A 192.0.2.2\n";

      assertThat(edited(text, "- x A 192.0.2.2", "+ x 60 A 192.0.2.3"))
          .isEqualTo(text.replace("61 A 192.0.2.2", "60 A 192.0.2.3"));
    }

    @Test
    void firstOfDifferingTtls_goesOnInTheNextLine() {
      assertThat(edited(HEAD + "x 60 A 192.0.2.1\nx 61 A 192.0.2.2\n", "- x A 192.0.2.1"))
          .isEqualTo(HEAD + "x 60 A 192.0.2.2\n");
    }

    private static final String LAST_TTL =
        """
        @   300 SOA ns1 hostmaster 7 2h 15m 14d 1h
                NS  ns1
        ns1     A   192.0.2.53
        a   60  A   192.0.2.1
        b       A   192.0.2.2
        c       A   192.0.2.3
        """;

    @Test
    void takenFromTheLineBefore_isWrittenIntoTheNext() {
      assertThat(edited(LAST_TTL, "- a A"))
          .isEqualTo(
              LAST_TTL.replace("a   60  A   192.0.2.1\n", "").replace("b       A", "b    60 A"));
      assertThat(edited(LAST_TTL, "+ a 90 A 192.0.2.1"))
          .isEqualTo(LAST_TTL.replace("a   60", "a   90").replace("b       A", "b    60 A"));
    }

    @Test
    void ofANewRecord_standsOnlyIfItIsNotGivenAnyhow() {
      assertThat(edited(LAST_TTL, "+ d 60 A 192.0.2.4"))
          .isEqualTo(LAST_TTL + "d       A   192.0.2.4\n");
      assertThat(edited(LAST_TTL, "+ d 61 A 192.0.2.4"))
          .isEqualTo(LAST_TTL + "d   61  A   192.0.2.4\n");
    }

    @Test
    void fromTheSoasMinimum_isKeptByATtlLine() {
      String text = HEAD.replace("$TTL 1h\n", "");

      assertThat(edited(text, "+ @ 3600 SOA ns1 hostmaster 8 7200 900 1209600 60"))
          .isEqualTo("$TTL 3600\n" + text.replace("7 2h 15m 14d 1h", "8 2h 15m 14d 1m"));
    }
  }

  @Nested
  class RecordThatGoes {
    @Test
    void takesItsCommentAlong_andNothingElse() {
      assertThat(edited(HEAD + "; hosts\n\nx A 192.0.2.1 ; mine\n; end\n", "- x A"))
          .isEqualTo(HEAD + "; hosts\n\n; end\n");
    }

    @Test
    void overSeveralLines_goesWithAllOfThem() {
      assertThat(edited(HEAD + "x TXT ( a ; one\n  b )\ny A 192.0.2.1\n", "- x"))
          .isEqualTo(HEAD + "y A 192.0.2.1\n");
    }

    @Test
    void leavesItsOwnerToTheNextLine_inTheSameColumns() {
      assertThat(edited(HEAD + "www     A     192.0.2.1\n        AAAA  ::1\n", "- www A"))
          .isEqualTo(HEAD + "www     AAAA  ::1\n");
      assertThat(edited(HEAD + "www\tA\t192.0.2.1\n; v6\n\tAAAA\t::1\n\tTXT\ta\n", "- www A"))
          .isEqualTo(HEAD + "; v6\nwww\tAAAA\t::1\n\tTXT\ta\n");
      assertThat(edited(HEAD + "long-name A 192.0.2.1\n  AAAA ::1\n", "- long-name A"))
          .isEqualTo(HEAD + "long-name AAAA ::1\n");
    }

    @Test
    void leavesItsOwner_whereTheOriginIsAnotherOne() {
      assertThat(edited(HEAD + "x.sub A 192.0.2.1\n$ORIGIN sub.example.\n TXT a\n", "- x.sub A"))
          .isEqualTo(HEAD + "$ORIGIN sub.example.\nx TXT a\n");
    }

    @Test
    void writtenTwice_goesTwice() {
      assertThat(edited(HEAD + "x A 192.0.2.1\ny TXT a\nX A 192.0.2.1\n", "- x A"))
          .isEqualTo(HEAD + "y TXT a\n");
    }

    @Test
    void atTheEndWithoutLineFeed_leavesTheLineBeforeAsItIs() {
      assertThat(edited(HEAD + "x A 192.0.2.1", "- x A")).isEqualTo(HEAD);
    }
  }

  @Nested
  class NewRecord {
    @Test
    void comesAfterItsRrset() {
      assertThat(
              edited(
                  HEAD + "www     A       192.0.2.1\n        AAAA    ::1\nz       TXT     a\n",
                  "+ www 3600 A 192.0.2.2"))
          .isEqualTo(
              HEAD
                  + "www     A       192.0.2.1\n        A       192.0.2.2\n"
                  + "        AAAA    ::1\nz       TXT     a\n");
    }

    @Test
    void comesAfterItsOwnersOthers() {
      assertThat(edited(HEAD + "a A 192.0.2.1\na TXT a\nb A 192.0.2.2\n", "+ a 3600 MX 10 b"))
          .isEqualTo(HEAD + "a A 192.0.2.1\na TXT a\na MX 10 b\nb A 192.0.2.2\n");
    }

    @Test
    void comesInPlaceOfItsOwnersOthers_thatGo() {
      assertThat(edited(HEAD + "a A 192.0.2.1\nb A 192.0.2.2\n", "- a A", "+ a 3600 CNAME b"))
          .isEqualTo(HEAD + "a CNAME b\nb A 192.0.2.2\n");
    }

    @Test
    void ofANewOwner_comesInOrder_whereNamesAreInOrder() {
      String text = HEAD + "a A 192.0.2.1\nc A 192.0.2.3\n  TXT c\ne A 192.0.2.5\n; end\n";

      assertThat(edited(text, "+ d 3600 A 192.0.2.4"))
          .isEqualTo(text.replace("  TXT c\n", "  TXT c\nd A 192.0.2.4\n"));
    }

    @Test
    void ofANewNumber_comesInOrderOfNumbers() {
      String text = HEAD + "1 PTR a\n2 PTR b\n10 PTR c\n11 PTR d\n";

      assertThat(edited(text, "+ 9 3600 PTR e"))
          .isEqualTo(text.replace("10 PTR", "9 PTR e\n10 PTR"));
    }

    @Test
    void ofANewOwner_comesAfterTheLastOfItsType_whereNamesAreInNoOrder() {
      String text =
          HEAD
              + """
              z       A       192.0.2.1
              y       A       192.0.2.2
              x       CNAME   z
              b       CNAME   z
              ; the end
              """;

      assertThat(edited(text, "+ m 3600 A 192.0.2.3", "+ n 3600 CNAME y"))
          .isEqualTo(
              text.replace("x       C", "m       A       192.0.2.3\nx       C")
                  .replace("; the", "n       CNAME   y\n; the"));
    }

    @Test
    void ofANameBelowOthers_comesBesideThose() {
      assertThat(
              edited(
                  HEAD + "www A 192.0.2.1\nmail A 192.0.2.2\nb A 192.0.2.3\n",
                  "+ _acme-challenge.www 60 TXT abc"))
          .isEqualTo(
              HEAD
                  + "www A 192.0.2.1\n_acme-challenge.www 60 TXT \"abc\"\nmail A 192.0.2.2\n"
                  + "b A 192.0.2.3\n");
    }

    @Test
    void hasTheFormOfItsNeighbours() {
      assertThat(edited(HEAD + "b.example. 60 IN A 192.0.2.1\n", "+ c 60 MX 10 b"))
          .isEqualTo(HEAD + "b.example. 60 IN A 192.0.2.1\nc.example. 60 IN MX 10 b.example.\n");
      assertThat(edited(HEAD + "b\t60\tin\ta\t192.0.2.1\n", "+ long-name 60 AAAA ::1"))
          .isEqualTo(HEAD + "b\t60\tin\ta\t192.0.2.1\nlong-name\t60\tin\taaaa\t::1\n");
      assertThat(edited(HEAD + "b IN 60 A 192.0.2.1\nc IN 60 A 192.0.2.1\n", "+ d 60 TXT a"))
          .isEqualTo(HEAD + "b IN 60 A 192.0.2.1\nc IN 60 A 192.0.2.1\nd IN 60 TXT \"a\"\n");
    }

    @Test
    void isRelativeToTheOriginInForce() {
      assertThat(
              edited(
                  HEAD + "$ORIGIN sub.example.\n@ A 192.0.2.1\nb A 192.0.2.2\n",
                  "+ c.sub 3600 MX 10 b.sub",
                  "+ sub 3600 MX 10 other"))
          .isEqualTo(
              HEAD
                  + "$ORIGIN sub.example.\n@ A 192.0.2.1\n  MX 10 other.example.\n"
                  + "b A 192.0.2.2\nc MX 10 b\n");
    }

    @Test
    @Rfc(number = 1035, section = "5.1")
    void besideANameWhoseLastDotIsPartOfItsLabel_isRelative() {
      assertThat(edited(HEAD + "a\\. A 192.0.2.1\n", "+ b 3600 A 192.0.2.2"))
          .isEqualTo(HEAD + "a\\. A 192.0.2.1\nb A 192.0.2.2\n");
      assertThat(edited(HEAD + "a\\\\.example. A 192.0.2.1\n", "+ b 3600 A 192.0.2.2"))
          .isEqualTo(HEAD + "a\\\\.example. A 192.0.2.1\nb.example. A 192.0.2.2\n");
      assertThat(edited(HEAD + "m MX 10 a\\.\n", "- m MX 10 a\\..example.", "+ m 3600 MX 10 b"))
          .isEqualTo(HEAD + "m MX 10 b\n");
    }

    @Test
    void ofNewOwners_standTogether() {
      assertThat(
              edited(
                  HEAD + "www A 192.0.2.1\n    AAAA ::1\nmail A 192.0.2.2\n",
                  "+ x 3600 A 192.0.2.3",
                  "+ x 3600 AAAA ::3"))
          .isEqualTo(
              HEAD
                  + "www A 192.0.2.1\n    AAAA ::1\nmail A 192.0.2.2\nx A 192.0.2.3\n"
                  + "    AAAA ::3\n");
    }

    @Test
    void doesNotTakeTheOwnerFromALineThatRepeatsIt() {
      assertThat(
              edited(
                  HEAD + "a A 192.0.2.1\n; more of a\n\n  TXT a\nb A 192.0.2.2\n",
                  "+ aa 3600 A 192.0.2.3"))
          .isEqualTo(
              HEAD + "a A 192.0.2.1\n; more of a\n\n  TXT a\nb A 192.0.2.2\naa A 192.0.2.3\n");
    }
  }

  @Nested
  class LineEnds {
    private static final String DOS = ("\ufeff" + HEAD + "x A 192.0.2.1\n").replace("\n", "\r\n");

    @Test
    void byteOrderMarkAndCarriageReturns_stay() {
      assertThat(edited(DOS, "serial 8", "+ x 3600 A 192.0.2.2"))
          .isEqualTo(DOS.replace(" 7 ", " 8 ") + "  A 192.0.2.2\r\n");
    }

    @Test
    void missingLastLineFeed_staysMissing() {
      assertThat(edited(HEAD + "b A 192.0.2.1", "+ x 3600 A 192.0.2.2"))
          .isEqualTo(HEAD + "b A 192.0.2.1\nx A 192.0.2.2");
    }
  }

  @Nested
  class Generate {
    @Test
    void line_isDivided_whereOneOfItsRecordsChanges() {
      String text = HEAD + "$GENERATE 1-9 h$ A 10.0.0.$ ; pool\n";

      assertThat(edited(text, "- h4 A", "+ h4 3600 A 10.1.1.1"))
          .isEqualTo(
              HEAD
                  + "$GENERATE 1-3 h$ A 10.0.0.$ ; pool\nh4      A       10.1.1.1\n"
                  + "$GENERATE 5-9 h$ A 10.0.0.$\n");
      assertThat(edited(text, "- h1 A")).isEqualTo(HEAD + "$GENERATE 2-9 h$ A 10.0.0.$ ; pool\n");
      assertThat(edited(text, "- h2 A"))
          .isEqualTo(HEAD + "h1      A       10.0.0.1\n$GENERATE 3-9 h$ A 10.0.0.$ ; pool\n");
    }

    @Test
    void line_keepsItsStep() {
      assertThat(edited(HEAD + "$GENERATE 0-100/10 h$ 60 A 10.0.0.$\n", "- h50 A"))
          .isEqualTo(
              HEAD + "$GENERATE 0-40/10 h$ 60 A 10.0.0.$\n$GENERATE 60-100/10 h$ 60 A 10.0.0.$\n");
    }

    @Test
    void line_goes_whenAllOfItsRecordsGo() {
      assertThat(edited(HEAD + "$GENERATE 1-2 h$ A 10.0.0.$\n", "- h1", "- h2")).isEqualTo(HEAD);
    }

    @Test
    void line_thatWouldBecomeVeryMany_isRefused() {
      byte[] octets = (HEAD + "$GENERATE 1-4000 h$ A 10.0.0.1\n").getBytes(StandardCharsets.UTF_8);
      Zone zone = ZoneFileReader.read("f", APEX, octets, IncludeSource.NONE).zone();
      ZoneChange.Builder change = new ZoneChange.Builder(requireNonNull(zone));
      for (int i = 2; i < 4000; i += 2) {
        change.remove(WireName.parse("h" + i + ".example"), RRType.A);
      }

      assertThat(
              reason(MasterFileEditor.edit("f", APEX, octets, IncludeSource.NONE, change.build())))
          .contains("$GENERATE", "1000 lines");
    }
  }

  @Nested
  class Include {
    @Test
    void record_isEditedInTheFileThatHasIt() {
      String text = HEAD + "$INCLUDE hosts sub.example.\nz TXT z\n";
      Map<String, String> hosts = Map.of("hosts", "a A 192.0.2.1\nb A 192.0.2.2\n");

      assertThat(files(edit(text, hosts, "- b.sub A", "+ b.sub 3600 A 192.0.2.3")))
          .isEqualTo(Map.of("hosts", "a A 192.0.2.1\nb A 192.0.2.3\n"));
      assertThat(files(edit(text, hosts, "+ a.sub 3600 MX 10 b.sub", "serial 8")))
          .isEqualTo(
              Map.of(
                  "f",
                  text.replace(" 7 ", " 8 "),
                  "hosts",
                  "a A 192.0.2.1\na MX 10 b\nb A 192.0.2.2\n"));
    }

    @Test
    void owner_isWrittenIntoAnIncludedFileThatRepeatedIt() {
      String text = HEAD + "x A 192.0.2.1\n$INCLUDE more\n";

      assertThat(files(edit(text, Map.of("more", "; of x\n TXT a\n"), "- x A")))
          .isEqualTo(Map.of("f", HEAD + "$INCLUDE more\n", "more", "; of x\nx TXT a\n"));
    }

    @Test
    void fileIncludedTwice_isRefused_whereTheEditIsNotForBoth() {
      String text = HEAD + "$INCLUDE hosts a.example.\n$INCLUDE hosts b.example.\n";
      Map<String, String> hosts = Map.of("hosts", "x A 192.0.2.1\n");

      assertThat(reason(edit(text, hosts, "- x.a A"))).contains("included more than once");
      assertThat(files(edit(text, hosts, "- x.a A", "- x.b A"))).isEqualTo(Map.of("hosts", ""));
    }

    @Test
    void newRecord_comesIntoTheZonesFile_whereTheOwnersIsIncludedTwice() {
      String text = HEAD + "$INCLUDE hosts a.example.\n$INCLUDE hosts b.example.\n";

      assertThat(files(edit(text, Map.of("hosts", "x A 192.0.2.1\n"), "+ x.a 3600 TXT a")))
          .isEqualTo(
              Map.of(
                  "f",
                  text.replace("$INCLUDE hosts a", "x.a     TXT     \"a\"\n$INCLUDE hosts a")));
    }
  }

  @Nested
  class Refusal {
    @Test
    void fileWithErrors_isNotEdited() {
      ZoneChange change = change(HEAD, "serial 8");
      byte[] broken = (HEAD + "x A 192.0.2\n").getBytes(StandardCharsets.UTF_8);

      assertThat(reason(MasterFileEditor.edit("f", APEX, broken, IncludeSource.NONE, change)))
          .contains("f:5:5", "bad-address");
    }

    @Test
    void fileThatSaysSomethingElse_isNotEdited() {
      ZoneChange change = change(HEAD + "x A 192.0.2.1\n", "- x A");
      byte[] other = (HEAD + "x A 192.0.2.2\n").getBytes(StandardCharsets.UTF_8);

      assertThat(reason(MasterFileEditor.edit("f", APEX, other, IncludeSource.NONE, change)))
          .isEqualTo(
              "the zone file does not say what the change begins with: the A records of x.example.");
    }

    @Test
    void changeOfAnotherZone_isAMistakeOfTheCaller() {
      ZoneChange change = change(HEAD, "serial 8");

      assertThatThrownBy(() ->
              MasterFileEditor.edit(
                  "f", WireName.parse("org"), new byte[0], IncludeSource.NONE, change))
          .isInstanceOf(IllegalArgumentException.class);
    }

    private static ZoneChange change(String text, String... steps) {
      byte[] octets = text.getBytes(StandardCharsets.UTF_8);
      Zone zone = ZoneFileReader.read("f", APEX, octets, IncludeSource.NONE).zone();
      return ChangeText.of(requireNonNull(zone), steps);
    }
  }

  @Test
  void emptyChange_editsNothing() {
    assertThat(files(edit(HEAD, Map.of()))).isEmpty();
  }
}
