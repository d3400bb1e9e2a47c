package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.server.git.TipAttempts.WaitsException;

class TipAttemptsTest {
  private static final ObjectId TIP = ObjectId.fromString("a".repeat(40));
  private static final ObjectId NEXT = ObjectId.fromString("b".repeat(40));

  private Path state;
  private Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private TipAttempts attempts;

  @BeforeEach
  void start(@TempDir Path fresh) {
    state = fresh;
    attempts = new TipAttempts(fresh, () -> now);
  }

  /// As if the process had ended where it stood.
  private void restart() {
    attempts = new TipAttempts(state, () -> now);
  }

  private void dieOver(ObjectId tip) throws Exception {
    restart();
    attempts.begin(tip);
    restart();
  }

  private void waits(ObjectId tip, Duration delay) throws Exception {
    restart();
    Instant since = now;
    now = since.plus(delay).minusSeconds(1);
    assertThatThrownBy(() -> attempts.begin(tip))
        .isInstanceOf(WaitsException.class)
        .hasMessageContainingAll(
            tip.abbreviate(7).name(), since.plus(delay).toString(), "-Xmx", "push");
    now = since.plus(delay);
    attempts.begin(tip);
  }

  @Test
  void oneDeathHoldsNothingBack_andNothingIsLeftAfterwards() throws Exception {
    dieOver(TIP);
    attempts.begin(TIP);
    attempts.succeeded();
    assertThat(state).isEmptyDirectory();
    for (int i = 0; i < 5; i++) {
      dieOver(TIP);
      attempts.begin(TIP);
      attempts.ended();
    }
  }

  @Test
  void afterTwoDeathsATipWaits_twiceAsLongAfterEach_andSomeHoursAtMost() throws Exception {
    dieOver(TIP);
    dieOver(TIP);
    for (int minutes : new int[] {10, 20, 40, 80, 160, 320, 360, 360}) {
      waits(TIP, Duration.ofMinutes(minutes));
    }
    for (int i = 0; i < 100; i++) {
      waits(TIP, TipAttempts.MAX_DELAY);
    }
  }

  @Test
  void anotherTipIsTriedAtOnce_once() throws Exception {
    dieOver(TIP);
    dieOver(TIP);
    dieOver(NEXT);
    waits(NEXT, Duration.ofMinutes(20));
    attempts.succeeded();
    dieOver(NEXT);
    attempts.begin(NEXT);
  }

  @Test
  void readingAnotherTipAtTheStartDoesNotForgetWhichOneItDiedOver() throws Exception {
    for (int i = 0; i < TipAttempts.DEATHS_BORNE; i++) {
      restart();
      attempts.beginAtStart(NEXT);
      attempts.succeeded();
      attempts.begin(TIP);
    }
    restart();
    attempts.beginAtStart(NEXT);
    waits(TIP, TipAttempts.FIRST_DELAY);
  }

  @Test
  void aTipThatEndsTheServerWhenItIsReadAtTheStart_waitsToo() throws Exception {
    dieOver(TIP);
    attempts.beginAtStart(TIP);
    restart();
    assertThatThrownBy(() -> attempts.beginAtStart(TIP)).isInstanceOf(WaitsException.class);
  }

  @Test
  void aServerThatIsToldToStopInTheMiddleHasNotDied() throws Exception {
    dieOver(TIP);
    for (int i = 0; i < 5; i++) {
      attempts.begin(TIP);
      attempts.interrupted();
      restart();
    }
    dieOver(TIP);
    waits(TIP, TipAttempts.FIRST_DELAY);
  }

  @Test
  void aTipThatWasTakenInIsNotNotedAgain() throws Exception {
    restart();
    attempts.begin(TIP);
    attempts.succeeded();
    attempts.begin(TIP);
    assertThat(state).isEmptyDirectory();
    attempts.begin(NEXT);
    assertThat(state.resolve(TipAttempts.NAME)).exists();
  }

  @Test
  void aClockThatWasSetBackEndsTheWaiting() throws Exception {
    dieOver(TIP);
    dieOver(TIP);
    now = now.minus(Duration.ofDays(365));
    attempts.begin(TIP);
  }

  @Test
  void aNoteThatCannotBeUnderstoodIsNone() throws Exception {
    for (String note :
        new String[] {"", "\0\0\0", "x".repeat(10_000), TIP.name() + " 99999999 1"}) {
      Files.writeString(state.resolve(TipAttempts.NAME), note);
      restart();
      attempts.begin(TIP);
      attempts.ended();
      assertThat(state).isEmptyDirectory();
    }
  }
}
