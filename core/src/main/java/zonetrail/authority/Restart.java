package zonetrail.authority;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
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
///
/// Of the line that waits its last commit is looked at alone, where nothing says that those before
/// it matter: thousands may wait. What each of them did is read when they are made again.
public final class Restart {
  private static final String MEANS_ITS_REMOVALS = Acceptance.TRAILER + ": " + Acceptance.THIS;

  private final Known known;
  private final ZoneLedger ledger;
  private final ZoneReadings readings;

  /// The line that waits, oldest first, and what is known of each without its files.
  private final List<SourceTree> pending;

  private final List<Input.Unpushed> line;
  private final List<SourceTree> superseded;

  /// Who caused each of these, by its version, and what requests there are among them.
  private final SequencedMap<String, CommitOrigin> origins = new LinkedHashMap<>();

  private final List<KnownRequest> supersededRequests = new ArrayList<>();

  /// What the line was made on; null if there is none, or it has no files.
  private final @Nullable SourceTree base;

  private Restart(Known known, ZoneLedger ledger, ZoneReadings readings) throws AwayException {
    this.known = known;
    this.ledger = ledger;
    this.readings = readings;
    this.pending = ledger.pending();
    this.line = ledger.unpushed();
    this.superseded = ledger.superseded();
    this.base = line.isEmpty() ? null : ledger.before(line.getFirst().version()).orElse(null);
    for (SourceTree tree : superseded) {
      CommitOrigin origin = ledger.originOf(tree.version());
      origins.put(tree.version(), origin);
      add(origin, tree.time(), supersededRequests);
    }
  }

  /// Gathers it; reads every zone that is not known, and may take as long as that.
  ///
  /// @param readings as for [ZoneFiles#resume]
  /// @param startedAt the time of day at which the process began
  /// @throws AwayException if a commit that waits cannot be read
  public static Input.Started of(
      Known known, ZoneLedger ledger, ZoneReadings readings, Instant startedAt)
      throws AwayException {
    List<KnownRequest> requests = ledger.requestsSince(startedAt.minus(Primary.LONGEST_VALID));
    Restart restart = new Restart(known, ledger, readings);
    ZoneFiles.Advance resumed = restart.resumed();
    return restart.line.isEmpty() && restart.superseded.isEmpty()
        ? new Input.Started(resumed, null, requests, startedAt)
        : new Input.Started(
            resumed, restart.waiting(resumed), restart.withThoseThatWait(requests), startedAt);
  }

  /// Those that wait count as known: where they come to nothing they are forgotten again.
  private List<KnownRequest> withThoseThatWait(List<KnownRequest> requests) {
    List<KnownRequest> all = new ArrayList<>(requests);
    for (Input.Unpushed commit : line) {
      add(commit.origin(), commit.time(), all);
    }
    all.addAll(supersededRequests);
    return all;
  }

  private static void add(CommitOrigin origin, Instant time, List<KnownRequest> all) {
    origin.requests().forEach(id -> all.add(new KnownRequest(id, time)));
  }

  /// What is known, of which the end may be of our commits, where one of them was served.
  private ZoneFiles.Advance resumed() {
    SourceLine fetched = known.line();
    if (fetched == null || line.isEmpty()) {
      return ZoneFiles.resume(known, readings);
    }
    List<SourceTree> trees = fetched.trees();
    int theirs = trees.size();
    for (Input.Unpushed ours : line.reversed()) {
      if (theirs == 0 || !trees.get(theirs - 1).version().equals(ours.version())) {
        break;
      }
      theirs--;
    }
    List<SourceTree> before = trees.subList(0, theirs);
    return alongOurs(
        trees.subList(theirs, trees.size()), ours -> resume(before, ours, fetched.isRewritten()));
  }

  private Input.Waiting waiting(ZoneFiles.Advance resumed) throws AwayException {
    List<SourceTree> before = new ArrayList<>();
    if (base != null) {
      before.addAll(fetchedUpTo(base.version()));
    }
    before.addAll(superseded);
    ZoneFiles.Advance served = alongOurs(pending, ours -> resume(before, ours, false));
    ZoneFiles remote = base == null ? resumed.files() : remote(base, resumed, served);
    return new Input.Waiting(
        remote, served, tip(remote, served), line, again(), ledger.supersededLines());
  }

