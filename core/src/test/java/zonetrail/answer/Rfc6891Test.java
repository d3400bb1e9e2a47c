package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.Rfc;

/// EDNS.
class Rfc6891Test {
  private static final String OPT = "0000290200000000000000";

  private final TestServer server =
      TestServer.serving(
          ZoneText.zone(
              "example.",
              """
              @    3600 SOA ns host 1 2 3 4 900
              www  60   A   192.0.2.1
              """));

  private static Message queryWith(OPTRecord... opts) {
    Message query = TestServer.query("www.example.", "A");
    for (OPTRecord opt : opts) {
      query.addRecord(opt, Section.ADDITIONAL);
    }
    return query;
  }

  /// A question for `www.example. A` with these octets after it, and counts to match.
  private static byte[] request(int additionals, String hex) {
    String header = "123400000001000000000" + "%03x".formatted(additionals);
    return HexFormat.of().parseHex(header + "03777777" + "076578616d706c6500" + "00010001" + hex);
  }

  @Nested
  @Rfc(number = 6891, section = "6.1.1")
  class Section6_1_1_BasicElements {
    @Test
    void aResponseHasAnOptRecordIfTheQueryHadOne() {
      OPTRecord opt = server.ask(queryWith(new OPTRecord(1232, 0, 0))).message().getOPT();

      assertThat(opt).isNotNull();
      assertThat(opt.getPayloadSize()).isEqualTo(ResponseWriter.MAX_UDP_PAYLOAD_OCTETS);
      assertThat(opt.getVersion()).isZero();
      assertThat(opt.getOptions()).isEmpty();
    }

    @Test
    void aResponseHasNoOptRecordIfTheQueryHadNone() {
      assertThat(server.ask("www.example.", "A").message().getOPT()).isNull();
    }

    @Test
    void negativeAndRefusedAnswersHaveOneToo() {
      Message nothing = TestServer.query("nothing.example.", "A");
      nothing.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
      Message outside = TestServer.query("outside.", "A");
      outside.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);

      assertThat(server.ask(nothing).message().getOPT()).isNotNull();
      assertThat(server.ask(outside).message().getOPT()).isNotNull();
    }

    /// Two questions, each for `www.example. A`; RFC 9619 §4 has them answered by FORMERR.
    @Test
    void aResponseToARequestThatHasNoOneQuestionHasOneToo() {
      String question = "03777777" + "076578616d706c6500" + "00010001";
      String rest = question + question + OPT;
      byte[] two = HexFormat.of().parseHex("123400000002000000000001" + rest);
      byte[] none = HexFormat.of().parseHex("123400000000000000000001" + OPT);

      for (byte[] request : List.of(two, none)) {
        Reply reply = server.askRaw(request);
        assertThat(reply.rcode()).isEqualTo("FORMERR");
        assertThat(reply.message().getOPT()).isNotNull();
        assertThat(reply.message().getSection(Section.QUESTION)).isEmpty();
      }
    }

    @Test
    void twoOptRecordsAreFormerr() {
      Reply reply = server.askRaw(request(2, OPT + OPT));

      assertThat(reply.rcode()).isEqualTo("FORMERR");
      assertThat(reply.answer()).isEmpty();
    }

    @Test
    void anOptRecordNotOwnedByTheRootIsFormerr() {
      assertThat(server.askRaw(request(1, "0161000029020000000000000000")).rcode())
          .isEqualTo("FORMERR");
    }

    @Test
    void anOptRecordOutsideTheAdditionalSectionIsFormerr() {
      byte[] inAnswer = request(1, OPT);
      inAnswer[7] = 1;
      inAnswer[11] = 0;
      byte[] inAuthority = request(1, OPT);
      inAuthority[9] = 1;
      inAuthority[11] = 0;

      assertThat(server.askRaw(inAnswer).rcode()).isEqualTo("FORMERR");
      assertThat(server.askRaw(inAuthority).rcode()).isEqualTo("FORMERR");
    }
  }

  @Nested
  @Rfc(number = 6891, section = "6.1.2")
  class Section6_1_2_WireFormat {
    @Test
    void anUnknownOptionIsIgnored() {
      OPTRecord opt =
          new OPTRecord(
              1232, 0, 0, 0, java.util.List.of(new GenericEDNSOption(65001, new byte[7])));

      Reply reply = server.ask(queryWith(opt));

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.answer()).hasSize(1);
      assertThat(reply.message().getOPT().getOptions()).isEmpty();
    }

    @Test
    void anEmptyOptionIsIgnored() {
      assertThat(server.askRaw(request(1, "0000290200000000000004" + "fde90000")).rcode())
          .isEqualTo("NOERROR");
    }

    @Test
    void anOptionThatRunsOutOfTheRecordIsFormerr() {
      assertThat(server.askRaw(request(1, "0000290200000000000004" + "fde90001")).rcode())
          .isEqualTo("FORMERR");
      assertThat(server.askRaw(request(1, "0000290200000000000003" + "fde900")).rcode())
          .isEqualTo("FORMERR");
    }
  }

  @Nested
  @Rfc(number = 6891, section = "6.1.3")
  class Section6_1_3_Version {
    @Test
    void aVersionThatWeDoNotSpeakIsBadversWithOurs() {
      Reply reply = server.ask(queryWith(new OPTRecord(1232, 0, 1)));

      assertThat(reply.message().getRcode()).isEqualTo(org.xbill.DNS.Rcode.BADVERS);
      assertThat(reply.message().getOPT().getVersion()).isZero();
      assertThat(reply.answer()).isEmpty();
      assertThat(reply.authoritative()).isFalse();
    }

    @Test
    void theHighestVersionIsBadversToo() {
      assertThat(server.ask(queryWith(new OPTRecord(1232, 0, 255))).message().getRcode())
          .isEqualTo(org.xbill.DNS.Rcode.BADVERS);
    }
  }

  @Nested
  @Rfc(number = 6891, section = "6.1.4")
  class Section6_1_4_Flags {
    @Test
    @Rfc(number = 3225, section = "3")
    void doIsCopied() {
      assertThat(
              server
                  .ask(queryWith(new OPTRecord(1232, 0, 0, 0x8000)))
                  .message()
                  .getOPT()
                  .getFlags())
          .isEqualTo(0x8000);
    }

    @Test
    void otherFlagsAreIgnoredAndComeBackClear() {
      Reply reply = server.ask(queryWith(new OPTRecord(1232, 0, 0, 0x7fff)));

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.message().getOPT().getFlags()).isZero();
    }
  }

  @Nested
  @Rfc(number = 6891, section = "6.2.3")
  class Section6_2_3_TheRequestorsPayloadSize {
    @Test
    void lessThan512IsTakenFor512() {
      assertThat(payloadOctets(new OPTRecord(0, 0, 0))).isEqualTo(512);
      assertThat(payloadOctets(new OPTRecord(511, 0, 0))).isEqualTo(512);
      assertThat(payloadOctets(new OPTRecord(513, 0, 0))).isEqualTo(513);
      assertThat(payloadOctets(new OPTRecord(65535, 0, 0))).isEqualTo(65535);
    }

    @Test
    void withoutEdnsItIs512() {
      assertThat(payloadOctets()).isEqualTo(512);
    }

    private int payloadOctets(OPTRecord... opts) {
      byte[] request = queryWith(opts).toWire();
      QueryCursor cursor = new QueryCursor();
      assertThat(cursor.wrap(request, request.length)).isEqualTo(QueryCursor.Outcome.OK);
      return cursor.udpPayloadOctets();
    }
  }
}
