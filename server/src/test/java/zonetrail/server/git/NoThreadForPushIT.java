package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static zonetrail.server.git.LedgerFixture.ZONE;
import static zonetrail.server.git.LedgerFixture.edit;
import static zonetrail.server.git.LedgerFixture.fetch;
import static zonetrail.server.git.LedgerFixture.versions;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import zonetrail.authority.PushOutcome;
import zonetrail.fixtures.RequiresTool;

/// What becomes of pushes while the system has no thread for them.
@RequiresTool(value = "git", debian = "git")
class NoThreadForPushIT extends ClonedZones {
  private static final Duration SOON = Duration.ofSeconds(30);

  /// Fails where a thread is made by one that has it, as a system does that has no more of them.
  private static final class NoMoreThreads extends InheritableThreadLocal<Boolean> {
    @Override
    protected Boolean childValue(Boolean ofParent) {
      throw new OutOfMemoryError("unable to create native thread");
    }
  }

  @Test
  void haveNotBegun_andTakeNoPlaceOfLaterOnes() throws Exception {
    NoMoreThreads noMoreThreads = new NoMoreThreads();
    try (GitSource source = open();
        ExecutorService lane = Executors.newSingleThreadExecutor()) {
      String ours =
          source
              .commit(fetch(source).version(), edit("example.com", ZONE + "; 2\n", "r1"))
              .version();
      assertThat(versions(source.pending())).containsExactly(ours); // and is settled
      for (int i = 0; i <= RemotePush.MAX_UNFINISHED; i++) {
        Future<PushOutcome> push =
            lane.submit(() -> {
              noMoreThreads.set(true);
              try {
                return source.push(ours);
              } finally {
                noMoreThreads.remove();
              }
            });
        assertThat(push.get(SOON.toSeconds(), TimeUnit.SECONDS))
            .asInstanceOf(type(PushOutcome.Failed.class))
            .satisfies(failed -> {
              assertThat(failed.isRefused()).isFalse();
              assertThat(failed.reason()).contains("unable to create native thread");
            });
      }
      Future<PushOutcome> push = lane.submit(() -> source.push(ours));
      assertThat(push.get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new PushOutcome.Pushed());
    }
  }
}
