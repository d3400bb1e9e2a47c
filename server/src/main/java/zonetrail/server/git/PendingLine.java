package zonetrail.server.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/// The refs of a clone that keep commits until the remote has them.
///
/// ```text
/// refs/zonetrail/pending            the tip of the current line of own commits
/// refs/zonetrail/superseded/COMMIT  the tip of a line that another one took the place of
/// refs/zonetrail/base/COMMIT        what such a line began on, if that was taken out of the remote
/// refs/zonetrail/conflict/COMMIT    given up; has still to get into a branch of its own there
/// ```
///
/// What of a line is in the history of the fetched ref is in the remote and waits no more, so the
/// current ref need not go when it was pushed. It goes before the fetched ref is moved to a history
/// without it: a commit that was in the remote, and was taken out of it there, does not wait again.
///
/// Each change is on the disk when it is made. Not for sharing between threads.
final class PendingLine {
  /// The tip of the current line.
  static final String REF = "refs/zonetrail/pending";

  /// Folders of refs.
  static final String SUPERSEDED = "refs/zonetrail/superseded/";

  static final String BASE = "refs/zonetrail/base/";

  static final String CONFLICT = "refs/zonetrail/conflict/";

  private static final Set<RefUpdate.Result> WRITTEN =
      Set.of(
          RefUpdate.Result.NEW,
          RefUpdate.Result.FAST_FORWARD,
          RefUpdate.Result.FORCED,
          RefUpdate.Result.NO_CHANGE);

  private final Repository repository;
  private final Path directory;

  PendingLine(Repository repository) {
    this.repository = repository;
    this.directory = repository.getDirectory().toPath();
  }

  /// Takes up a commit that was just made; its objects are on the disk.
  ///
  /// @param fetched what is in the remote, as far as is known
  /// @throws IOException if that cannot be noted; then all is as before
  void add(ObjectId parent, ObjectId commit, @Nullable ObjectId fetched) throws IOException {
    ObjectId before = current();
    // After a power failure there may be nothing in it: the journal, from which this comes then,
    // says what there was.
    boolean isTorn = before == null && Files.exists(directory.resolve(REF));
    if (before == null && !isTorn && fetched != null && !isIn(parent, fetched)) {
      addAside(parent, commit);
      return;
    }
    boolean beginsAnew = before != null && !before.equals(parent);
    if (before != null && beginsAnew && (fetched == null || !isIn(before, fetched))) {
      addSuperseded(before);
    }
    try {
      set(commit);
    } catch (IOException e) {
      restore(before);
      throw e;
    }
  }

  /// Takes up a commit on what was taken out of the remote while it was made: it is superseded from
  /// the beginning, since a push of it would bring that back.
  private void addAside(ObjectId parent, ObjectId commit) throws IOException {
    List<ObjectId> there = superseded();
    if (there.contains(commit)) {
      return; // as when a process ended here
    }
    boolean goesOn = there.contains(parent);
    ObjectId began = goesOn ? base(parent) : parent;
    if (began != null) {
      setBase(commit, began);
    }
    addSuperseded(commit);
    if (goesOn) {
      deleteSuperseded(parent);
    }
  }

  /// Makes this the tip of the current line.
  void set(ObjectId tip) throws IOException {
    write(REF, tip);
  }

  /// Lets the line that ends in a commit end where its last commits, which count no more, began.
  /// Where it was superseded, by a history without what it stands on, nothing waits of it but what
  /// was there before these.
  ///
  /// @param tip the last of them
  /// @param parent what the first was made on
  /// @param fetched what is in the remote, as far as is known
  /// @throws IOException if that cannot be noted; then it can be tried again
  void takeBack(ObjectId tip, ObjectId parent, @Nullable ObjectId fetched) throws IOException {
    if (tip.equals(current())) {
      set(parent);
      return;
    }
    if (!superseded().contains(tip)) {
      return;
    }
    if (fetched == null || line(tip, fetched).contains(parent)) {
      ObjectId began = base(tip);
      if (began != null) {
        setBase(parent, began);
      }
      addSuperseded(parent);
    }
    deleteSuperseded(tip);
  }

  /// Notes that a line was superseded.
  void addSuperseded(ObjectId tip) throws IOException {
    write(SUPERSEDED + tip.name(), tip);
  }

  /// Where the ref was moved and only its name could not be forced to the disk, nobody may find it
  /// moved.
  private void restore(@Nullable ObjectId before) {
    try {
      if (before == null) {
        delete(REF);
      } else {
        set(before);
      }
    } catch (IOException worse) {
      // The caller is told of the first failure; what it did not get acknowledged may yet be found.
    }
  }

  /// The tip of the current line, in the remote or not; null before the first commit.
  @Nullable ObjectId current() throws IOException {
    Ref ref = repository.exactRef(REF);
    return ref == null ? null : ref.getObjectId();
  }

  /// The tips of lines that were superseded.
  List<ObjectId> superseded() throws IOException {
    return below(SUPERSEDED);
  }

  /// The commits that have still to get into branches of their own.
  List<ObjectId> conflicts() throws IOException {
    return below(CONFLICT);
  }

  private List<ObjectId> below(String prefix) throws IOException {
    List<ObjectId> tips = new ArrayList<>();
    for (Ref ref : repository.getRefDatabase().getRefsByPrefix(prefix)) {
      ObjectId tip = ref.getObjectId();
      if (tip != null) {
        tips.add(tip);
      }
    }
    return tips;
  }

