package zonetrail.authority;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.authority.UpdateReplies.Awaited;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.tsig.ReplayMemory;
import zonetrail.tsig.TsigKey;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;

/// The updates of a large zone do not hold up those of others, and keep their own order.
class EditsBesideTest {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final WireName LARGE = WireName.parse("large.test");
  private static final WireName SMALL = WireName.parse("small.test");
  private static final String SMALL_ZONE =
      "@ 300 SOA ns h 1 3600 900 604800 300\n@ 300 NS ns\nns 300 A 192.0.2.53\n";
  private static final String LARGE_ZONE = SMALL_ZONE + "a 300 A 192.0.2.1\nb 300 A 192.0.2.2\n";
  private static final int LARGE_RECORDS = 5;

  private final EditedTexts texts = new EditedTexts(1 << 20);
  private final MemoryTree repository = new MemoryTree();
  private final ZoneLedger ledger = new MemoryLedger(repository);
  private EditFlow flow = flow(Ack.LOCAL);
  private int requests;

  private static EditFlow flow(Ack ack) {
    return new EditFlow(
        new EditSettings(
            ack, EditSettings.DEFAULT_TIMEOUT, SerialStyle.INCREMENT, false, LARGE_RECORDS),
        new UpdateReplies(new ReplayMemory(100)));
  }

  @BeforeEach
  void start() {
    repository.put("large.test", LARGE_ZONE).put("small.test", SMALL_ZONE);
    for (WireName zone : List.of(LARGE, SMALL)) {
      String name = zone.toStringNoDot();
      repository.put(name + "._keys", "a._update." + name + ". DNSKEY 0 3 163 " + SECRET + "\n");
    }
    flow.started(ZoneFiles.NONE.advance(repository.commit()), null);
  }

  /// @return the request's name
  private String take(WireName zone, String host) throws Exception {
    Update update = new Update(Name.fromString(zone.toStringNoDot() + "."));
    update.add(Name.fromString(host + "." + zone.toStringNoDot() + "."), Type.A, 300, "192.0.2.9");
    InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    TsigKey key = TsigKey.parse("a._update." + zone.toStringNoDot() + ":SHA256:" + SECRET);
    Requested edit =
        new Requested(
            UpdateRequest.parse(update.toWire(Message.MAXLENGTH)), key, client, "id" + ++requests);
    flow.take(edit, new Awaited(edit, new ClientToldByOthers(client), NOW.plusSeconds(10)));
    return "id" + requests;
  }

  private List<Effect> started() {
    List<Effect> effects = new ArrayList<>();
    flow.start(false, NOW, effects);
    effects.removeIf(Effect.Push.class::isInstance);
    return effects;
  }

  private <T> T only(Class<T> kind) {
    List<Effect> effects = started();
    assertThat(effects).hasSize(1).first().isInstanceOf(kind);
    return kind.cast(effects.getFirst());
  }

  private PreparedEdits prepare(Effect.Prepare prepare) throws Exception {
    return GroupCommit.prepare(prepare, SerialStyle.INCREMENT, NOW, ledger, texts);
  }

  private void commit(Effect.Commit commit) throws Exception {
    flow.committed(GroupCommit.make(commit, SerialStyle.INCREMENT, NOW, ledger, texts), NOW);
  }

  private static List<String> requests(List<ZoneEdit> edits) {
    return edits.stream().flatMap(edit -> edit.requests().stream()).toList();
  }

  private long serial(WireName zone) {
    List<ZoneFiles.Advance> served = flow.takeServed();
    assertThat(served).as("something new is served").isNotEmpty();
    ZoneState state = requireNonNull(served.getLast().files().state(zone));
    return requireNonNull(state.serial()).value();
  }

  private List<Rcode> replies() {
    return flow.takeReplies().stream()
        .filter(Effect.Reply.class::isInstance)
        .map(effect -> ((Effect.Reply) effect).rcode())
        .toList();
  }

  @Test
  void smallZonesCommitOvertakesALargeOnes_whichThenStandsOnIt() throws Exception {
    String large = take(LARGE, "x");
    String small = take(SMALL, "x");
    List<Effect> effects = started();
    Effect.Prepare prepare = (Effect.Prepare) effects.getFirst();
    Effect.Commit overtakes = (Effect.Commit) effects.getLast();
    assertThat(requests(prepare.edits())).containsExactly(large);
    assertThat(requests(overtakes.edits())).containsExactly(small);
    commit(overtakes);
    assertThat(serial(SMALL)).isEqualTo(2);
    assertThat(replies()).containsExactly(Rcode.NOERROR);
    flow.prepared(prepare(prepare));
    Effect.Commit commit = only(Effect.Commit.class);
    assertThat(commit.base().version()).isNotEqualTo(prepare.base().version());
    assertThat(requireNonNull(commit.prepared()).fits(commit.base())).isTrue();
    commit(commit);
    assertThat(serial(LARGE)).isEqualTo(2);
    assertThat(replies()).containsExactly(Rcode.NOERROR);
    SourceTree made = repository.commit();
    for (String zone : List.of("small.test", "large.test")) {
      assertThat(new String(requireNonNull(made.files().get(zone)).read(), US_ASCII))
          .contains("x", "192.0.2.9");
    }
  }

