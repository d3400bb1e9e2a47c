package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferException;
import org.xbill.DNS.ZoneTransferIn;
import zonetrail.answer.guard.AddressRange;
import zonetrail.authority.Primary;
import zonetrail.authority.ZoneFiles;
import zonetrail.transfer.TransferEnding;
import zonetrail.transfer.TransferRefusal;
import zonetrail.transfer.TransferRights;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;

/// Transfers over real connections; the client that believes or refuses them is dnsjava's.
class TransferLaneTest {
  private static final String SECRET = TestZones.SECRET;
  private static final WireName APEX = WireName.parse("example.com");
  private static final TransferRights LOOPBACK =
      new TransferRights(false, List.of(AddressRange.LOOPBACK_IPV4));
  private static final TSIG TRANSFER_KEY = key("s._transfer.example.com.");
  private static final int LARGE_RECORDS = 40_000;
  private static final int LARGE_OCTETS = LARGE_RECORDS * 260;

  private final MemorySource source =
      new MemorySource()
          .put("example.com", TestZones.zone(7))
          .put("broken.example", "@ SOA this is none\n")
          .put(
              "_keys",
              "s._transfer.example.com. DNSKEY 0 3 163 %1$s\nu._update.example.com. DNSKEY 0 3 163 %1$s\nn._notify.example.com. DNSKEY 0 3 163 %1$s\nall._transfer. DNSKEY 0 3 163 %1$s\n"
                  .formatted(SECRET));
  private final PublishedZones published = new PublishedZones();
  private final AuthorityLoop authority =
      new AuthorityLoop(new Primary(Duration.ZERO), source, published, AuthorityLoop.steadyClock());
  private final TransportCounters counters = new TransportCounters();
  private final LogLines log = new LogLines();
  private final Map<Long, Zone> served = new HashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final ZoneJournal journal = new ZoneJournal(1L << 30, this::earlier);
  private ZoneFiles files = ZoneFiles.NONE;
  private TransferLane transfers;
  private SlowLane slowLane;
  private Listeners listeners;

  private static TSIG key(String name) {
    return new TSIG(TSIG.HMAC_SHA256, name, SECRET);
  }

  @BeforeEach
  void begin() throws ListenException {
    published.watch(journal::published);
    publish();
    listen(TransferRights.BY_KEY, TransferLimits.DEFAULT, StreamLimits.DEFAULT);
  }

  private void publish() {
    files = files.advance(source.commit()).files();
    published.publish(files.publication());
  }

  /// What the source remembers.
  private Optional<Zone> earlier(Zone now, Serial serial) {
    asked.incrementAndGet();
    return Optional.ofNullable(served.get(serial.value()));
  }

