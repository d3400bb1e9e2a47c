package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import org.xbill.DNS.ZoneTransferIn;
import zonetrail.authority.ZoneFiles;
import zonetrail.wire.Rfc;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;

/// Who may have a whole zone gets what changed since the version that it has, over real
/// connections.
@Rfc(number = 1995, section = "4")
class IncrementalTransferLaneTest extends TransfersUnderTest {
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
