package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferIn;
import zonetrail.answer.guard.AddressRange;
import zonetrail.authority.Primary;
import zonetrail.authority.ZoneFiles;
import zonetrail.transfer.TransferEnding;
import zonetrail.transfer.TransferRefusal;
import zonetrail.transfer.TransferRights;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;

/// Listeners with the lane that sends transfers, and a client's side of it: for tests over real
/// connections.
abstract class TransfersUnderTest {
  static final String SECRET = TestZones.SECRET;
  static final WireName APEX = WireName.parse("example.com");
  static final TransferRights LOOPBACK =
      new TransferRights(false, List.of(AddressRange.LOOPBACK_IPV4));
  static final TSIG TRANSFER_KEY = key("s._transfer.example.com.");
  static final int LARGE_RECORDS = 40_000;
  static final int LARGE_OCTETS = LARGE_RECORDS * 260;

  final MemorySource source =
      new MemorySource()
          .put("example.com", TestZones.zone(7))
          .put("broken.example", "@ SOA this is none\n")
          .put(
              "_keys",
              "s._transfer.example.com. DNSKEY 0 3 163 %1$s\nu._update.example.com. DNSKEY 0 3 163 %1$s\nn._notify.example.com. DNSKEY 0 3 163 %1$s\nall._transfer. DNSKEY 0 3 163 %1$s\n"
                  .formatted(SECRET));
  final PublishedZones published = new PublishedZones();
  final AuthorityLoop authority =
      new AuthorityLoop(new Primary(Duration.ZERO), source, published, AuthorityLoop.steadyClock());
  final TransportCounters counters = new TransportCounters();
  final LogLines log = new LogLines();
  final Map<Long, Zone> served = new HashMap<>();
  final AtomicInteger asked = new AtomicInteger();
  final ZoneJournal journal = new ZoneJournal(1L << 30, this::earlier);
  private ZoneFiles files = ZoneFiles.NONE;
  TransferLane transfers;
  private SlowLane slowLane;
  Listeners listeners;

  static TSIG key(String name) {
    return new TSIG(TSIG.HMAC_SHA256, name, SECRET);
  }

  @BeforeEach
  void begin() throws ListenException {
    published.watch(journal::published);
    publish();
    listen(TransferRights.BY_KEY, TransferLimits.DEFAULT, StreamLimits.DEFAULT);
  }

  void publish() {
    files = files.advance(source.commit()).files();
    published.publish(files.publication());
  }

  /// What the source remembers.
  private Optional<Zone> earlier(Zone now, Serial serial) {
    asked.incrementAndGet();
    return Optional.ofNullable(served.get(serial.value()));
  }

  /// Publishes another version of the zone, with these lines besides the usual.
  void publish(int serial, String... lines) {
    source.put("example.com", TestZones.zone(serial) + String.join("\n", lines) + "\n");
    publish();
    served.put((long) serial, (Zone) published.current().zones().zone(APEX));
  }

  private void listen(TransferRights rights, TransferLimits limits, StreamLimits streams)
      throws ListenException {
    transfers =
        new TransferLane(rights, limits, InstantSource.system(), authority::report, journal);
    slowLane = new SlowLane(published, authority, transfers, InstantSource.system());
    listeners =
        Listeners.start(
            List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
            2,
            () ->
                new FastLane(
                    published, slowLane, counters, AnswerPolicy.PLAIN, InstantSource.system()),
            streams,
            counters);
  }

  void permit(TransferRights rights) throws ListenException {
    permit(rights, TransferLimits.DEFAULT, StreamLimits.DEFAULT);
  }

  void permit(TransferRights rights, TransferLimits limits, StreamLimits streams)
      throws ListenException {
    close();
    listen(rights, limits, streams);
  }

  private void close() {
    transfers.stopping();
    listeners.close();
    slowLane.close();
    transfers.close();
  }

  @AfterEach
  void stop() {
    close();
    authority.close();
    journal.close();
    log.close();
  }

  InetSocketAddress server() {
    return listeners.boundAddresses().getFirst();
  }

  void publishLargeZone() {
    StringBuilder text = new StringBuilder(TestZones.zone(8));
    for (int i = 0; i < LARGE_RECORDS; i++) {
      text.append('n').append(i).append(" 60 TXT \"").append("x".repeat(240)).append("\"\n");
    }
    source.put("example.com", text.toString());
    publish();
  }

  List<Record> axfr(String zone, @Nullable TSIG key) throws Exception {
    ZoneTransferIn client = ZoneTransferIn.newAXFR(Name.fromString(zone), server(), key);
    client.setTimeout(Duration.ofSeconds(20));
    client.run();
    return client.getAXFR();
  }

  static Message query(String zone, int type) throws IOException {
    return Message.newQuery(Record.newRecord(Name.fromString(zone), type, DClass.IN));
  }

  static Message ixfr(long serial) throws IOException {
    Message query = query("example.com.", Type.IXFR);
    Name zone = Name.fromString("example.com.");
    query.addRecord(
        new SOARecord(zone, DClass.IN, 0, zone, zone, serial, 0, 0, 0, 0), Section.AUTHORITY);
    return query;
  }

  Message askTcp(Message query) throws IOException {
    try (TcpClient client = new TcpClient(server())) {
      return new Message(client.ask(query.toWire()));
    }
  }

  Message askUdp(Message query) throws IOException {
    try (UdpClient client = new UdpClient()) {
      return new Message(client.ask(query.toWire(), server()).message());
    }
  }

  long refused(TransferRefusal why) {
    return transfers.counters().refused(why).sum();
  }

  void awaitEnding(TransferEnding ending) {
    await()
        .untilAsserted(() -> {
          assertThat(transfers.counters().ended(ending).sum()).isEqualTo(1);
          assertThat(transfers.active()).isZero();
        });
  }
}
