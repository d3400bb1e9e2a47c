package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonetrail.authority.Event.Level;
import zonetrail.authority.ZoneSource.Outlook;

/// What the operator is told about a source that cannot be fetched, and how often.
class FetchFailureTest {

  private static final Input AWAY = new Input.FetchFailed("git.example.org does not answer");
  private static final Input REFUSED =
      new Input.FetchFailed("the host key is not trusted", Outlook.OPERATOR_MUST_ACT);

  private final Primary primary = new Primary(Duration.ofMinutes(5));

  private List<Level> levels(Input input) {
    return primary.step(input, Instant.EPOCH).stream()
        .filter(Effect.Report.class::isInstance)
        .map(effect -> ((Effect.Report) effect).event())
        .filter(event -> !(event instanceof Event.Fetched))
        .map(Event::level)
        .toList();
  }

  private static Input fetched() {
    return new Input.SourceFetched(new ZoneFiles.Advance(ZoneFiles.NONE, false, List.of()));
  }

  @Test
  void anOutageIsAWarning_whatOnlyAnOperatorCanMendAnError() {
    assertThat(levels(AWAY)).containsExactly(Level.WARN);
    assertThat(levels(REFUSED)).containsExactly(Level.ERROR);
  }

  @Test
  void aRewriteThatIsNotFollowedHasAnEventOfItsOwn() {
    Input held = new Input.FetchFailed("the branch lacks 1 updates", Outlook.REWRITE_HELD);
    assertThat(primary.step(held, Instant.EPOCH))
        .contains(new Effect.Report(new Event.RewriteHeld("the branch lacks 1 updates", false)));
    assertThat(levels(held)).containsExactly(Level.DEBUG);
  }

  @Test
  void theSameReasonIsSaidOnce() {
    assertThat(levels(REFUSED)).containsExactly(Level.ERROR);
    assertThat(levels(REFUSED)).containsExactly(Level.DEBUG);
    assertThat(levels(AWAY)).containsExactly(Level.WARN);
    assertThat(levels(AWAY)).containsExactly(Level.DEBUG);
    assertThat(levels(REFUSED)).containsExactly(Level.ERROR);
  }

  @Test
  void thatTheSourceIsBackIsSaidOnce_andAfterwardsTheReasonIsNewsAgain() {
    assertThat(levels(AWAY)).containsExactly(Level.WARN);
    assertThat(levels(fetched())).containsExactly(Level.INFO);
    assertThat(levels(fetched())).isEmpty();
    assertThat(levels(AWAY)).containsExactly(Level.WARN);
  }
}
