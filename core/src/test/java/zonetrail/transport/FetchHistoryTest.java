package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import zonetrail.authority.Input;
import zonetrail.authority.ZoneSource.Outlook;
import zonetrail.transport.FetchHistory.Result;
import zonetrail.transport.FetchHistory.State;

class FetchHistoryTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final FetchHistory fetches = new FetchHistory();

  @Test
  void failuresInARowBeginWithTheFirst_andTellTheLastReason() {
    fetches.succeeded(true, Duration.ofMillis(70), NOON);
    fetches.failed(new Input.FetchFailed("no route"), Duration.ofSeconds(2), NOON.plusSeconds(10));
    fetches.began(NOON.plusSeconds(19));
    fetches.failed(new Input.FetchFailed("refused"), Duration.ofSeconds(1), NOON.plusSeconds(20));
    assertThat(fetches.state())
        .isEqualTo(new State(NOON, NOON.plusSeconds(10), "refused", false, null));
    assertThat(fetches.count(Result.FAILED)).isEqualTo(2);
  }

  @Test
  void aRewriteThatIsHeldIsToldApart() {
    fetches.failed(
        new Input.FetchFailed("lacks updates", Outlook.REWRITE_HELD), Duration.ZERO, NOON);
    assertThat(fetches.state().isRewriteHeld()).isTrue();
    fetches.succeeded(true, Duration.ZERO, NOON);
    assertThat(fetches.state().isRewriteHeld()).isFalse();
  }

  @Test
  void aSuccessEndsThem() {
    fetches.failed(new Input.FetchFailed("no route"), Duration.ofSeconds(2), NOON);
    fetches.succeeded(false, Duration.ofMillis(20), NOON.plusSeconds(5));
    assertThat(fetches.state()).isEqualTo(new State(NOON.plusSeconds(5), null, null, false, null));
    assertThat(fetches.count(Result.UNCHANGED)).isEqualTo(1);
    assertThat(fetches.count(Result.CHANGED)).isZero();
  }

  @Test
  void theOneUnderWayIsTold() {
    fetches.began(NOON);
    assertThat(fetches.state().runningSince()).isEqualTo(NOON);
  }

  @Test
  void eachDurationIsInOneBucket_theOneWithTheNextBound() {
    fetches.succeeded(true, Duration.ofMillis(10), NOON);
    fetches.succeeded(true, Duration.ofMillis(11), NOON);
    fetches.succeeded(true, Duration.ofHours(1), NOON);
    long[] counts = fetches.bucketCounts();
    assertThat(counts[0]).isEqualTo(1);
    assertThat(counts[1]).isEqualTo(1);
    assertThat(counts[counts.length - 1]).isEqualTo(1);
    assertThat(Arrays.stream(counts).sum()).isEqualTo(3);
    assertThat(counts).hasSameSizeAs(FetchHistory.bucketBounds());
    assertThat(fetches.durationSeconds()).isEqualTo(3_600.021);
  }
}
