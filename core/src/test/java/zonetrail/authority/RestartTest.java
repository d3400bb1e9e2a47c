package zonetrail.authority;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.UpdateReplies.Awaited;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneEdit.Requested;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.tsig.ReplayMemory;
import zonetrail.tsig.TsigKey;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// What a process begins with that finds commits of an earlier one, and when it reads them.
class RestartTest {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final WireName ZONE = WireName.parse("example.com");
  private static final int WAITING = 40;
  private static final TsigKey KEY =
      TsigKey.parse("a._update.example.com:SHA256:cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n");
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);

  private final MemoryTree repository = new MemoryTree();
  private final List<SourceTree> line = new ArrayList<>();

  /// A zone with this serial and so many hosts.
  private static String zone(int serial, int hosts) {
    StringBuilder text = new StringBuilder("@ 300 SOA ns h " + serial + " 3600 900 604800 300\n");
    text.append("@ 300 NS ns\nns 300 A 192.0.2.53\n");
    IntStream.range(0, hosts).forEach(i -> text.append("h" + i + " 300 A 192.0.2.1\n"));
    return text.toString();
  }

  private SourceTree commit(int serial, int hosts) {
    return repository.put("example.com", zone(serial, hosts)).commit();
  }

  /// The line that waits, on what was fetched.
  private class Ledger extends UnusedLedger {
    private final SourceTree fetched;
    private final List<SourceTree> sinceServed = new ArrayList<>();
    private final Set<String> remote = new HashSet<>();

    Ledger(SourceTree fetched) {
      this.fetched = fetched;
      remote.add(fetched.version());
    }

    @Override
    public SourceTree commit(String parent, ZoneCommit commit) {
      throw new AssertionError("nothing is committed here");
    }

    @Override
    public List<SourceTree> pending() {
      return line;
    }

    @Override
    public CommitOrigin originOf(String version) {
      List<String> trailers = new ArrayList<>(List.of(CommitOrigin.REQUEST + ": id" + version));
      if (tree(version).acceptance().isOfItself()) {
        trailers.add(Acceptance.TRAILER + ": " + Acceptance.THIS);
      }
      return new CommitOrigin("key", trailers);
    }

    @Override
    public Optional<SourceTree> before(String version) {
      int place = line.stream().map(SourceTree::version).toList().indexOf(version);
      return Optional.of(place == 0 ? fetched : line.get(place - 1));
    }

    @Override
    public List<SourceTree> lineTo(String version, String since) {
      return sinceServed;
    }

    @Override
    public boolean isInRemote(String version) {
      return remote.contains(version);
    }
  }

  private static Input.Started restart(SourceTree fetched, ZoneLedger ledger) throws Exception {
    Known known = new Known(fetched, List.of(), null);
    return Restart.of(known, ledger, ZoneReadings.oneByOne(Long.MAX_VALUE), NOW);
  }

  private static EditFlow started(Input.Started start) {
    EditFlow flow =
        new EditFlow(
            new EditSettings(
                Ack.LOCAL, EditSettings.DEFAULT_TIMEOUT, SerialStyle.INCREMENT, false, 3),
            new UpdateReplies(new ReplayMemory(100)));
    flow.started(start.known(), start.waiting());
    return flow;
  }

  private static List<Effect> effects(EditFlow flow) {
    List<Effect> effects = new ArrayList<>();
    flow.start(false, NOW, effects);
    return effects;
  }

  private static Serial serial(ZoneFiles files) {
    return requireNonNull(requireNonNull(files.state(ZONE)).serial());
  }

  /// The first line was made again on what the remote had then, and killed before it was given up;
  /// then the remote was rewritten.
  @Test
  void whatWaitsOnTwoLinesOfWhichOneTookTheOthersPlace_isMadeAgainOnce() throws Exception {
    SourceTree fetched = commit(1, 1);
    SourceTree made = commit(2, 2);
    SourceTree gone = commit(5, 1);
    SourceTree madeAgain = commit(6, 2);
    SourceTree next = commit(7, 3);
    Map<SourceTree, SourceTree> before = Map.of(made, fetched, madeAgain, gone, next, madeAgain);
    Map<SourceTree, String> requests = Map.of(made, "one", madeAgain, "one", next, "two");
    Ledger ledger =
        new Ledger(fetched) {
          @Override
          public List<SourceTree> superseded() {
            return List.of(made, madeAgain, next);
          }

          @Override
          public CommitOrigin originOf(String version) {
            return new CommitOrigin(
                "key", List.of(CommitOrigin.REQUEST + ": " + requests.get(treeOf(version))));
          }

          @Override
          public Optional<SourceTree> before(String version) {
            return Optional.ofNullable(before.get(treeOf(version)));
          }

          private SourceTree treeOf(String version) {
            return requests.keySet().stream()
                .filter(each -> each.version().equals(version))
                .findFirst()
                .orElseThrow();
          }
        };

    List<ZoneEdit> again = requireNonNull(restart(fetched, ledger).waiting()).again();

    assertThat(again)
        .map(edit -> ((ZoneEdit.Acknowledged) edit).origin().requests())
        .containsExactly(List.of("one"), List.of("two"));
  }

  @Test
  void oneVersionOfManyThatWaitIsRead_andServed_andAllArePushed() throws Exception {
    SourceTree fetched = commit(1, 1);
    IntStream.rangeClosed(1, WAITING).forEach(i -> line.add(commit(1 + i, 1 + i)));
    Input.Started start = restart(fetched, new Ledger(fetched));
    assertThat(repository.readsOf("example.com")).as("however many wait").isLessThan(6);
    Input.Waiting waiting = requireNonNull(start.waiting());
    assertThat(waiting.line()).hasSize(WAITING);
    assertThat(serial(waiting.served().files())).isEqualTo(Serial.of(1 + WAITING));
    EditFlow flow = started(start);
    assertThat(flow.takeServed())
        .singleElement()
        .satisfies(served -> assertThat(serial(served.files())).isEqualTo(Serial.of(1 + WAITING)));
    assertThat(effects(flow)).containsExactly(new Effect.Push(line.getLast().version()));
  }

  @Test
  void whereTheRemoteHasMovedOn_eachIsReadThen_andMadeAgain() throws Exception {
    SourceTree fetched = commit(1, 1);
    IntStream.rangeClosed(1, WAITING).forEach(i -> line.add(commit(1 + i, 1 + i)));
    Ledger ledger = new Ledger(fetched);
    Input.Started start = restart(fetched, ledger);
    EditFlow flow = started(start);
    Effect.Push push = (Effect.Push) effects(flow).getFirst();
    flow.pushSettled(push.tip(), new PushOutcome.Superseded(), NOW);
    ZoneFiles moved = start.known().files().advance(commit(2, 0)).files();
    flow.fetched(new ZoneFiles.Advance(moved, true, List.of()), null, Set.of(), NOW);
    Effect.ReadBack wanted = (Effect.ReadBack) effects(flow).getFirst();
    assertThat(wanted.line()).isEqualTo(line.stream().map(SourceTree::version).toList());
    assertThat(effects(flow)).as("once, and nothing is committed meanwhile").isEmpty();
    flow.commitsNotRead("an object is missing", NOW);
    assertThat(effects(flow)).as("after a pause").isEmpty();
    flow.start(false, NOW.plus(CommitPause.OF_DISK), new ArrayList<>());
    flow.commitsRead(Differences.of(wanted, ledger), NOW);
    List<Effect> then = new ArrayList<>();
    flow.start(false, NOW.plus(CommitPause.OF_DISK), then);
    Effect.Commit again = (Effect.Commit) then.getFirst();
    assertThat(again.base().version()).isEqualTo(moved.version());
    assertThat(again.edits().stream().flatMap(edit -> edit.requests().stream()))
        .isEqualTo(line.stream().map(tree -> "id" + tree.version()).toList());
    assertThat(again.edits().getFirst())
        .isInstanceOfSatisfying(
            ZoneEdit.Acknowledged.class,
            edit -> assertThat(edit.alteration().text().summary()).contains("h1"));
  }

  @Test
  void manySmallRemovalsAreNoLargeOne() throws Exception {
    int hosts = 3 * WAITING;
    SourceTree fetched = commit(1, hosts);
    IntStream.rangeClosed(1, WAITING).forEach(i -> line.add(commit(1 + i, hosts - 3 * i)));
    Input.Waiting waiting = requireNonNull(restart(fetched, new Ledger(fetched)).waiting());
    assertThat(serial(waiting.served().files())).isEqualTo(Serial.of(1 + WAITING));
    assertThat(serial(waiting.tip())).isEqualTo(Serial.of(1 + WAITING));
  }

  /// A commit that the remote has by now is not made again.
  @Test
  void whatTheRemoteHasIsNotReadBack() throws Exception {
    SourceTree fetched = commit(1, 1);
    IntStream.rangeClosed(1, 2).forEach(i -> line.add(commit(1 + i, 1 + i)));
    Ledger ledger = new Ledger(fetched);
    ledger.remote.add(line.getFirst().version());
    Map<String, List<ZoneEdit>> read = Differences.of(readBack(fetched), ledger);
    assertThat(read).containsOnlyKeys(line.getLast().version());
    assertThat(read.get(line.getLast().version())).hasSize(1);
  }

  private Effect.ReadBack readBack(SourceTree fetched) throws Exception {
    ZoneFiles tip = requireNonNull(restart(fetched, new Ledger(fetched)).waiting()).tip();
    return new Effect.ReadBack(versions(), tip);
  }

  private List<String> versions() {
    return line.stream().map(SourceTree::version).toList();
  }

  /// What cannot be read is no change, of whichever commit.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void fileThatCannotBeReadIsNoUnchangedOne(int which) throws Exception {
    SourceTree fetched = commit(1, 1);
    IntStream.rangeClosed(1, 2).forEach(i -> line.add(commit(1 + i, 1 + i)));
    Ledger ledger = new Ledger(fetched);
    Effect.ReadBack wanted = readBack(fetched);
    repository.lose(which == 0 ? fetched.version() : line.get(which - 1).version());
    assertThatThrownBy(() -> Differences.of(wanted, ledger))
        .isInstanceOf(ZoneSource.AwayException.class)
        .hasMessageContaining("example.com");
  }

  /// The remote has moved on, and what waits is to be read.
  private EditFlow reading(SourceTree fetched, Input.Started start) {
    EditFlow flow = started(start);
    Effect.Push push = (Effect.Push) effects(flow).getFirst();
    flow.pushSettled(push.tip(), new PushOutcome.Superseded(), NOW);
    ZoneFiles moved = ZoneFiles.NONE.advance(fetched).files().advance(commit(2, 0)).files();
    flow.fetched(new ZoneFiles.Advance(moved, true, List.of()), null, Set.of(), NOW);
    assertThat(effects(flow)).singleElement().isInstanceOf(Effect.ReadBack.class);
    return flow;
  }

  @Test
  void whatCannotBeRead_isLeftToPeopleInTheEnd_andTheServerGoesOn() throws Exception {
    SourceTree fetched = commit(1, 1);
    IntStream.rangeClosed(1, 2).forEach(i -> line.add(commit(1 + i, 1 + i)));
    EditFlow flow = reading(fetched, restart(fetched, new Ledger(fetched)));
    Instant now = NOW;
    List<Effect> then = new ArrayList<>();
    for (int i = 1; i < UnreadCommits.MAX_TRIES; i++) {
      flow.commitsNotRead("an object is missing", now);
      now = now.plus(CommitPause.OF_DISK);
      then.clear();
      flow.start(false, now, then);
      assertThat(then).singleElement().isInstanceOf(Effect.ReadBack.class);
    }
    flow.commitsNotRead("an object is missing", now);
    now = now.plus(CommitPause.OF_DISK);
    then.clear();
    flow.start(false, now, then);
    Effect.Commit leaving = (Effect.Commit) then.getFirst();
    assertThat(leaving.edits()).isEmpty();
    flow.takeReplies();
    flow.committed(
        GroupCommit.make(
            leaving, SerialStyle.INCREMENT, now, new Ledger(fetched), new EditedTexts(1 << 20)),
        now);
    assertThat(flow.takeReplies()).contains(new Effect.GiveUp(line.getLast().version(), true));
    assertThat(flow.unpushed()).isZero();
  }

  /// A push of the run before may arrive late.
  @Test
  void whereTheRemoteHasThemAllBeforeTheyAreRead_nothingIsHeldUp() throws Exception {
    SourceTree fetched = commit(1, 1);
    IntStream.rangeClosed(1, 2).forEach(i -> line.add(commit(1 + i, 1 + i)));
    Input.Started start = restart(fetched, new Ledger(fetched));
    EditFlow flow = reading(fetched, start);
    flow.commitsNotRead("an object is missing", NOW);
    ZoneFiles.Advance all = requireNonNull(start.waiting()).served();
    flow.fetched(all, line.getLast().version(), Set.of(), NOW);
    Instant later = NOW.plus(CommitPause.OF_DISK);
    List<Effect> then = new ArrayList<>();
    flow.start(false, later, then);
    assertThat(then).isEmpty();
    flow.take(
        update(), new Awaited(update(), new ClientToldByOthers(CLIENT), later.plusSeconds(9)));
    flow.start(false, later, then);
    assertThat(then).singleElement().isInstanceOf(Effect.Prepare.class); // it is a large zone
  }

  private static Requested update() throws Exception {
    Update update = new Update(Name.fromString("example.com."));
    update.add(Name.fromString("new.example.com."), Type.A, 300, "192.0.2.1");
    UpdateRequest request = UpdateRequest.parse(update.toWire(Message.MAXLENGTH));
    return new Requested(request, KEY, CLIENT, "idnew");
  }

  /// A zone that our commits made, or raised, and removed must not come back below that (RFC 1982
  /// §3.2).
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void zoneThatWentLeavesTheSerialThatItHadLast(boolean wasThere) throws Exception {
    if (wasThere) {
      repository.put("old.example", zone(1, 2));
    }
    SourceTree fetched = commit(1, 1);
    repository.put("old.example", zone(5, 3));
    line.add(repository.commit());
    repository.remove("old.example");
    line.add(repository.commit(Acceptance.of(Set.of(Acceptance.THIS))));
    Input.Waiting waiting = requireNonNull(restart(fetched, new Ledger(fetched)).waiting());
    ZoneFiles.Floor floor = waiting.served().files().floors().get(WireName.parse("old.example"));
    assertThat(requireNonNull(floor).serial()).isEqualTo(Serial.of(5));
  }

  /// What was noted can be read and its commit's other files not: too many, say.
  @Test
  void theLastThatWaitsHasItsFiles_alsoWhereOnlyWhatWasNotedIsKnown() throws Exception {
    SourceTree fetched = commit(1, 1);
    IntStream.rangeClosed(1, 2).forEach(i -> line.add(commit(1 + i, 1 + i)));
    Known known = new Known(line.getLast(), List.of(), null);
    Input.Started start =
        Restart.of(known, new Ledger(fetched), ZoneReadings.oneByOne(Long.MAX_VALUE), NOW);
    assertThat(requireNonNull(start.waiting()).tip().tree()).isNotNull();
  }

  /// P8: an update that means what it removes says nothing of what people removed.
  @Test
  void massRemovalThatIsHeldStaysHeld_whateverAnUpdateRemovedSince() throws Exception {
    repository.put("big.example", zone(1, 200)).put("small.example", zone(1, 1));
    ZoneFiles files = ZoneFiles.NONE.advance(commit(1, 1)).files();
    repository.put("big.example", zone(2, 3));
    SourceTree halved = repository.commit();
    line.add(commit(2, 2));
    SourceTree at = line.getFirst();
    HeldBack kept = files.advance(halved).files().advance(at).files().heldBack();
    SortedMap<String, SourceFile> noted = new TreeMap<>(at.files());
    noted.keySet().removeAll(kept.withheld());
    noted.putAll(kept.instead());
    line.add(commit(3, 3));
    repository.remove("small.example");
    line.add(repository.commit(Acceptance.of(Set.of(Acceptance.THIS))));
    SourceTree served =
        new SourceTree(at.version(), at.time(), at.acceptance(), at.layout(), noted);
    Known known = new Known(served, kept.marks(), new SourceLine(line.subList(1, 3), false));
    Input.Started start =
        Restart.of(known, new Ledger(halved), ZoneReadings.oneByOne(Long.MAX_VALUE), NOW);
    ZoneFiles now = requireNonNull(start.waiting()).served().files();
    assertThat(requireNonNull(now.state(WireName.parse("big.example"))).serial())
        .isEqualTo(Serial.of(1));
  }

  /// Somebody forgot to raise the serial of another zone.
  @Test
  void oneIsReadAlsoWhereAnotherZoneIsHeldBack() throws Exception {
    repository.put("other.example", zone(1, 1));
    SourceTree first = commit(1, 1);
    repository.put("other.example", zone(1, 2));
    SourceTree fetched = repository.commit();
    IntStream.rangeClosed(1, WAITING).forEach(i -> line.add(commit(1 + i, 1 + i)));
    Known known = new Known(first, List.of(), new SourceLine(List.of(fetched), false));
    Ledger ledger = new Ledger(fetched);
    ledger.sinceServed.add(fetched);
    Restart.of(known, ledger, ZoneReadings.oneByOne(Long.MAX_VALUE), NOW);
    assertThat(repository.readsOf("example.com")).isLessThan(6);
  }
}
