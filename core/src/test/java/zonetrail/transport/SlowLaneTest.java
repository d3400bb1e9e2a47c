package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TSIGRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.answer.ServerIdentity;
import zonetrail.answer.guard.Cookies;
import zonetrail.authority.Input;
import zonetrail.authority.Primary;
import zonetrail.authority.ReplyHandle;
import zonetrail.wire.Rfc;

/// The client is dnsjava's, so what it verifies a second implementation has verified.
class SlowLaneTest {
  private final MemorySource source = TestZones.source();
  private final PublishedZones published = new PublishedZones();
  private final AuthorityLoop authority =
      new AuthorityLoop(new Primary(Duration.ZERO), source, published, AuthorityLoop.steadyClock());
  private final SlowLane lane = TestZones.slowLane(published, authority);

  @BeforeEach
  void start() {
    authority.start(MemorySource.known(source.commit()));
  }

  @AfterEach
  void close() {
    lane.close();
    authority.close();
  }

  /// What came back for a request, and whether its signature is good.
  private record Reply(Message message, int octets, int verdict) {
    int tsigError() {
      return message.getTSIG().getError();
    }

    int macOctets() {
      return message.getTSIG().getSignature().length;
    }
  }

  private Reply ask(Message request, TSIG key, TestExchange exchange) throws Exception {
    return ask(lane, request, key, exchange);
  }

  private static Reply ask(SlowLane lane, Message request, TSIG key, TestExchange exchange)
      throws Exception {
    key.apply(request, null);
    byte[] octets = request.toWire();
    TSIGRecord signature = request.getTSIG();
    assertThat(lane.take(octets, octets.length, exchange)).isTrue();
    byte[] reply = exchange.awaitReply();
    Message message = new Message(reply);
    assertThat(message.getHeader().getID()).isEqualTo(request.getHeader().getID());
    assertThat(message.getHeader().getFlag(Flags.QR)).isTrue();
    int verdict = message.getTSIG() == null ? -1 : key.verify(message, reply, signature);
    return new Reply(message, reply.length, verdict);
  }

  private static Message notifyOf(String zone) throws IOException {
    return TestZones.notify(zone, Type.SOA, DClass.IN);
  }

