package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static zonetrail.transport.TestMessages.echoOf;
import static zonetrail.transport.TestMessages.id;
import static zonetrail.transport.TestMessages.message;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Header;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;

/// The rules of DNS over UDP, on Linux's own interface and on Java's.
@ParameterizedClass
@ValueSource(booleans = {false, true})
class DatagramListenerTest {
  @Parameter boolean portable;

  private final TestMessages answers = new TestMessages();
  private final TransportCounters counters = new TransportCounters();
  private Listeners listeners;

  @BeforeEach
  void start() {
    listeners = listen("127.0.0.1");
  }

  private Listeners listen(String address) {
    try {
      return Listeners.start(
          List.of(new InetSocketAddress(InetAddress.ofLiteral(address), 0)),
          2,
          answers,
          StreamLimits.DEFAULT,
          counters,
          portable);
    } catch (ListenException refused) {
      throw new AssertionError(refused);
    }
  }

  private void listenInstead(String address) {
    listeners.close();
    listeners = listen(address);
  }

  /// As [#listenInstead], where every address that leads here is heard.
  private void listenOnWildcard(String address) {
    listenInstead(address);
    assumeTrue(
        listeners.isNative(),
        "the portable way does not tell the address that was asked; the native one, on a 64-bit"
            + " Linux, is tested by the same tests");
  }

  @AfterEach
  void stop() {
    listeners.close();
  }

  private InetSocketAddress server() {
    return listeners.boundAddresses().getFirst();
  }

