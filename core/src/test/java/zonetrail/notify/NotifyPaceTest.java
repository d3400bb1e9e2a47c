package zonetrail.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonetrail.notify.NotifyQueue.Action;
import zonetrail.notify.NotifyQueue.Notification;
import zonetrail.notify.NotifyQueue.Place;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// How often a secondary is told while a zone changes.
class NotifyPaceTest {
  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
  private static final WireName ZONE = WireName.parse("example.org");
  private static final WireName OTHER = WireName.parse("example.net");
  private static final NotifyTarget SECONDARY = target(2);

  private final NotifyQueue queue = new NotifyQueue(() -> 1);
  private Instant now = START;

  private static NotifyTarget target(int last) {
    return new NotifyTarget(
        new InetSocketAddress(InetAddress.ofLiteral("192.0.2." + last), 53), null);
  }

  /// The serials that are told, in milliseconds of changes that come so far apart.
  private List<Long> told(int changes, Duration apart) {
    List<Long> told = new ArrayList<>();
    for (int i = 1; i <= changes; i++) {
      change(ZONE, i, SECONDARY);
      told.addAll(tell());
      now = now.plus(apart);
    }
    return told;
  }

  private void change(WireName zone, long serial, NotifyTarget target) {
    assertThat(queue.add(new Notification(zone, Serial.of(serial), target), now)).isTrue();
  }

  private List<Long> tell() {
    return queue.due(now, now).stream()
        .map(action -> ((Action.Send) action).what().serial().value())
        .toList();
  }

  @Test
  void changesApart_areEachToldAtOnce() {
    assertThat(told(5, NotifyPace.CLOSE)).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void ofAStream_isToldNowAndThen_andOfItsLastChange() {
    // One each 5 ms: at 0, 100 and 200 ms.
    assertThat(told(41, Duration.ofMillis(5))).containsExactly(1L, 21L, 41L);

    now = now.plus(Duration.ofMillis(2));
    change(ZONE, 42, SECONDARY);
    assertThat(tell()).isEmpty();
    now = START.plusMillis(300);
    assertThat(queue.nextDue()).contains(now);
    assertThat(tell()).containsExactly(42L);
  }

  @Test
  void afterAStream_isToldAtOnceAgain() {
    assertThat(told(4, Duration.ofMillis(5))).containsExactly(1L);

    now = now.plus(NotifyPace.CLOSE);
    change(ZONE, 5, SECONDARY);

    assertThat(tell()).containsExactly(5L);
  }

  /// As where a zone has changed and the secondary's key is new.
  @Test
  void addedTwice_isOneChange() {
    assertThat(told(1, Duration.ofMillis(50))).containsExactly(1L);

    change(ZONE, 2, SECONDARY);
    change(ZONE, 2, SECONDARY);

    assertThat(tell()).containsExactly(2L);
  }

  @Test
  void aloneBehindOneThatIsSentAgain_isToldAtOnce() {
    assertThat(told(1, Duration.ofSeconds(1))).containsExactly(1L);
    change(OTHER, 1, SECONDARY);
    assertThat(tell()).containsExactly(1L, 1L);
    now = now.plusMillis(5);

    change(ZONE, 2, SECONDARY);

    assertThat(tell()).containsExactly(2L);
  }

  @Test
  void aloneBeforeOneThatIsForLater_isToldAtOnce() {
    assertThat(told(1, Duration.ofMillis(40))).containsExactly(1L);
    Notification later = new Notification(ZONE, Serial.of(1), SECONDARY);
    assertThat(queue.add(later, now.plusSeconds(30))).isTrue();

    change(ZONE, 2, SECONDARY);

    assertThat(tell()).containsExactly(2L);
  }

  @Test
  void everyZoneAndSecondary_hasAStreamOfItsOwn() {
    assertThat(told(2, Duration.ofMillis(1))).containsExactly(1L);

    change(OTHER, 7, SECONDARY);
    change(ZONE, 8, target(3));

    assertThat(tell()).containsExactlyInAnyOrder(7L, 8L);
  }

  @Test
  void rememberingEnds_whereOthersAreTold() {
    NotifyPace pace = new NotifyPace();
    for (int i = 0; i < 1_000; i++) {
      WireName zone = WireName.parse("z" + i + ".example");
      pace.told(new Place(zone, SECONDARY.address()), now, now);
      now = now.plusMillis(2);
    }
    assertThat(pace.remembered()).isEqualTo(51);
  }
}
