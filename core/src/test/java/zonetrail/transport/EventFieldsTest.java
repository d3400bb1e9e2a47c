package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.Event;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Serial;

class EventFieldsTest {
  private static WireName name(String text) {
    try {
      return WireName.parse(text);
    } catch (BadNameException wrong) {
      throw new AssertionError(wrong);
    }
  }

  private static Event refused(String zone, String client) {
    return new Event.NotifyRefused(
        name(zone),
        name("k._notify.example.org."),
        new InetSocketAddress(InetAddress.ofLiteral(client), 40_000));
  }

  @Test
  void theNameOfAKindIsItsWords() {
    assertThat(EventFields.name(new Event.FetchFailed("away", false, false)))
        .isEqualTo("fetch_failed");
    assertThat(EventFields.name(refused("example.com.", "192.0.2.7"))).isEqualTo("notify_refused");
  }

  @Test
  void numbersStayNumbers_andNamesHaveNoDotAtTheEnd() {
    assertThat(
            EventFields.of(
                new Event.ZoneAdded(name("example.com."), Serial.of(4_294_967_295L), 12, "folder")))
        .containsExactly(
            entry("zone", "example.com"),
            entry("serial", 4_294_967_295L),
            entry("records", 12),
            entry("version", "folder"));
  }

  @Test
  void whatIsAbsentIsLeftOut_andFindingsHaveLinesOfTheirOwn() {
    Event broken = new Event.ZoneBroken(name("example.com."), null, List.<Finding>of(), "folder");
    assertThat(EventFields.of(broken)).containsOnlyKeys("zone", "version");
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "2001:db8::1"})
  void aClientIsWrittenAsOperatorsDo(String client) {
    String written = client.contains(":") ? "[" + client + "]:40000" : client + ":40000";
    assertThat(EventFields.of(refused("example.com.", client))).containsEntry("client", written);
  }

  @Test
  void aFloodOfOneClientIsAboutItsKey_whateverZonesItNames() {
    assertThat(EventFields.subject(refused("a.example.", "192.0.2.7")))
        .isEqualTo(EventFields.subject(refused("b.example.", "192.0.2.8")));
  }

  @Test
  void zonesHaveTheirOwnShareOfTheLog() {
    Event one = new Event.ZoneRemoved(name("a.example."), "folder");
    Event other = new Event.ZoneRemoved(name("b.example."), "folder");
    assertThat(EventFields.subject(one)).isNotEqualTo(EventFields.subject(other));
  }
}
