package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import zonetrail.authority.Event;
import zonetrail.authority.NotifyEvent;
import zonetrail.authority.ZoneFiles;
import zonetrail.notify.NotifyPolicy;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// NOTIFYs over real sockets; the secondary that takes them is a socket of the test.
class NotifyLaneTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String KEY = "127.0.0.1.127.0.0.1._transfer.example.com";

  private final MemorySource source = new MemorySource().put("example.com", TestZones.zone(7));
  private final PublishedZones published = new PublishedZones();
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();
  private final InstantSource clock = AuthorityLoop.steadyClock();
  private ZoneFiles files = ZoneFiles.NONE;
  private DatagramSocket secondary;
  private NotifyLane lane;

  @BeforeEach
  void begin() throws IOException {
    secondary = new DatagramSocket(0, LOOPBACK);
    secondary.setSoTimeout(5_000);
    lane = new NotifyLane(NotifyPolicy.OFF, clock, InstantSource.system(), events::add);
  }

  @AfterEach
  void end() {
    lane.close();
    secondary.close();
  }

  private void start(NotifyPolicy policy, String... listening) {
    lane = new NotifyLane(policy, clock, InstantSource.system(), events::add);
    published.watch(lane::published);
    publish();
    lane.start(
        Arrays.stream(listening)
            .map(address -> new InetSocketAddress(InetAddress.ofLiteral(address), 1))
            .toList());
  }

  private void startWithNamed() {
    start(
        new NotifyPolicy(
            true,
            53,
            List.of(
                new NotifyPolicy.Named(
                    new InetSocketAddress(LOOPBACK, secondary.getLocalPort()), null))),
        "127.0.0.1");
  }

  private void startWithKey() {
    source.put("_keys", KEY + ". DNSKEY 0 3 163 " + TestZones.SECRET + "\n");
    start(new NotifyPolicy(true, secondary.getLocalPort(), List.of()), "127.0.0.1");
  }

  private void publish() {
    files = files.advance(source.commit()).files();
    published.publish(files.publication());
  }

  private DatagramPacket receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
    secondary.receive(packet);
    return packet;
  }

  private static Message message(DatagramPacket packet) throws IOException {
    return new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  private static Message answer(Message notify, int rcode) {
    Message answer = new Message(notify.getHeader().getID());
    answer.getHeader().setOpcode(Opcode.NOTIFY);
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setRcode(rcode);
    answer.addRecord(notify.getQuestion(), Section.QUESTION);
    return answer;
  }

  private void reply(DatagramPacket to, byte[] octets) throws IOException {
    secondary.send(new DatagramPacket(octets, octets.length, to.getSocketAddress()));
  }

  private Message receiveAndAnswer() throws IOException {
    DatagramPacket packet = receive();
    Message notify = message(packet);
    reply(packet, answer(notify, Rcode.NOERROR).toWire());
    return notify;
  }

  private void changeIsTold() throws IOException {
    source.put("example.com", TestZones.zone(8));
    publish();
    assertThat(summary(receiveAndAnswer())).isEqualTo("example.com. 8");
  }

  private static String summary(Message notify) {
    return notify.getQuestion().getName()
        + " "
        + ((SOARecord) notify.getSection(Section.ANSWER).getFirst()).getSerial();
  }

  private void awaitNoneOutstanding() {
    await().atMost(Duration.ofSeconds(10)).until(() -> lane.outstanding() == 0);
  }

  private void expectSilence() throws IOException {
    secondary.setSoTimeout(200);
    try {
      throw new AssertionError("told of " + summary(message(receive())));
    } catch (SocketTimeoutException silence) {
      assertThat(lane.outstanding()).isZero();
    }
  }

  @Nested
  @Rfc(number = 1996, section = "3.1")
  class Section3_1_When {
    @Test
    void atTheStart_andForARaisedSerial_aNewZone_andOneThatIsGone() throws Exception {
      startWithNamed();
      assertThat(summary(receiveAndAnswer())).isEqualTo("example.com. 7");
      changeIsTold();
      source.put("new.example", TestZones.zone(1));
      publish();
      assertThat(summary(receiveAndAnswer())).isEqualTo("new.example. 1");
      source.remove("new.example");
      publish();
      assertThat(summary(receiveAndAnswer())).isEqualTo("new.example. 1");
      awaitNoneOutstanding();
      assertThat(lane.counters().answered.sum()).isEqualTo(4);
      assertThat(events)
          .hasSize(4)
          .allSatisfy(event -> assertThat(event).isInstanceOf(NotifyEvent.SecondaryNotified.class));
    }

    @Test
    void notWhereNothingChanged() throws Exception {
      startWithNamed();
      receiveAndAnswer();
      awaitNoneOutstanding();
      source.put("README", "no zone");
      publish();
      expectSilence();
    }

    @Test
    void ofTheLastOfManyChangesAtOnce() throws Exception {
      startWithNamed();
      assertThat(summary(receiveAndAnswer())).isEqualTo("example.com. 7");
      for (int serial = 8; serial <= 200; serial++) {
        source.put("example.com", TestZones.zone(serial));
        publish();
      }
      String told = "";
      while (!told.equals("example.com. 200")) {
        told = summary(receiveAndAnswer());
      }
      awaitNoneOutstanding();
      expectSilence();
    }

    @Test
    void whenATransferKeyIsNew_signedWithIt() throws Exception {
      start(new NotifyPolicy(true, secondary.getLocalPort(), List.of()), "127.0.0.1");
      source.put("_keys", KEY + ". DNSKEY 0 3 163 " + TestZones.SECRET + "\n");
      publish();
      DatagramPacket packet = receive();
      byte[] octets = Arrays.copyOf(packet.getData(), packet.getLength());
      TSIG key = new TSIG(TSIG.HMAC_SHA256, KEY + ".", TestZones.SECRET);
      Message notify = new Message(octets);
      assertThat(key.verify(notify, octets, null)).isEqualTo(Rcode.NOERROR);
      Message answer = answer(notify, Rcode.NOERROR);
      answer.setTSIG(key, Rcode.NOERROR, notify.getTSIG());
      reply(packet, answer.toWire(Message.MAXLENGTH));
      awaitNoneOutstanding();
      assertThat(lane.counters().answered.sum()).isEqualTo(1);
    }
  }

  /// The lane looks at what is published now and then, but who registers was answered from it.
  @Test
  void whoRegisters_hasAKeyThatWasPublishedAMomentAgo() throws Exception {
    startWithNamed();
    assertThat(summary(receiveAndAnswer())).isEqualTo("example.com. 7");
    changeIsTold();

    source.put("_keys", KEY + ". DNSKEY 0 3 163 " + TestZones.SECRET + "\n");
    publish();
    TsigKey key = TsigKey.parse(KEY + ":SHA256:" + TestZones.SECRET);
    WireName zone = WireName.parse("example.com");
    lane.register(new NotifyRegistrationsTest.Peer(1), key, zone, published.current());

    await().until(() -> lane.registered() == 1);
  }

  @Nested
  @Rfc(number = 1996, section = "3.6")
  class Section3_6_Answers {
    @Test
    void thatNeverCome_areAskedForAgain() throws Exception {
      startWithNamed();
      Message first = message(receive());
      Message second = receiveAndAnswer();
      assertThat(second.getHeader().getID()).isEqualTo(first.getHeader().getID());
      awaitNoneOutstanding();
      assertThat(lane.counters().sent.sum()).isEqualTo(2);
    }

    @Test
    void thatSayNo_endIt_andAreTold() throws Exception {
      startWithNamed();
      DatagramPacket packet = receive();
      reply(packet, answer(message(packet), Rcode.NOTAUTH).toWire());
      awaitNoneOutstanding();
      assertThat(lane.counters().refused.sum()).isEqualTo(1);
      assertThat(events)
          .singleElement()
          .satisfies(event ->
              assertThat(event.text())
                  .contains("example.com: 127.0.0.1:", "says NOTAUTH", "refresh time"));
    }

    @Test
    void withoutTheSignature_endNothing() throws Exception {
      startWithKey();
      DatagramPacket packet = receive();
      reply(packet, answer(message(packet), Rcode.NOERROR).toWire());
      await().atMost(Duration.ofSeconds(10)).until(() -> !events.isEmpty());
      assertThat(events.peek().text()).contains("is not believed: the response is not signed");
      assertThat(lane.outstanding()).isEqualTo(1);
      assertThat(summary(message(receive()))).isEqualTo("example.com. 7");
    }
  }

  @Nested
  class Whom {
    @Test
    void nobodyElsewhere_whereWeListenOnLoopbackAlone() throws Exception {
      source.put("example.com", TestZones.zone(7) + "@ NS ns2\nns2 300 A 192.0.2.2\n");
      start(NotifyPolicy.DEFAULT, "127.0.0.1");
      expectSilence();
      assertThat(lane.counters().sent.sum()).isZero();
    }
  }

  @Nested
  @Rfc(number = 1996, section = "3.5")
  class Section3_5_Tcp {
    private volatile Instant ahead = Instant.now();

    /// The clock is moved by who waits, so that the fifth attempt is near.
    private Instant fast() {
      return ahead;
    }

    @Test
    void isTried_whereDatagramsDoNotGetThrough() throws Exception {
      try (ServerSocket listening = new ServerSocket(0, 5, LOOPBACK)) {
        NotifyPolicy policy =
            new NotifyPolicy(
                true,
                53,
                List.of(
                    new NotifyPolicy.Named(
                        new InetSocketAddress(LOOPBACK, listening.getLocalPort()), null)));
        lane = new NotifyLane(policy, this::fast, InstantSource.system(), events::add);
        published.watch(lane::published);
        publish();
        lane.start(List.of(new InetSocketAddress(LOOPBACK, 1)));
        await()
            .pollInterval(Duration.ofMillis(20))
            .until(() -> {
              ahead = ahead.plusSeconds(10);
              lane.published(files.publication()); // it looks at the clock again
              return lane.counters().sent.sum() >= 5;
            });
        listening.setSoTimeout(20_000);
        try (Socket connection = listening.accept()) {
          DataInputStream in = new DataInputStream(connection.getInputStream());
          byte[] octets = new byte[in.readUnsignedShort()];
          in.readFully(octets);
          byte[] answer = answer(new Message(octets), Rcode.NOERROR).toWire();
          DataOutputStream out = new DataOutputStream(connection.getOutputStream());
          out.writeShort(answer.length);
          out.write(answer);
          awaitNoneOutstanding();
        }
        assertThat(lane.counters().answered.sum()).isEqualTo(1);
      }
    }
  }
}
