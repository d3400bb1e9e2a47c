package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import zonetrail.fixtures.Soak;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;

/// Reloads under a load of queries (P16): none is lost, and each answer is of one version.
class ReloadUnderLoadIT {
  private static final int RELOADS = Soak.Times.of("reloads", 150, 1_000);
  private static final int CLIENTS = 2;

  /// What a client waits between an answer and the next query: with none, the clients take most of
  /// the processor, and the reloads ten times as long.
  private static final long PAUSE_NANOS = Long.getLong("pause", 100_000);

  private static final String ZONE = "example.com";
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TSIG KEY = DnsClient.key("hook._notify.", SECRET);
  private static final int PATIENCE_MILLIS = 5_000;

  @TempDir private Path directory;
  private volatile boolean isOver;

  /// What one client saw.
  private record Seen(long answers, long lost, List<String> wrong) {}

  /// Every version says which it is in each part of an answer: the preference of the MX record, and
  /// the address of the host that goes along.
  private static String zone(int serial) {
    StringBuilder text =
        new StringBuilder(
            "$TTL 300\n@ SOA ns h %d 3600 900 604800 60\n@ NS ns\nns A 127.0.0.1\n"
                .formatted(serial));
    text.append("@ MX %d mail\n@ MX %1$d mail2\n".formatted(serial));
    for (String host : List.of("mail", "mail2")) {
      text.append("%s A 10.0.%d.%d\n".formatted(host, serial >> 8, serial & 255));
    }
    return text.toString();
  }

  private static String version(Message answer) {
    List<String> said = new ArrayList<>();
    answer
        .getSection(Section.ANSWER)
        .forEach(record -> said.add(Integer.toString(((MXRecord) record).getPriority())));
    answer.getSection(Section.ADDITIONAL).stream()
        .filter(ARecord.class::isInstance)
        .map(record -> ((ARecord) record).getAddress().getAddress())
        .forEach(octets -> said.add(Integer.toString((octets[2] & 255) << 8 | (octets[3] & 255))));
    return said.size() == 4 && said.stream().distinct().count() == 1
        ? said.getFirst()
        : "torn: " + said;
  }

  private Seen ask(InetSocketAddress server) throws IOException {
    long answers = 0;
    long lost = 0;
    int newest = 0;
    List<String> wrong = new ArrayList<>();
    byte[] query = DnsClient.query(ZONE + ".", Type.MX).toWire();
    byte[] room = new byte[4_096];
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      while (!isOver) {
        socket.send(new DatagramPacket(query, query.length, server));
        DatagramPacket reply = new DatagramPacket(room, room.length);
        try {
          socket.receive(reply);
        } catch (SocketTimeoutException silence) {
          lost++;
          continue;
        }
        answers++;
        String version = version(new Message(Arrays.copyOf(room, reply.getLength())));
        int serial = version.startsWith("torn") ? -1 : Integer.parseInt(version);
        if (serial < newest) {
          wrong.add(version + " after " + newest);
        }
        newest = Math.max(newest, serial);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    return new Seen(answers, lost, wrong);
  }

  @Test
  @Soak
  void noQueryIsLost_andEachAnswerIsOfOneVersion() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("zones"));
    Path keys =
        Files.writeString(folder.resolve("_keys"), "hook._notify. DNSKEY 0 3 163 " + SECRET + "\n");
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(folder.resolve(ZONE), zone(1));
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    try (PrimaryServer server =
            PrimaryServer.start(
                new FolderSource(ZoneFolder.open(folder)),
                new PrimaryServer.Settings(List.of(loopback), 2, Duration.ZERO));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      InetSocketAddress address = server.boundAddresses().getFirst();
      List<Future<Seen>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        running.add(clients.submit(() -> ask(address)));
      }
      long began = System.nanoTime();
      try {
        reload(folder, address);
      } finally {
        isOver = true;
      }
      long millis = (System.nanoTime() - began) / 1_000_000;
      long answers = 0;
      for (Future<Seen> client : running) {
        Seen seen = client.get();
        assertThat(seen.wrong()).isEmpty();
        assertThat(seen.lost()).isZero();
        answers += seen.answers();
      }
      assertThat(answers).isGreaterThan(RELOADS);
      System.out.printf(
          "%,d reloads in %,d ms under load: %,d queries, 0 lost, 0 torn%n",
          RELOADS, millis, answers);
    }
  }

  /// Each reload is done when its NOTIFY is answered.
  private void reload(Path folder, InetSocketAddress address) throws IOException {
    Path fresh = directory.resolve("fresh");
    try (Socket socket = new DnsClient(address).connect()) {
      for (int serial = 2; serial <= RELOADS + 1; serial++) {
        Files.writeString(fresh, zone(serial));
        Files.move(fresh, folder.resolve(ZONE), StandardCopyOption.ATOMIC_MOVE);
        Message notify = DnsClient.notifyOf(ZONE + ".");
        notify.setTSIG(KEY, Rcode.NOERROR, null);
        socket.getOutputStream().write(DnsClient.framed(notify.toWire(Message.MAXLENGTH)));
        assertThat(new Message(DnsClient.receive(socket)).getRcode()).isEqualTo(Rcode.NOERROR);
      }
    }
    assertThat(version(new DnsClient(address).ask(ZONE + ".", Type.MX)))
        .isEqualTo(Integer.toString(RELOADS + 1));
  }
}
