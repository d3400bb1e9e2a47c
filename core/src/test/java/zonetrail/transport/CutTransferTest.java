package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import zonetrail.authority.Primary;
import zonetrail.authority.RemotePrimary;
import zonetrail.authority.SecondaryInput.Answer;
import zonetrail.authority.ZoneFiles;
import zonetrail.fixtures.Soak;
import zonetrail.transfer.InboundLimits;
import zonetrail.transfer.TransferRights;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Signed transfers from a server of ours to the client of our secondary, over sockets and through
/// a proxy that cuts them at and within every message, drops, doubles and swaps messages, and
/// changes octets: what comes of it is the very zone, or nothing.
@Soak
class CutTransferTest {
  private static final WireName APEX = WireName.parse("example.com");
  private static final TsigKey KEY =
      TsigKey.parse("s._transfer.example.com:SHA256:" + TestZones.SECRET);
  private static final int RECORDS = 1_500;
  private static final int CHANGED_RECORDS = 300;
  private static final int NO_END = Integer.MAX_VALUE;

  private final MemorySource source =
      new MemorySource()
          .put("_keys", "s._transfer.example.com. DNSKEY 0 3 163 %s\n".formatted(TestZones.SECRET));
  private final PublishedZones published = new PublishedZones();
  private final AuthorityLoop authority =
      new AuthorityLoop(new Primary(Duration.ZERO), source, published, AuthorityLoop.steadyClock());
  private final Map<Integer, Zone> versions = new HashMap<>();
  private final ZoneJournal journal =
      new ZoneJournal(
          1L << 30,
          (_, serial) -> Optional.ofNullable(versions.get(Math.toIntExact(serial.value()))));
  private ZoneFiles files = ZoneFiles.NONE;
  private TransferLane transfers;
  private SlowLane slowLane;
  private Listeners listeners;
  private int disturbed;

  @BeforeEach
  void begin() throws ListenException {
    published.watch(journal::published);
    publish(1);
    publish(2);
    transfers =
        new TransferLane(
            TransferRights.BY_KEY,
            TransferLimits.DEFAULT,
            InstantSource.system(),
            authority::report,
            journal);
    slowLane = new SlowLane(published, authority, transfers, InstantSource.system());
    TransportCounters counters = new TransportCounters();
    listeners =
        Listeners.start(
            List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
            1,
            () ->
                new FastLane(
                    published, slowLane, counters, AnswerPolicy.PLAIN, InstantSource.system()),
            StreamLimits.DEFAULT,
            counters);
  }

  @AfterEach
  void stop() {
    transfers.stopping();
    listeners.close();
    slowLane.close();
    transfers.close();
    authority.close();
    journal.close();
  }

  private void publish(int serial) {
    StringBuilder text = new StringBuilder(TestZones.zone(serial));
    for (int i = 0; i < RECORDS; i++) {
      int version = i < CHANGED_RECORDS ? serial : 1;
      text.append("n%d 60 TXT \"%d%s\"\n".formatted(i, version, "x".repeat(240)));
    }
    source.put("example.com", text.toString());
    files = files.advance(source.commit()).files();
    published.publish(files.publication());
    versions.put(serial, (Zone) Objects.requireNonNull(published.current().zones().zone(APEX)));
  }

  /// What becomes of a message on its way.
  private interface Fault {
    /// @return false if the connection ends here
    boolean pass(int number, byte[] message, DataOutputStream out) throws IOException;
  }

  private static void write(byte[] message, DataOutputStream out) throws IOException {
    out.writeShort(message.length);
    out.write(message);
  }

  private static boolean undisturbed(int number, byte[] message, DataOutputStream out)
      throws IOException {
    write(message, out);
    return true;
  }

  /// Takes one connection, and brings what the server says as the fault will have it.
  private static final class Proxy implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    private final InetSocketAddress server;
    private final Fault fault;
    private final int end;
    private final Thread thread;
    private volatile int messages;

    /// @param end after so many messages of the server the connection ends
    Proxy(InetSocketAddress server, Fault fault, int end) throws IOException {
      this.server = server;
      this.fault = fault;
      this.end = end;
      this.thread = Thread.startVirtualThread(this::run);
    }

