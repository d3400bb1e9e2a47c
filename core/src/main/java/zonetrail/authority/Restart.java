package zonetrail.authority;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
    ZoneFiles.Advance resumed = ZoneFiles.resume(known, readings);
    List<SourceTree> pending = ledger.pending();
    List<SourceTree> superseded = ledger.superseded();
    if (pending.isEmpty() && superseded.isEmpty()) {
      return new Input.Started(resumed, null, requests, startedAt);
    }
    SourceTree base =
        pending.isEmpty() ? null : ledger.before(pending.getFirst().version()).orElse(null);
    List<SourceTree> trees = new ArrayList<>();
    if (base != null) {
      trees.addAll(fetched(known, base.version(), ledger));
    }
    trees.addAll(superseded);
    trees.addAll(pending);
    Known withOurs = new Known(known.served(), known.marks(), new SourceLine(trees, false));
    ZoneFiles.Advance served = ZoneFiles.resume(withOurs, readings);
    ZoneFiles remote =
        base == null ? resumed.files() : remote(base, known, resumed, served, ledger);

    List<Input.Unpushed> line = new ArrayList<>();
    ZoneFiles before = remote;
    for (SourceTree tree : pending) {
      ZoneFiles after = before.advance(tree).files();
      CommitOrigin origin = ledger.originOf(tree.version());
      line.add(new Input.Unpushed(after, Differences.between(before, after, origin), origin));
      before = after;
    }
    // Those that wait count as known: where they come to nothing they are forgotten again.
    List<KnownRequest> all = new ArrayList<>(requests);
    for (SourceTree tree :
        trees.subList(trees.size() - superseded.size() - pending.size(), trees.size())) {
      ledger
          .originOf(tree.version())
          .requests()
          .forEach(id -> all.add(new KnownRequest(id, tree.time())));
    }
    List<ZoneEdit> again = new ArrayList<>();
    ZoneFiles last = ZoneFiles.NONE;
    for (SourceTree tree : superseded) {
      SourceTree parent = ledger.before(tree.version()).orElse(tree);
      ZoneFiles then =
          parent.version().equals(last.version())
              ? last
              : ZoneFiles.resume(Known.ofNew(SourceLine.of(parent)), readings).files();
      last = then.advance(tree).files();
      CommitOrigin origin = ledger.originOf(tree.version());
      List<ZoneEdit> edits = Differences.between(then, last, origin);
      Set<String> settled =
          origin.requests().size() < 2 ? Set.of() : ledger.settledOf(tree.version());
      edits.forEach(edit -> again.add(ZoneEdit.without(settled, edit)));
    }
    Input.Waiting waiting =
        new Input.Waiting(remote, served, line, again, ledger.supersededLines());
    return new Input.Started(resumed, waiting, all, startedAt);
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