  @Nested
  @Rfc(number = 8945, section = "5.3")
  class ASignedQuery {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void getsASignedAnswer(boolean stream) throws Exception {
      TestExchange exchange = stream ? TestExchange.tcp() : TestExchange.udp();
      Message query = TestZones.query("www.example.com.", Type.A);
      Reply reply = ask(query, TestZones.tsig(), exchange);
      assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
      assertThat(reply.message().getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(reply.message().getHeader().getFlag(Flags.AA)).isTrue();
      assertThat(reply.message().getSection(Section.ANSWER)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 512", "600, 600", "700, 700"})
    void thatDoesNotFitBesideItsSignatureIsTruncated_andTheSignatureIsGood(int edns, int limit)
        throws Exception {
      Message query = TestZones.query("big.example.com.", Type.TXT);
      if (edns > 0) {
        query.addRecord(new OPTRecord(edns, 0, 0), Section.ADDITIONAL);
      }
      Reply reply = ask(query, TestZones.tsig(), TestExchange.udp());
      assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
      assertThat(reply.message().getHeader().getFlag(Flags.TC)).isTrue();
      assertThat(reply.octets()).isLessThanOrEqualTo(limit);
    }

    @Test
    void isWholeOverTcp() throws Exception {
      Message query = TestZones.query("big.example.com.", Type.TXT);
      Reply reply = ask(query, TestZones.tsig(), TestExchange.tcp());
      assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
      assertThat(reply.message().getSection(Section.ANSWER)).hasSize(3);
    }
  }

  @Nested
  class WithCookiesAndAName {
    private static final byte[] CLIENT = {1, 2, 3, 4, 5, 6, 7, 8};
    private final SlowLane lane =
        TestZones.slowLane(
            published,
            authority,
            new AnswerPolicy(
                null,
                new Cookies(List.of(new byte[Cookies.SECRET_OCTETS])),
                new ServerIdentity(null, "ns1")));

    @AfterEach
    void close() {
      lane.close();
    }

    private Reply ask(Message request, EDNSOption... options) throws Exception {
      request.addRecord(new OPTRecord(1232, 0, 0, 0, options), Section.ADDITIONAL);
      return SlowLaneTest.ask(lane, request, TestZones.tsig(), TestExchange.udp());
    }

    @ParameterizedTest
    @ValueSource(ints = {Opcode.QUERY, Opcode.NOTIFY, Opcode.UPDATE})
    @Rfc(number = 7873, section = "5.2.3")
    void everyResponseBringsTheClientsPartBackAndOursWithIt(int opcode) throws Exception {
      Reply reply = ask(request(opcode), new GenericEDNSOption(EDNSOption.Code.COOKIE, CLIENT));

      assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
      CookieOption cookie =
          (CookieOption) reply.message().getOPT().getOptions(EDNSOption.Code.COOKIE).getFirst();
      assertThat(cookie.getClientCookie()).isEqualTo(CLIENT);
      assertThat(cookie.getServerCookie()).hasValueSatisfying(ours -> assertThat(ours).hasSize(16));
    }

    @ParameterizedTest
    @ValueSource(ints = {Opcode.QUERY, Opcode.NOTIFY, Opcode.UPDATE})
    @Rfc(number = 7873, section = "5.2.2")
    void anOptionThatIsNoCookieIsFormerr_signed(int opcode) throws Exception {
      Reply reply =
          ask(request(opcode), new GenericEDNSOption(EDNSOption.Code.COOKIE, new byte[7]));

      assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
      assertThat(reply.message().getRcode()).isEqualTo(Rcode.FORMERR);
      assertThat(reply.message().getOPT().getOptions(EDNSOption.Code.COOKIE)).isEmpty();
    }

    @Test
    @Rfc(number = 5001, section = "3")
    void aSignedQueryIsToldTheName() throws Exception {
      Reply reply =
          ask(
              TestZones.query("www.example.com.", Type.A),
              new GenericEDNSOption(EDNSOption.Code.NSID, new byte[0]));

      assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
      EDNSOption nsid = reply.message().getOPT().getOptions(EDNSOption.Code.NSID).getFirst();
      assertThat(nsid.toWire()).endsWith("ns1".getBytes(StandardCharsets.US_ASCII));
    }

    private Message request(int opcode) throws IOException {
      return switch (opcode) {
        case Opcode.NOTIFY -> notifyOf("example.com.");
        case Opcode.UPDATE -> new Update(Name.fromString("example.com."));
        default -> TestZones.query("www.example.com.", Type.A);
      };
    }
  }

  @Nested
  @Rfc(number = 8945, section = "5.2")
  class ASignatureThatIsNotGood {
    @Test
    void ofAKeyUnknownHereIsBadkey_unsigned() throws Exception {
      TSIG stranger = TestZones.tsig("x._notify.example.com.", TestZones.SECRET, TestZones.NOW);
      Reply reply = ask(notifyOf("example.com."), stranger, TestExchange.udp());
      assertThat(reply.message().getRcode()).isEqualTo(Rcode.NOTAUTH);
      assertThat(reply.tsigError()).isEqualTo(Rcode.BADKEY);
      assertThat(reply.macOctets()).isZero();
    }

    @Test
    void withAnotherSecretIsBadsig_unsigned() throws Exception {
      TSIG forger =
          TestZones.tsig(
              TestZones.KEY_NAME, "YW5vdGhlciBzZWNyZXQgb2YgdGhlIHNhbWUgbGVuZ3Ro", TestZones.NOW);
      Reply reply = ask(notifyOf("example.com."), forger, TestExchange.udp());
      assertThat(reply.message().getRcode()).isEqualTo(Rcode.NOTAUTH);
      assertThat(reply.tsigError()).isEqualTo(Rcode.BADSIG);
      assertThat(reply.macOctets()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-301, 301})
    void outOfTimeIsBadtime_signed_withTheServersTime(int seconds) throws Exception {
      Instant clientTime = TestZones.NOW.plusSeconds(seconds);
      TSIG late = TestZones.tsig(TestZones.KEY_NAME, TestZones.SECRET, clientTime);
      Reply reply = ask(notifyOf("example.com."), late, TestExchange.udp());
      assertThat(reply.message().getRcode()).isEqualTo(Rcode.NOTAUTH);
      assertThat(reply.tsigError()).isEqualTo(Rcode.BADTIME);
      assertThat(reply.macOctets()).isEqualTo(32);
      byte[] serverTime = reply.message().getTSIG().getOther();
      assertThat(new java.math.BigInteger(1, serverTime).longValueExact())
          .isEqualTo(TestZones.NOW.getEpochSecond());
    }

    @Test
    void fetchesNothing() throws Exception {
      source.awaitFetch(); // the one at start, which is left hanging
      TSIG stranger = TestZones.tsig("x._notify.example.com.", TestZones.SECRET, TestZones.NOW);
      ask(notifyOf("example.com."), stranger, TestExchange.udp());
      assertThat(source.hasBegun()).isFalse();
    }
  }

  @Nested
  @Rfc(number = 1996, section = "3.7")
  class ASignedNotify {
    @Test
    void isAnsweredSigned_whenTheFetchIsDone() throws Exception {
      MemorySource.MemoryFetch atStart = source.awaitFetch();
      Message notify = notifyOf("example.com.");
      TestZones.tsig().apply(notify, null);
      byte[] octets = notify.toWire();
      TSIGRecord signature = new Message(octets).getTSIG();
      TestExchange exchange = TestExchange.udp();
      assertThat(lane.take(octets, octets.length, exchange)).isTrue();
      source.put("example.com", TestZones.zone(2));
      atStart.goes(source::commit);
      MemorySource.MemoryFetch itsOwn = source.awaitFetch();
      assertThat(exchange.hasReply()).isFalse();
      itsOwn.goes(source::commit);
      byte[] reply = exchange.awaitReply();
      Message message = new Message(reply);
      assertThat(message.getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(message.getHeader().getOpcode()).isEqualTo(org.xbill.DNS.Opcode.NOTIFY);
      assertThat(TestZones.tsig().verify(message, reply, signature)).isEqualTo(Rcode.NOERROR);
    }

    @ParameterizedTest
    @CsvSource({"example.com., A, IN", "example.com., SOA, CH", "example.com., ANY, IN"})
    void thatDoesNotSpeakOfASoaOfClassInIsAFormatError(String zone, String type, String dclass)
        throws Exception {
      Message notify = TestZones.notify(zone, Type.value(type), DClass.value(dclass));
      Reply reply = ask(notify, TestZones.tsig(), TestExchange.udp());
      assertThat(reply.message().getRcode()).isEqualTo(Rcode.FORMERR);
      assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void forAZoneOutsideTheKeysScopeIsRefused_signed() throws Exception {
      Reply reply = ask(notifyOf("example.net."), TestZones.tsig(), TestExchange.udp());
      assertThat(reply.message().getRcode()).isEqualTo(Rcode.REFUSED);
      assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void isAServerFailureWhenTheAuthorityIsClosed() throws Exception {
      authority.close();
      Reply reply = ask(notifyOf("example.com."), TestZones.tsig(), TestExchange.udp());
      assertThat(reply.message().getRcode()).isEqualTo(Rcode.SERVFAIL);
      assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
    }
  }

  @Test
  void aSignedUpdateIsForTheAuthority_whichMayHaveNowhereToCommitIt() throws Exception {
    Reply reply = ask(TestZones.update("example.com."), TestZones.tsig(), TestExchange.tcp());
    assertThat(reply.message().getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Rfc(number = 2136, section = "7.8")
  void twoUpdatesThatWaitAtOnePort_areRepliedToAgain_asDatagrams(boolean stream) throws Exception {
    BlockingQueue<Input> taken = new LinkedBlockingQueue<>();
    List<TestExchange> exchanges = new ArrayList<>();
    try (SlowLane held = TestZones.slowLane(published, holding(taken))) {
      List<ReplyHandle> handles = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        TestExchange exchange = stream ? TestExchange.tcp() : TestExchange.udp();
        exchanges.add(exchange);
        Message update = TestZones.update("example.com.");
        TestZones.tsig().apply(update, null);
        byte[] octets = update.toWire();
        assertThat(held.take(octets, octets.length, exchange)).isTrue();
        handles.add(((Input.UpdateReceived) taken.take()).reply());
      }
      handles.getFirst().reply(zonetrail.wire.Rcode.NOERROR, null);
      handles.getLast().replyBadTime();
    }
    assertThat(exchanges)
        .allSatisfy(
            each -> assertThat(each.repeats()).isEqualTo(stream ? List.of() : SharedPorts.AGAIN));
  }

  /// An authority that takes what is posted, and does nothing about it.
  private static Authority holding(BlockingQueue<Input> taken) {
    return (Authority)
        Proxy.newProxyInstance(
            Authority.class.getClassLoader(),
            new Class<?>[] {Authority.class},
            (_, _, arguments) -> taken.add((Input) arguments[0]));
  }

  @ParameterizedTest
  @ValueSource(ints = {Opcode.QUERY, Opcode.NOTIFY, Opcode.UPDATE})
  @Rfc(number = 6891, section = "6.1.3")
  void anotherVersionOfEdnsIsBadvers_signed_whateverIsAskedFor(int opcode) throws Exception {
    Message request = notifyOf("example.com.");
    request.getHeader().setOpcode(opcode);
    request.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);
    Reply reply = ask(request, TestZones.tsig(), TestExchange.udp());
    assertThat(reply.verdict()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.message().getRcode()).isEqualTo(Rcode.BADVERS);
  }

  @Test
  void aFullLaneDropsAndCounts_andTakesAgainWhenThereIsRoom() throws Exception {
    Message query = TestZones.query("www.example.com.", Type.A);
    TestZones.tsig().apply(query, null);
    byte[] octets = query.toWire();
    CountDownLatch gate = new CountDownLatch(1);
    List<TestExchange> stuck = new ArrayList<>();
    for (int i = 0; i < SlowLane.MAX_MESSAGES; i++) {
      TestExchange exchange = TestExchange.stuckAt(gate);
      assertThat(lane.take(octets, octets.length, exchange)).isTrue();
      stuck.add(exchange);
    }
    TestExchange oneTooMany = TestExchange.udp();
    assertThat(lane.take(octets, octets.length, oneTooMany)).isFalse();
    assertThat(oneTooMany.isDetached()).isFalse();
    assertThat(lane.counters().dropped.sum()).isEqualTo(1);

    gate.countDown();
    for (TestExchange exchange : stuck) {
      assertThat(exchange.awaitReply()).isNotEmpty();
    }
    org.awaitility.Awaitility.await()
        .untilAsserted(
            () -> assertThat(lane.take(octets, octets.length, TestExchange.udp())).isTrue());
  }

  @Test
  void aClosedLaneGivesTheExchangeBackWithoutAReply() throws Exception {
    Message query = TestZones.query("www.example.com.", Type.A);
    TestZones.tsig().apply(query, null);
    byte[] octets = query.toWire();
    lane.close();
    TestExchange exchange = TestExchange.udp();
    assertThat(lane.take(octets, octets.length, exchange)).isTrue();
    assertThat(exchange.awaitReply()).isEmpty();
  }

  @Test
  @Rfc(number = 8945, section = "5.2")
  void aTsigRecordThatSaysAnErrorIsAFormatError_unsigned() throws Exception {
    Message query = TestZones.query("www.example.com.", Type.A);
    TestZones.tsig().apply(query, null);
    byte[] octets = query.toWire();
    octets[octets.length - 3] = Rcode.BADTIME; // the record ends with the error and an empty field
    TestExchange exchange = TestExchange.udp();
    assertThat(lane.take(octets, octets.length, exchange)).isTrue();
    Message reply = new Message(exchange.awaitReply());
    assertThat(reply.getRcode()).isEqualTo(Rcode.FORMERR);
    assertThat(reply.getTSIG()).isNull();
  }
}