    InetSocketAddress address() {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void run() {
      try (Socket client = socket.accept();
          Socket there = new Socket(server.getAddress(), server.getPort())) {
        DataInputStream asked = new DataInputStream(client.getInputStream());
        byte[] request = asked.readNBytes(asked.readUnsignedShort());
        write(request, new DataOutputStream(there.getOutputStream()));
        Thread.startVirtualThread(() -> closeAfter(client, there));
        DataInputStream in = new DataInputStream(there.getInputStream());
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        while (messages < end) {
          byte[] message = in.readNBytes(in.readUnsignedShort());
          int number = messages;
          messages = number + 1; // this thread alone writes it
          if (!fault.pass(number, message, out)) {
            return;
          }
        }
      } catch (IOException ended) {
        // The client has what it wanted, or wants no more.
      }
    }

    private static void closeAfter(Socket client, Socket server) {
      try (server) {
        client.getInputStream().read();
      } catch (IOException gone) {
        // As good as closed.
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
      try {
        thread.join();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private record Outcome(Answer answer, int messages) {}

  private Outcome transfer(@Nullable Zone base, Fault fault, int end) {
    PrimaryClient client =
        new PrimaryClient(InboundLimits.forHeap(1L << 30), InstantSource.system());
    try (Proxy proxy = new Proxy(listeners.boundAddresses().getFirst(), fault, end)) {
      Answer answer = client.transfer(new RemotePrimary(proxy.address(), KEY), APEX, base);
      return new Outcome(answer, proxy.messages);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireNothing(@Nullable Zone base, int end, String what, Fault fault) {
    disturbed++;
    assertThat(transfer(base, fault, end).answer()).as(what).isInstanceOf(Answer.Failed.class);
  }

  private void requireTheZoneOrNothing(@Nullable Zone base, int end, String what, Fault fault) {
    disturbed++;
    Answer answer = transfer(base, fault, end).answer();
    if (answer instanceof Answer.Brought brought) {
      assertThat(brought.zone().sameRecords(Objects.requireNonNull(versions.get(2))))
          .as(what)
          .isTrue();
    } else {
      assertThat(answer).as(what).isInstanceOf(Answer.Failed.class);
    }
  }

  private void disturb(@Nullable Zone base, Random random, int mutations) {
    Outcome whole = transfer(base, CutTransferTest::undisturbed, NO_END);
    assertThat(whole.answer()).isInstanceOf(Answer.Brought.class);
    Answer.Brought brought = (Answer.Brought) whole.answer();
    assertThat(brought.isIncremental()).isEqualTo(base != null);
    if (base != null) {
      assertThat(Objects.requireNonNull(brought.change()).replacements())
          .isEqualTo(ZoneChange.between(base, brought.zone()).replacements());
    }
    int end = whole.messages();
    assertThat(end).isGreaterThan(3);
    for (int i = 0; i < end; i++) {
      int at = i;
      requireNothing(
          base,
          end,
          "cut before " + at,
          (n, message, out) -> n < at && undisturbed(n, message, out));
      requireNothing(
          base,
          end,
          "cut within " + at,
          (n, message, out) -> n < at ? undisturbed(n, message, out) : half(message, out));
      requireNothing(
          base, end, "without " + at, (n, message, out) -> n == at || undisturbed(n, message, out));
      if (at < end - 1) {
        requireNothing(
            base,
            end,
            "twice " + at,
            (n, message, out) -> {
              if (n == at) {
                write(message, out);
              }
              return undisturbed(n, message, out);
            });
        byte[][] kept = new byte[1][];
        requireNothing(
            base,
            end,
            "swapped " + at,
            (n, message, out) -> {
              if (n == at) {
                kept[0] = message;
                return true;
              }
              boolean goesOn = undisturbed(n, message, out);
              if (n == at + 1) {
                write(kept[0], out);
              }
              return goesOn;
            });
      }
      for (int k = 0; k < mutations; k++) {
        int place = random.nextInt(1 << 16);
        int mask = 1 << random.nextInt(8);
        requireTheZoneOrNothing(
            base,
            end,
            at + " with another octet " + place,
            (n, message, out) -> {
              if (n == at) {
                message[place % message.length] ^= (byte) mask;
              }
              return undisturbed(n, message, out);
            });
      }
    }
  }

  private static boolean half(byte[] message, DataOutputStream out) throws IOException {
    out.writeShort(message.length);
    out.write(message, 0, message.length / 2);
    return false;
  }

  @Test
  @Rfc(number = 8945, section = "5.3.1")
  @Rfc(number = 5936, section = "6")
  void transferThatIsCutOrChanged_bringsTheZoneOrNothing() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int mutations = Soak.Times.of("mutations", 3, 300);
    try {
      disturb(null, random, mutations);
      disturb(versions.get(1), random, mutations);
    } catch (AssertionError broken) {
      throw new AssertionError("with seed " + seed, broken);
    }
    System.out.printf("%d transfers cut or changed on their way, 0 zones in part%n", disturbed);
  }
}
