package zonetrail.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.QueryCursor.Outcome;

class QueryCursorTest {
  /// ID 1234, RD, one question.
  private static final String HEADER = "12340100" + "0001" + "0000" + "0000";

  private static final String QUESTION = "0377777707" + "6578616d706c65" + "00" + "0001" + "0001";
  private static final String OPT = "00" + "0029" + "04d0" + "00000000" + "0000";
  private static final String A = "c00c" + "0001" + "0001" + "00000000" + "0004" + "c0000201";
  private static final String TSIG = "00" + "00fa" + "00ff" + "00000000" + "0000";

  private final QueryCursor cursor = new QueryCursor();

  private Outcome wrap(String... hex) {
    byte[] message = HexFormat.of().parseHex(String.join("", hex));
    return cursor.wrap(message, message.length);
  }

  @Nested
  class AWholeMessage {
    @Test
    @Rfc(number = 1035, section = "4.1")
    void isReadToItsEnd() {
      assertThat(wrap(HEADER, "0000", QUESTION)).isEqualTo(Outcome.OK);
      assertThat(cursor.id()).isEqualTo(0x1234);
      assertThat(cursor.opcode()).isEqualTo(Opcode.QUERY);
      assertThat(cursor.qname()).hasToString("www.example.");
      assertThat(cursor.qtype()).isSameAs(RRType.A);
      assertThat(cursor.qclass()).isEqualTo(RRClass.IN);
      assertThat(cursor.questionEnd()).isEqualTo(29);
      assertThat(cursor.hasOpt()).isFalse();
      assertThat(cursor.hasTsig()).isFalse();
    }

    @Test
    void keepsTheCaseOfTheName() {
      wrap(HEADER, "0000", "0357775707", "4578616d504c65", "00", "0001", "0001");

      assertThat(cursor.qname()).hasToString("WwW.ExamPLe.");
    }

    @Test
    void mayAskForTheRoot() {
      assertThat(wrap(HEADER, "0000", "00", "0002", "0001")).isEqualTo(Outcome.OK);
      assertThat(cursor.qname()).isEqualTo(WireName.ROOT);
    }

    @Test
    @Rfc(number = 1035, section = "4.1")
    void mayHaveRecordsInEverySection() {
      assertThat(wrap("12340100", "0001", "0001", "0001", "0003", QUESTION, A, A, A, OPT, TSIG))
          .isEqualTo(Outcome.OK);
      assertThat(cursor.hasOpt()).isTrue();
      assertThat(cursor.hasTsig()).isTrue();
    }

    @Test
    void forgetsTheMessageBefore() {
      wrap(HEADER, "0002", QUESTION, OPT, TSIG);

      assertThat(wrap(HEADER, "0000", QUESTION)).isEqualTo(Outcome.OK);
      assertThat(cursor.hasOpt()).isFalse();
      assertThat(cursor.hasTsig()).isFalse();
      assertThat(wrap("12340100", "0000", "0000", "0000", "0000")).isEqualTo(Outcome.FORMERR);
      assertThat(cursor.hasQuestion()).isFalse();
      assertThat(cursor.questionEnd()).isEqualTo(Header.OCTETS);
    }

    @Test
    void mayLieInALargerArray() {
      byte[] message = HexFormat.of().parseHex(HEADER + "0000" + QUESTION);
      byte[] buffer = Arrays.copyOf(message, 4096);
      Arrays.fill(buffer, message.length, buffer.length, (byte) 0xff);

      assertThat(cursor.wrap(buffer, message.length)).isEqualTo(Outcome.OK);
      assertThat(cursor.length()).isEqualTo(message.length);
    }
  }

  @Nested
  class WhatIsDropped {
    @ParameterizedTest(name = "{0} octets")
    @ValueSource(ints = {0, 1, 11})
    void aMessageShorterThanAHeader(int octets) {
      assertThat(cursor.wrap(new byte[12], octets)).isEqualTo(Outcome.DROP);
    }

