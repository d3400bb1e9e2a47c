package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import zonetrail.notify.NotifyPolicy;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;
import zonetrail.wire.Rfc;

/// Who asks for the SOA over TCP, signed with a key that may transfer, is told of changes over that
/// connection.
@Rfc(number = 1996, section = "3.1")
class NotifyRegistrationTest {
  private static final String ZONE = "example.com.";
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TSIG OF_ZONE = DnsClient.key("s._transfer.example.com.", SECRET);
  private static final TSIG OF_ALL = DnsClient.key("s._transfer.", SECRET);
  private static final TSIG HOOK = DnsClient.key("hook._notify.", SECRET);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private PrimaryServer server;

  @BeforeEach
  void start() throws Exception {
    keys("s._transfer.example.com.", "s._transfer.", "hook._notify.");
    Files.writeString(folder.resolve("example.com"), zone(1));
    Files.writeString(folder.resolve("example.net"), zone(5));
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    server =
        PrimaryServer.start(
            new FolderSource(ZoneFolder.open(folder)),
            new PrimaryServer.Settings(List.of(loopback), 1, Duration.ZERO)
                .withNotifies(NotifyPolicy.DEFAULT)
                .withHttp(loopback));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void keys(String... names) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(name).append(" DNSKEY 0 3 163 ").append(SECRET).append('\n');
    }
    Path file = Files.writeString(folder.resolve("_keys"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String zone(int serial) {
    return "$TTL 300\n@ SOA ns.example.org. h.example.org. %d 3600 900 604800 60\n@ NS ns.example.org.\n"
        .formatted(serial);
  }

  private DnsClient client() {
    return new DnsClient(server.boundAddresses().getFirst());
  }

  /// Opens a connection, asks for the SOA over it, and reads the answer.
  private Socket ask(String name, TSIG key) throws IOException {
    Socket socket = client().connect();
    socket.setSoTimeout(5_000);
    Message query = DnsClient.query(name, Type.SOA);
    query.setTSIG(key, Rcode.NOERROR, null);
    socket.getOutputStream().write(DnsClient.framed(query.toWire(Message.MAXLENGTH)));
    assertThat(new Message(DnsClient.receive(socket)).getHeader().getID())
        .isEqualTo(query.getHeader().getID());
    return socket;
  }

  private Socket registered(String name, TSIG key) throws IOException {
    long before = registrations();
    Socket socket = ask(name, key);
    await().atMost(PATIENCE).until(() -> registrations() > before);
    return socket;
  }

  private long registrations() throws IOException {
    return Metric.of(server.httpAddress(), "secondary_connections_registered");
  }

  private long outstanding() throws IOException {
    return Metric.of(server.httpAddress(), "secondary_notifies_outstanding");
  }

  private void publish(String zone, int serial) throws IOException {
    Files.writeString(folder.resolve(zone), zone(serial));
    client().notifyTcp(zone + ".", HOOK);
  }

  /// Reads a NOTIFY, checks its signature, and answers it.
  private static String take(Socket socket, TSIG key) throws IOException {
    byte[] octets = DnsClient.receive(socket);
    Message notify = new Message(octets);
    assertThat(notify.getHeader().getOpcode()).isEqualTo(Opcode.NOTIFY);
    assertThat(key.verify(notify, octets, null)).isEqualTo(Rcode.NOERROR);
    Name zone = notify.getQuestion().getName();
    Message answer = new Message(notify.getHeader().getID());
    answer.getHeader().setOpcode(Opcode.NOTIFY);
    answer.getHeader().setFlag(Flags.QR);
    answer.addRecord(Record.newRecord(zone, Type.SOA, DClass.IN), Section.QUESTION);
    answer.setTSIG(key, Rcode.NOERROR, notify.getTSIG());
    socket.getOutputStream().write(DnsClient.framed(answer.toWire(Message.MAXLENGTH)));
    return zone + " " + ((SOARecord) notify.getSection(Section.ANSWER).getFirst()).getSerial();
  }

  @Test
  void changeOfTheZone_isToldOverTheConnection_untilItIsAnswered() throws Exception {
    try (Socket socket = registered(ZONE, OF_ZONE)) {
      publish("example.net", 6);
      publish("example.com", 2);
      assertThat(take(socket, OF_ZONE)).isEqualTo("example.com. 2");
      await().atMost(PATIENCE).until(() -> outstanding() == 0);
      publish("example.com", 3);
      assertThat(take(socket, OF_ZONE)).isEqualTo("example.com. 3");
    }
  }

  @Test
  void whoAsksForTheRoot_isToldOfEveryZone_andOfThoseToCome() throws Exception {
    try (Socket socket = registered(".", OF_ALL)) {
      TreeSet<String> told = new TreeSet<>();
      told.add(take(socket, OF_ALL));
      told.add(take(socket, OF_ALL));
      assertThat(told).containsExactly("example.com. 1", "example.net. 5");
      publish("new.example", 1);
      assertThat(take(socket, OF_ALL)).isEqualTo("new.example. 1");
      Files.delete(folder.resolve("example.net"));
      client().notifyTcp("example.net.", HOOK);
      assertThat(take(socket, OF_ALL)).isEqualTo("example.net. 5");
    }
  }

  @Test
  void zoneThatIsNotThereYet_isToldOf_whenItComes() throws Exception {
    try (Socket socket = registered("later.example.com.", OF_ZONE)) {
      publish("later.example.com", 9);
      assertThat(take(socket, OF_ZONE)).isEqualTo("later.example.com. 9");
    }
  }

  @Test
  void connectionThatEnds_endsIt() throws Exception {
    try (Socket socket = registered(ZONE, OF_ZONE)) {
      publish("example.com", 2);
      assertThat(DnsClient.receive(socket)).isNotEmpty();
    }
    await().atMost(PATIENCE).until(() -> outstanding() == 0 && registrations() == 0);
  }

  @Test
  void keyThatIsRemoved_endsIt() throws Exception {
    try (Socket socket = registered(ZONE, OF_ZONE)) {
      keys("hook._notify.");
      publish("example.com", 2);
      await().atMost(PATIENCE).until(() -> registrations() == 0);
      assertNothingComes(socket);
    }
  }

  @Test
  void keyThatMayOnlyNotify_registersNothing_norDoesAZoneBesideTheKeysOwn() throws Exception {
    try (Socket hook = ask(ZONE, HOOK);
        Socket other = ask("example.net.", OF_ZONE);
        Socket _ = registered(ZONE, OF_ZONE)) {
      assertThat(registrations()).isEqualTo(1);
      publish("example.com", 2);
      publish("example.net", 6);
      assertNothingComes(hook);
      assertNothingComes(other);
    }
  }

  private static void assertNothingComes(Socket socket) throws IOException {
    socket.setSoTimeout(200);
    assertThatThrownBy(() -> DnsClient.receive(socket))
        .isInstanceOfAny(SocketTimeoutException.class, EOFException.class);
  }
}