  private InetSocketAddress serverAt(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), server().getPort());
  }

  @Test
  @Rfc(number = 7766, section = "5")
  void answers_onTheSameTransport() throws IOException {
    try (UdpClient client = new UdpClient()) {
      byte[] query = message(7, TestMessages.ECHO);
      assertThat(client.ask(query, server()).message()).isEqualTo(echoOf(query));
    }
  }

  @Test
  void answersEveryOneOfABurst_fromManyClients() throws IOException {
    for (int round = 0; round < 20; round++) {
      try (UdpClient client = new UdpClient()) {
        Set<Integer> expected = new HashSet<>();
        for (int i = 0; i < 50; i++) {
          client.send(message(i, TestMessages.ECHO), server());
          expected.add(i);
        }
        Set<Integer> answered = new HashSet<>();
        for (int i = 0; i < 50; i++) {
          answered.add(id(client.receive().message()));
        }
        assertThat(answered).isEqualTo(expected);
      }
    }
    await().untilAsserted(() -> assertThat(counters.datagrams.sum()).isEqualTo(1_000));
  }

  @Nested
  @Rfc(number = 2181, section = "4.1")
  class Section4_1_ReplySourceAddress {
    @Test
    void replyComesFromTheAddressAsked_whenBoundToTheIpv4Wildcard() throws IOException {
      listenOnWildcard("0.0.0.0");
      try (UdpClient client = new UdpClient()) {
        for (String asked : List.of("127.0.0.1", "127.0.0.7", "127.0.0.8", "127.0.0.7")) {
          byte[] query = message(1, TestMessages.ECHO);
          UdpClient.Reply reply = client.ask(query, serverAt(asked));
          assertThat(reply.from()).isEqualTo(serverAt(asked));
          assertThat(reply.message()).isEqualTo(echoOf(query));
        }
      }
      assertThat(counters.replySourceUnknown.sum()).isZero();
    }

    @Test
    void everyQueryOfABurstIsAnswered_whileTheSocketOfItsAddressIsBeingOpened() throws IOException {
      listenOnWildcard("0.0.0.0");
      try (UdpClient client = new UdpClient()) {
        for (int i = 0; i < 100; i++) {
          client.send(message(i, TestMessages.ECHO), serverAt("127.0.0.9"));
        }
        Set<Integer> answered = new HashSet<>();
        for (int i = 0; i < 100; i++) {
          UdpClient.Reply reply = client.receive();
          assertThat(reply.from()).isEqualTo(serverAt("127.0.0.9"));
          answered.add(id(reply.message()));
        }
        assertThat(answered).hasSize(100);
      }
    }

    @Test
    void lateReplyComesFromTheAddressAsked_too() throws Exception {
      listenOnWildcard("0.0.0.0");
      try (UdpClient client = new UdpClient()) {
        client.send(message(3, TestMessages.LATER), serverAt("127.0.0.10"));
        TestMessages.Deferred later = answers.takeDeferred();
        assertThat(later.exchange().local()).isEqualTo(serverAt("127.0.0.10"));
        later.echo();
        assertThat(client.receive().from()).isEqualTo(serverAt("127.0.0.10"));
      }
    }

    @Test
    void replyComesFromTheAddressAsked_forEveryAddressOfTheMachine_whenBoundToTheIpv6Wildcard()
        throws IOException {
      List<InetAddress> own =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .filter(one -> one instanceof Inet6Address)
              .toList();
      InetAddress loopback = InetAddress.ofLiteral("::1");
      assumeTrue(
          own.stream().anyMatch(InetAddress::isLoopbackAddress), "needs ::1 on an interface");
      listenInstead("::");
      try (UdpClient client = new UdpClient(loopback)) {
        for (InetAddress asked : own) {
          if (!asked.isLinkLocalAddress()) { // ::1 can't reach those.
            InetSocketAddress at = new InetSocketAddress(asked, server().getPort());
            byte[] query = message(2, TestMessages.ECHO);
            assertThat(client.ask(query, at).from().getAddress().getHostAddress())
                .isEqualTo(withoutScope(asked));
          }
        }
      }
    }

    private static String withoutScope(InetAddress address) {
      return address.getHostAddress().replaceFirst("%.*", "");
    }

    @Test
    void everyAddressOfARoutedPrefixReplies() throws IOException {
      listenOnWildcard("0.0.0.0");
      try (UdpClient client = new UdpClient()) {
        for (int i = 0; i < 300; i++) {
          InetSocketAddress asked = serverAt("127.0.%d.%d".formatted(1 + i / 200, 1 + i % 200));
          UdpClient.Reply reply = client.ask(message(i, TestMessages.ECHO), asked);
          assertThat(id(reply.message())).isEqualTo(i);
          assertThat(reply.from()).isEqualTo(asked);
        }
      }
      assertThat(counters.replySourceUnknown.sum()).isZero();
    }

    @Test
    void wildcard_isEveryAddressOfTheMachine() throws IOException {
      listenInstead("0.0.0.0");
      try (UdpClient client = new UdpClient()) {
        assertThat(client.ask(message(1, TestMessages.ECHO), serverAt("127.0.0.1")).from())
            .isEqualTo(serverAt("127.0.0.1"));
      }
    }

    @Test
    void lateReplyComesFromTheAddressAsked_alsoOverIpv6() throws Exception {
      listenInstead("::");
      InetSocketAddress asked = serverAt("::1");
      try (UdpClient client = new UdpClient(InetAddress.ofLiteral("::1"))) {
        client.send(message(3, TestMessages.LATER), asked);
        TestMessages.Deferred later = answers.takeDeferred();
        assertThat(later.exchange().local()).isEqualTo(asked);
        assertThat(later.exchange().client()).isEqualTo(client.address());
        later.echo();
        assertThat(client.receive().from()).isEqualTo(asked);
      }
    }
  }

  @Nested
  class WhatIsNotAnswered {
    @Test
    void datagramWithoutRoomForAHeader_isDroppedAndCounted() throws IOException {
      try (UdpClient client = new UdpClient()) {
        client.send(new byte[Header.OCTETS - 1], server());
        client.send(new byte[0], server());
        byte[] query = message(1, TestMessages.ECHO);
        assertThat(client.ask(query, server()).message()).isEqualTo(echoOf(query));
      }
      assertThat(counters.datagramsTooShort.sum()).isEqualTo(2);
    }

    @Test
    void datagramOverTheBound_isDroppedAndCounted_butOneAtTheBoundIsNot() throws IOException {
      int most = DatagramListener.MAX_DATAGRAM_OCTETS;
      byte[] longest = message(1, TestMessages.ECHO, "x".repeat(most - Header.OCTETS - 1));
      try (UdpClient client = new UdpClient()) {
        client.send(message(2, TestMessages.ECHO, "x".repeat(most - Header.OCTETS)), server());
        client.send(new byte[60_000], server());
        assertThat(client.ask(longest, server()).message()).isEqualTo(echoOf(longest));
      }
      assertThat(counters.datagramsTooLong.sum()).isEqualTo(2);
    }

    @Test
    void datagramToABroadcastAddress_isDroppedAndCounted() throws IOException {
      listenOnWildcard("0.0.0.0");
      try (UdpClient client = new UdpClient()) {
        client.send(message(1, TestMessages.ECHO), serverAt("127.255.255.255"));
        byte[] query = message(2, TestMessages.ECHO);
        assertThat(id(client.ask(query, serverAt("127.0.0.1")).message())).isEqualTo(2);
      }
      // Each loop's socket hears it.
      await().untilAsserted(() -> assertThat(counters.datagramsNotAnswerable.sum()).isPositive());
    }

    @Test
    void answererThatSaysNothing_sendsNothing() throws IOException {
      try (UdpClient client = new UdpClient()) {
        client.send(message(1, TestMessages.NOTHING), server());
        assertThat(id(client.ask(message(2, TestMessages.ECHO), server()).message())).isEqualTo(2);
      }
    }
  }

  @Nested
  class WhenTheAnswererFails {
    @Test
    void clientGetsServfailWithItsId_andTheLoopGoesOn() throws IOException {
      try (UdpClient client = new UdpClient()) {
        byte[] query = message(0xabcd, TestMessages.FAIL);
        Header.putU16(query, Header.FLAGS, Header.RD);
        byte[] reply = client.ask(query, server()).message();
        assertThat(reply).hasSize(Header.OCTETS);
        assertThat(id(reply)).isEqualTo(0xabcd);
        assertThat(Header.u16(reply, Header.FLAGS))
            .isEqualTo(Header.QR | Header.RD | Rcode.SERVFAIL.value());
        for (int i = 0; i < 100; i++) {
          client.ask(message(i, TestMessages.FAIL), server());
        }
        assertThat(client.ask(message(1, TestMessages.ECHO), server()).message()).isNotEmpty();
      }
      assertThat(counters.answererFailures.sum()).isEqualTo(101);
    }

    @Test
    void aResponse_getsNoServfail() throws IOException {
      byte[] response = message(1, TestMessages.FAIL);
      Header.putU16(response, Header.FLAGS, Header.QR);
      try (UdpClient client = new UdpClient()) {
        client.send(response, server());
        assertThat(id(client.ask(message(2, TestMessages.ECHO), server()).message())).isEqualTo(2);
      }
    }

    @Test
    void replyThatIsTooLong_isAFailure() throws IOException {
      try (UdpClient client = new UdpClient()) {
        byte[] reply = client.ask(message(5, TestMessages.TOO_BIG), server()).message();
        assertThat(Header.rcode(Header.u16(reply, Header.FLAGS))).isEqualTo(Rcode.SERVFAIL.value());
      }
      assertThat(counters.answererFailures.sum()).isEqualTo(1);
    }

    @Test
    void deferringWithoutDetaching_isAFailure() throws IOException {
      try (UdpClient client = new UdpClient()) {
        byte[] query = message(5, TestMessages.DEFER_AND_FORGET_TO_DETACH);
        assertThat(Header.rcode(Header.u16(client.ask(query, server()).message(), Header.FLAGS)))
            .isEqualTo(Rcode.SERVFAIL.value());
      }
    }

    @Test
    void detachedExchangeOfAFailedMessage_isWorthless() throws Exception {
      try (UdpClient client = new UdpClient()) {
        client.ask(message(5, TestMessages.DETACH_AND_FAIL), server());
        answers.takeDeferred().echo();
        assertThat(id(client.ask(message(6, TestMessages.ECHO), server()).message())).isEqualTo(6);
      }
      assertThat(counters.repeatedReplies.sum()).isEqualTo(1);
    }
  }

  @Nested
  class LateReplies {
    @Test
    void reachTheClient_fromAnotherThread() throws Exception {
      try (UdpClient client = new UdpClient()) {
        byte[] query = message(9, TestMessages.LATER);
        client.send(query, server());
        TestMessages.Deferred later = answers.takeDeferred();
        assertThat(later.exchange().client()).isEqualTo(client.address());
        assertThat(later.exchange().local()).isEqualTo(server());
        assertThat(later.exchange().isStream()).isFalse();
        later.echo();
        assertThat(client.receive().message()).isEqualTo(echoOf(query));
      }
    }

    @Test
    void areAwaitedWhenTheServerIsClosed() throws Exception {
      try (UdpClient client = new UdpClient()) {
        client.send(message(1, TestMessages.LATER), server());
        TestMessages.Deferred later = answers.takeDeferred();
        Thread closing = Thread.ofVirtual().start(listeners::close);
        later.echo();
        assertThat(id(client.receive().message())).isEqualTo(1);
        closing.join();
      }
      assertThat(counters.lateReplies.sum()).isZero();
    }

    @Test
    void onlyTheFirstCounts() throws Exception {
      try (UdpClient client = new UdpClient()) {
        client.send(message(1, TestMessages.LATER), server());
        TestMessages.Deferred later = answers.takeDeferred();
        later.echo();
        later.echo();
        assertThat(id(client.receive().message())).isEqualTo(1);
        assertThat(id(client.ask(message(2, TestMessages.ECHO), server()).message())).isEqualTo(2);
      }
      assertThat(counters.repeatedReplies.sum()).isEqualTo(1);
    }

    @Test
    void areDroppedAndCounted_whenTheServerIsClosed() throws Exception {
      TestMessages.Deferred later;
      try (UdpClient client = new UdpClient()) {
        client.send(message(1, TestMessages.LATER), server());
        later = answers.takeDeferred();
      }
      listeners.close();
      later.echo();
      assertThat(counters.lateReplies.sum()).isEqualTo(1);
    }

    @Test
    void ofAnImpossibleLength_areRefusedToWhoeverGivesThem() throws Exception {
      try (UdpClient client = new UdpClient()) {
        client.send(message(1, TestMessages.LATER), server());
        TestMessages.Deferred later = answers.takeDeferred();
        assertThatThrownBy(() -> later.exchange().reply(new byte[70_000], 70_000))
            .isInstanceOf(IllegalArgumentException.class);
        later.echo();
        assertThat(id(client.receive().message())).isEqualTo(1);
      }
    }
  }

  @Test
  void tenThousandRandomDatagrams_doNotStopIt() throws IOException {
    Random random = new Random(20261122);
    try (UdpClient noise = new UdpClient();
        UdpClient client = new UdpClient()) {
      for (int i = 0; i < 10_000; i++) {
        byte[] octets = new byte[random.nextInt(600)];
        random.nextBytes(octets);
        noise.send(octets, server());
      }
      byte[] query = message(4, TestMessages.ECHO);
      assertThat(client.askPatiently(query, server()).message()).isEqualTo(echoOf(query));
    }
    // The socket's buffer may have been too small for all of them; some must have come through.
    assertThat(counters.datagrams.sum()).isGreaterThan(100);
  }
}
