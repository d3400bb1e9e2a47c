package zonetrail.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.fixtures.Soak;
import zonetrail.simulation.Simulation.Failure;

/// Runs of the simulator. Without more words it runs as many seeds as there is time for;
/// `-Dseeds=N` makes N runs, `-Psoak` 1,000, and `-Dseed=S` begins with that seed.
class SimulationTest {
  private static final Duration TIME = Duration.ofSeconds(8);
  private static final int LEAST_SEEDS = 10;
  private static final int SEEDS = Soak.Times.of("seeds", 200, 1_000);
  private static final long FIRST = Long.getLong("seed", 1);

  @Soak
  @Test
  void noSeedBreaksAPromise() {
    boolean isBounded = Long.getLong("seeds") == null && !Boolean.getBoolean("soak");
    long end = System.nanoTime() + TIME.toNanos();
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      if (isBounded && seed >= FIRST + LEAST_SEEDS && System.nanoTime() > end) {
        return;
      }
      requireKept(seed);
      if ((seed + 1 - FIRST) % 100 == 0) {
        System.out.printf(
            "%d simulations, from seed %d on: every promise kept%n", seed + 1 - FIRST, FIRST);
      }
    }
  }

  private static void requireKept(long seed) {
    Failure failure = Simulation.run(seed, Simulation.settingOf(seed), Bug.NONE, false);
    if (failure != null) {
      Failure traced = Simulation.run(seed, Simulation.settingOf(seed), Bug.NONE, true);
      assertThat(traced).as("seed %d, told with its trace", seed).isNull();
    }
  }

  /// Seeds that once found something.
  @Nested
  class Found {
    @Test
    void anUpdateWasMadeTwice_whereTheOtherOneOfItsCommitCameToNothing() {
      requireKept(167);
    }

    @Test
    void anUpdateWasForgotten_whereItsCommitHeldItsReversalToo() {
      requireKept(70);
    }

    @Test
    void anUpdateWasMadeTwice_whereAnotherServerHadMadeAPartOfItsCommit() {
      requireKept(732);
    }

    @Test
    void updatesWereMadeTwice_whereTwoLinesHadBeenTakenThePlaceOf_oneByTheOther() {
      requireKept(7398);
    }

    @Test
    void aLineWasNeverForgotten_whereItWasMadeAgainInParts() {
      requireKept(1315);
    }

    @Test
    void anUpdateWasSaidToBeMade_thatHadBecomeAConflict() {
      requireKept(1449);
    }

    @Test
    void aSerialWentBack_whereAStartKnewNothingBetweenOurOldCommitAndABrokenOne() {
      requireKept(299);
    }

    /// Of the simulator's judge: the server did as it should.
    @Test
    void aRemovalThatAKillLeftUnanswered_isMadeAgainAsItsChange() {
      requireKept(4825);
    }

    @Test
    void aCommitSaidThatItHeldWhatHadBecomeAConflict_whereARestOfItWasMadeAgainTwice() {
      requireKept(3076);
    }

    @Test
    void aSerialWentBack_whereAFetchFoundTheHistoryRewrittenThatOurLineHadJustBeenMadeAgainOn() {
      requireKept(18_372);
    }

    @Test
    void aZoneGotASerialOnceMore_whereItWasGoneAndBackInAFileThatWasHeldForAnOlderOne() {
      requireKept(29_284);
    }

    @Test
    void whatARunLeftOverWasMadeAgain_whereTheSourceHadTheFirstOfItsCommitsOnly() {
      requireKept(42_062);
    }

    @Test
    void editsFailedForEver_whereTheFileOfAZoneThatIsStillServedWasGone() {
      requireKept(909);
    }

    @Test
    void aServerWasBusyForEver_whereWhatWasGivenBackWasTooLateAlready() {
      requireKept(1694);
    }

    /// It says so no more since notes wait as long as they do in the server; that what may not be
    /// done before them waits for them is what [PlantedBugs.PutsOffNotes] proves.
    @Test
    void aSerialWentBack_whereWhatWasServedWasNotedAfterASlowFetch() {
      requireKept(8560);
    }

    @Test
    void editsFailedForEver_whereASerialWasRaisedToOneThatTheSourceOnceHad() {
      requireKept(1180);
    }
  }
}
