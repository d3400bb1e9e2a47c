package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonetrail.authority.ZoneSource.AwayException;

/// The first start of all, with nothing to serve and the remote away.
class FirstFetchTest {
  private final List<Duration> pauses = new ArrayList<>();
  private int attempts;

  private String failingTimes(int failures) throws AwayException {
    if (attempts++ < failures) {
      throw new AwayException("git.example.org does not answer");
    }
    return "the tree";
  }

  @Test
  void endsAtTheFirstFailure_unlessToldToWait() {
    assertThatThrownBy(() -> FirstFetch.ONCE.of(() -> failingTimes(1)))
        .isInstanceOf(AwayException.class)
        .hasMessage("git.example.org does not answer");
    assertThat(attempts).isEqualTo(1);
  }

  @Test
  void triesAgainAfterGrowingPauses_untilItSucceeds() throws Exception {
    assertThat(new FirstFetch(true, pauses::add).of(() -> failingTimes(9))).isEqualTo("the tree");
    assertThat(pauses)
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
  }

  @Test
  void endsWhenTheProcessIsToldTo() {
    FirstFetch interrupted =
        new FirstFetch(
            true,
            _ -> {
              throw new InterruptedException();
            });
    assertThatThrownBy(() -> interrupted.of(() -> failingTimes(9)))
        .isInstanceOf(AwayException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(attempts).isEqualTo(1);
  }
}
