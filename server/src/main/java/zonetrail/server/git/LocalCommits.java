package zonetrail.server.git;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.Input;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.VersionedMap;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneSource.AwayException;

/// Our own commits in the clone, until the remote has them.
///
/// This is where the two lanes of git meet. The commit lane makes commits; the network lane asks
/// what waits, tells what got to the remote, and may put another clone into the place of this one.
/// All of that is done under this object's monitor, and none of it while anything is said to the
/// remote: a commit waits for the disk only.
///
/// Threads: any.
final class LocalCommits {
  /// So many versions are remembered with their files: what the next commit is made on, and what a
  /// push brought to the remote meanwhile, is nearly always one of them, and 100,000 files need not
  /// be listed again. Versions that come of each other share most of it.
  private static final int MAX_REMEMBERED = 64;

  private static final Logger LOG = LoggerFactory.getLogger(LocalCommits.class);

  private final List<String> folder;
  private final Layout layout;
  private final Committer committer;

  /// Set where a damaged object is met; the next fetch makes the clone anew.
  private final AtomicBoolean damageSeen;

  private final SequencedMap<String, SourceTree> remembered = new LinkedHashMap<>();

  private CloneDirectory clone;
  private CommitTrees trees;
  private volatile StoredFiles stored;
  private CommitWriter writer;
  private PendingLine line;
  private SupersededLines superseded;
  private UnsettledCommits unsettled;

  /// Commits that were made and that nobody may count on, until the line is without them again.
  private @Nullable TakenBack takenBack;

  private record TakenBack(ObjectId tip, ObjectId parent) {}

  LocalCommits(
      CloneDirectory clone,
      List<String> folder,
      Layout layout,
      Committer committer,
      AtomicBoolean damageSeen) {
    this.folder = folder;
    this.layout = layout;
    this.committer = committer;
    this.damageSeen = damageSeen;
    use(clone);
  }

  private void use(CloneDirectory one) {
    clone = one;
    trees = new CommitTrees(one.repository(), folder, layout, damageSeen);
    stored = new StoredFiles(one.repository()); // what another clone has counts no more
    writer = new CommitWriter(one.repository(), folder, committer, stored);
    line = new PendingLine(one.repository());
    superseded = new SupersededLines(one, line);
    unsettled = new UnsettledCommits(one.repository());
    one.repository().lookAside(unsettled::octets);
  }

  /// Takes up what an earlier process made and had not put into the clone yet; before anything
  /// else.
  ///
  /// @throws IOException if it cannot be put there
  synchronized void recover() throws IOException {
    unsettled.recover(this::moveLine);
  }

  /// Puts commits into the clone that are beside it: before git, or JGit, looks at them.
  ///
  /// @throws IOException if that cannot be; they are kept, and it is to be tried again
  synchronized void settle() throws IOException {
    unsettled.settle(this::moveLine);
    TakenBack due = takenBack;
    if (due != null) {
      line.takeBack(due.tip, due.parent, clone.fetched());
      takenBack = null;
    }
  }

  /// Takes commits back that nobody was told of; the interface says more.
  synchronized void takeBack(String tip, String parent) {
    takeBack(ObjectId.fromString(tip), ObjectId.fromString(parent));
  }

  private void takeBack(ObjectId tip, ObjectId parent) {
    takenBack = new TakenBack(tip, parent);
    try {
      settle();
    } catch (IOException later) {
      LOG.debug("commits up to {} are taken back later: {}", tip.name(), later.getMessage());
    }
  }

  private void moveLine(ObjectId parent, ObjectId tip) throws IOException {
    ObjectId before;
    ObjectId fetched;
    try {
      before = line.current();
      fetched = clone.fetched();
    } catch (IOException damaged) {
      damaged("which commits wait", damaged);
      line.set(tip); // what was there before is most likely in its history
      return;
    }
    if (!tip.equals(before)) { // as when a process ended here
      line.add(parent, tip, fetched);
    }
  }

  /// Settles at the end, and lets go of the journal.
  synchronized void close() {
    try {
      settle();
    } catch (IOException e) {
      LOG.warn("commits stay in {} for the next start ({})", CommitJournal.NAME, e.getMessage());
    }
    unsettled.close();
  }

  /// Puts another clone into the place of this one; what waits comes along.
  interface Replacement {
    /// Does so.
    CloneDirectory takePlace() throws IOException;
  }

  /// Puts large files of commits to be on the disk. Not under the monitor: no commit waits for it.
  ///
  /// @throws AwayException if they cannot be written
  void prepare(List<ZoneCommit> commits) throws AwayException {
    try {
      stored.store(commits);
    } catch (IOException e) {
      throw away("store a large zone file", e);
    }
  }

