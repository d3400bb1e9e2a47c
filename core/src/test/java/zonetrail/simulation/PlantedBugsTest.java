package zonetrail.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import zonetrail.simulation.Simulation.Failure;

/// The simulator finds what it is there to find: each bug that is planted around the real primary,
/// by the promise that it breaks.
class PlantedBugsTest {
  /// So many seeds at most are tried for one bug; the one that is named did when it was written.
  private static final long SEEDS = 60;

  /// A bug, the seed that is tried first, and what is said of the promise that it breaks.
  record Planted(Supplier<Bug> bug, long seed, String promise) {
    @Override
    public String toString() {
      return bug.get().getClass().getSimpleName();
    }
  }

  static Stream<Planted> bugs() {
    return Stream.of(
        new Planted(PlantedBugs.AcknowledgesBeforeThePush::new, 1, "which is not in the remote"),
        new Planted(PlantedBugs.AnswersBeforeItServes::new, 1, "which it does not serve"),
        new Planted(PlantedBugs.LosesAParkedReply::new, 1, "without an answer"),
        new Planted(PlantedBugs.AnswersTwice::new, 1, "was answered twice"),
        new Planted(PlantedBugs.ForgetsDeadlines::new, 3, "without an answer"),
        new Planted(PlantedBugs.ServesBeforeThePush::new, 1, "which the remote never had"),
        new Planted(PlantedBugs.NamesAnotherCommit::new, 1, "otherwise than"),
        new Planted(PlantedBugs.ServesAnOlderState::new, 2, " after "),
        new Planted(PlantedBugs.ForcesPushes::new, 1, "out of the branch"),
        new Planted(PlantedBugs.IgnoresTheCompareAndSwap::new, 1, "which the remote never had"),
        new Planted(PlantedBugs.TakesABrokenLineForSuccess::new, 1, "which the remote never had"),
        new Planted(PlantedBugs.DropsAConflict::new, 3, "has lost"),
        new Planted(PlantedBugs.CommitsTwoGroupsAtOnce::new, 1, "two groups of commits at once"),
        new Planted(PlantedBugs.FollowsARewriteThatLosesUpdates::new, 1, "nobody accepted that"),
        new Planted(PlantedBugs.TakesAnySignature::new, 2, "a request that nobody made"),
        new Planted(PlantedBugs.HasNoReplayMemory::new, 2, "was made twice"),
        new Planted(PlantedBugs.IgnoresWhatOthersMade::new, 20, "was made twice"),
        new Planted(PlantedBugs.ForgetsRequestsAtARestart::new, 2, "was made twice"),
        new Planted(PlantedBugs.ForgetsTheTrailer::new, 1, "and tells of []"),
        new Planted(PlantedBugs.ReusesASerial::new, 1, "does not raise the serial"),
        new Planted(PlantedBugs.CommitsWithoutReading::new, 1, "a broken file"),
        new Planted(PlantedBugs.LosesALine::new, 1, "removes [www."),
        new Planted(PlantedBugs.ServesAPartOfATransfer::new, 1, "which no primary ever served so"),
        new Planted(PlantedBugs.ForgetsWhatWaitsAtARestart::new, 8, " after "),
        new Planted(PlantedBugs.ReadsNothingBack::new, 1, "has lost"),
        new Planted(PlantedBugs.CommitsWithoutFsync::new, 2, "has lost"),
        new Planted(PlantedBugs.PutsOffNotes::new, 225, " after "));
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void isFound(Planted planted) {
    for (long seed = planted.seed(); seed < planted.seed() + SEEDS; seed++) {
      Failure failure =
          Simulation.run(seed, Simulation.settingOf(seed), planted.bug().get(), false);
      if (failure != null) {
        assertThat(failure.reason())
            .as("seed %d", seed)
            .isInstanceOf(BrokenPromise.class)
            .hasMessageContaining(planted.promise());
        return;
      }
    }
    throw new AssertionError("no seed finds it");
  }
}
