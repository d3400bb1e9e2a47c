package zonetrail.authority;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.authority.UpdateReplies.Awaited;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.authority.ZoneSource.Outlook;
import zonetrail.tsig.ReplayMemory;
import zonetrail.tsig.TsigKey;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;

/// What the flow of edits does where a fetch and a commit cross, and where an operator has to act,
/// step by step; all else is the simulator's.
class EditFlowTest {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final TsigKey KEY = TsigKey.parse("a._update.example.com:SHA256:" + SECRET);
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final String ZONE =
      "@ 300 SOA ns h 1 3600 900 604800 300\n@ 300 NS ns\nns 300 A 192.0.2.53\n";

  private final EditedTexts texts = new EditedTexts(1 << 20);
  private final MemoryTree repository = new MemoryTree();
  private EditFlow flow = flow(Ack.LOCAL);
  private final ZoneLedger ledger = new MemoryLedger(repository);
  private Instant now = NOW;
  private int requests;

  /// A source that has the first of two commits of an earlier run.
  private ZoneFiles.@Nullable Advance firstIsThere;

  private static EditFlow flow(Ack ack) {
    return flow(ack, false);
  }

  private static EditFlow flow(Ack ack, boolean raisesSerials) {
    return new EditFlow(
        new EditSettings(ack, EditSettings.DEFAULT_TIMEOUT, SerialStyle.INCREMENT, raisesSerials),
        new UpdateReplies(new ReplayMemory(100)));
  }

  @BeforeEach
  void started() {
    repository
        .put("example.com", ZONE)
        .put("example.com._keys", "a._update.example.com. DNSKEY 0 3 163 " + SECRET + "\n");
    flow.started(ZoneFiles.NONE.advance(repository.commit()), null);
  }

  private void take(String host) throws Exception {
    Update update = new Update(Name.fromString("example.com."));
    update.add(Name.fromString(host + ".example.com."), Type.A, 300, "192.0.2.1");
    InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    Requested edit =
        new Requested(
            UpdateRequest.parse(update.toWire(Message.MAXLENGTH)), KEY, client, "id" + ++requests);
    flow.take(edit, new Awaited(edit, new ClientToldByOthers(client), now.plusSeconds(10)));
  }

  private List<Effect> start() {
    now = now.plus(EditFlow.LOCAL_PUSH_PAUSE); // so that a push may follow another
    List<Effect> effects = new ArrayList<>();
    flow.start(false, now, effects);
    return effects;
  }

  private GroupCommit.Result make(Effect.Commit commit) throws Exception {
    return GroupCommit.make(commit, SerialStyle.INCREMENT, now, ledger, texts);
  }

  private void fetched(ZoneFiles.Advance advance) {
    flow.fetched(advance, null, Set.of(), now);
  }

  private static <T> T only(List<Effect> effects, Class<T> kind) {
    assertThat(effects).hasSize(1).first().isInstanceOf(kind);
    return kind.cast(effects.getFirst());
  }

  /// An update is committed, and its push is on its way.
  private Effect.Push pushing(String host) throws Exception {
    take(host);
    flow.committed(make(only(start(), Effect.Commit.class)), now);
    return only(start(), Effect.Push.class);
  }

  private List<Effect> commits() {
    List<Effect> effects = new ArrayList<>();
    flow.start(false, now, effects);
    return effects.stream().filter(Effect.Commit.class::isInstance).toList();
  }

  /// One client was answered after so long, and another one waits.
  private void oneIsAnsweredAndOneWaits(Duration took) throws Exception {
    take("a");
    Effect.Commit first = only(commits(), Effect.Commit.class);
    take("b");
    now = now.plus(took);
    flow.committed(make(first), now);
  }

  @Test
  void aGroupWaitsForWhoeverWasJustAnswered() throws Exception {
    Duration took = Duration.ofMillis(3);
    oneIsAnsweredAndOneWaits(took);
    assertThat(commits()).as("the first client may come back").isEmpty();
    assertThat(flow.due()).isEqualTo(now.plus(took));
    take("c");
    assertThat(only(commits(), Effect.Commit.class).edits()).hasSize(2);
  }

  @Test
  void aGroupWaitsNoLongerThanAnotherWouldTake() throws Exception {
    Duration took = Duration.ofMillis(3);
    oneIsAnsweredAndOneWaits(took);
    assertThat(commits()).isEmpty();
    now = now.plus(took);
    assertThat(only(commits(), Effect.Commit.class).edits()).hasSize(1);
  }

