package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import zonetrail.fixtures.Soak;
import zonetrail.server.folder.FolderSource;
import zonetrail.server.folder.ZoneFolder;

/// Reloads beside questions: none goes without its answer, and none gets one out of two versions.
class ReloadIT {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";

  @Test
  @Soak
  void everyAnswerComesOutOfOneVersion_andNoneIsLost_whileZonesAreReloaded(@TempDir Path folder)
      throws Exception {
    int reloads = Soak.Times.of("reloads", 100, 1_000);
    Files.writeString(folder.resolve("_keys"), "all._notify. DNSKEY 0 3 163 " + SECRET + "\n");
    writeVersion(folder, 1);
    TSIG key = DnsClient.key("all._notify.", SECRET);
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    try (PrimaryServer server =
        PrimaryServer.start(
            new FolderSource(ZoneFolder.open(folder)),
            new PrimaryServer.Settings(List.of(loopback), 2, Duration.ZERO))) {
      DnsClient client = new DnsClient(server.boundAddresses().getFirst());
      PairReader reader = new PairReader(client);
      Thread thread = Thread.ofPlatform().name("pairs").start(reader);
      for (int version = 2; version <= reloads + 1; version++) {
        writeVersion(folder, version);
        // The root is no zone here, so this is about all of them.
        SignedNotify.untilServed(client, ".", key, true);
        assertThat(PairReader.textVersion(client.ask("v.example.com.", Type.TXT)))
            .isEqualTo(version);
      }
      reader.stop = true;
      thread.join();
      System.out.printf(
          "%d reloads, %d pairs of questions beside them: none lost, %d pairs saw two versions, the"
              + " widest %d apart%n",
          reloads, reader.pairs, reader.split, reader.widest);
      assertThat(reader.failure).isNull();
      assertThat(reader.pairs).isGreaterThan(reloads);
      assertThat(reader.last).isEqualTo(reloads + 1);
    }
  }

  private static String zone(int serial, String... records) {
    return "$TTL 300\n@ SOA ns.example.org. hostmaster.example.org. "
        + serial
        + " 3600 900 604800 300\n@ NS ns.example.org.\n"
        + String.join("\n", records)
        + "\n";
  }

  /// Each version has its own name for the target of an alias, in a file of its own: an answer out
  /// of two versions would have no address.
  private static void writeVersion(Path folder, int version) throws IOException {
    String target = "t" + version + ".example.net.";
    Files.writeString(folder.resolve("example.net"), zone(version, target + " A 192.0.2.1"));
    Files.writeString(
        folder.resolve("example.com"), zone(version, "alias CNAME " + target, "v TXT " + version));
  }

  /// Asks for two records in one segment, again and again, over one connection after the other.
  private static final class PairReader implements Runnable {
    private final DnsClient client;
    private volatile boolean stop;
    private @Nullable Throwable failure;
    private int pairs;
    private int split;
    private int widest;
    private int last;

    PairReader(DnsClient client) {
      this.client = client;
    }

    @Override
    public void run() {
      try {
        byte[] alias = DnsClient.framed(DnsClient.query("alias.example.com.", Type.A).toWire());
        byte[] text = DnsClient.framed(DnsClient.query("v.example.com.", Type.TXT).toWire());
        byte[] pair = Arrays.copyOf(alias, alias.length + text.length);
        System.arraycopy(text, 0, pair, alias.length, text.length);
        while (!stop) {
          try (Socket socket = client.connect()) {
            for (int i = 0; i < 100 && !stop; i++) {
              socket.getOutputStream().write(pair);
              Map<Integer, Message> answers = new HashMap<>();
              for (int n = 0; n < 2; n++) {
                Message answer = new Message(DnsClient.receive(socket));
                answers.put(answer.getQuestion().getType(), answer);
              }
              note(
                  aliasVersion(Objects.requireNonNull(answers.get(Type.A))),
                  textVersion(Objects.requireNonNull(answers.get(Type.TXT))));
            }
          }
        }
        // The last reload is answered for now.
        last = textVersion(client.askTcp("v.example.com.", Type.TXT));
      } catch (IOException | RuntimeException | AssertionError unexpected) {
        failure = unexpected;
      }
    }

    private void note(int first, int second) {
      pairs++;
      assertThat(first).as("versions only rise").isGreaterThanOrEqualTo(last);
      assertThat(second).as("versions only rise").isGreaterThanOrEqualTo(first);
      last = second;
      if (second != first) {
        split++;
        widest = Math.max(widest, second - first);
      }
    }

    private static int aliasVersion(Message answer) {
      assertThat(Rcode.string(answer.getRcode())).isEqualTo("NOERROR");
      assertThat(answer.getSection(Section.ANSWER)).hasSize(2);
      String target = answer.getSection(Section.ANSWER).get(0).rdataToString();
      assertThat(answer.getSection(Section.ANSWER).get(1).getName()).hasToString(target);
      return Integer.parseInt(target.substring(1, target.indexOf('.')));
    }

    private static int textVersion(Message answer) {
      assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
      TXTRecord text = (TXTRecord) answer.getSection(Section.ANSWER).getFirst();
      return Integer.parseInt(text.getStrings().getFirst());
    }
  }
}