  /// Makes a commit, which is on the disk when this returns.
  ///
  /// @throws IllegalArgumentException if a file's name is none in this layout
  /// @throws AwayException if it cannot be; nothing has changed then
  synchronized SourceTree commit(String parent, ZoneCommit commit) throws AwayException {
    commit.files().keySet().forEach(this::requireFit);
    try {
      ObjectId on = ObjectId.fromString(parent);
      if (takenBack != null || !on.equals(unsettled.tip())) {
        settle();
        if (!clone.repository().getObjectDatabase().has(on)) {
          throw new AwayException(
              "commit "
                  + on.abbreviate(7).name()
                  + " is not in the clone any more, so nothing is made on it");
        }
      }
      CommitWriter.Written written = writer.write(on, commit);
      write(on, written);
      writer.isWritten(written);
      commit.files().values().forEach(file -> file.ifPresent(stored::forget));
      SourceTree tree = treeOrTakeBack(on, written, commit);
      remember(tree);
      return tree;
    } catch (TreeRewrite.InTheWayException clash) {
      throw new AwayException(String.valueOf(clash.getMessage()), clash);
    } catch (IOException e) {
      throw away("commit", e);
    }
  }

  private void write(ObjectId on, CommitWriter.Written written) throws IOException {
    ObjectId commit = written.tip().commit();
    if (unsettled.add(on, commit, written.objects())) {
      return;
    }
    settle(); // which makes room
    if (unsettled.add(on, commit, written.objects())) {
      return;
    }
    ObjectBatch.write(clone.repository(), written.objects());
    line.add(on, commit, clone.fetched());
  }

