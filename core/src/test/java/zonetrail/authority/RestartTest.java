package zonetrail.authority;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.tsig.ReplayMemory;
import zonetrail.update.SerialStyle;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// What a process begins with that finds commits of an earlier one, and when it reads them.
class RestartTest {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final WireName ZONE = WireName.parse("example.com");
  private static final int WAITING = 40;

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

    Ledger(SourceTree fetched) {
      this.fetched = fetched;
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
      return new CommitOrigin("key", List.of(CommitOrigin.REQUEST + ": id" + version));
    }

    @Override
    public Optional<SourceTree> before(String version) {
      int place = line.stream().map(SourceTree::version).toList().indexOf(version);
      return Optional.of(place == 0 ? fetched : line.get(place - 1));
    }

    @Override
    public boolean isInRemote(String version) {
      return version.equals(fetched.version());
    }
  }

  private static Input.Started restart(SourceTree fetched, ZoneLedger ledger) throws Exception {
    Known known = new Known(fetched, List.of(), null);
    return Restart.of(known, ledger, ZoneReadings.oneByOne(Long.MAX_VALUE), NOW);
  }

  private static EditFlow started(Input.Started start) {
    EditFlow flow =
        new EditFlow(
            new EditSettings(Ack.LOCAL, EditSettings.DEFAULT_TIMEOUT, SerialStyle.INCREMENT, false),
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
            ZoneEdit.Acknowledged.class, edit -> assertThat(edit.made().summary()).contains("h1"));
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

  /// A commit that the remote has by now did nothing that is to be made again.
  @Test
  void whatDoesNotWaitAnyMoreIsNotReadBack() throws Exception {
    SourceTree fetched = commit(1, 1);
    SourceTree first = commit(2, 2);
    line.add(commit(3, 3));
    Ledger ledger =
        new Ledger(fetched) {
          @Override
          public Optional<SourceTree> before(String version) {
            return Optional.of(first);
          }
        };
    ZoneFiles tip = ZoneFiles.NONE.advance(line.getLast()).files();
    List<String> wanted = List.of(first.version(), line.getLast().version());
    Map<String, List<ZoneEdit>> read = Differences.of(new Effect.ReadBack(wanted, tip), ledger);
    assertThat(read).containsOnlyKeys(line.getLast().version());
    assertThat(read.get(line.getLast().version())).hasSize(1);
  }
}
