package zonetrail.tsig;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.tsig.Messages.NOW;
import static zonetrail.tsig.Messages.key;

import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zonetrail.fixtures.Soak;
import zonetrail.tsig.ReplayMemory.Recall;
import zonetrail.wire.Rcode;

/// A signed request has one effect, for as long as it could be sent again.
class ReplayMemoryTest {
  private static final TsigKey KEY = key("k._notify.", TsigAlgorithm.HMAC_SHA256, "secret");
  private static final List<Rcode> RCODES = List.of(Rcode.values());
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
    Instant later = NOW.plusSeconds(300 + 16);
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
  void requestsAtRandom_areKnownAsLongAsASimpleListHasThem() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      ReplayMemory memory = new ReplayMemory(400);
      Map<String, Known> list = new HashMap<>();
      Instant now = NOW;
      for (int step = 0; step < 3_000; step++) {
        now = now.plusMillis(random.nextInt(400));
        String id = id(random.nextInt(600));
        Known known = list.get(id);
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            Instant until = now.plusSeconds(random.nextInt(100));
            Recall recall = memory.remember(id, until, now);
            if (known == null && recall == Recall.FIRST) {
              list.put(id, new Known(until, null));
            } else if (known == null) {
              assertThat(recall).isEqualTo(Recall.FULL);
              assertThat(memory.size()).isEqualTo(400);
            } else if (!known.isOver(now)) {
              assertThat(recall).as("seed %d, step %d", seed, step).isEqualTo(Recall.REPLAY);
            } else if (recall == Recall.FIRST) {
              list.put(id, new Known(until, null));
            }
          }
          case 2 -> {
            memory.forget(id);
            list.remove(id);
          }
          default -> {
            Rcode answer = random.nextBoolean() ? null : RCODES.get(random.nextInt(16));
            memory.answered(id, answer);
            list.computeIfPresent(id, (_, of) -> new Known(of.until, answer));
          }
        }
        Known there = list.get(id);
        if (there == null || !there.isOver(now)) {
          assertThat(memory.answer(id))
              .as("seed %d, step %d", seed, step)
              .isEqualTo(there == null ? null : there.answer);
        }
      }
      memory.remember("last", now.plusSeconds(1_000), now.plusSeconds(300));
      assertThat(memory.size()).isEqualTo(1);
    }
  }

  /// What a simple list would know of a request.
  private record Known(Instant until, @Nullable Rcode answer) {
    boolean isOver(Instant now) {
      return until.getEpochSecond() < now.getEpochSecond();
    }
  }

  /// Digits, or what a commit of somebody else may have in their place.
  private static String id(int number) {
    return number % 5 == 0
        ? (number % 2 == 0 ? "" : "g".repeat(31)) + number
        : "%016x%016x".formatted(number / 3, number % 3);
  }

  @Soak
  @Test
  void whenItIsFull_eachIsKnownToItsLastSecond_andNoOtherIsLetThrough() {
    int requests =
        Soak.Times.of("requests", ReplayMemory.DEFAULT_REQUESTS / 4, ReplayMemory.MOST_REQUESTS);
    ReplayMemory memory = new ReplayMemory(requests);
    int perSecond = requests / 600;
    for (int i = 0; i < requests; i++) {
      assertThat(memory.remember(spread(i), NOW.plusSeconds(i / perSecond), NOW))
          .isEqualTo(Recall.FIRST);
    }
    for (int second = 0; second < 600; second++) {
      Instant now = NOW.plusSeconds(second).plusMillis(999);
      if (second % 16 == 15) { // at the end of a span nothing was forgotten that could make room
        for (int i = second * perSecond; i < requests; i += 1 + i % 7) {
          assertThat(memory.remember(spread(i), now, now))
              .as("request %d after %d s", i, second)
              .isEqualTo(Recall.REPLAY);
        }
      }
      if (now.getEpochSecond() / 16 == NOW.getEpochSecond() / 16) { // none is over yet
        assertThat(memory.remember(spread(requests + second), now, now)).isEqualTo(Recall.FULL);
      }
    }
    System.out.printf("%,d requests: each known to its end%n", requests);
  }

  private static String spread(int number) {
    long mixed = (number + 1) * 0x9E37_79B9_7F4A_7C15L;
    return HexFormat.of().toHexDigits(mixed)
        + HexFormat.of().toHexDigits(Long.rotateLeft(mixed, 29) * 31);
  }

  @Test
  void howManyAreRemembered_goesByTheMemory() {
    assertThat(ReplayMemory.requestsFor(64 << 20)).isEqualTo(240_000);
    assertThat(ReplayMemory.requestsFor(1L << 30)).isEqualTo(729_444);
    assertThat(ReplayMemory.requestsFor(64L << 30)).isEqualTo(3_000_000);
  }

  @Test
  void aRequestThatACommitTellsOf_isAReplay() {
    ReplayMemory memory = new ReplayMemory(10);
    Verdict.Verified request = signedAt(NOW, NOW);
    memory.remember(request.requestId(), NOW.plusSeconds(600), NOW);
    assertThat(memory.recall(request, NOW)).isEqualTo(Recall.REPLAY);
  }
}
