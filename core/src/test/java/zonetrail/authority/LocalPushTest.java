package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.tsig.ReplayMemory;
import zonetrail.tsig.TsigKey;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.WireName;

/// Commits that were acknowledged already: when they are pushed, and what they hold until then.
class LocalPushTest {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TsigKey KEY = TsigKey.parse("a._update.example.com:SHA256:" + SECRET);
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

  private final EditedTexts texts = new EditedTexts(1 << 20);
  private final MemoryTree repository = new MemoryTree();
  private final EditFlow flow =
      new EditFlow(
          new EditSettings(
              EditSettings.Ack.LOCAL, Duration.ofSeconds(10), SerialStyle.INCREMENT, false),
          new UpdateReplies(new ReplayMemory(100)));
  private final ZoneLedger ledger = new MemoryLedger(repository);
  private int updates;

  private final Collected versions = new Collected();
  private final Collected clients = new Collected();

  /// Objects, and how many of them the collector leaves.
  private static final class Collected {
    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();
    private final Set<Reference<Object>> left = new HashSet<>();
    private int added;

    void add(Object object) {
      left.add(new WeakReference<>(object, gone));
      added++;
    }

    int added() {
      return added;
    }

    /// Waits until no more than these are left; in vain for ten seconds.
    void waitUntilLeft(int most) throws InterruptedException {
      while (left.size() > most) {
        System.gc();
        Reference<?> next = gone.remove(10_000);
        assertThat(next).as("%d are left of %d", left.size(), added).isNotNull();
        for (; next != null; next = gone.poll()) {
          left.remove(next);
        }
      }
    }
  }

  @BeforeEach
  void begin() {
    repository
        .put("example.com", "$TTL 300\n@ SOA ns h 1 3600 900 604800 300\n NS ns\nns A 192.0.2.53\n")
        .put("example.com._keys", "a._update.example.com. DNSKEY 0 3 163 " + SECRET + "\n");
    flow.started(ZoneFiles.NONE.advance(repository.commit()), null);
  }

  /// Takes an update and commits it.
  ///
  /// @return what is pushed thereupon
  private List<String> update(Instant time) throws Exception {
    ReplyHandle client = new ClientToldByOthers();
    clients.add(client);
    Update update = new Update(Name.fromString("example.com."));
    update.add(Name.fromString("h" + ++updates + ".example.com."), Type.A, 300, "192.0.2.1");
    ZoneEdit.Requested edit =
        new ZoneEdit.Requested(
            UpdateRequest.parse(update.toWire(Message.MAXLENGTH)),
            KEY,
            client.client(),
            "id" + updates);
    flow.take(edit, new UpdateReplies.Awaited(edit, client, time.plusSeconds(10)));
    for (Effect effect : started(time)) {
      if (effect instanceof Effect.Commit commit) {
        flow.committed(GroupCommit.make(commit, SerialStyle.INCREMENT, time, ledger, texts), time);
      }
    }
    for (ZoneFiles.Advance served : flow.takeServed()) {
      versions.add(
          Objects.requireNonNull(served.files().zones().zone(WireName.parse("example.com"))));
    }
    flow.takeReplies();
    return pushes(started(time));
  }

  private List<Effect> started(Instant time) {
    List<Effect> effects = new ArrayList<>();
    flow.start(false, time, effects);
    return effects;
  }

  private static List<String> pushes(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.Push.class::isInstance)
        .map(effect -> ((Effect.Push) effect).tip())
        .toList();
  }

  @Test
  void atTheEndNothingWaitsForAPause() throws Exception {
    flow.pushSettled(update(NOW).getFirst(), new PushOutcome.Pushed(), NOW);
    assertThat(update(NOW)).isEmpty();
    flow.pushNow();
    assertThat(pushes(started(NOW))).containsExactly(MemoryTree.version(3));
  }

  @Test
  void theFirstGoesAtOnce_whatFollowsGoesTogetherAfterAPause() throws Exception {
    String first = update(NOW).getFirst();
    assertThat(update(NOW)).isEmpty();
    flow.pushSettled(first, new PushOutcome.Pushed(), NOW);
    assertThat(update(NOW)).isEmpty();
    Instant pushed = NOW.plus(EditFlow.LOCAL_PUSH_PAUSE);
    assertThat(flow.due()).isEqualTo(pushed);
    assertThat(pushes(started(pushed))).containsExactly(MemoryTree.version(4));
    flow.pushSettled(MemoryTree.version(4), new PushOutcome.Pushed(), pushed);
    assertThat(flow.unpushed()).isZero();
    assertThat(flow.due()).isNull();
    assertThat(update(pushed.plusSeconds(60))).hasSize(1);
  }

  /// A remote may be away for days: what waits for it must not be a version of the zone for each
  /// commit, nor the way back to its client.
  @Test
  void whatWaits_holdsWhatItChangesAlone() throws Exception {
    for (int i = 0; i < 50; i++) {
      update(NOW);
    }
    assertThat(flow.unpushed()).isEqualTo(50);
    assertThat(versions.added()).isGreaterThanOrEqualTo(50);
    // What is served and what is being pushed, each with the version that it was made of.
    versions.waitUntilLeft(4);
    clients.waitUntilLeft(0);
  }

  @Test
  void neitherDoesAPushThatFailed() throws Exception {
    Instant time = NOW;
    for (int i = 0; i < 50; i++) {
      List<String> pushed = i == 0 ? update(time) : pushes(started(time));
      assertThat(pushed).hasSize(1);
      update(time);
      flow.pushSettled(pushed.getFirst(), new PushOutcome.Failed("no", true, true), time);
      flow.takeReplies();
      time = time.plusSeconds(31);
    }
    assertThat(flow.unpushed()).isEqualTo(51);
    versions.waitUntilLeft(4);
  }
}
