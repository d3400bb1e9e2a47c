package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import zonetrail.answer.guard.AddressRange;
import zonetrail.transfer.TransferEnding;
import zonetrail.transfer.TransferRefusal;
import zonetrail.transfer.TransferRights;
import zonetrail.wire.Rfc;

/// Transfers over real connections; the client that believes or refuses them is dnsjava's.
class TransferLaneTest extends TransfersUnderTest {
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
