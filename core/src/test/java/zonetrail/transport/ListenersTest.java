package zonetrail.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static zonetrail.transport.TestMessages.ECHO;
import static zonetrail.transport.TestMessages.LATER;
import static zonetrail.transport.TestMessages.echoOf;
import static zonetrail.transport.TestMessages.id;
import static zonetrail.transport.TestMessages.message;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Tools;
import zonetrail.wire.Rfc;

class ListenersTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final TestMessages answers = new TestMessages();
  private final List<Listeners> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Listeners::close);
  }

  private Listeners listen(InetSocketAddress... addresses) throws ListenException {
    return listen(false, addresses);
  }

  private Listeners listen(boolean portable, InetSocketAddress... addresses)
      throws ListenException {
    Listeners listeners =
        Listeners.start(
            List.of(addresses),
            2,
            answers,
            StreamLimits.DEFAULT,
            new TransportCounters(),
            portable);
    started.add(listeners);
    return listeners;
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static void answersBothWays(InetSocketAddress server) throws IOException {
    byte[] query = message(11, ECHO);
    try (UdpClient client = new UdpClient()) {
      assertThat(client.ask(query, server).message()).isEqualTo(echoOf(query));
    }
    try (TcpClient client = new TcpClient(server)) {
      assertThat(client.ask(query)).isEqualTo(echoOf(query));
    }
  }

  @Nested
  class Start {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Rfc(number = 7766, section = "5")
    void portZero_takesOnePortForUdpAndTcp(boolean portable) throws IOException {
      InetSocketAddress server = listen(portable, at("127.0.0.1", 0)).boundAddresses().getFirst();
      assertThat(server.getAddress()).isEqualTo(LOOPBACK);
      assertThat(server.getPort()).isPositive();
      answersBothWays(server);
    }

    @Test
    void everyAddressOfTheList_isListenedOn() throws IOException {
      Listeners listeners = listen(at("127.0.0.1", 0), at("127.0.0.2", 0));
      assertThat(listeners.boundAddresses()).hasSize(2);
      for (InetSocketAddress server : listeners.boundAddresses()) {
        answersBothWays(server);
      }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bothWildcards_fitOnOnePort(boolean portable) throws IOException {
      int port = listen(portable, at("0.0.0.0", 0)).boundAddresses().getFirst().getPort();
      started.getFirst().close();
      Listeners listeners = listen(portable, at("0.0.0.0", port), at("::", port));
      assertThat(listeners.boundAddresses()).contains(at("0.0.0.0", port));
      answersBothWays(at("127.0.0.1", port));
    }

    @Test
    void addressThatAWildcardCovers_isListenedOnOnce() throws IOException {
      int port = listen(at("0.0.0.0", 0)).boundAddresses().getFirst().getPort();
      started.getFirst().close();
      Listeners listeners = listen(at("127.0.0.1", port), at("0.0.0.0", port));
      assertThat(listeners.boundAddresses()).containsExactly(at("0.0.0.0", port));
      answersBothWays(at("127.0.0.1", port));
    }

    @Test
    void portIsFreeAgain_afterClose() throws IOException {
      InetSocketAddress server = listen(at("127.0.0.1", 0)).boundAddresses().getFirst();
      for (int i = 0; i < 5; i++) {
        try (TcpClient client = new TcpClient(server)) {
          client.ask(message(1, ECHO));
        }
        started.getLast().close();
        started.getLast().close();
        listen(server);
      }
      answersBothWays(server);
    }

    @Test
    void withoutAddressOrThread_isAMistakeOfTheCaller() {
      assertThatThrownBy(() -> Listeners.start(List.of(), 1, answers))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> Listeners.start(List.of(at("127.0.0.1", 0)), 0, answers))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Nested
  class WhatCannotBeListenedOn {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void portTakenByAnotherTcpServer_saysSo(boolean portable) throws IOException {
      try (ServerSocket other = new ServerSocket(0, 1, LOOPBACK)) {
        int port = other.getLocalPort();
        assertThatThrownBy(() -> listen(portable, at("127.0.0.1", port)))
            .isInstanceOf(ListenException.class)
            .hasMessageStartingWith(
                "cannot listen on 127.0.0.1:%d/tcp: port %d is taken".formatted(port, port))
            .hasMessageContaining("ss -lptn sport = :" + port);
      }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void portTakenByAnotherUdpServer_saysSo(boolean portable) throws IOException {
      try (DatagramSocket other = atPortFreeForTcp()) {
        int port = other.getLocalPort();
        assertThatThrownBy(() -> listen(portable, at("127.0.0.1", port)))
            .isInstanceOf(ListenException.class)
            .hasMessageStartingWith(
                "cannot listen on 127.0.0.1:%d/udp: port %d is taken".formatted(port, port));
      }
    }

    /// What is listened on first is TCP, where some other program may have the port.
    private static DatagramSocket atPortFreeForTcp() throws IOException {
      while (true) {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
        try (ServerSocket _ = new ServerSocket(socket.getLocalPort(), 1, LOOPBACK)) {
          return socket;
        } catch (BindException taken) {
          socket.close();
        }
      }
    }

    @Test
    void portThatAnotherUdpServerWouldShare_isTakenAllTheSame() throws IOException {
      try (DatagramSocket other = new DatagramSocket(null)) {
        assumeTrue(
            other.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT),
            "needs a system with SO_REUSEPORT");
        other.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        other.bind(new InetSocketAddress(LOOPBACK, 0));
        assertThatThrownBy(() -> listen(at("127.0.0.1", other.getLocalPort())))
            .isInstanceOf(ListenException.class)
            .hasMessageContaining("/udp: port " + other.getLocalPort() + " is taken");
      }
    }

    @Test
    void nothingIsListenedOn_whenOneOfTheListCannotBe() throws IOException {
      int free = listen(at("127.0.0.1", 0)).boundAddresses().getFirst().getPort();
      started.getFirst().close();
      try (ServerSocket other = new ServerSocket(0, 1, LOOPBACK)) {
        assertThatThrownBy(
                () -> listen(at("127.0.0.1", free), at("127.0.0.1", other.getLocalPort())))
            .isInstanceOf(ListenException.class);
      }
      assertThatThrownBy(() -> new TcpClient(at("127.0.0.1", free)).close())
          .isInstanceOf(SocketException.class);
      new DatagramSocket(at("127.0.0.1", free)).close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void addressOfAnotherMachine_saysSo(boolean portable) {
      assertThatThrownBy(() -> listen(portable, at("198.51.100.77", 0)))
          .isInstanceOf(ListenException.class)
          .hasMessage(
              "cannot listen on 198.51.100.77:0/tcp: this machine does not have that address;"
                  + " 'ip address' shows those it has");
    }

    @Test
    void portWithoutTheRightToIt_saysWhichRight() throws IOException {
      try {
        listen(at("127.0.0.1", 1)).close();
        assumeTrue(false, "this user may bind port 1: run the tests unprivileged");
      } catch (ListenException refused) {
        assertThat(refused)
            .hasMessageStartingWith("cannot listen on 127.0.0.1:1/tcp: permission denied; ")
            .hasMessageContaining("CAP_NET_BIND_SERVICE")
            .hasMessageContaining("above 1023");
      }
    }
  }

  @Nested
  class Close {
    @Test
    void waitsForTheLateReplyToADatagram() throws Exception {
      Listeners listeners = listen(at("127.0.0.1", 0));
      InetSocketAddress server = listeners.boundAddresses().getFirst();
      try (UdpClient client = new UdpClient()) {
        client.send(message(21, LATER), server);
        TestMessages.Deferred later = answers.takeDeferred();
        Thread closing = Thread.ofPlatform().start(listeners::close);
        await().until(() -> !accepts(server));
        later.echo();
        assertThat(id(client.receive().message())).isEqualTo(21);
        closing.join();
      }
      assertThat(listeners.counters().lateReplies.sum()).isZero();
    }

    private static boolean accepts(InetSocketAddress server) {
      try (TcpClient _ = new TcpClient(server)) {
        return true;
      } catch (IOException _) {
        return false;
      }
    }

    @Test
    void endsItsThreads() throws Exception {
      Listeners listeners = listen(at("127.0.0.1", 0));
      assertThat(threads()).isPositive();
      listeners.close();
      await().untilAsserted(() -> assertThat(threads()).isZero());
    }

    private static long threads() {
      return Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> thread.getName().startsWith("zonetrail-net-"))
          .count();
    }
  }

  /// Clients that are not ours agree with what we think of UDP and TCP.
  @Nested
  @Rfc(number = 7766, section = "5")
  class RealClients {
    @Test
    @RequiresTool(value = "dig", debian = "bind9-dnsutils")
    void dig_isAnswered_overUdpAndTcp() throws Exception {
      InetSocketAddress server = listen(at("127.0.0.1", 0)).boundAddresses().getFirst();
      List<String> common =
          List.of("@127.0.0.1", "-p", "" + server.getPort(), "+tries=1", "+time=5");
      assertThat(run("dig", common, "example.com", "A")).contains("status: NOERROR");
      assertThat(run("dig", common, "+tcp", "example.com", "A")).contains("status: NOERROR");
      String three =
          run(
              "dig",
              common,
              "+tcp",
              "+keepopen",
              "a.example",
              "A",
              "b.example",
              "A",
              "c.example",
              "A");
      assertThat(three.split("status: NOERROR", -1)).hasSize(4);
    }

    @Test
    @RequiresTool(value = "kdig", debian = "knot-dnsutils")
    void kdig_isAnswered_overUdpAndTcp() throws Exception {
      InetSocketAddress server = listen(at("127.0.0.1", 0)).boundAddresses().getFirst();
      List<String> common =
          List.of("@127.0.0.1", "-p", "" + server.getPort(), "+retry=0", "+time=5");
      assertThat(run("kdig", common, "example.com", "A")).contains("status: NOERROR");
      assertThat(run("kdig", common, "+tcp", "+keepopen", "a.example", "A", "b.example", "A"))
          .contains("(TCP)")
          .contains("status: NOERROR");
    }

    private static String run(String tool, List<String> common, String... more) throws Exception {
      List<String> command = new ArrayList<>();
      command.add(Tools.require(tool).toString());
      command.addAll(common);
      command.addAll(List.of(more));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      return output;
    }
  }
}
