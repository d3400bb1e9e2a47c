package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClockWatchTest {
  private static final Instant WALL = Instant.parse("2026-11-22T12:00:00Z");
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final ClockWatch watch = new ClockWatch(WALL, 0);

  @ParameterizedTest
  @ValueSource(longs = {-3600, -11, 11, 86_400})
  void aJumpOfTheTimeOfDayIsTold_once(long seconds) {
    assertThat(watch.look(WALL.plusSeconds(1 + seconds), SECOND))
        .isEqualTo(Duration.ofSeconds(seconds));
    assertThat(watch.look(WALL.plusSeconds(2 + seconds), 2 * SECOND)).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {-10, 0, 10})
  void aSmallStepIsNone(long seconds) {
    assertThat(watch.look(WALL.plusSeconds(1 + seconds), SECOND)).isNull();
  }

  @Test
  void aLongTimeBetweenTwoLooksIsNoJump() {
    assertThat(watch.look(WALL.plusSeconds(7_200), 7_200 * SECOND)).isNull();
  }

  @Test
  void aClockThatDriftsIsNone_howeverFarItGets() {
    for (int i = 1; i <= 1_000; i++) {
      assertThat(watch.look(WALL.plusSeconds(2L * i), i * SECOND)).isNull();
    }
  }
}
