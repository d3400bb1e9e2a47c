package zonetrail.authority;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.authority.ZoneSource.Known;

/// What a primary that makes commits goes on from when its process starts: what was served and
/// fetched, and the commits of earlier runs that the remote may not have.
///
/// ```text
///            base ── a ── b            superseded: made again, but b was not yet
///              └─ … ── r ── a'         the line that waits
/// ```
///
/// What was acknowledged by `b` was served, so it stays served until it is made again on `a'`.
public final class Restart {
  private Restart() {}

  /// Gathers it; reads every zone that is not known, and may take as long as that.
  ///
  /// @param readings as for [ZoneFiles#resume]
  /// @param startedAt the time of day at which the process began
  /// @throws AwayException if a commit that waits cannot be read
  public static Input.Started of(
      Known known, ZoneLedger ledger, ZoneReadings readings, Instant startedAt)
      throws AwayException {
    List<KnownRequest> requests = ledger.requestsSince(startedAt.minus(Primary.LONGEST_VALID));
    List<SourceTree> pending = ledger.pending();
    List<SourceTree> superseded = ledger.superseded();
    ZoneFiles.Advance resumed = resumed(known, pending, readings);
    if (pending.isEmpty() && superseded.isEmpty()) {
      return new Input.Started(resumed, null, requests, startedAt);
    }
    SourceTree base =
        pending.isEmpty() ? null : ledger.before(pending.getFirst().version()).orElse(null);
    boolean isAtTip =
        superseded.isEmpty() && resumed.files().version().equals(pending.getLast().version());
    ZoneFiles.Advance served =
        isAtTip ? resumed : withOurs(known, base, superseded, pending, ledger, readings);
    ZoneFiles remote =
        base == null ? resumed.files() : remote(base, known, resumed, served, ledger);
    ZoneFiles tip = tip(remote, superseded, pending, served);

    // Those that wait count as known: where they come to nothing they are forgotten again.
    List<KnownRequest> all = new ArrayList<>(requests);
    List<Input.Unpushed> line = new ArrayList<>();
    for (SourceTree tree : pending) {
      CommitOrigin origin = ledger.originOf(tree.version());
      line.add(new Input.Unpushed(tree.version(), origin));
      known(origin, tree, all);
    }
    for (SourceTree tree : superseded) {
      known(ledger.originOf(tree.version()), tree, all);
    }
    List<ZoneEdit> again = new ArrayList<>();
    ZoneFiles last = ZoneFiles.NONE;
    Differences differences = new Differences();
    for (SourceTree tree : superseded) {
      SourceTree parent = ledger.before(tree.version()).orElse(tree);
      ZoneFiles then = last;
      if (!parent.version().equals(last.version())) {
        then = ZoneFiles.resume(Known.ofNew(SourceLine.of(parent)), readings).files();
        differences = new Differences();
      }
      last = then.advance(tree).files();
      CommitOrigin origin = ledger.originOf(tree.version());
      List<ZoneEdit> edits = differences.between(then, last, origin);
      Set<String> settled =
          origin.requests().size() < 2 ? Set.of() : ledger.settledOf(tree.version());
      edits.forEach(edit -> again.add(ZoneEdit.without(settled, edit)));
    }
    Input.Waiting waiting =
        new Input.Waiting(remote, served, tip, line, again, ledger.supersededLines());
    return new Input.Started(resumed, waiting, all, startedAt);
  }

  private static void known(CommitOrigin origin, SourceTree tree, List<KnownRequest> all) {
    origin.requests().forEach(id -> all.add(new KnownRequest(id, tree.time())));
  }

  /// What is known, of which the end may be of our commits, where one of them was served.
  private static ZoneFiles.Advance resumed(
      Known known, List<SourceTree> pending, ZoneReadings readings) {
    SourceLine line = known.line();
    if (line == null || pending.isEmpty()) {
      return ZoneFiles.resume(known, readings);
    }
    List<SourceTree> trees = line.trees();
    int theirs = trees.size();
    for (SourceTree ours : pending.reversed()) {
      if (theirs == 0 || !trees.get(theirs - 1).version().equals(ours.version())) {
        break;
      }
      theirs--;
    }
    return along(
        known,
        trees.subList(0, theirs),
        trees.subList(theirs, trees.size()),
        line.isRewritten(),
        readings);
  }

  /// What was served where our commits were acknowledged: these may be of a line that was to be
  /// made again, and of the one where that had begun.
  private static ZoneFiles.Advance withOurs(
      Known known,
      @Nullable SourceTree base,
      List<SourceTree> superseded,
      List<SourceTree> pending,
      ZoneLedger ledger,
      ZoneReadings readings)
      throws AwayException {
    List<SourceTree> trees = new ArrayList<>();
    if (base != null) {
      trees.addAll(fetched(known, base.version(), ledger));
    }
    trees.addAll(superseded);
    return along(known, trees, pending, false, readings);
  }

  /// The files of the last commit that waits; those served, where nothing says otherwise.
  private static ZoneFiles tip(
      ZoneFiles remote,
      List<SourceTree> superseded,
      List<SourceTree> pending,
      ZoneFiles.Advance served) {
    if (pending.isEmpty()) {
      return remote;
    }
    return superseded.isEmpty() && !served.files().isSomethingHeldBack()
        ? served.files()
        : alongOurs(pending, line -> remote.advance(new SourceLine(line, false))).files();
  }

  private static ZoneFiles.Advance along(
      Known known,
      List<SourceTree> theirs,
      List<SourceTree> ours,
      boolean isRewritten,
      ZoneReadings readings) {
    return alongOurs(
        ours,
        line -> {
          List<SourceTree> trees = new ArrayList<>(theirs);
          trees.addAll(line);
          SourceLine all = new SourceLine(trees, isRewritten);
          return ZoneFiles.resume(new Known(known.served(), known.marks(), all), readings);
        });
  }

  /// What comes of a line of commits that we made: of its last one alone, where that holds nothing
  /// back. Where it does, a look at each may not: many small removals are no large one. What is
  /// edited is read again before it is committed, so none of them is broken.
  private static ZoneFiles.Advance alongOurs(
      List<SourceTree> ours, Function<List<SourceTree>, ZoneFiles.Advance> look) {
    if (ours.size() > 1) {
      ZoneFiles.Advance last = look.apply(List.of(ours.getLast()));
      if (!last.files().isSomethingHeldBack()) {
        return last;
      }
    }
    return look.apply(ours);
  }

  /// The files of the commit that ours stand on: where nothing of ours was served, those served.
  private static ZoneFiles remote(
      SourceTree base,
      Known known,
      ZoneFiles.Advance resumed,
      ZoneFiles.Advance served,
      ZoneLedger ledger) {
    SourceTree kept = known.served();
    boolean isOnLine = kept == null || ledger.isInRemote(kept.version());
    return isOnLine && base.version().equals(resumed.files().version())
        ? resumed.files()
        : served.files().asAt(base);
  }

  /// What was fetched up to the version that ours stands on; what came after that is fetched again.
  /// Where that is broken the one before it may be what was served, so the tip alone does not do.
  private static List<SourceTree> fetched(Known known, String version, ZoneLedger ledger)
      throws AwayException {
    SourceTree served = known.served();
    if (served != null) {
      return ledger.lineTo(version, served.version());
    }
    SourceLine line = known.line();
    if (line == null) {
      return List.of();
    }
    List<SourceTree> trees = new ArrayList<>();
    for (SourceTree tree : line.trees()) {
      trees.add(tree);
      if (tree.version().equals(version)) {
        return trees;
      }
    }
    return List.of();
  }
}