  private ZoneFiles.Advance resume(
      List<SourceTree> before, List<SourceTree> ours, boolean isRewritten) {
    List<SourceTree> trees = new ArrayList<>(before);
    trees.addAll(ours);
    SourceLine all = new SourceLine(trees, isRewritten);
    return ZoneFiles.resume(new Known(known.served(), known.marks(), all), readings);
  }

  /// The files of the last commit that waits: those served, where nothing says otherwise.
  private ZoneFiles tip(ZoneFiles remote, ZoneFiles.Advance served) {
    if (line.isEmpty()) {
      return remote;
    }
    return superseded.isEmpty() && !served.files().holdsBackAnew()
        ? served.files()
        : alongOurs(pending, ours -> remote.advance(new SourceLine(ours, false))).files();
  }

  /// What comes of commits of the line that waits: of the last one alone, where that holds nothing
  /// back. Where it does, a look at each may not: many small removals are no large one. What is
  /// edited is read again before it is committed, so none of them is broken.
  ///
  /// Each is looked at where one says that it means what it removes: that is about its own
  /// removals, and a zone that went has a serial that it must not come back below.
  private ZoneFiles.Advance alongOurs(
      List<SourceTree> ours, Function<List<SourceTree>, ZoneFiles.Advance> look) {
    boolean mayBeShortened =
        ours.size() > 1
            && line.stream()
                .noneMatch(commit -> commit.origin().trailers().contains(MEANS_ITS_REMOVALS));
    if (mayBeShortened) {
      ZoneFiles.Advance last = look.apply(List.of(ours.getLast()));
      if (!last.files().holdsBackAnew()) {
        return last;
      }
    }
    return look.apply(ours);
  }

  /// What superseded commits did and is to be made again.
  ///
  /// A line may have taken the place of another that has the same requests, and be superseded
  /// before that one was given up. Then each is made as it was made last.
  private List<ZoneEdit> again() throws AwayException {
    List<ZoneEdit> again = new ArrayList<>();
    Map<String, String> madeLast = new HashMap<>();
    origins.forEach(
        (version, origin) -> origin.requests().forEach(id -> madeLast.put(id, version)));
    ZoneFiles last = ZoneFiles.NONE;
    for (SourceTree tree : superseded) {
      CommitOrigin origin = Objects.requireNonNull(origins.get(tree.version()));
      Set<String> settled = new HashSet<>(origin.requests());
      settled.removeIf(id -> tree.version().equals(madeLast.get(id)));
      if (!settled.isEmpty() && settled.containsAll(origin.requests())) {
        continue;
      }
      if (origin.requests().size() > 1) {
        settled.addAll(ledger.settledOf(tree.version()));
      }
      SourceTree parent = ledger.before(tree.version()).orElse(tree);
      ZoneFiles then = last;
      if (!parent.version().equals(last.version())) {
        then = ZoneFiles.resume(Known.ofNew(SourceLine.of(parent)), readings).files();
      }
      last = then.advance(tree).files();
      Differences.between(then, last, origin)
          .forEach(edit -> again.add(ZoneEdit.without(settled, edit)));
    }
    return again;
  }

  /// The files of the commit that ours stand on: where nothing of ours was served, those served.
  private ZoneFiles remote(SourceTree base, ZoneFiles.Advance resumed, ZoneFiles.Advance served) {
    SourceTree kept = known.served();
    boolean isOnLine = kept == null || ledger.isInRemote(kept.version());
    return isOnLine && base.version().equals(resumed.files().version())
        ? resumed.files()
        : served.files().asAt(base);
  }

  /// What was fetched up to the version that ours stands on; what came after that is fetched again.
  /// Where that is broken the one before it may be what was served, so the tip alone does not do.
  private List<SourceTree> fetchedUpTo(String version) throws AwayException {
    SourceTree served = known.served();
    if (served != null) {
      return ledger.lineTo(version, served.version());
    }
    SourceLine fetched = known.line();
    if (fetched == null) {
      return List.of();
    }
    List<SourceTree> trees = new ArrayList<>();
    for (SourceTree tree : fetched.trees()) {
      trees.add(tree);
      if (tree.version().equals(version)) {
        return trees;
      }
    }
    return List.of();
  }
}
