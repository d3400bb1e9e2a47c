package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.ServerIdentity;
import zonetrail.answer.guard.Cookies;
import zonetrail.answer.guard.RateLimit;
import zonetrail.authority.Primary;
import zonetrail.authority.ZoneFiles;
import zonetrail.wire.EdnsOption;
import zonetrail.wire.Rfc;

class FastLaneTest {
  private final MemorySource source = TestZones.source();
  private final PublishedZones published = new PublishedZones();
  private final AuthorityLoop authority =
      new AuthorityLoop(
          new Primary(Duration.ZERO), source, published, InstantSource.fixed(TestZones.NOW));
  private final SlowLane slowLane = TestZones.slowLane(published, authority);
  private final FastLane lane = laneWith(AnswerPolicy.PLAIN, new TransportCounters());
  private final byte[] response = new byte[Answerer.MAX_REPLY_OCTETS + 1];

  private FastLane laneWith(AnswerPolicy policy, TransportCounters counters) {
    return new FastLane(published, slowLane, counters, policy, InstantSource.fixed(TestZones.NOW));
  }

  @BeforeEach
  void publish() {
    published.publish(ZoneFiles.NONE.advance(source.commit()).files().publication());
  }

  @AfterEach
  void close() {
    slowLane.close();
    authority.close();
  }

  private Message answer(Message request, TestExchange exchange) throws IOException {
    byte[] octets = request.toWire();
    int length = lane.answer(octets, octets.length, response, exchange);
    return new Message(Arrays.copyOf(response, length));
  }

  @Test
  void aQueryIsAnsweredAtOnceFromWhatIsPublished() throws IOException {
    TestExchange exchange = TestExchange.udp();
    Message answer = answer(TestZones.query("www.example.com.", Type.A), exchange);
    assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
    assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(exchange.isDetached()).isFalse();

    source.put("example.com", TestZones.zone(2).replace("192.0.2.80", "192.0.2.81"));
    published.publish(ZoneFiles.NONE.advance(source.commit()).files().publication());
    assertThat(answer(TestZones.query("www.example.com.", Type.A), exchange).toString())
        .contains("192.0.2.81");
  }

  @Test
  @Rfc(number = 8906, section = "3.1.4")
  void aResponseIsDropped_soThatTwoServersNeverTalkForEver() throws IOException {
    Message message = TestZones.query("www.example.com.", Type.A);
    message.getHeader().setFlag(Flags.QR);
    byte[] octets = message.toWire();
    assertThat(lane.answer(octets, octets.length, response, TestExchange.udp()))
        .isEqualTo(Answerer.NO_REPLY);
  }

  @Test
  @Rfc(number = 1996, section = "3.11")
  void aNotifyWithoutSignatureIsRefused_andNothingIsFetched() throws IOException {
    for (TestExchange exchange : new TestExchange[] {TestExchange.udp(), TestExchange.tcp()}) {
      Message answer = answer(TestZones.notify("example.com.", Type.SOA, DClass.IN), exchange);
      assertThat(answer.getRcode()).isEqualTo(Rcode.REFUSED);
      assertThat(answer.getHeader().getOpcode()).isEqualTo(org.xbill.DNS.Opcode.NOTIFY);
      assertThat(answer.getSection(Section.QUESTION)).hasSize(1);
      assertThat(exchange.isDetached()).isFalse();
    }
    assertThat(source.hasBegun()).isFalse();
  }

  @Test
  void anUpdateWithoutSignatureIsRefused() throws IOException {
    assertThat(answer(TestZones.update("example.com."), TestExchange.tcp()).getRcode())
        .isEqualTo(Rcode.REFUSED);
  }

  @Test
  void aSignedMessageGoesToTheSlowLane_andItsAnswerComesLater() throws Exception {
    Message query = TestZones.query("www.example.com.", Type.A);
    TestZones.tsig().apply(query, null);
    byte[] octets = query.toWire();
    TestExchange exchange = TestExchange.udp();
    assertThat(lane.answer(octets, octets.length, response, exchange)).isEqualTo(Answerer.DEFERRED);
    Arrays.fill(octets, (byte) 0xff); // the loop uses its array again
    assertThat(new Message(exchange.awaitReply()).getSection(Section.ANSWER)).hasSize(1);
  }

