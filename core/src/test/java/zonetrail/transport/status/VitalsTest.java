package zonetrail.transport.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonetrail.transport.Heartbeat;

class VitalsTest {
  private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 53);

  private final Vitals vitals = new Vitals(START);

  @Test
  void aServerThatStarts_isAliveAndNotReady() {
    assertThat(vitals.whyDead(0)).isEmpty();
    assertThat(vitals.whyNotReady(0)).hasValueSatisfying(why -> assertThat(why).contains("start"));
    assertThat(vitals.listening()).isEmpty();
  }

  @Test
  void aServerThatListens_isReady() {
    vitals.ready(List.of(ADDRESS));
    assertThat(vitals.whyNotReady(0)).isEmpty();
    assertThat(vitals.listening()).containsExactly(ADDRESS);
  }

  @Test
  void aThreadThatIsSilentForTooLong_makesItNeitherAliveNorReady() {
    vitals.watch(new Heartbeat("authority", 0));
    vitals.watch(List.of(new Heartbeat("answers-1", 0), new Heartbeat("answers-2", -1)));
    vitals.ready(List.of(ADDRESS));
    long limit = Heartbeat.STUCK_AFTER.toNanos();
    assertThat(vitals.whyDead(limit - 1)).isEmpty();
    assertThat(vitals.whyDead(limit)).contains("the thread 'answers-2' has not moved for 10 s");
    assertThat(vitals.whyNotReady(limit)).isEqualTo(vitals.whyDead(limit));
    long later = limit + Duration.ofSeconds(30).toNanos();
    assertThat(vitals.whyDead(later)).contains("the thread 'authority' has not moved for 40 s");
  }

  @Test
  void aServerThatStops_isNotReady_andItsThreadsMayEnd() {
    vitals.watch(new Heartbeat("authority", 0));
    vitals.ready(List.of(ADDRESS));
    vitals.stopping();
    long later = Duration.ofHours(1).toNanos();
    assertThat(vitals.whyNotReady(later)).contains("stopping");
    assertThat(vitals.whyDead(later)).isEmpty();
    vitals.ready(List.of(ADDRESS));
    assertThat(vitals.phase()).as("a start that ends late").isEqualTo(Vitals.Phase.STOPPING);
  }
}