  @Test
  void whatWaitsIsMadeAgain_alsoWhereTheGroupUnderWayComesToNothing() throws Exception {
    ZoneFiles before = flow.source();
    Effect.Push push = pushing("a");
    take("a"); // which is there by then, as this one finds
    Effect.Commit second = only(start(), Effect.Commit.class);
    flow.pushSettled(push.tip(), new PushOutcome.Superseded(), now);
    repository.put("example.com", ZONE.replace("h 1 3600", "h 5 3600"));
    fetched(before.advance(repository.commit()));
    assertThat(start()).as("nothing is pushed that stands on what was").isEmpty();
    flow.committed(make(second), now);
    Effect.Commit again = only(start(), Effect.Commit.class);
    assertThat(again.base().version()).isEqualTo(flow.source().version());
    assertThat(again.edits().getFirst().requests()).containsExactly("id1");
  }

  /// With `--serial commit` people need not raise serials, least of all while the remote is away.
  @Test
  void whatWasAcknowledgedFitsAZoneWhoseSerialOthersDidNotRaise_whichIsRaisedFirst()
      throws Exception {
    flow = flow(Ack.LOCAL, true);
    started();
    ZoneFiles before = flow.source();
    Effect.Push push = pushing("a");
    take("b");
    flow.committed(make(only(start(), Effect.Commit.class)), now);
    flow.pushSettled(push.tip(), new PushOutcome.Superseded(), now);
    repository.put("example.com", ZONE + "ftp 300 A 192.0.2.21\n");
    fetched(before.advance(repository.commit()));
    GroupCommit.Result again = make(only(start(), Effect.Commit.class));
    flow.committed(again, now);
    assertThat(flow.conflicts()).isZero();
    assertThat(servedOf(flow.source()).recordCount()).isEqualTo(3);
    Zone served = servedOf(requireNonNull(again.advance()).files());
    assertThat(served.node(WireName.parse("a.example.com"))).isNotNull();
    assertThat(served.node(WireName.parse("b.example.com"))).isNotNull();
    assertThat(served.node(WireName.parse("ftp.example.com"))).isNotNull();
    assertThat(served.serial().isNewerThan(Serial.of(3))).isTrue();
  }

  @Test
  void aSerialIsRaisedOnceMore_whereTheSourceMovedOnWhileThatWasCommitted() throws Exception {
    flow = flow(Ack.LOCAL, true);
    started();
    repository.put("example.com", ZONE + "ftp 300 A 192.0.2.21\n");
    fetched(flow.source().advance(repository.commit()));
    Effect.Commit raise = only(start(), Effect.Commit.class);
    assertThat(raise.edits()).hasOnlyElementsOfType(ZoneEdit.SerialRaise.class).hasSize(1);
    repository.put("example.com._keys", "");
    fetched(flow.source().advance(repository.commit()));
    flow.committed(make(raise), now);
    flow.committed(make(only(start(), Effect.Commit.class)), now); // leaves that line
    assertThat(only(start(), Effect.Commit.class).edits()).isEqualTo(raise.edits());
  }

  private static Input.Unpushed unpushed(SourceTree tree, String request) {
    return new Input.Unpushed(
        tree.version(),
        NOW,
        new ZoneEdit.CommitOrigin("a._update", List.of("Zonetrail-Request: " + request)));
  }

  /// Two commits of an earlier run wait.
  private Input.Waiting twoAreLeftOver() {
    flow = flow(Ack.PUSHED);
    ZoneFiles remote = ZoneFiles.NONE.advance(repository.commit()).files();
    repository.put("example.com", ZONE.replace("h 1 3600", "h 2 3600"));
    SourceTree first = repository.commit();
    repository.put("example.com", ZONE.replace("h 1 3600", "h 3 3600"));
    SourceTree second = repository.commit();
    firstIsThere = remote.advance(first);
    ZoneFiles.Advance served = new ZoneFiles.Advance(remote, false, List.of());
    Input.Waiting waiting =
        new Input.Waiting(
            remote,
            served,
            firstIsThere.files().advance(second).files(),
            List.of(unpushed(first, "id1"), unpushed(second, "id2")),
            List.of(),
            List.of());
    flow.started(served, waiting);
    return waiting;
  }