  @Test
  @Rfc(number = 6891, section = "6.2.3")
  @Rfc(number = 6891, section = "6.2.5")
  void aDatagramHasAtMost512OctetsWithoutEdns_whatIsAnnouncedWithIt_and1232AtMost()
      throws IOException {
    Message query = TestZones.query("big.example.com.", Type.TXT);
    Message small = answer(query, TestExchange.udp());
    assertThat(small.numBytes()).isLessThanOrEqualTo(512);
    assertThat(small.getHeader().getFlag(Flags.TC)).isTrue();

    Message whole = answer(query, TestExchange.tcp());
    assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(whole.getSection(Section.ANSWER)).hasSize(3);

    for (int announced : new int[] {100, 512, 600, 900, 1232, 4096, 65_535}) {
      Message edns = TestZones.query("big.example.com.", Type.TXT);
      edns.addRecord(new org.xbill.DNS.OPTRecord(announced, 0, 0), Section.ADDITIONAL);
      byte[] octets = edns.toWire();
      int length = lane.answer(octets, octets.length, response, TestExchange.udp());
      assertThat(length).isLessThanOrEqualTo(Math.clamp(announced, 512, 1232));
      boolean truncated =
          new Message(Arrays.copyOf(response, length)).getHeader().getFlag(Flags.TC);
      assertThat(truncated).as("announced %d", announced).isEqualTo(announced < 900);
    }
  }

  @Nested
  class WithCookies {
    private static final byte[] CLIENT = {1, 2, 3, 4, 5, 6, 7, 8};
    private final FastLane lane =
        laneWith(
            new AnswerPolicy(
                null, new Cookies(List.of(new byte[Cookies.SECRET_OCTETS])), ServerIdentity.NONE),
            new TransportCounters());

    private Message ask(Message query, byte[] cookie) throws IOException {
      return ask(query, 0, cookie);
    }

    private Message ask(Message query, int version, byte[] cookie) throws IOException {
      query.addRecord(
          new OPTRecord(1232, 0, version, 0, new GenericEDNSOption(EdnsOption.COOKIE, cookie)),
          Section.ADDITIONAL);
      byte[] octets = query.toWire();
      int length = lane.answer(octets, octets.length, response, TestExchange.udp());
      return new Message(Arrays.copyOf(response, length));
    }

    private Message withoutQuestion() {
      Message query = new Message();
      query.getHeader().setOpcode(Opcode.QUERY);
      return query;
    }

    @Test
    @Rfc(number = 7873, section = "5.2.3")
    void anAnswerBringsTheClientsPartBackAndOursWithIt() throws IOException {
      Message answer = ask(TestZones.query("www.example.com.", Type.A), CLIENT);
      CookieOption cookie = (CookieOption) answer.getOPT().getOptions(EdnsOption.COOKIE).getFirst();

      assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
      assertThat(cookie.getClientCookie()).isEqualTo(CLIENT);
      assertThat(cookie.getServerCookie()).hasValueSatisfying(ours -> assertThat(ours).hasSize(16));
    }

    @Test
    @Rfc(number = 7873, section = "5.2.2")
    void anOptionThatIsNoCookieIsFormerr() throws IOException {
      assertThat(ask(TestZones.query("www.example.com.", Type.A), new byte[7]).getRcode())
          .isEqualTo(Rcode.FORMERR);
    }

    @Test
    @Rfc(number = 6891, section = "6.1.3")
    void anotherVersionOfEdnsIsBadversWhateverItsCookieSays() throws IOException {
      Message query = TestZones.query("www.example.com.", Type.A);

      assertThat(ask(query, 1, new byte[7]).getRcode()).isEqualTo(Rcode.BADVERS);
      Message notify = TestZones.notify("example.com.", Type.SOA, DClass.IN);
      assertThat(ask(notify, 1, CLIENT).getRcode()).isEqualTo(Rcode.BADVERS);
      assertThat(ask(withoutQuestion(), 1, CLIENT).getRcode()).isEqualTo(Rcode.BADVERS);
      assertThat(ask(withoutQuestion(), 1, new byte[24]).getRcode()).isEqualTo(Rcode.BADVERS);
    }

    @Test
    @Rfc(number = 7873, section = "5.4")
    void aCookieMayBeAskedForWithoutAQuestion() throws IOException {
      Message answer = ask(withoutQuestion(), CLIENT);

      assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(answer.getSection(Section.ANSWER)).isEmpty();
      assertThat(answer.getOPT().getOptions(EdnsOption.COOKIE)).hasSize(1);
      assertThat(ask(withoutQuestion(), new byte[24]).getRcode()).isEqualTo(Rcode.BADCOOKIE);
    }
  }