  @Test
  void updatesOfALargeZoneKeepTheirOrder_whateverComesBetween() throws Exception {
    String first = take(LARGE, "x");
    Effect.Prepare prepare = only(Effect.Prepare.class);
    String second = take(LARGE, "y");
    assertThat(started()).as("nothing overtakes what is prepared of the same zone").isEmpty();
    flow.prepared(prepare(prepare));
    Effect.Commit commit = only(Effect.Commit.class);
    assertThat(requests(commit.edits())).containsExactly(first);
    assertThat(started()).as("the next one is to see what came of the first").isEmpty();
    commit(commit);
    Effect.Prepare next = only(Effect.Prepare.class);
    assertThat(requests(next.edits())).containsExactly(second);
    assertThat(next.base().version()).isEqualTo(ledgerTip());
  }

  private String ledgerTip() {
    return flow.takeServed().getLast().files().version();
  }

  /// Somebody pushes a change of the large zone.
  private void push(int serial) {
    repository.put("large.test", LARGE_ZONE.replace("h 1 ", "h " + serial + " "));
    flow.fetched(flow.source().advance(repository.commit()), null, Set.of(), NOW);
  }

  @Test
  void movedBasePreparesAgain() throws Exception {
    String request = take(LARGE, "x");
    Effect.Prepare before = only(Effect.Prepare.class);
    push(5);
    flow.prepared(prepare(before));
    Effect.Prepare again = only(Effect.Prepare.class);
    assertThat(requests(again.edits())).containsExactly(request);
    assertThat(again.base().version()).isEqualTo(flow.source().version());
    flow.prepared(prepare(again));
    flow.takeServed();
    commit(only(Effect.Commit.class));
    assertThat(serial(LARGE)).isEqualTo(6);
  }

  @Test
  void whereTheBaseMovesTimeAndAgain_itIsCommittedUnprepared() throws Exception {
    take(LARGE, "x");
    for (int i = 0; i < EditsBeside.MAX_FRUITLESS; i++) {
      Effect.Prepare prepare = only(Effect.Prepare.class);
      push(5 + i);
      flow.prepared(prepare(prepare));
    }
    Effect.Commit commit = only(Effect.Commit.class);
    assertThat(commit.prepared()).isNull();
    flow.takeServed();
    commit(commit);
    assertThat(serial(LARGE)).isEqualTo(5 + EditsBeside.MAX_FRUITLESS);
  }

  @Test
  void whatCouldNotBePreparedIsCommittedUnprepared() throws Exception {
    take(LARGE, "x");
    only(Effect.Prepare.class);
    flow.prepared(null);
    commit(only(Effect.Commit.class));
    assertThat(replies()).containsExactly(Rcode.NOERROR);
  }

  @Test
  void whatAnotherServerMadeMeanwhileIsNotMadeTwice() throws Exception {
    String made = take(LARGE, "x");
    String other = take(LARGE, "y");
    Effect.Prepare prepare = only(Effect.Prepare.class);
    assertThat(requests(prepare.edits())).containsExactly(made, other);
    repository.put("large.test", LARGE_ZONE.replace("h 1 ", "h 2 ") + "x 300 A 192.0.2.9\n");
    flow.fetched(flow.source().advance(repository.commit()), null, Set.of(made), NOW);
    assertThat(replies()).containsExactly(Rcode.NOERROR);
    assertThat(started()).as("one at a time is prepared").isEmpty();
    flow.prepared(prepare(prepare));
    assertThat(requests(only(Effect.Prepare.class).edits())).containsExactly(other);
  }

  @Test
  void whatIsPreparedFailsWithTheRestWhereTheRemoteIsAway() throws Exception {
    flow = flow(Ack.PUSHED);
    start();
    take(LARGE, "x");
    Effect.Prepare prepare = only(Effect.Prepare.class);
    take(SMALL, "x");
    commit(only(Effect.Commit.class));
    List<Effect> effects = new ArrayList<>();
    flow.start(false, NOW, effects);
    Effect.Push push = (Effect.Push) effects.getFirst();
    flow.pushSettled(push.tip(), new PushOutcome.Failed("away", false, false), NOW);
    assertThat(replies()).containsExactly(Rcode.SERVFAIL, Rcode.SERVFAIL);
    flow.prepared(prepare(prepare));
    assertThat(started()).isEmpty();
  }

  @Test
  void whatIsPreparedIsAnsweredInTime() throws Exception {
    take(LARGE, "x");
    only(Effect.Prepare.class);
    assertThat(flow.due()).isEqualTo(NOW.plusSeconds(10));
    flow.answerOverdue(NOW.plusSeconds(10));
    assertThat(replies()).containsExactly(Rcode.SERVFAIL);
  }
}