  /// The tips of all lines of which something waits.
  List<ObjectId> waiting(@Nullable ObjectId fetched) throws IOException {
    List<ObjectId> tips = superseded();
    ObjectId current = current();
    if (current != null) {
      tips.add(current);
    }
    List<ObjectId> waiting = new ArrayList<>();
    for (ObjectId tip : tips) {
      if (fetched == null || !isIn(tip, fetched)) {
        waiting.add(tip);
      }
    }
    return waiting;
  }

  /// The commits of a line that are not in the remote, oldest first.
  List<ObjectId> line(ObjectId tip, ObjectId fetched) throws IOException {
    List<ObjectId> line = new ArrayList<>();
    try (RevWalk walk = new RevWalk(repository)) {
      walk.setFirstParent(true);
      walk.markStart(walk.parseCommit(tip));
      for (ObjectId not : notOfLine(tip, fetched)) {
        if (repository.getObjectDatabase().has(not)) {
          walk.markUninteresting(walk.parseCommit(not));
        }
      }
      for (RevCommit commit : walk) {
        line.add(commit.copy());
      }
    }
    Collections.reverse(line);
    return line;
  }

  private List<ObjectId> notOfLine(ObjectId tip, ObjectId fetched) throws IOException {
    ObjectId began = base(tip);
    return began == null ? List.of(fetched) : List.of(fetched, began);
  }

  /// What a superseded line began on, if that was taken out of the remote.
  @Nullable ObjectId base(ObjectId tip) throws IOException {
    Ref base = repository.exactRef(BASE + tip.name());
    return base == null ? null : base.getObjectId();
  }

  /// Notes what a superseded line began on.
  void setBase(ObjectId tip, ObjectId base) throws IOException {
    write(BASE + tip.name(), base);
  }

  /// Notes that a commit has to get into a branch of its own.
  void addConflict(ObjectId commit) throws IOException {
    write(CONFLICT + commit.name(), commit);
  }

  /// A commit got into a branch of its own.
  void removeConflict(ObjectId commit) throws IOException {
    delete(CONFLICT + commit.name());
  }

  /// Forgets the line that ends in this commit, if there is one.
  void forget(ObjectId tip) throws IOException {
    if (tip.equals(current())) {
      delete(REF);
    }
    if (superseded().contains(tip)) {
      deleteSuperseded(tip);
    }
  }

  private void deleteSuperseded(ObjectId tip) throws IOException {
    delete(SUPERSEDED + tip.name());
    if (base(tip) != null) {
      delete(BASE + tip.name());
    }
  }

  /// The remote has another history from now on. What was in the one before does not wait again,
  /// and a line that begins there cannot be pushed any more: that would bring back what was taken
  /// out.
  ///
  /// @param fetched the tip of the one before
  /// @param now the tip of the new one
  void historyChanges(ObjectId fetched, ObjectId now) throws IOException {
    for (ObjectId tip : superseded()) {
      if (isIn(tip, fetched)) {
        deleteSuperseded(tip);
      } else {
        noteBase(tip, fetched, now);
      }
    }
    ObjectId current = current();
    if (current == null) {
      return;
    }
    if (!isIn(current, fetched)) {
      noteBase(current, fetched, now);
      addSuperseded(current);
    }
    delete(REF);
  }

  /// Notes what a line began on, if that is not in the new history.
  private void noteBase(ObjectId tip, ObjectId fetched, ObjectId now) throws IOException {
    if (base(tip) != null || !repository.getObjectDatabase().has(fetched)) {
      return;
    }
    List<ObjectId> line = line(tip, fetched);
    ObjectId began = line.isEmpty() ? null : BranchTip.read(repository, line.getFirst()).parent();
    if (began != null && !isIn(began, now)) {
      setBase(tip, began);
    }
  }

  /// Whether a commit is in the history of another.
  boolean isIn(ObjectId commit, ObjectId history) throws IOException {
    if (commit.equals(history)) {
      return true;
    }
    try (RevWalk walk = new RevWalk(repository)) {
      return walk.isMergedInto(walk.parseCommit(commit), walk.parseCommit(history));
    } catch (MissingObjectException notHere) {
      return false;
    }
  }

  private void write(String name, ObjectId to) throws IOException {
    RefUpdate update = repository.updateRef(name);
    update.setNewObjectId(to);
    update.disableRefLog();
    RefUpdate.Result result = update.forceUpdate();
    if (!WRITTEN.contains(result)) {
      throw new IOException("cannot write " + name + ": " + result);
    }
    // JGit forces the ref's file to the disk, and not its name.
    for (Path folder = directory.resolve(name).getParent();
        folder != null && !folder.equals(directory);
        folder = folder.getParent()) {
      CloneDirectory.syncDirectory(folder);
    }
  }

  private void delete(String name) throws IOException {
    RefUpdate update = repository.updateRef(name);
    update.setForceUpdate(true);
    update.disableRefLog();
    RefUpdate.Result result = update.delete();
    if (result != RefUpdate.Result.FORCED && result != RefUpdate.Result.NEW) {
      throw new IOException("cannot remove " + name + ": " + result);
    }
    CloneDirectory.syncDirectory(directory.resolve("refs/zonetrail"));
  }
}
