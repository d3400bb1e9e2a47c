package zonetrail.tsig;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.tsig.Messages.NOW;
import static zonetrail.tsig.Messages.key;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import zonetrail.tsig.ReplayMemory.Recall;

/// A signed request has one effect, for as long as it could be sent again.
class ReplayMemoryTest {
  private static final TsigKey KEY = key("k._notify.", TsigAlgorithm.HMAC_SHA256, "secret");
  private static final KeyRing RING = KeyRing.of(Map.of("_keys", List.of(KEY)));

  private static Verdict verdictAt(Instant timeSigned, int fudgeSeconds, Instant now) {
    byte[] message = Messages.signed(Messages.notifyRequest(), KEY, timeSigned, fudgeSeconds, 32);
    return TsigVerifier.verify(message, message.length, RING, now);
  }

  private static Verdict.Verified signedAt(Instant timeSigned, Instant now) {
    return (Verdict.Verified) verdictAt(timeSigned, 300, now);
  }

  @Test
  void theSameRequestAgain_isAReplay() {
    ReplayMemory memory = new ReplayMemory(10);
    assertThat(memory.recall(signedAt(NOW, NOW), NOW)).isEqualTo(Recall.FIRST);
    assertThat(memory.recall(signedAt(NOW, NOW), NOW.plusSeconds(300))).isEqualTo(Recall.REPLAY);
  }

  @Test
  void anotherSecond_isAnotherRequest() {
    ReplayMemory memory = new ReplayMemory(10);
    assertThat(memory.recall(signedAt(NOW, NOW), NOW)).isEqualTo(Recall.FIRST);
    assertThat(memory.recall(signedAt(NOW.plusSeconds(1), NOW), NOW)).isEqualTo(Recall.FIRST);
  }

  @Test
  void whatTheVerifierWouldAcceptAgain_isNeverForgotten() {
    Instant signed = NOW.plusSeconds(300); // a clock that is ahead as far as is allowed
    ReplayMemory memory = new ReplayMemory(10);
    assertThat(memory.recall(signedAt(signed, NOW), NOW)).isEqualTo(Recall.FIRST);
    for (int second = 0; second <= 700; second++) {
      Instant later = NOW.plusSeconds(second).plusMillis(999);
      if (verdictAt(signed, 300, later) instanceof Verdict.Verified replayed) {
        assertThat(memory.recall(replayed, later))
            .as("after %d s", second)
            .isEqualTo(Recall.REPLAY);
      }
    }
  }

  @Test
  void whatCanNotComeAgain_makesRoom() {
    ReplayMemory memory = new ReplayMemory(10);
    memory.recall(signedAt(NOW, NOW), NOW);
    assertThat(memory.size()).isEqualTo(1);
    Instant later = NOW.plusSeconds(301);
    memory.recall(signedAt(later, later), later);
    assertThat(memory.size()).isEqualTo(1);
  }

  @Test
  void whenItIsFull_nothingNewIsLetThrough_andNothingOldForgotten() {
    ReplayMemory memory = new ReplayMemory(3);
    for (int i = 0; i < 3; i++) {
      assertThat(memory.recall(signedAt(NOW.plusSeconds(i), NOW), NOW)).isEqualTo(Recall.FIRST);
    }
    assertThat(memory.recall(signedAt(NOW.plusSeconds(4), NOW), NOW)).isEqualTo(Recall.FULL);
    assertThat(memory.recall(signedAt(NOW, NOW), NOW)).isEqualTo(Recall.REPLAY);
  }

  @Test
  void aRequestThatACommitTellsOf_isAReplay() {
    ReplayMemory memory = new ReplayMemory(10);
    Verdict.Verified request = signedAt(NOW, NOW);
    memory.remember(request.requestId(), NOW.plusSeconds(600), NOW);
    assertThat(memory.recall(request, NOW)).isEqualTo(Recall.REPLAY);
  }
}