  @Test
  void whatIsLeftOverAndStandsOnWhatTheSourceHas_isPushedAsItIs() {
    Input.Waiting left = twoAreLeftOver();
    flow.fetched(requireNonNull(firstIsThere), left.line().getFirst().version(), Set.of(), now);
    assertThat(only(start(), Effect.Push.class).tip()).isEqualTo(left.tip().version());
  }

  @Test
  void whatIsLeftOverAndDoesNotStandOnWhatTheSourceHas_isLeftForPeople_andNotMadeAgain() {
    Input.Waiting left = twoAreLeftOver();
    repository.put("example.com", ZONE.replace("h 1 3600", "h 4 3600"));
    flow.fetched(
        left.remote().advance(repository.commit()),
        left.line().getFirst().version(),
        Set.of(),
        now);
    assertThat(flow.takeReplies())
        .contains(new Effect.GiveUp(left.line().getLast().version(), true));
    assertThat(start()).isEmpty();
    assertThat(flow.unpushed()).isZero();
  }

  private static Zone servedOf(ZoneFiles files) {
    return requireNonNull(requireNonNull(files.state(WireName.parse("example.com"))).served())
        .zone();
  }

  private List<Effect.Reply> replies() {
    return flow.takeReplies().stream()
        .filter(Effect.Reply.class::isInstance)
        .map(Effect.Reply.class::cast)
        .toList();
  }

  private static void assertSaysThatPeopleMustAct(List<Effect.Reply> replies) {
    assertThat(replies)
        .singleElement()
        .satisfies(reply -> {
          assertThat(reply.rcode()).isEqualTo(Rcode.SERVFAIL);
          assertThat(requireNonNull(reply.reason()).text()).contains("history was rewritten");
        });
  }

  @Test
  void updatesDoNotWaitForARewriteThatIsHeld_neitherThoseThatMetItNorLaterOnes() throws Exception {
    flow = flow(Ack.PUSHED);
    started();
    ZoneFiles before = flow.source();
    Effect.Push push = pushing("a");
    flow.pushSettled(push.tip(), new PushOutcome.Superseded(), now);
    assertThat(flow.needsFetch()).isTrue();
    flow.fetchFailed(new Input.FetchFailed("git.example.org does not answer"));
    assertThat(replies()).as("which may pass").isEmpty();
    flow.fetchFailed(new Input.FetchFailed("1 updates are missing", Outlook.REWRITE_HELD));
    assertSaysThatPeopleMustAct(replies());
    take("b");
    assertSaysThatPeopleMustAct(replies());
    fetched(new ZoneFiles.Advance(before, false, List.of()));
    take("c");
    assertThat(replies()).isEmpty();
    assertThat(only(start(), Effect.Commit.class).edits().getFirst().requests())
        .containsExactly("id3");
  }

  @Test
  void updateWhosePushMayHaveWorked_waitsForTheFetchThatTells() throws Exception {
    flow = flow(Ack.PUSHED);
    started();
    Effect.Push push = pushing("a");
    take("b");
    flow.pushSettled(push.tip(), new PushOutcome.Unknown("the line broke"), now);
    flow.fetchFailed(new Input.FetchFailed("1 updates are missing", Outlook.REWRITE_HELD));
    assertSaysThatPeopleMustAct(replies()); // b alone
    flow.fetched(new ZoneFiles.Advance(flow.source(), false, List.of()), push.tip(), Set.of(), now);
    assertThat(replies()).map(Effect.Reply::rcode).containsExactly(Rcode.NOERROR);
  }

  @Test
  void whatCanNotBePushedAndNoFetchSaysWhy_isMadeAgain() throws Exception {
    ZoneFiles before = flow.source();
    Effect.Push push = pushing("a");
    for (int i = 1; i < EditFlow.MAX_FRUITLESS_PUSHES; i++) {
      flow.pushSettled(push.tip(), new PushOutcome.Superseded(), now);
      fetched(new ZoneFiles.Advance(before, false, List.of()));
      assertThat(only(start(), Effect.Push.class)).isEqualTo(push);
    }
    flow.pushSettled(push.tip(), new PushOutcome.Superseded(), now);
    fetched(new ZoneFiles.Advance(before, false, List.of()));
    assertThat(only(start(), Effect.Commit.class).edits().getFirst().requests())
        .containsExactly("id1");
  }
}