  private void requireFit(String name) {
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.startsWith(".") || part.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(name + " is no file of a zones folder");
      }
    }
    if (!layout.isTree() && name.indexOf('/') >= 0) {
      throw new IllegalArgumentException(name + " lies in a folder, and the layout is flat");
    }
  }

  private SourceTree treeOrTakeBack(ObjectId on, CommitWriter.Written written, ZoneCommit commit)
      throws IOException {
    try {
      return treeOf(on.name(), written, commit);
    } catch (IOException | RuntimeException unreadable) {
      takeBack(written.tip().commit(), on);
      throw unreadable;
    }
  }

  private SourceTree treeOf(String parent, CommitWriter.Written written, ZoneCommit commit)
      throws IOException {
    BranchTip tip = written.tip();
    SourceTree before = remembered.get(parent);
    if (before == null) {
      settle();
      return trees.tree(tip).orElseThrow(() -> new IOException("the zones folder is gone"));
    }
    Set<String> names = commit.files().keySet();
    VersionedMap.Editor<String, SourceFile> edit = VersionedMap.of(before.files()).edit();
    List<BranchTip.Entry> changed = new ArrayList<>();
    for (String name : names) {
      edit.remove(name);
      ObjectId blob = written.blobs().get(name);
      if (blob != null) {
        changed.add(new BranchTip.Entry(name, blob));
      }
    }
    trees.files(changed, folder).forEach(edit::put);
    SortedMap<String, SourceTree.LeftOut> leftOut = before.leftOut();
    if (!Collections.disjoint(leftOut.keySet(), names)) {
      leftOut = new TreeMap<>(leftOut);
      leftOut.keySet().removeAll(names);
    }
    VersionedMap<String, SourceFile> files = edit.build();
    return new SourceTree(
        tip.commit().name(),
        tip.time(),
        tip.acceptance(),
        layout,
        files,
        SourceTree.Includes.among(files),
        leftOut);
  }

  /// Remembers a version that a commit may be made on.
  synchronized void remember(SourceTree tree) {
    remembered.remove(tree.version());
    remembered.putLast(tree.version(), tree);
    if (remembered.size() > MAX_REMEMBERED) {
      remembered.pollFirstEntry();
    }
  }

  /// The files of a commit.
  ///
  /// @throws IOException if it cannot be read, or has no zones folder
  synchronized SourceTree tree(ObjectId commit) throws IOException {
    SourceTree known = remembered.get(commit.name());
    if (known != null) {
      return known;
    }
    settle();
    return trees
        .tree(BranchTip.read(clone.repository(), commit))
        .orElseThrow(() ->
            new IOException("commit " + commit.abbreviate(7).name() + " has no zones folder"));
  }

  /// The files of a commit that waits.
  synchronized SourceTree tree(String version) throws AwayException {
    try {
      return tree(ObjectId.fromString(version));
    } catch (IOException e) {
      throw away("read commit " + version, e);
    }
  }

  /// The files of a commit's parent.
  synchronized Optional<SourceTree> before(String version) throws AwayException {
    try {
      settle();
      ObjectId parent = BranchTip.read(clone.repository(), ObjectId.fromString(version)).parent();
      if (parent == null) {
        return Optional.empty();
      }
      SourceTree known = remembered.get(parent.name());
      return known != null
          ? Optional.of(known)
          : trees.tree(BranchTip.read(clone.repository(), parent));
    } catch (IOException e) {
      throw away("read commit " + version, e);
    }
  }

  /// The versions that lead to one from what it has in common with another; the interface says
  /// more.
  synchronized List<SourceTree> lineTo(String version, String since) throws AwayException {
    try {
      settle();
      return trees.lineFromCommon(ObjectId.fromString(version), ObjectId.fromString(since));
    } catch (IOException e) {
      throw away("read commit " + version, e);
    }
  }

  /// The current line's commits that wait.
  synchronized List<SourceTree> pending() {
    try {
      return new TreesOfCommits(currentLine(), this::tree, damageSeen);
    } catch (IOException e) {
      damaged("which commits wait to be pushed", e);
      return List.of();
    }
  }

  /// The same without their files.
  synchronized List<Input.Unpushed> unpushed() throws AwayException {
    try {
      return RequestTrailers.unpushed(clone.repository(), currentLine());
    } catch (IOException e) {
      throw away("read which commits wait to be pushed", e);
    }
  }

  /// The commits that wait on superseded lines and whose requests were not all made again.
  synchronized List<SourceTree> superseded() {
    Set<ObjectId> all = new LinkedHashSet<>();
    leftOfLines().values().forEach(all::addAll);
    return new TreesOfCommits(List.copyOf(all), this::tree, damageSeen);
  }

  /// The tips of the lines that these are on.
  synchronized List<String> supersededLines() {
    return leftOfLines().keySet().stream().map(ObjectId::name).toList();
  }

  /// What is left of each superseded line, by its tip; a line of which nothing is left is
  /// forgotten.
  private SequencedMap<ObjectId, List<ObjectId>> leftOfLines() {
    SequencedMap<ObjectId, List<ObjectId>> lines = new LinkedHashMap<>();
    try {
      ObjectId fetched = clone.fetched();
      if (fetched == null) {
        return lines;
      }
      List<ObjectId> current = currentLine();
      for (ObjectId tip : superseded.tips()) {
        List<ObjectId> left = superseded.left(tip, fetched);
        if (left.isEmpty()) {
          // All of it was made again, and the process ended before it said so.
          giveUp(tip, false);
        } else {
          left.removeAll(current);
          lines.put(tip, left);
        }
      }
    } catch (IOException e) {
      damaged("which commits were superseded", e);
    }
    return lines;
  }

  /// Requests of a superseded commit that were made again, or did not fit any more.
  synchronized Set<String> settledOf(String version) throws AwayException {
    try {
      settle();
      return superseded.settledOf(ObjectId.fromString(version));
    } catch (IOException e) {
      throw away("read commit " + version, e);
    }
  }

  /// Who caused a commit.
  synchronized CommitOrigin originOf(String version) throws AwayException {
    try {
      settle();
      return RequestTrailers.origin(clone.repository(), ObjectId.fromString(version));
    } catch (IOException e) {
      throw away("read commit " + version, e);
    }
  }

  private List<ObjectId> currentLine() throws IOException {
    settle();
    ObjectId fetched = clone.fetched();
    ObjectId current = line.current();
    return fetched == null || current == null ? List.of() : line.line(current, fetched);
  }

  /// Requests of commits made since then, among those that the remote has.
  synchronized List<KnownRequest> requestsSince(Instant time) {
    try {
      ObjectId fetched = clone.fetched();
      return fetched == null ? List.of() : RequestTrailers.since(clone.repository(), fetched, time);
    } catch (IOException e) {
      damaged("which requests were made last", e);
      return List.of();
    }
  }

  /// Whether a commit is in what was fetched or pushed last.
  synchronized boolean isInRemote(String version) {
    try {
      ObjectId fetched = clone.fetched();
      return fetched != null && line.isIn(ObjectId.fromString(version), fetched);
    } catch (IOException e) {
      damaged("what is in the remote", e);
      return false;
    }
  }

  /// Whether a commit is on the current line: a superseded one is never pushed.
  synchronized boolean isCurrent(String version) {
    try {
      settle();
      ObjectId current = line.current();
      return current != null && line.isIn(ObjectId.fromString(version), current);
    } catch (IOException e) {
      damaged("which commits wait to be pushed", e);
      return false;
    }
  }

  /// The tip of the line on which a version waits; null if it does not, or its line begins on what
  /// was taken out of the remote.
  synchronized @Nullable ObjectId lineOf(String version) throws IOException {
    settle();
    ObjectId fetched = clone.fetched();
    if (fetched == null || !ObjectId.isId(version)) {
      return null;
    }
    ObjectId commit = ObjectId.fromString(version);
    List<ObjectId> tips = line.waiting(fetched);
    if (tips.isEmpty() || line.isIn(commit, fetched)) {
      return null;
    }
    for (ObjectId tip : tips.reversed()) { // the current one first
      if (line.base(tip) == null && line.isIn(commit, tip)) {
        return tip;
      }
    }
    return null;
  }

  /// What was fetched of the history of a version: where its line began, if it waits.
  ///
  /// @return the version itself if it does not wait
  synchronized String base(String version) throws IOException {
    ObjectId fetched = clone.fetched();
    if (fetched == null || lineOf(version) == null) {
      return version;
    }
    ObjectId first = line.line(ObjectId.fromString(version), fetched).getFirst();
    ObjectId parent = BranchTip.read(clone.repository(), first).parent();
    return parent == null ? version : parent.name();
  }

  /// Whether a commit is in the history of another one.
  synchronized boolean isIn(ObjectId commit, ObjectId history) throws IOException {
    settle();
    return line.isIn(commit, history);
  }

  /// To be called before the fetched ref is moved.
  synchronized void fetchedMovesTo(ObjectId tip) throws IOException {
    settle();
    ObjectId fetched = clone.fetched();
    if (fetched != null && !line.isIn(fetched, tip)) {
      line.historyChanges(fetched, tip);
    }
  }

  /// Gives a commit up.
  synchronized void giveUp(String tip, boolean conflict) throws AwayException {
    try {
      giveUp(ObjectId.fromString(tip), conflict);
    } catch (IOException e) {
      throw away("note that " + tip + " was given up", e);
    }
  }

  private void giveUp(ObjectId tip, boolean conflict) throws IOException {
    settle();
    if (conflict || superseded.hasConflict(tip)) {
      line.addConflict(tip);
    }
    line.forget(tip);
  }

  /// The commits that have still to get into branches of their own.
  synchronized List<ObjectId> conflicts() {
    try {
      return line.conflicts();
    } catch (IOException e) {
      damaged("which conflicts there are", e);
      return List.of();
    }
  }

  /// A commit got into a branch of its own.
  synchronized void removeConflict(ObjectId commit) throws IOException {
    line.removeConflict(commit);
  }

  /// Takes what waits over into a clone that was fetched whole, and puts that into the place of
  /// this one.
  ///
  /// @return the clone in place
  CloneDirectory move(CloneDirectory fresh, Replacement replacement) throws IOException {
    CarryOver carry = new CarryOver(clone, fresh, damageSeen);
    carry.run(); // most of it, while commits go on being made
    synchronized (this) {
      settleOrLose();
      carry.run();
      unsettled.close();
      use(replacement.takePlace());
      remembered.clear();
      takenBack = null;
      return clone;
    }
  }

  private void settleOrLose() throws IOException {
    try {
      settle();
    } catch (IOException e) {
      if (!DamageException.isDamage(e)) {
        throw e;
      }
      LOG.error(
          "commits up to {}, which wait to be pushed, are lost: {} is damaged ({}). It is kept"
              + " beside as clone.git.old; make the changes again",
          unsettled.tip(),
          clone.directory(),
          RemoteText.oneLine(String.valueOf(e.getMessage())));
    }
  }

  private AwayException away(String what, IOException e) {
    if (DamageException.isDamage(e)) {
      damageSeen.set(true);
      return new AwayException(
          "cannot "
              + what
              + ": "
              + clone.directory()
              + " is damaged ("
              + RemoteText.oneLine(String.valueOf(e.getMessage()))
              + "); the next fetch makes it anew",
          e);
    }
    FetchException disk = FetchFailures.ofDisk(clone.directory(), e);
    return new AwayException(String.valueOf(disk.getMessage()), disk.reason().outlook(), disk);
  }

  private void damaged(String what, IOException e) {
    LOG.error(
        "{} cannot be read from {} ({})",
        what,
        clone.directory(),
        RemoteText.oneLine(String.valueOf(e.getMessage())));
    if (DamageException.isDamage(e)) {
      damageSeen.set(true);
    }
  }
}