    @Test
    void aResponseSinceAnAnswerToItCouldGoOnForEver() {
      assertThat(wrap("12348100", "0001", "0000", "0000", "0000", QUESTION))
          .isEqualTo(Outcome.DROP);
      assertThat(wrap("1234f800", "0000", "0000", "0000", "0000")).isEqualTo(Outcome.DROP);
    }
  }

  @Nested
  @Rfc(number = 1035, section = "4.1.2")
  class TheQuestion {
    @Test
    void cutShortAnywhereIsFormerr() {
      byte[] message = HexFormat.of().parseHex(HEADER + "0000" + QUESTION);
      for (int octets = Header.OCTETS; octets < message.length; octets++) {
        assertThat(cursor.wrap(message, octets)).isEqualTo(Outcome.FORMERR);
        assertThat(cursor.hasQuestion()).isFalse();
      }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
      "c00c,   a pointer to itself",
      "c000,   a pointer into the header",
      "c010,   a pointer forward",
      "0161c00c, a pointer behind a label",
      "40,     a label of the type 01",
      "80,     a label of the type 10"
    })
    void withANameThatIsNotPlainIsFormerr(String name, String what) {
      assertThat(wrap(HEADER, "0000", name, "0001", "0001", "00000000000000000000"))
          .as(what)
          .isEqualTo(Outcome.FORMERR);
    }

    @Test
    void of255OctetsIsReadAndOf256Not() {
      String label = "3f" + "78".repeat(63);

      assertThat(wrap(HEADER, "0000", label.repeat(3), "3d", "78".repeat(61), "00", "0001", "0001"))
          .isEqualTo(Outcome.OK);
      assertThat(cursor.qname().length()).isEqualTo(255);
      assertThat(wrap(HEADER, "0000", label.repeat(3), "3e", "78".repeat(62), "00", "0001", "0001"))
          .isEqualTo(Outcome.FORMERR);
    }

