package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import zonetrail.authority.Event;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;

class EventLogTest {
  private final LogLines lines = new LogLines();
  private final EventLog log = new EventLog();

  @AfterEach
  void stopListening() {
    lines.close();
  }

  private static WireName name(String text) {
    try {
      return WireName.parse(text);
    } catch (BadNameException wrong) {
      throw new AssertionError(wrong);
    }
  }

  private static Event refused(int i) {
    return new Event.NotifyRefused(
        name("zone" + i + ".example."),
        name("k._notify.example.org."),
        new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 40_000));
  }

  private static Event broken(String zone, int findings) {
    List<Finding> all =
        IntStream.range(0, findings)
            .mapToObj(i ->
                new Finding(new Position("file", i + 1, 1), Finding.Level.ERROR, "wrong", "rule"))
            .toList();
    return new Event.ZoneBroken(name(zone), null, all, "folder");
  }

  @Test
  void aFloodOfOneKeyIsCut_counted_andSummedUp() {
    for (int i = 0; i < 1_000; i++) {
      log.write(refused(i), 0);
    }
    assertThat(lines.from(Level.WARN)).hasSize(LogThrottle.BURST);
    assertThat(log.counts()).containsEntry("notify_refused", 1_000L);
    assertThat(log.linesLeftOut()).isEqualTo(1_000 - LogThrottle.BURST);
    log.tellLeftOut(LogThrottle.REFILL.toNanos());
    assertThat(lines.from(Level.WARN).getLast())
        .contains("notify_refused (k._notify.example.org)", "990 more like it were not logged");
  }

  @Test
  void anErrorOfAZoneIsAlwaysWrittenTheFirstTime_howeverManyZonesHaveOne() {
    for (int i = 0; i < 500; i++) {
      log.write(broken("zone" + i + ".example.", 1), 0);
    }
    assertThat(lines.from(Level.ERROR).stream().filter(line -> line.contains("has errors")))
        .hasSize(500);
  }

  @Test
  void aFileWithThousandsOfFindings_hasTwentyLines_andOneThatSaysHowManyMore() {
    log.write(broken("example.com.", 3_000), 0);
    assertThat(lines.events()).hasSize(1 + EventLog.MAX_FINDINGS + 1);
    assertThat(lines.events().getLast().getFormattedMessage())
        .startsWith("2980 more findings in this file");
  }

  @Test
  void aLineCarriesTheNameOfItsKindAndItsFields() {
    log.write(refused(1), 0);
    assertThat(lines.events().getFirst().getKeyValuePairs())
        .extracting(KeyValuePair::toString)
        .containsExactly(
            "event=\"notify_refused\"",
            "zone=\"zone1.example\"",
            "key=\"k._notify.example.org\"",
            "client=\"192.0.2.7:40000\"");
  }
}
