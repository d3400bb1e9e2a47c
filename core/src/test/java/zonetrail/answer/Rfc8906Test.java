package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.Rfc;

/// What a server must not do wrong, in the order of the RFC's own list of tests (§8).
class Rfc8906Test {
  private static final String SOA = "example. 3600 SOA ns.example. host.example. 1 2 3 4 900";

  private final TestServer server =
      TestServer.serving(
          ZoneText.zone(
              "example.",
              """
              @    3600 SOA ns host 1 2 3 4 900
              www  60   A   192.0.2.1
              big  60   TXT "%1$s" "%1$s" "%1$s"
              """
                  .formatted("x".repeat(250))));

  @Nested
  @Rfc(number = 8906, section = "8.1")
  class Section8_1_BasicDns {
    @Test
    void section8_1_1_theServerIsConfiguredForTheZone() {
      Reply reply = server.ask("example.", "SOA");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.flags()).isEqualTo("qr aa");
      assertThat(reply.answer()).containsExactly(SOA);
      assertThat(reply.message().getOPT()).isNull();
    }

    @ParameterizedTest(name = "TYPE{0}")
    @ValueSource(ints = {1000, 65280, 65535, 129, 248})
    void section8_1_2_anUnknownTypeIsNodata(int type) {
      Reply reply = server.ask(TestServer.query("example.", type, DClass.IN));

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.flags()).isEqualTo("qr aa");
      assertThat(reply.answer()).isEmpty();
    }

    @Test
    void section8_1_3_1_cdIsCopied() {
      Message query = TestServer.query("example.", "SOA");
      query.getHeader().setFlag(Flags.CD);

      Reply reply = server.ask(query);

      assertThat(reply.flags()).isEqualTo("qr aa cd");
      assertThat(reply.answer()).containsExactly(SOA);
    }

    @Test
    void section8_1_3_2_adIsIgnoredAndComesBackClear() {
      Message query = TestServer.query("example.", "SOA");
      query.getHeader().setFlag(Flags.AD);

      Reply reply = server.ask(query);

      assertThat(reply.flags()).isEqualTo("qr aa");
      assertThat(reply.answer()).containsExactly(SOA);
    }

    @ParameterizedTest(name = "flags {0}")
    @CsvSource({"0040, z", "0080, ra", "0400, aa", "0200, tc", "0047, z and rcode"})
    void section8_1_3_3_otherBitsAreIgnoredAndComeBackClear(String flags, String what) {
      byte[] request = TestServer.query("example.", "SOA").toWire();
      byte[] bits = HexFormat.of().parseHex(flags);
      request[2] |= bits[0];
      request[3] |= bits[1];

      Reply reply = server.askRaw(request);

      assertThat(reply.octets()[2]).as(what).isEqualTo((byte) 0x84);
      assertThat(reply.octets()[3]).as(what).isZero();
      assertThat(reply.answer()).containsExactly(SOA);
    }

    @ParameterizedTest(name = "opcode {0}")
    @ValueSource(ints = {1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void section8_1_4_anUnknownOpcodeIsNotimp(int opcode) {
      byte[] headerOnly = new byte[12];
      headerOnly[0] = 0x12;
      headerOnly[2] = (byte) (opcode << 3);

      Reply reply = server.askRaw(headerOnly);

      assertThat(reply.rcode()).isEqualTo("NOTIMP");
      assertThat(reply.flags()).isEqualTo("qr");
      assertThat(reply.message().getHeader().getOpcode()).isEqualTo(opcode);
      assertThat(reply.size()).isEqualTo(12);
    }

    @Test
    @Rfc(number = 8906, section = "7")
    void section7_anUnknownOpcodeIsNotimpHoweverTheRestLooks() {
      assertThat(server.askRaw(HexFormat.of().parseHex("123478000001000200030004ffffffff")).rcode())
          .isEqualTo("NOTIMP");
    }

    @Test
    void anUnknownOpcodeWithAQuestionGetsItBack() {
      Message query = TestServer.query("www.example.", "A");
      query.getHeader().setOpcode(2);

      Reply reply = server.ask(query);

      assertThat(reply.rcode()).isEqualTo("NOTIMP");
      assertThat(reply.message().getQuestion()).isEqualTo(query.getQuestion());
    }
  }

  @Nested
  @Rfc(number = 8906, section = "8.2")
  class Section8_2_ExtendedDns {
    private Reply askSoa(int version, int flags, GenericEDNSOption... options) {
      Message query = TestServer.query("example.", "SOA");
      query.addRecord(new OPTRecord(4096, 0, version, flags, List.of(options)), Section.ADDITIONAL);
      return server.ask(query);
    }

    private void assertAnswered(Reply reply) {
      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.answer()).containsExactly(SOA);
      assertThat(reply.message().getOPT().getVersion()).isZero();
    }

    private void assertBadvers(Reply reply) {
      assertThat(reply.message().getRcode()).isEqualTo(16);
      assertThat(reply.answer()).isEmpty();
      assertThat(reply.message().getOPT().getVersion()).isZero();
    }

    @Test
    void section8_2_1_minimalEdns() {
      assertAnswered(askSoa(0, 0));
    }

    @Test
    void section8_2_2_ednsVersion1() {
      assertBadvers(askSoa(1, 0));
    }

    @Test
    void section8_2_3_unknownOptions() {
      Reply reply = askSoa(0, 0, new GenericEDNSOption(100, new byte[0]));

      assertAnswered(reply);
      assertThat(reply.message().getOPT().getOptions()).isEmpty();
    }

    @Test
    void section8_2_4_unknownFlags() {
      Reply reply = askSoa(0, 0x40);

      assertAnswered(reply);
      assertThat(reply.message().getOPT().getFlags()).isZero();
    }

    @Test
    void section8_2_5_version1WithUnknownFlags() {
      assertBadvers(askSoa(1, 0x40));
    }

    @Test
    void section8_2_6_version1WithUnknownOptions() {
      assertBadvers(askSoa(1, 0, new GenericEDNSOption(100, new byte[0])));
    }

    @Test
    void section8_2_7_truncatedResponses() {
      Message query = TestServer.query("big.example.", "TXT");
      query.addRecord(new OPTRecord(512, 0, 0), Section.ADDITIONAL);

      Reply reply = server.askOverUdp(query, 512);

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.truncated()).isTrue();
      assertThat(reply.answer()).isEmpty();
      assertThat(reply.message().getOPT()).isNotNull();
    }

    @Test
    void section8_2_8_dnssecOk() {
      assertAnswered(askSoa(0, 0x8000));
      assertThat(askSoa(0, 0x8000).message().getOPT().getFlags()).isEqualTo(0x8000);
    }

    @Test
    void section8_2_9_version1WithDnssecOk() {
      assertBadvers(askSoa(1, 0x8000));
    }

    @Test
    void section8_2_10_multipleDefinedOptions() {
      // NSID, a client subnet, EXPIRE and a cookie: a responder with neither name nor cookies
      // answers EXPIRE alone.
      Reply reply =
          askSoa(
              0,
              0,
              new GenericEDNSOption(3, new byte[0]),
              new GenericEDNSOption(8, HexFormat.of().parseHex("00010000")),
              new GenericEDNSOption(9, new byte[0]),
              new GenericEDNSOption(10, HexFormat.of().parseHex("0102030405060708")));

      assertAnswered(reply);
      assertThat(reply.message().getOPT().getOptions())
          .singleElement()
          .satisfies(option -> assertThat(option.getCode()).isEqualTo(9));
    }
  }

  @Nested
  @Rfc(number = 6895, section = "3.1")
  class MetaTypesAsQuestions {
    @Test
    void pseudoRecordsAreNoQuestion() {
      assertThat(server.ask("example.", "OPT").rcode()).isEqualTo("FORMERR");
      assertThat(server.ask("example.", "TSIG").rcode()).isEqualTo("FORMERR");
      assertThat(server.ask("example.", "TKEY").rcode()).isEqualTo("FORMERR");
      assertThat(server.ask(TestServer.query("example.", 128, DClass.IN)).rcode())
          .as("NXNAME")
          .isEqualTo("FORMERR");
    }

    @Test
    void aTransferIsRefusedWhereNobodyTookItBefore() {
      assertThat(server.ask("example.", "AXFR").rcode()).isEqualTo("REFUSED");
      assertThat(server.ask("example.", "IXFR").rcode()).isEqualTo("REFUSED");
    }

    @Test
    void outOfOurZonesTheAnswerIsTheSame() {
      assertThat(server.ask("elsewhere.", "OPT").rcode()).isEqualTo("FORMERR");
      assertThat(server.ask("elsewhere.", "AXFR").rcode()).isEqualTo("REFUSED");
    }

    @Test
    void typeZeroIsNodata() {
      assertThat(server.ask(TestServer.query("www.example.", 0, DClass.IN)).rcode())
          .isEqualTo("NOERROR");
    }
  }

  @Nested
  @Rfc(number = 8482, section = "4.1")
  class AnyIsAnsweredSmall {
    @Test
    void oneRrsetStandsForAll() {
      TestServer many =
          TestServer.serving(
              ZoneText.zone(
                  "example.",
                  """
                  @    3600 SOA ns host 1 2 3 4 900
                  @    3600 NS  ns
                  @    60   TXT "a"
                  @    60   MX  1 mx
                  """));

      Reply reply = many.ask(TestServer.query("example.", Type.ANY, DClass.IN));

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.answer()).containsExactly("example. 3600 NS ns.example.");
    }

    @Test
    void aNameThatDoesNotExistIsStillANameError() {
      assertThat(server.ask("nothing.example.", "ANY").rcode()).isEqualTo("NXDOMAIN");
    }
  }

  @Nested
  @Rfc(number = 9619, section = "4")
  class OneQuestion {
    @ParameterizedTest(name = "QDCOUNT {0}")
    @ValueSource(ints = {0, 2, 255})
    void anyOtherNumberIsFormerr(int count) {
      byte[] request = TestServer.query("www.example.", "A").toWire();
      request[5] = (byte) count;

      assertThat(server.askRaw(request).rcode()).isEqualTo("FORMERR");
    }
  }

  @Nested
  @Rfc(number = 4343, section = "4")
  class TheCaseOfNames {
    @Test
    void theQuestionComesBackOctetForOctet() {
      byte[] request = TestServer.query("wWw.eXAmple.", "A").toWire();

      byte[] response = server.askRaw(request).octets();

      assertThat(java.util.Arrays.copyOfRange(response, 12, request.length))
          .isEqualTo(java.util.Arrays.copyOfRange(request, 12, request.length));
    }

    @Test
    void theAnswerIsFoundInAnyCase() {
      assertThat(server.ask("WWW.EXAMPLE.", "A").answer())
          .containsExactly("WWW.EXAMPLE. 60 A 192.0.2.1");
    }
  }
}