    @Test
    @Rfc(number = 9619, section = "4")
    void isOneAndNoOtherNumber() {
      assertThat(wrap("12340100", "0000", "0000", "0000", "0000")).isEqualTo(Outcome.FORMERR);
      assertThat(wrap("12340100", "0002", "0000", "0000", "0000", QUESTION, QUESTION))
          .isEqualTo(Outcome.FORMERR);
    }
  }

  @Nested
  @Rfc(number = 1035, section = "4.1.3")
  class TheRecords {
    @Test
    void cutShortAnywhereAreFormerrWithTheQuestionKept() {
      byte[] message = HexFormat.of().parseHex(HEADER + "0002" + QUESTION + A + OPT);
      for (int octets = 29; octets < message.length; octets++) {
        assertThat(cursor.wrap(message, octets)).isEqualTo(Outcome.FORMERR);
        assertThat(cursor.hasQuestion()).isTrue();
      }
      assertThat(cursor.wrap(message, message.length)).isEqualTo(Outcome.OK);
    }

    @Test
    void fewerThanCountedAreFormerr() {
      assertThat(wrap(HEADER, "0001", QUESTION)).isEqualTo(Outcome.FORMERR);
      assertThat(wrap("12340100", "0001", "ffff", "ffff", "ffff", QUESTION, A))
          .isEqualTo(Outcome.FORMERR);
    }

    @Test
    void moreThanCountedAreFormerr() {
      assertThat(wrap(HEADER, "0000", QUESTION, "00")).isEqualTo(Outcome.FORMERR);
      assertThat(wrap(HEADER, "0000", QUESTION, OPT)).isEqualTo(Outcome.FORMERR);
      assertThat(wrap(HEADER, "0001", QUESTION, OPT, "00")).isEqualTo(Outcome.FORMERR);
    }

    @Test
    void withRdataThatRunsOutOfTheMessageAreFormerr() {
      assertThat(wrap(HEADER, "0001", QUESTION, "00", "0001", "0001", "00000000", "0001"))
          .isEqualTo(Outcome.FORMERR);
      assertThat(wrap(HEADER, "0001", QUESTION, "00", "0001", "0001", "00000000", "ffff", "00"))
          .isEqualTo(Outcome.FORMERR);
    }
  }

  @Nested
  @Rfc(number = 1035, section = "4.1.4")
  class CompressionPointers {
    private static final String FRAME = "0001" + "0001" + "00000000" + "0000";

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
      "c00c,     OK,      to the question",
      "c010,     OK,      into the question",
      "0161c00c, OK,      behind a label",
      "c01d,     FORMERR, to itself",
      "c01e,     FORMERR, into itself",
      "c01f,     FORMERR, forward",
      "ffff,     FORMERR, far outside",
      "c000,     FORMERR, into the header",
      "c00b,     FORMERR, to the end of the header",
      "0161c01d, FORMERR, to the label before it: a loop",
      "c0,       FORMERR, cut in half",
    })
    void mustPointBackwardToAName(String owner, Outcome outcome, String what) {
      String frame = owner.equals("c0") ? "" : FRAME;

      assertThat(wrap(HEADER, "0001", QUESTION, owner, frame)).as(what).isEqualTo(outcome);
    }

    @Test
    void mayFollowOneAnother() {
      assertThat(
              wrap(HEADER, "0003", QUESTION, "0161c00c", FRAME, "0162c01d", FRAME, "c02b", FRAME))
          .isEqualTo(Outcome.OK);
    }

    @Test
    void thatJoinANameOfMoreThan255OctetsAreFormerr() {
      String label = "3f" + "78".repeat(63);
      String question = label.repeat(3) + "00" + "0001" + "0001";

      assertThat(wrap(HEADER, "0001", question, "3d", "79".repeat(61), "c00c", FRAME))
          .isEqualTo(Outcome.OK);
      assertThat(wrap(HEADER, "0001", question, "3e", "79".repeat(62), "c00c", FRAME))
          .isEqualTo(Outcome.FORMERR);
    }

    @Test
    void inALongBackwardChainAreFollowedToTheirEnd() {
      StringBuilder records = new StringBuilder("c00c" + FRAME);
      int count = 4000;
      for (int i = 1; i < count; i++) {
        records.append("%04x".formatted(0xc000 | ((29 + 12 * (i - 1)) & 0x3fff))).append(FRAME);
        if (29 + 12 * i >= 0x3fff) {
          count = i + 1;
        }
      }
      assertThat(wrap(HEADER, "%04x".formatted(count), QUESTION, records.toString()))
          .isEqualTo(Outcome.OK);
    }
  }

  @Nested
  @Rfc(number = 8945, section = "5.1")
  class TsigInOddPlaces {
    @Test
    void inFrontOfAnotherRecordIsFormerr() {
      assertThat(wrap(HEADER, "0002", QUESTION, TSIG, OPT)).isEqualTo(Outcome.FORMERR);
    }

    @Test
    void twiceIsFormerr() {
      assertThat(wrap(HEADER, "0002", QUESTION, TSIG, TSIG)).isEqualTo(Outcome.FORMERR);
    }

    @Test
    void outsideTheAdditionalSectionIsFormerr() {
      assertThat(wrap("12340100", "0001", "0001", "0000", "0000", QUESTION, TSIG))
          .isEqualTo(Outcome.FORMERR);
      assertThat(wrap("12340100", "0001", "0000", "0001", "0000", QUESTION, TSIG))
          .isEqualTo(Outcome.FORMERR);
      assertThat(wrap("12340100", "0001", "0000", "0001", "0001", QUESTION, TSIG, OPT))
          .isEqualTo(Outcome.FORMERR);
    }
  }

  @Nested
  @Rfc(number = 6891, section = "6.1.2")
  class EdnsOptions {
    private static final String COOKIE_AND_EXPIRE = "000a" + "0002" + "0009" + "0009" + "0000";

    @Test
    void areFoundByTheirCode_notByWhatIsInOthers() {
      wrap(HEADER, "0001", QUESTION, "00", "0029", "04d0", "00000000", "000a", COOKIE_AND_EXPIRE);
      assertThat(cursor.hasOption(9)).isTrue();
      assertThat(cursor.hasOption(10)).isTrue();
      assertThat(cursor.hasOption(3)).isFalse();
      wrap(HEADER, "0001", QUESTION, "00", "0029", "04d0", "00000000", "0006", "000a00020009");
      assertThat(cursor.hasOption(9)).isFalse();
    }

    @Test
    void areNotThereWithoutOpt() {
      wrap(HEADER, "0000", QUESTION);
      assertThat(cursor.hasOption(0)).isFalse();
    }
  }

  @Nested
  @Rfc(number = 1995, section = "3")
  class TheSerialOfAnSoaInTheAuthoritySection {
    private static final String ONE_AUTHORITY = "12340100" + "0001" + "0000" + "0001" + "0000";
    private static final String TIMERS = "00000000".repeat(4);

    private OptionalInt serial(String... rest) {
      assertThat(wrap(ONE_AUTHORITY, QUESTION, String.join("", rest))).isEqualTo(Outcome.OK);
      return cursor.authoritySerialBits();
    }

    @Test
    void isRead_withNamesCompressedOrNot() {
      String head = "c00c" + "0006" + "0001" + "00000000";
      assertThat(serial(head, "0018", "c00c", "c00c", "fffffffe", TIMERS)).hasValue(-2);
      assertThat(serial(head, "001a", "016100", "016200", "00000007", TIMERS)).hasValue(7);
    }

    @Test
    void isNotThere_ifTheRecordIsNone_orIsCutShort() {
      String head = "c00c" + "0006" + "0001" + "00000000";
      assertThat(serial(head, "0006", "c00c", "c00c", "0000")).isEmpty();
      assertThat(serial(head, "0000")).isEmpty();
      assertThat(serial(head, "0004", "0161c012")).isEmpty();
      assertThat(serial(A)).isEmpty();
    }

    @Test
    void isNotLookedForInOtherSections() {
      String soa = "c00c" + "0006" + "0001" + "00000000" + "0018" + "c00cc00c00000007" + TIMERS;
      assertThat(wrap(HEADER, "0001", QUESTION, soa)).isEqualTo(Outcome.OK);
      assertThat(cursor.authoritySerialBits()).isEmpty();
    }
  }

  @Nested
  class AnyOctets {
    private static final int MESSAGES = 100_000;

    @Test
    void areReadAsDnsjavaReadsThemOrNotAtAll() {
      HostileMessages messages =
          new HostileMessages(
              20261122, List.of(WireName.parse("www.example."), WireName.parse("x.y.example.")));
      Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
      for (int i = 0; i < MESSAGES; i++) {
        byte[] message = messages.next();
        Outcome outcome = cursor.wrap(message, message.length);
        outcomes.merge(outcome, 1, Integer::sum);
        if (outcome == Outcome.OK) {
          Oracle.assertAgrees(cursor, message);
          assertThat(cursor.authoritySerialBits()).isNotNull();
        }
        assertThat(new QueryCursor().wrap(message, message.length)).isEqualTo(outcome);
      }
      // A generator that makes only one kind of message would prove nothing.
      assertThat(outcomes).hasSize(Outcome.values().length);
      assertThat(outcomes.values()).allMatch(count -> count > MESSAGES / 100);
    }

    @Test
    void thatAreNoiseNeverThrow() {
      Random random = new Random(1);
      for (int i = 0; i < MESSAGES; i++) {
        byte[] noise = new byte[random.nextInt(80)];
        random.nextBytes(noise);
        if (cursor.wrap(noise, noise.length) == Outcome.OK) {
          Oracle.assertAgrees(cursor, noise);
          assertThat(cursor.authoritySerialBits()).isNotNull();
        }
      }
    }
  }
}
