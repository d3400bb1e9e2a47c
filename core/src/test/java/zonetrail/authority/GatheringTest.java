package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// For whom a group of edits waits, and how long.
class GatheringTest {
  private static final Duration TOOK = Duration.ofMillis(3);

  private final Gathering gathering = new Gathering();
  private Instant now = Instant.parse("2026-11-28T12:00:00Z");

  /// A group was made, which took so long, and its clients are answered.
  private void group(int answered, int waiting, Duration took) {
    gathering.began(now);
    now = now.plus(took);
    gathering.answered(answered, waiting, now);
  }

  private boolean isWorthWaiting(int waiting) {
    return gathering.isWorthWaiting(waiting, now);
  }

  @Test
  void waitsForAllThatWereAnswered_besidesThoseThatWaited() {
    group(3, 5, TOOK);
    assertThat(isWorthWaiting(5)).isTrue();
    assertThat(isWorthWaiting(7)).isTrue();
    assertThat(isWorthWaiting(8)).isFalse();
  }

  @Test
  void waitsNoLongerThanAnotherGroupWouldTake() {
    group(3, 5, TOOK);
    assertThat(gathering.due()).isEqualTo(now.plus(TOOK));
    now = now.plus(TOOK).minusNanos(1);
    assertThat(isWorthWaiting(6)).isTrue();
    now = now.plusNanos(1);
    assertThat(isWorthWaiting(6)).isFalse();
    assertThat(gathering.due()).isNull();
  }

  @Test
  void waitsForAMomentAtMost_howeverLongAGroupTook() {
    group(3, 5, Duration.ofSeconds(5));
    assertThat(gathering.due()).isEqualTo(now.plus(Gathering.MAX_PATIENCE));
  }

  @Test
  void doesNotWait_beforeAnyWasAnswered_norForOneThatIsAlone() {
    assertThat(isWorthWaiting(1)).isFalse();
    group(1, 0, TOOK);
    assertThat(isWorthWaiting(0)).isFalse();
    assertThat(isWorthWaiting(1)).isFalse();
  }

  @Test
  void waitsLessAndLessOften_whereNobodyComesBack() {
    StringBuilder waits = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      group(1, 1, TOOK);
      waits.append(isWorthWaiting(1) ? 'w' : '-');
      now = now.plus(TOOK);
      assertThat(isWorthWaiting(1)).isFalse();
    }
    assertThat(waits).hasToString("w-w---w-----");
  }

  @Test
  void waitsAgain_onceOneCameBack() {
    group(1, 1, TOOK);
    now = now.plus(TOOK);
    assertThat(isWorthWaiting(1)).isFalse(); // in vain
    group(1, 1, TOOK);
    assertThat(isWorthWaiting(1)).isFalse(); // not tried
    group(1, 1, TOOK);
    assertThat(isWorthWaiting(2)).isFalse(); // who was waited for is here
    group(1, 1, TOOK);
    assertThat(isWorthWaiting(1)).isTrue();
  }
}
