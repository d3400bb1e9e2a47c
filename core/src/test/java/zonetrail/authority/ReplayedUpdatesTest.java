package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;

/// Whoever overhears signed updates sends them again, as long as their signatures hold: while the
/// first is on its way, after it was answered, and after a restart.
class ReplayedUpdatesTest {
  private static final int UPDATES = 100;
  private static final int REPLAYS_OF_ONE = 100;
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TsigKey KEY = TsigKey.parse("a._update.example.com:SHA256:" + SECRET);
  private static final KeyRing RING = KeyRing.of(Map.of("any", List.of(KEY)));

  private final Random random = new Random(8945);
  private final MemoryTree repository = new MemoryTree();
  private final List<KnownRequest> committed = new ArrayList<>();
  private final ZoneLedger ledger = new RequestLedger();
  private final EditedTexts texts = new EditedTexts(1 << 20);
  private final List<byte[]> overheard = new ArrayList<>();
  private Primary primary = new Primary(Duration.ZERO, EditSettings.DEFAULT);
  private Instant now = Instant.parse("2026-11-28T12:00:00Z");
  private List<Effect> effects = List.of();
  private SourceTree tree =
      repository
          .put("example.com", "@ 300 SOA ns h 1 3600 900 604800 300\n@ 300 NS ns.example.org.\n")
          .put("example.com._keys", "a._update.example.com. DNSKEY 0 3 163 " + SECRET + "\n")
          .commit();

  /// Notes what its commits were made for.
  private final class RequestLedger extends UnusedLedger {
    @Override
    public SourceTree commit(String parent, ZoneCommit commit) throws ZoneSource.AwayException {
      for (String trailer : commit.trailers()) {
        if (trailer.startsWith(KnownRequest.TRAILER + ": ")) {
          committed.add(
              new KnownRequest(trailer.substring(KnownRequest.TRAILER.length() + 2), now));
        }
      }
      tree = new MemoryLedger(repository).commit(parent, commit);
      return tree;
    }
  }

  @BeforeEach
  void start() {
    start(List.of());
  }

  private void start(List<KnownRequest> known) {
    primary = new Primary(Duration.ZERO, EditSettings.DEFAULT);
    step(new Input.Started(ZoneFiles.NONE.advance(tree), null, known, now));
    Effect.Fetch fetch = only(Effect.Fetch.class);
    step(new Input.SourceFetched(fetch.base().advance(tree)));
  }

  private void step(Input input) {
    effects = primary.step(input, now);
  }

  private <T extends Effect> T only(Class<T> kind) {
    List<T> found = effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    assertThat(found).as("%s in %s", kind, effects).hasSize(1);
    return found.getFirst();
  }

  /// Adds a record and takes it away by turns: made twice, either would be seen.
  private static byte[] update(int number, Instant signed) throws Exception {
    Update update = new Update(Name.fromString("example.com."));
    Name host = Name.fromString("h.example.com.");
    if (number % 2 == 0) {
      update.add(host, Type.A, 300, "192.0.2." + number);
    } else {
      update.delete(host);
    }
    byte[] message = update.toWire(Message.MAXLENGTH);
    return TsigSigner.signRequest(message, message.length, KEY, signed).message();
  }

  private void receive(byte[] message) throws Exception {
    Verdict.Verified verified =
        (Verdict.Verified) TsigVerifier.verify(message, message.length, RING, now);
    UpdateRequest update = UpdateRequest.parse(verified.withoutTsig(message));
    step(new Input.UpdateReceived(update, verified, now, new ClientToldByOthers()));
  }

  /// One of those heard so far, the latest among them more often.
  private byte[] anyOverheard() {
    return overheard.get(
        random.nextBoolean() ? overheard.size() - 1 : random.nextInt(overheard.size()));
  }

  private void assertNothingIsMade() {
    assertThat(effects)
        .noneMatch(effect ->
            effect instanceof Effect.Commit
                || effect instanceof Effect.Push
                || effect instanceof Effect.Publish);
    assertThat(primary.load().waitingEdits()).isZero();
  }

  @Test
  @Rfc(number = 8945, section = "5.2.3")
  void tenThousandReplays_haveNoEffect_afterARestartEither() throws Exception {
    int replays = 0;
    for (int number = 0; number < UPDATES; number++) {
      now = now.plusSeconds(2);
      overheard.add(update(number, now));
      receive(overheard.getLast());
      Effect.Commit commit = only(Effect.Commit.class);
      receive(overheard.getLast());
      only(Effect.Drop.class);
      step(
          new Input.Committed(GroupCommit.make(commit, SerialStyle.INCREMENT, now, ledger, texts)));
      Effect.Push push = only(Effect.Push.class);
      receive(overheard.getLast());
      only(Effect.Drop.class);
      step(new Input.PushSettled(push.tip(), new PushOutcome.Pushed()));
      assertThat(only(Effect.Reply.class).rcode()).isEqualTo(Rcode.NOERROR);
      for (int i = 2; i < REPLAYS_OF_ONE; i++) {
        receive(anyOverheard());
        assertThat(only(Effect.Reply.class).rcode()).isEqualTo(Rcode.NOERROR);
        assertNothingIsMade();
      }
      replays += REPLAYS_OF_ONE;
      if (number % 10 == 9) {
        now = now.plusSeconds(1);
        start(committed);
      }
    }
    assertThat(committed).hasSize(UPDATES);
    assertThat(primary.load().conflicts()).isZero();
    System.out.printf("%,d replays of %d updates, 0 effects%n", replays, UPDATES);
  }

  @Test
  @Rfc(number = 8945, section = "5.2.3")
  void signedBeforeAStart_andToldOfByNoCommit_itHasToBeSignedAnew() throws Exception {
    byte[] unknown = update(0, now);
    now = now.plusSeconds(1);
    start(committed);
    receive(unknown);
    only(Effect.ReplyBadTime.class);
    assertNothingIsMade();
    receive(update(0, now));
    only(Effect.Commit.class);
  }
}
