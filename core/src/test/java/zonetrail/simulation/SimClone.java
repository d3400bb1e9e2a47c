package zonetrail.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.FetchScope;
import zonetrail.authority.HeldBack;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneLedger;
import zonetrail.authority.ZoneSource;

/// A primary's clone: what outlives its process.
final class SimClone implements ZoneSource, ZoneLedger {
  private final World world;
  private final SimRemote remote;
  private final String owner;
  private final Promises promises;
  private final List<Line> lines = new ArrayList<>();
  private final boolean followsLosses;
  private @Nullable Line current;
  private String fetched;
  private String keptVersion;
  private HeldBack kept;
  boolean isDiskFull;

  /// Commits that wait, oldest first.
  private static final class Line {
    final List<SimCommit> commits = new ArrayList<>();
    final Set<String> requests = new HashSet<>();

    void add(SimCommit commit) {
      commits.add(commit);
      requests.addAll(commit.requests());
    }
  }

  SimClone(World world, SimRemote remote, String owner, Promises promises, boolean followsLosses) {
    this.followsLosses = followsLosses;
    this.promises = promises;
    this.world = world;
    this.remote = remote;
    this.owner = owner;
    this.fetched = remote.tip();
    this.keptVersion = remote.tip();
    this.kept = new HeldBack(new TreeMap<>(), new TreeSet<>(), Map.of(), List.of());
  }

  // ---- the source ----

  @Override
  public Optional<Known> known() {
    SimCommit last = remote.commit(keptVersion);
    SortedMap<String, SourceFile> files = new TreeMap<>(last.tree().files());
    files.keySet().removeAll(kept.withheld());
    files.putAll(kept.instead());
    SourceTree served =
        new SourceTree(
            last.id(), last.time(), last.tree().acceptance(), last.tree().layout(), files);
    return Optional.of(new Known(served, kept.marks(), lineSince(keptVersion)));
  }

  @Override
  public SourceLine fetch(String since, FetchScope scope) throws AwayException {
    if (remote.isAway) {
      throw new AwayException("the remote is away");
    }
    if (!followsLosses && remote.losesUpdates(fetched, remote.tip())) {
      throw new AwayException("the branch was rewritten and lacks updates");
    }
    if (isDiskFull && !fetched.equals(remote.tip())) {
      throw new AwayException("the disk is full");
    }
    if (!remote.isAncestor(fetched, remote.tip())) {
      current = null; // as in a clone, where it is superseded: it stands on what was taken out
    }
    markFetched(remote.tip());
    return lineSince(since);
  }

  private SourceLine lineSince(String since) {
    if (!remote.isAncestor(since, fetched)) {
      return new SourceLine(List.of(remote.commit(fetched).tree()), true);
    }
    List<SourceTree> trees = new ArrayList<>();
    for (SimCommit commit : remote.line(fetched)) {
      if (commit.id().equals(since)) {
        break;
      }
      trees.addFirst(commit.tree());
    }
    if (trees.isEmpty()) {
      trees.add(remote.commit(fetched).tree());
    }
    return new SourceLine(trees, false);
  }

  @Override
  public void keep(String version, HeldBack heldBack) throws AwayException {
    if (isDiskFull) {
      throw new AwayException("the disk is full");
    }
    keptVersion = version;
    kept = heldBack;
  }

  @Override
  public void close() {}

  /// The remote's tip as it was seen last.
  String fetched() {
    return fetched;
  }

  /// The remote has this.
  void markFetched(String tip) {
    fetched = tip;
    for (Line line : lines) {
      line.commits.removeIf(commit -> isInRemote(commit.id()));
    }
    lines.removeIf(line -> line.commits.isEmpty());
    current = lines.contains(current) ? current : null;
  }

  // ---- the ledger ----

  @Override
  public SourceTree commit(String parent, ZoneCommit commit) throws AwayException {
    if (isDiskFull) {
      throw new AwayException("the disk is full");
    }
    SortedMap<String, String> files = new TreeMap<>(remote.commit(parent).files());
    commit
        .files()
        .forEach((name, text) ->
            text.ifPresentOrElse(
                octets -> files.put(name, new String(octets.octets(), StandardCharsets.UTF_8)),
                () -> files.remove(name)));
    SimCommit made =
        SimCommit.of(
            world.commitId(),
            parent,
            commit.time(),
            owner,
            commit.author(),
            commit.trailers(),
            files);
    remote.store(made);
    Line on =
        lines.stream()
            .filter(line -> line.commits.getLast().id().equals(parent))
            .findFirst()
            .orElse(null);
    boolean isAside = current == null && !isInRemote(parent);
    if (on == null) {
      on = new Line();
      lines.add(on);
    }
    on.add(made);
    current = isAside ? current : on;
    promises.committed(made);
    world.trace(
        "%s commits %s on %s: %s",
        owner, World.shortId(made.id()), World.shortId(parent), commit.subject());
    return made.tree();
  }

  @Override
  public void takeBack(String tip, String parent) {
    Line line = current;
    if (line == null || !line.commits.getLast().id().equals(tip)) {
      return;
    }
    world.trace("%s takes back %s", owner, World.shortId(tip));
    while (!line.commits.isEmpty() && !line.commits.getLast().id().equals(parent)) {
      line.requests.removeAll(line.commits.removeLast().requests());
    }
    lines.removeIf(each -> each.commits.isEmpty());
    current = lines.contains(line) ? line : null;
  }