  /// Publishes another version of the zone, with these lines besides the usual.
  private void publish(int serial, String... lines) {
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

  private void permit(TransferRights rights) throws ListenException {
    permit(rights, TransferLimits.DEFAULT, StreamLimits.DEFAULT);
  }

  private void permit(TransferRights rights, TransferLimits limits, StreamLimits streams)
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

  private InetSocketAddress server() {
    return listeners.boundAddresses().getFirst();
  }

  private void publishLargeZone() {
    StringBuilder text = new StringBuilder(TestZones.zone(8));
    for (int i = 0; i < LARGE_RECORDS; i++) {
      text.append('n').append(i).append(" 60 TXT \"").append("x".repeat(240)).append("\"\n");
    }
    source.put("example.com", text.toString());
    publish();
  }

  private List<Record> axfr(String zone, @Nullable TSIG key) throws Exception {
    ZoneTransferIn client = ZoneTransferIn.newAXFR(Name.fromString(zone), server(), key);
    client.setTimeout(Duration.ofSeconds(20));
    client.run();
    return client.getAXFR();
  }

  private static Message query(String zone, int type) throws IOException {
    return Message.newQuery(Record.newRecord(Name.fromString(zone), type, DClass.IN));
  }

  private static Message ixfr(long serial) throws IOException {
    Message query = query("example.com.", Type.IXFR);
    Name zone = Name.fromString("example.com.");
    query.addRecord(
        new SOARecord(zone, DClass.IN, 0, zone, zone, serial, 0, 0, 0, 0), Section.AUTHORITY);
    return query;
  }

  private Message askTcp(Message query) throws IOException {
    try (TcpClient client = new TcpClient(server())) {
      return new Message(client.ask(query.toWire()));
    }
  }

  private Message askUdp(Message query) throws IOException {
    try (UdpClient client = new UdpClient()) {
      return new Message(client.ask(query.toWire(), server()).message());
    }
  }

  private long refused(TransferRefusal why) {
    return transfers.counters().refused(why).sum();
  }

  private void awaitEnding(TransferEnding ending) {
    await()
        .untilAsserted(() -> {
          assertThat(transfers.counters().ended(ending).sum()).isEqualTo(1);
          assertThat(transfers.active()).isZero();
        });
  }

  @Nested
  class ByDefault {
    @ParameterizedTest
    @ValueSource(ints = {Type.AXFR, Type.IXFR})
    void nobodyMayTransferWithoutAKey(int type) throws Exception {
      for (String zone : List.of("example.com.", "broken.example.", "elsewhere.")) {
        assertThat(askTcp(query(zone, type)).getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(askUdp(query(zone, type)).getRcode()).isEqualTo(Rcode.REFUSED);
      }
      assertThat(refused(TransferRefusal.NOT_PERMITTED)).isEqualTo(6);
    }

    @Test
    @Rfc(number = 8914, section = "4.19")
    void aClientWithEdnsIsToldThatItIsProhibited() throws Exception {
      Message query = query("example.com.", Type.AXFR);
      query.addRecord(new OPTRecord(1232, 0, 0, 0), Section.ADDITIONAL);
      assertThat(askTcp(query).getOPT().getOptions())
          .singleElement()
          .isInstanceOfSatisfying(
              ExtendedErrorCodeOption.class,
              error ->
                  assertThat(error.getErrorCode()).isEqualTo(ExtendedErrorCodeOption.PROHIBITED));
    }

    @Test
    void otherClassesAndVersionsOfEdnsAreRefusedForWhatTheyAre() throws Exception {
      permit(new TransferRights(true, List.of()));
      Message chaos =
          Message.newQuery(
              Record.newRecord(Name.fromString("example.com."), Type.AXFR, DClass.CHAOS));
      assertThat(askTcp(chaos).getRcode()).isEqualTo(Rcode.REFUSED);
      Message version = query("example.com.", Type.AXFR);
      version.addRecord(new OPTRecord(1232, 0, 1, 0), Section.ADDITIONAL);
      assertThat(askTcp(version).getRcode()).isEqualTo(Rcode.BADVERS);
    }
  }

  @Nested
  @Rfc(number = 5936, section = "5")
  class ByNetworkOrSwitch {
    @Test
    void everyZoneMayBeTransferred() throws Exception {
      permit(LOOPBACK);
      assertThat(axfr("example.com.", null)).hasSize(3 + 3 + 1);
      awaitEnding(TransferEnding.COMPLETE);
      assertThat(transfers.counters().octets.sum()).isPositive();
    }

    @Test
    void aNetworkElsewhereIsOfNoUse_andTheSwitchIs() throws Exception {
      permit(new TransferRights(false, List.of(AddressRange.parse("192.0.2.0/24"))));
      assertThat(askTcp(query("example.com.", Type.AXFR)).getRcode()).isEqualTo(Rcode.REFUSED);
      permit(new TransferRights(true, List.of()));
      assertThat(axfr("example.com.", null)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"elsewhere., NOTAUTH", "www.example.com., NOTAUTH", "broken.example., SERVFAIL"})
    @Rfc(number = 5936, section = "2.2.1")
    void whatIsNoZoneHereIsSaid(String zone, String rcode) throws Exception {
      permit(LOOPBACK);
      assertThat(Rcode.string(askTcp(query(zone, Type.AXFR)).getRcode())).isEqualTo(rcode);
    }

    @Test
    @Rfc(number = 5936, section = "4.2")
    void aFullTransferOverUdpIsNotImplemented() throws Exception {
      permit(LOOPBACK);
      assertThat(askUdp(query("example.com.", Type.AXFR)).getRcode()).isEqualTo(Rcode.NOTIMP);
    }
  }

  @Nested
  class ByKey {
    @ParameterizedTest
    @ValueSource(strings = {"s._transfer.example.com.", "u._update.example.com.", "all._transfer."})
    void theZonesOfItsScopeMayBeTransferred(String name) throws Exception {
      assertThat(axfr("example.com.", key(name))).hasSize(7);
    }

    @Test
    @Rfc(number = 8945, section = "5.3.1")
    void largeZonesAreSignedMessageByMessage() throws Exception {
      publishLargeZone();
      assertThat(axfr("example.com.", TRANSFER_KEY)).hasSize(LARGE_RECORDS + 7);
      awaitEnding(TransferEnding.COMPLETE);
      await().until(() -> authority.eventCounts().containsKey("zone_transferred"));
    }

    @Test
    void aKeyThatMayLess_isRefused_andTheRefusalIsSigned() throws Exception {
      TSIG key = key("n._notify.example.com.");
      for (boolean isStream : new boolean[] {true, false}) {
        Message query = query("example.com.", Type.AXFR);
        key.apply(query, null);
        byte[] reply = isStream ? rawTcp(query) : rawUdp(query);
        Message response = new Message(reply);
        assertThat(response.getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(key.verify(response, reply, query.getTSIG())).isEqualTo(Rcode.NOERROR);
      }
      await()
          .until(() ->
              log.from(Level.WARN).stream().anyMatch(line -> line.contains("refused: the key")));
    }

    private byte[] rawTcp(Message query) throws IOException {
      try (TcpClient client = new TcpClient(server())) {
        return client.ask(query.toWire());
      }
    }

    private byte[] rawUdp(Message query) throws IOException {
      try (UdpClient client = new UdpClient()) {
        return client.ask(query.toWire(), server()).message();
      }
    }

    @Test
    void aKeyOfAnotherZone_isRefused_withoutAWordOnWhichZonesAreHere() throws Exception {
      assertThatThrownBy(() -> axfr("broken.example.", TRANSFER_KEY))
          .isInstanceOf(ZoneTransferException.class)
          .hasMessageContaining("REFUSED");
      assertThatThrownBy(() -> axfr("elsewhere.", TRANSFER_KEY)).hasMessageContaining("REFUSED");
      assertThatThrownBy(() -> axfr("elsewhere.", key("all._transfer.")))
          .hasMessageContaining("NOTAUTH");
    }

    /// A secondary's zone that has expired is such a one, too, and has no file to mend.
    @Test
    void ofAZoneWithoutAVersion_getsServfail_andTheOperatorIsToldWhereToLook() throws Exception {
      assertThatThrownBy(() -> axfr("broken.example.", key("all._transfer.")))
          .hasMessageContaining("SERVFAIL");
      await()
          .until(() ->
              log.from(Level.WARN).stream()
                  .anyMatch(line ->
                      line.contains("broken.example: transfer to ")
                          && line.contains("`zonetrail status` says why")));
    }

    @Test
    @Rfc(number = 8945, section = "5.2.1")
    void anUnknownKeyGetsNothing() throws Exception {
      assertThatThrownBy(() -> axfr("example.com.", key("x._transfer.example.com.")))
          .isInstanceOf(ZoneTransferException.class);
      assertThat(transfers.counters().begun.sum()).isZero();
    }
  }

  @Nested
  @Rfc(number = 1995, section = "4")
  class AnIncrementalTransfer {
    @Test
    void ofAVersionThatNobodyKnows_getsTheWholeZone() throws Exception {
      permit(LOOPBACK);
      Message response = askTcp(ixfr(6));
      List<Record> answer = response.getSection(Section.ANSWER);
      assertThat(answer).hasSize(3 + 3 + 1);
      assertThat(answer.getFirst()).isEqualTo(answer.getLast()).isInstanceOf(SOARecord.class);
      assertThat(response.getQuestion().getType()).isEqualTo(Type.IXFR);
      askTcp(ixfr(6));
      assertThat(asked).hasValue(1);
    }

    @Test
    void ofAnEarlierVersion_getsWhatChanged() throws Exception {
      publish(8, "new 300 A 192.0.2.8");
      publish(9, "new 300 A 192.0.2.9");
      ZoneTransferIn client = ixfrBy(7);
      ZoneTransferIn.Delta delta = client.getIXFR().getFirst();
      assertThat(client.getIXFR()).hasSize(1);
      assertThat(delta.start).isEqualTo(7);
      assertThat(delta.end).isEqualTo(9);
      assertThat(delta.deletes).hasSize(1);
      assertThat(delta.adds).hasSize(2);
      assertThat(delta.adds.getLast().rdataToString()).isEqualTo("192.0.2.9");
      assertThat(transfers.counters().differences.sum()).isEqualTo(1);
      assertThat(journal.remembered.sum()).isEqualTo(1);
      assertThat(asked).hasValue(0);
      await()
          .untilAsserted(() ->
              assertThat(log.from(Level.INFO))
                  .anyMatch(line -> line.contains("serial 9 (what changed since 7)")));
    }

    @Test
    void overAHundredVersions_isOneDifference() throws Exception {
      for (int serial = 8; serial <= 107; serial++) {
        publish(serial, "n" + serial % 2 + " 300 A 192.0.2.8");
        int steps = serial - 7;
        await() // else some might become one
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> journal.steps() == steps);
      }
      ZoneTransferIn client = ixfrBy(7);
      assertThat(client.getIXFR()).hasSize(1);
      assertThat(client.getIXFR().getFirst().end).isEqualTo(107);
      assertThat(client.getIXFR().getFirst().adds).hasSize(2);
      assertThat(ixfrBy(57).getIXFR().getFirst().adds).hasSize(1);
      assertThat(asked).hasValue(0);
    }

    @Test
    void ofAVersionThatTheSourceKnows_isReadFromItOnce() throws Exception {
      publish(8, "a 300 A 192.0.2.8");
      publish(10, "b 300 A 192.0.2.8");
      served.put(6L, zone(6, "c 300 A 192.0.2.8"));
      assertThat(ixfrBy(6).getIXFR().getFirst().deletes).hasSize(2);
      publish(11, "d 300 A 192.0.2.8");
      assertThat(ixfrBy(6).getIXFR().getFirst().end).isEqualTo(11);
      assertThat(asked).hasValue(1);
      assertThat(journal.readAgain.sum()).isEqualTo(1);
    }

    @Test
    void ofAVersionThatIsTooUnlike_getsTheWholeZone() throws Exception {
      String[] many = new String[20];
      for (int i = 0; i < many.length; i++) {
        many[i] = "n" + i + " 300 A 192.0.2.8";
      }
      publish(8, many);
      publish(9);
      assertThat(ixfrBy(8).isAXFR()).isTrue();
      assertThat(journal.tooLarge.sum()).isEqualTo(1);
      assertThat(asked).hasValue(0);
    }

    private ZoneTransferIn ixfrBy(long serial) throws Exception {
      ZoneTransferIn client =
          ZoneTransferIn.newIXFR(
              Name.fromString("example.com."), serial, false, server(), TRANSFER_KEY);
      client.run();
      return client;
    }

    private Zone zone(int serial, String line) {
      MemorySource other =
          new MemorySource().put("example.com", TestZones.zone(serial) + line + "\n");
      ServedZone zone = ZoneFiles.NONE.advance(other.commit()).files().zones().zone(APEX);
      return (Zone) Objects.requireNonNull(zone);
    }

    @Test
    @Rfc(number = 1995, section = "2")
    void overUdp_getsWhatChanged_ifItFitsAndIsKnown() throws Exception {
      permit(LOOPBACK);
      publish(8, "new 300 A 192.0.2.8");
      await().until(() -> journal.steps() == 1);
      Message response = askUdp(ixfr(7));
      assertThat(response.getSection(Section.ANSWER)).hasSize(5);
      assertThat(transfers.counters().differences.sum()).isEqualTo(1);
      publish(9, "long 300 TXT " + ("\"" + "x".repeat(250) + "\" ").repeat(5));
      await().until(() -> journal.steps() == 2);
      assertThat(askUdp(ixfr(7)).getSection(Section.ANSWER)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 8})
    void ofACurrentVersion_getsTheSoa(long serial) throws Exception {
      permit(LOOPBACK);
      assertThat(askTcp(ixfr(serial)).getSection(Section.ANSWER)).hasSize(1);
      assertThat(transfers.counters().soaOnly.sum()).isEqualTo(1);
    }

    @Test
    @Rfc(number = 1995, section = "2")
    void overUdp_getsTheSoa() throws Exception {
      permit(LOOPBACK);
      assertThat(askUdp(ixfr(6)).getSection(Section.ANSWER))
          .singleElement()
          .isInstanceOfSatisfying(SOARecord.class, soa -> assertThat(soa.getSerial()).isEqualTo(7));
    }

    @Test
    void isWhatDnsjavaTakesForATransfer() throws Exception {
      ZoneTransferIn older =
          ZoneTransferIn.newIXFR(Name.fromString("example.com."), 5, false, server(), TRANSFER_KEY);
      older.run();
      assertThat(older.isAXFR()).isTrue();
      ZoneTransferIn current =
          ZoneTransferIn.newIXFR(Name.fromString("example.com."), 7, false, server(), TRANSFER_KEY);
      current.run();
      assertThat(current.isCurrent()).isTrue();
    }
  }

  @Nested
  class AReaderThatStops {
    private final StreamLimits impatient =
        new StreamLimits(
            100,
            100,
            32,
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofMillis(300),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            128 * 1024);

    @BeforeEach
    void publishMoreThanTheSystemBuffers() {
      publishLargeZone();
    }

    @Test
    void isCutOff_andItsPlaceIsFreeAgain_havingCostAFewMessages() throws Exception {
      permit(LOOPBACK, new TransferLimits(1, 1, Duration.ofMinutes(5)), impatient);
      try (TcpClient client = new TcpClient(server(), 4096)) {
        client.send(query("example.com.", Type.AXFR).toWire());
        client.receive();
        assertThat(transfers.active()).isEqualTo(1);
        awaitEnding(TransferEnding.CLIENT_GONE);
      }
      assertThat(transfers.counters().octets.sum())
          .as("what was made for a client that does not read")
          .isLessThan(LARGE_OCTETS * 2 / 3);
      assertThat(counters.slowReaders.sum()).isEqualTo(1);
      assertThat(axfr("example.com.", null)).hasSize(LARGE_RECORDS + 7);
    }

    @Test
    void holdsAPlaceMeanwhile_andOthersAreToldSo() throws Exception {
      permit(LOOPBACK, new TransferLimits(1, 1, Duration.ofMinutes(5)), StreamLimits.DEFAULT);
      try (TcpClient client = new TcpClient(server(), 4096)) {
        client.send(query("example.com.", Type.AXFR).toWire());
        client.receive();
        assertThat(askTcp(query("example.com.", Type.AXFR)).getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(askTcp(query("www.example.com.", Type.A)).getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(refused(TransferRefusal.OVER_QUOTA)).isEqualTo(1);
      }
      awaitEnding(TransferEnding.CLIENT_GONE);
      assertThat(axfr("example.com.", null)).isNotEmpty();
    }

    @Test
    void isCutOffAfterTheLongestTime_evenIfItReadsSlowly() throws Exception {
      permit(LOOPBACK, new TransferLimits(1, 1, Duration.ofNanos(1)), StreamLimits.DEFAULT);
      try (TcpClient client = new TcpClient(server())) {
        client.send(query("example.com.", Type.AXFR).toWire());
        assertThat(new Message(client.receive()).getRcode()).isEqualTo(Rcode.NOERROR);
        Message last = new Message(client.receive());
        assertThat(last.getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(last.getQuestion()).isNotNull();
      }
      awaitEnding(TransferEnding.TOO_LONG);
    }

    @Test
    void doesNotKeepTheServerFromStopping() throws Exception {
      permit(LOOPBACK);
      try (TcpClient client = new TcpClient(server(), 4096)) {
        client.send(query("example.com.", Type.AXFR).toWire());
        client.receive();
        transfers.stopping();
        listeners.close();
        transfers.close();
      }
      assertThat(transfers.counters().ended(TransferEnding.STOPPED).sum()).isEqualTo(1);
      assertThat(transfers.active()).isZero();
    }
  }

  @Test
  @Rfc(number = 5936, section = "4.1.2")
  void manyTransfersMayBeAskedForOverOneConnection() throws Exception {
    permit(LOOPBACK);
    try (TcpClient client = new TcpClient(server())) {
      Map<Integer, Message> answers = new HashMap<>();
      List<byte[]> queries = new ArrayList<>();
      for (int id = 1; id <= 20; id++) {
        Message query = query("example.com.", Type.AXFR);
        query.getHeader().setID(id);
        queries.add(query.toWire());
      }
      client.send(queries.toArray(byte[][]::new));
      for (int i = 0; i < 20; i++) {
        Message answer = new Message(client.receive());
        answers.put(answer.getHeader().getID(), answer);
      }
      assertThat(answers).hasSize(20);
      assertThat(answers.values()).allMatch(it -> it.getSection(Section.ANSWER).size() == 7);
    }
  }

  @Test
  void aTransferIsOfOneVersion_whateverIsPublishedMeanwhile() throws Exception {
    publishLargeZone();
    permit(LOOPBACK);
    try (TcpClient client = new TcpClient(server(), 4096)) {
      client.send(query("example.com.", Type.AXFR).toWire());
      List<Record> records =
          new ArrayList<>(new Message(client.receive()).getSection(Section.ANSWER));
      source.put("example.com", TestZones.zone(9));
      publish();
      while (records.size() < LARGE_RECORDS + 7) {
        records.addAll(new Message(client.receive()).getSection(Section.ANSWER));
      }
      assertThat(records.getFirst()).isEqualTo(records.getLast());
      assertThat(((SOARecord) records.getLast()).getSerial()).isEqualTo(8);
    }
  }
}
