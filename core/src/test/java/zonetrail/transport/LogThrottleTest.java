package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slf4j.event.Level.INFO;
import static org.slf4j.event.Level.WARN;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import zonetrail.transport.LogThrottle.LeftOut;

class LogThrottleTest {
  private static final long REFILL = LogThrottle.REFILL.toNanos();

  private final LogThrottle throttle = new LogThrottle();

  private long admitted(Object subject, int lines, long nowNanos) {
    return IntStream.range(0, lines).filter(_ -> throttle.admits(subject, INFO, nowNanos)).count();
  }

  @Test
  void theFirstLinesOfASubjectAreWritten_andNoMore() {
    assertThat(admitted("a", 1_000, 0)).isEqualTo(LogThrottle.BURST);
    assertThat(throttle.leftOutInAll()).isEqualTo(1_000 - LogThrottle.BURST);
  }

  @Test
  void aFloodOfOneSubjectCostsAnotherNothing() {
    admitted("a", 1_000, 0);
    assertThat(throttle.admits("b", INFO, 0)).isTrue();
  }

  @Test
  void aSubjectGetsALineBack_asTimeGoesOn() {
    admitted("a", 1_000, 0);
    assertThat(admitted("a", 10, REFILL - 1)).isZero();
    assertThat(admitted("a", 10, REFILL)).isEqualTo(1);
    assertThat(admitted("a", 1_000, 1_000 * REFILL)).isEqualTo(LogThrottle.BURST);
  }

  @Test
  void whatWasLeftOutIsToldOnce_whenThereIsRoomAgain() {
    admitted("a", LogThrottle.BURST + 7, 0);
    admitted("b", 1, 0);
    assertThat(throttle.takeLeftOut(0)).isEmpty();
    assertThat(throttle.takeLeftOut(REFILL)).containsExactly(new LeftOut("a", 7, INFO));
    assertThat(throttle.takeLeftOut(2 * REFILL)).isEmpty();
  }

  @Test
  void whatWasLeftOutIsToldAsGravely_asTheGravestOfItWas() {
    admitted("a", LogThrottle.BURST + 1, 0);
    throttle.admits("a", WARN, 0);
    throttle.admits("a", INFO, 0);
    assertThat(throttle.takeLeftOut(REFILL)).containsExactly(new LeftOut("a", 3, WARN));
    admitted("a", 2, REFILL);
    assertThat(throttle.takeLeftOut(3 * REFILL)).containsExactly(new LeftOut("a", 2, INFO));
  }

  @Test
  void theMemoryIsBounded_andTheSubjectThatWasQuietLongestIsForgotten() {
    admitted("first", LogThrottle.BURST, 0);
    for (int i = 1; i < LogThrottle.MAX_SUBJECTS; i++) {
      throttle.admits(i, INFO, 0);
    }
    assertThat(throttle.admits("first", INFO, 0)).as("still known").isFalse();
    for (int i = 0; i < LogThrottle.MAX_SUBJECTS; i++) {
      throttle.admits("new " + i, INFO, 0);
    }
    assertThat(throttle.admits("first", INFO, 0)).as("forgotten").isTrue();
  }
}
