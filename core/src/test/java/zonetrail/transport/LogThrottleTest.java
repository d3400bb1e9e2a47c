package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import zonetrail.transport.LogThrottle.LeftOut;

class LogThrottleTest {
  private static final long REFILL = LogThrottle.REFILL.toNanos();

  private final LogThrottle throttle = new LogThrottle();

  private long admitted(Object subject, int lines, long nowNanos) {
    return IntStream.range(0, lines).filter(_ -> throttle.admits(subject, nowNanos)).count();
  }

  @Test
  void theFirstLinesOfASubjectAreWritten_andNoMore() {
    assertThat(admitted("a", 1_000, 0)).isEqualTo(LogThrottle.BURST);
    assertThat(throttle.leftOutInAll()).isEqualTo(1_000 - LogThrottle.BURST);
  }

  @Test
  void aFloodOfOneSubjectCostsAnotherNothing() {
    admitted("a", 1_000, 0);
    assertThat(throttle.admits("b", 0)).isTrue();
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
    assertThat(throttle.takeLeftOut(REFILL)).containsExactly(new LeftOut("a", 7));
    assertThat(throttle.takeLeftOut(2 * REFILL)).isEmpty();
  }

  @Test
  void theMemoryIsBounded_andTheSubjectThatWasQuietLongestIsForgotten() {
    admitted("first", LogThrottle.BURST, 0);
    for (int i = 1; i < LogThrottle.MAX_SUBJECTS; i++) {
      throttle.admits(i, 0);
    }
    assertThat(throttle.admits("first", 0)).as("still known").isFalse();
    for (int i = 0; i < LogThrottle.MAX_SUBJECTS; i++) {
      throttle.admits("new " + i, 0);
    }
    assertThat(throttle.admits("first", 0)).as("forgotten").isTrue();
  }
}