  @Override
  public PushOutcome push(String tip) {
    throw new UnsupportedOperationException("a push is made in steps, each of which may fail");
  }

  @Override
  public List<KnownRequest> requestsSince(Instant time) {
    Map<String, KnownRequest> known = new LinkedHashMap<>();
    for (SimCommit commit : remote.line(fetched)) {
      if (!commit.time().isBefore(time)) {
        commit.requests().forEach(id -> known.put(id, new KnownRequest(id, commit.time())));
      }
    }
    return List.copyOf(known.values());
  }

  @Override
  public List<SourceTree> pending() {
    return current == null ? List.of() : current.commits.stream().map(SimCommit::tree).toList();
  }

  @Override
  public List<SourceTree> superseded() {
    for (Line line : List.copyOf(lines)) {
      if (line != current && toBeMadeAgain(line).isEmpty()) {
        if (hasConflict(line)) {
          line.commits.forEach(remote::keepForPeople);
        }
        lines.remove(line);
      }
    }
    return lines.stream()
        .filter(line -> line != current)
        .flatMap(line -> toBeMadeAgain(line).stream())
        .map(SimCommit::tree)
        .toList();
  }

  private List<SimCommit> toBeMadeAgain(Line line) {
    Set<String> made = new HashSet<>(remote.requests(fetched));
    if (current != null) {
      made.addAll(current.requests);
    }
    made.addAll(conflicts());
    return line.commits.stream()
        .filter(commit -> commit.requests().isEmpty() || !made.containsAll(commit.requests()))
        .toList();
  }

  @Override
  public List<String> supersededLines() {
    superseded();
    return lines.stream()
        .filter(line -> line != current)
        .map(line -> line.commits.getLast().id())
        .toList();
  }

  @Override
  public Set<String> settledOf(String version) {
    Set<String> settled = new HashSet<>(remote.commit(version).requests());
    Set<String> told = new HashSet<>(remote.requests(fetched));
    told.addAll(conflicts());
    if (current != null) {
      told.addAll(current.requests);
    }
    settled.retainAll(told);
    return settled;
  }

  /// Whether something of it was found not to fit any more, and that is all that is known of it.
  private boolean hasConflict(Line line) {
    Set<String> conflicts = conflicts();
    return line.requests.stream().anyMatch(conflicts::contains);
  }

  private Set<String> conflicts() {
    Set<String> conflicts = new HashSet<>();
    remote.line(fetched).forEach(commit -> conflicts.addAll(commit.conflicts()));
    if (current != null) {
      current.commits.forEach(commit -> conflicts.addAll(commit.conflicts()));
    }
    return conflicts;
  }

  @Override
  public SourceTree tree(String version) {
    return remote.commit(version).tree();
  }

  @Override
  public CommitOrigin originOf(String version) {
    SimCommit commit = remote.commit(version);
    return new CommitOrigin(commit.author(), commit.trailers());
  }

  @Override
  public Optional<SourceTree> before(String version) {
    String parent = remote.commit(version).parent();
    return parent == null ? Optional.empty() : Optional.of(remote.commit(parent).tree());
  }

  @Override
  public List<SourceTree> lineTo(String version, String since) {
    List<SourceTree> trees = new ArrayList<>();
    for (SimCommit commit : remote.line(version)) {
      if (remote.isAncestor(commit.id(), since)) {
        break;
      }
      trees.addFirst(commit.tree());
    }
    return trees.isEmpty() ? List.of(remote.commit(version).tree()) : trees;
  }

  @Override
  public boolean isInRemote(String version) {
    return remote.isAncestor(version, fetched);
  }

  @Override
  public void giveUp(String tip, boolean conflict) {
    world.trace("%s gives up %s%s", owner, World.shortId(tip), conflict ? ", which is kept" : "");
    for (Line line : List.copyOf(lines)) {
      if (line.commits.stream().noneMatch(commit -> commit.id().equals(tip))) {
        continue;
      }
      if (conflict || hasConflict(line)) {
        line.commits.forEach(remote::keepForPeople);
      }
      if (line.commits.getLast().id().equals(tip)) {
        lines.remove(line);
      }
    }
    current = lines.contains(current) ? current : null;
  }

  /// What a commit has under a name; null for nothing.
  @Nullable String text(String version, String name) {
    return remote.commit(version).files().get(name);
  }

  /// The last commit was not on the disk.
  void forgetLast() {
    if (current != null) {
      current.commits.removeLast();
      lines.removeIf(line -> line.commits.isEmpty());
      current = lines.contains(current) ? current : null;
    }
  }

  /// The requests of all that waits.
  Set<String> waitingRequests() {
    Set<String> all = new HashSet<>();
    lines.forEach(line -> line.commits.forEach(commit -> all.addAll(commit.requests())));
    return all;
  }

  /// Whether a commit is on the line that is pushed.
  boolean isCurrent(String version) {
    return current != null && remote.isAncestor(version, current.commits.getLast().id());
  }

  /// Whether nothing has to be pushed or made again; what was made again and was not forgotten in
  /// time does no harm.
  boolean isAtRest() {
    return pending().isEmpty() && superseded().isEmpty();
  }

  String waiting() {
    return pending().stream().map(tree -> World.shortId(tree.version())).toList()
        + " and again "
        + superseded().stream().map(tree -> World.shortId(tree.version())).toList();
  }
}