  @Nested
  class RateLimited {
    private final TransportCounters counters = new TransportCounters();
    private final FastLane limited =
        laneWith(
            new AnswerPolicy(
                new RateLimit(1, List.of(), 42, System.nanoTime()),
                new Cookies(List.of(new byte[Cookies.SECRET_OCTETS])),
                ServerIdentity.NONE),
            counters);

    private Message answer(byte[] response, int length) throws IOException {
      return new Message(Arrays.copyOf(response, length));
    }

    private int ask(Message query, byte[] response, TestExchange exchange) {
      byte[] message = query.toWire();
      return limited.answer(message, message.length, response, exchange);
    }

    @Test
    @Rfc(number = 7873, section = "5.2.5")
    void whoSendsBackOurCookieIsNotLimited() throws Exception {
      byte[] response = new byte[70_000];
      byte[] cookie = {1, 2, 3, 4, 5, 6, 7, 8};
      for (int i = 0; i < 20; i++) {
        Message query = TestZones.query("www.example.com.", Type.A);
        query.addRecord(
            new OPTRecord(1232, 0, 0, 0, new GenericEDNSOption(EdnsOption.COOKIE, cookie)),
            Section.ADDITIONAL);
        Message answer = answer(response, ask(query, response, TestExchange.udp()));
        assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
        cookie = cookieOf(answer);
      }
      assertThat(counters.sum(LoopCounters.What.RATE_LIMITED_DROPPED)).isZero();
    }

    @Test
    @Rfc(number = 7873, section = "5.2.3")
    void aTruncatedAnswerBringsACookieSoThatTheNextOneIsNotLimited() throws Exception {
      byte[] response = new byte[70_000];
      byte[] cookie = {1, 2, 3, 4, 5, 6, 7, 8};
      Message query = TestZones.query("www.example.com.", Type.A);
      query.addRecord(
          new OPTRecord(1232, 0, 0, 0, new GenericEDNSOption(EdnsOption.COOKIE, cookie)),
          Section.ADDITIONAL);
      ask(query, response, TestExchange.udp());
      ask(query, response, TestExchange.udp());
      Message truncated = answer(response, ask(query, response, TestExchange.udp()));

      assertThat(truncated.getHeader().getFlag(Flags.TC)).isTrue();
      assertThat(cookieOf(truncated)).hasSize(Cookies.COOKIE_OCTETS);
    }

    private byte[] cookieOf(Message answer) {
      CookieOption option = (CookieOption) answer.getOPT().getOptions(EdnsOption.COOKIE).getFirst();
      byte[] server = option.getServerCookie().orElseThrow();
      byte[] whole = Arrays.copyOf(option.getClientCookie(), 8 + server.length);
      System.arraycopy(server, 0, whole, 8, server.length);
      return whole;
    }

    @Test
    void theFirstAnswerIsWhole_theSecondIsNotSent_theThirdSaysToAskOverTcp() throws Exception {
      byte[] response = new byte[70_000];
      Message query = TestZones.query("www.example.com.", Type.A);
      assertThat(
              answer(response, ask(query, response, TestExchange.udp())).getSection(Section.ANSWER))
          .hasSize(1);
      assertThat(ask(query, response, TestExchange.udp())).isEqualTo(Answerer.NO_REPLY);
      Message truncated = answer(response, ask(query, response, TestExchange.udp()));
      assertThat(truncated.getHeader().getFlag(Flags.TC)).isTrue();
      assertThat(truncated.getHeader().getID()).isEqualTo(query.getHeader().getID());
      assertThat(truncated.getQuestion()).isEqualTo(query.getQuestion());
      assertThat(truncated.getSection(Section.ANSWER)).isEmpty();
      assertThat(counters.sum(LoopCounters.What.RATE_LIMITED_DROPPED)).isEqualTo(1);
      assertThat(counters.sum(LoopCounters.What.RATE_LIMITED_TRUNCATED)).isEqualTo(1);
    }

    @Test
    void overTcpEverythingIsAnswered() throws Exception {
      byte[] response = new byte[70_000];
      for (int i = 0; i < 50; i++) {
        Message query = TestZones.query("www.example.com.", Type.A);
        assertThat(
                answer(response, ask(query, response, TestExchange.tcp()))
                    .getSection(Section.ANSWER))
            .hasSize(1);
      }
    }

    @Test
    void namesThatDoNotExistShareOneBucket_readFromOurOwnResponses() throws Exception {
      byte[] response = new byte[70_000];
      ask(TestZones.query("a.example.com.", Type.A), response, TestExchange.udp());
      assertThat(ask(TestZones.query("x.y.example.com.", Type.A), response, TestExchange.udp()))
          .isEqualTo(Answerer.NO_REPLY);
    }
  }
}
