package zonetrail.server.git;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Acceptance;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.zone.ShownName;

/// The zones folder of commits, as versions of a source.
///
/// Not for sharing between threads; the trees that it hands out may be used from any.
final class CommitTrees {
  /// So many commits at most are looked at in turn. Of a longer line the oldest are passed over.
  static final int MAX_COMMITS = 1_000;

  /// So many octets of changed files at most are read for a line, besides those of its last commit:
  /// a first look at a long history of large zones must end.
  static final long MAX_LINE_OCTETS = 256L * 1024 * 1024;

  /// So many files at most are listed for a line, besides those of its last commit.
  static final long MAX_LINE_FILES = 1_000_000;

  private final Repository repository;
  private final List<String> folder;
  private final Layout layout;
  private final TreeListing listing;

  /// Set by a reader that met a damaged object.
  private final AtomicBoolean damageSeen;

  /// Of the tree handed out last: a file that has not changed is the same object as before, so that
  /// 100,000 of them cost little.
  private Map<String, SourceFile> known = Map.of();

  CommitTrees(Repository repository, List<String> folder, Layout layout, AtomicBoolean damageSeen) {
    this.repository = repository;
    this.folder = folder;
    this.layout = layout;
    this.listing = new TreeListing(layout);
    this.damageSeen = damageSeen;
  }

  /// The commits after `since` on the first-parent line that ends in `tip`.
  ///
  /// Commits that change nothing in the folder and accept nothing are left out, but for the tip.
  ///
  /// @param since a commit id in hexadecimal; anything else stands for the beginning of history
  /// @return only the tip where `since` is not on the line, which is also how a merge with an own
  ///   first parent looks; empty if the tip has no such folder
  /// @throws IOException if an object is missing or damaged
  Optional<SourceLine> line(ObjectId tip, String since) throws IOException {
    @Nullable ObjectId from = ObjectId.isId(since) ? ObjectId.fromString(since) : null;
    List<BranchTip> commits = new ArrayList<>(); // newest first
    BranchTip last = withMerged(BranchTip.read(repository, tip), from);
    Optional<SourceTree> now = tree(last);
    if (now.isEmpty()) {
      return Optional.empty();
    }
    boolean isOnLine = collect(last, from, commits);
    if (from != null && !isOnLine) {
      Optional<SourceTree> alone = tree(last.accepting(acceptedSince(from, tip)));
      boolean isRewritten = !isAncestor(from, tip);
      return alone.map(tree -> new SourceLine(List.of(tree), isRewritten));
    }
    List<SourceTree> trees = new ArrayList<>();
    for (BranchTip commit : commits.reversed()) {
      tree(commit).ifPresent(trees::add);
    }
    trees.add(now.get());
    known = now.get().files();
    return Optional.of(new SourceLine(trees, false));
  }

  /// The versions on the first-parent line that ends in `tip`, from what that has in common with
  /// another version on.
  ///
  /// @return only the tip where the other is not known any more
  List<SourceTree> lineFromCommon(ObjectId tip, ObjectId other) throws IOException {
    ObjectId common = repository.getObjectDatabase().has(other) ? inCommon(tip, other) : other;
    return line(tip, common == null ? "" : common.name()).map(SourceLine::trees).orElse(List.of());
  }

  private @Nullable ObjectId inCommon(ObjectId one, ObjectId other) throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      walk.setRevFilter(RevFilter.MERGE_BASE);
      walk.markStart(walk.parseCommit(one));
      walk.markStart(walk.parseCommit(other));
      RevCommit base = walk.next();
      return base == null ? null : base.copy();
    }
  }

  /// Walks from the parent of `last` back to `from`, as far as the limits allow.
  ///
  /// @return whether the line leads to `from`, or as far back as is looked
  private boolean collect(BranchTip last, @Nullable ObjectId from, List<BranchTip> commits)
      throws IOException {
    if (last.commit().equals(from)) {
      return true;
    }
    try (ObjectReader reader = repository.newObjectReader()) {
      BranchTip child = last;
      @Nullable Map<String, ObjectId> childFiles = null;
      Optional<ObjectId> childTree = last.folderTree(reader, folder);
      long octets = 0;
      long files = 0;
      for (int looked = 0; looked < MAX_COMMITS; looked++) {
        ObjectId parent = child.parent();
        if (parent == null) {
          return from == null;
        }
        if (parent.equals(from)) {
          return true;
        }
        BranchTip commit = withMerged(BranchTip.read(repository, parent), from);
        Optional<ObjectId> tree = commit.folderTree(reader, folder);
        if (tree.isEmpty()) {
          return from == null || isAncestor(from, commit.commit());
        }
        if (!tree.equals(childTree)) {
          Map<String, ObjectId> blobs = blobs(reader, tree.get());
          files += blobs.size();
          if (childFiles == null) {
            childFiles = childTree.isEmpty() ? Map.of() : blobs(reader, childTree.get());
          }
          octets += changedOctets(reader, blobs, childFiles);
          if (octets > MAX_LINE_OCTETS || files > MAX_LINE_FILES) {
            return from == null || isAncestor(from, commit.commit());
          }
          commits.add(commit);
          childFiles = blobs;
        } else if (!commit.acceptance().isOfNothing()) {
          commits.add(commit);
        }
        child = commit;
        childTree = tree;
      }
      return from == null || isAncestor(from, child.commit());
    }
  }

  /// A commit that accepts what those accept that it merged: a forge's merge button writes a
  /// message of its own.
  ///
  /// @param from null on a first look, where there is nothing to accept
  private BranchTip withMerged(BranchTip commit, @Nullable ObjectId from) throws IOException {
    ObjectId parent = commit.parent();
    return from == null || parent == null || !commit.isMerge()
        ? commit
        : commit.accepting(acceptedSince(parent, commit.commit()));
  }

  /// What the commits accept that are in the history of `tip` and not in that of `since`; of very
  /// many the newest.
  private Acceptance acceptedSince(ObjectId since, ObjectId tip) throws IOException {
    Set<String> accepted = new HashSet<>();
    try (RevWalk walk = new RevWalk(repository)) {
      walk.markStart(walk.parseCommit(tip));
      if (repository.getObjectDatabase().has(since)) {
        walk.markUninteresting(walk.parseCommit(since));
      }
      RevCommit commit = walk.next();
      for (int looked = 0; commit != null && looked < MAX_COMMITS; looked++) {
        Set<String> by = BranchTip.accepted(commit.getFullMessage());
        if (!commit.equals(tip)) {
          // What it removed itself is not all that the line since then removed.
          by.removeIf(Acceptance.THIS::equalsIgnoreCase);
        }
        accepted.addAll(by);
        commit = walk.next();
      }
    }
    return Acceptance.of(accepted);
  }

  private Map<String, ObjectId> blobs(ObjectReader reader, ObjectId tree) throws IOException {
    return listing.list(reader, tree).files().stream()
        .collect(Collectors.toMap(BranchTip.Entry::name, BranchTip.Entry::blob, (a, _) -> a));
  }

  private static long changedOctets(
      ObjectReader reader, Map<String, ObjectId> files, Map<String, ObjectId> later)
      throws IOException {
    long octets = 0;
    for (Map.Entry<String, ObjectId> file : files.entrySet()) {
      if (!file.getValue().equals(later.get(file.getKey()))) {
        octets += reader.getObjectSize(file.getValue(), Constants.OBJ_BLOB);
      }
    }
    return octets;
  }

  private boolean isAncestor(ObjectId commit, ObjectId of) throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      return walk.isMergedInto(walk.parseCommit(commit), walk.parseCommit(of));
    } catch (MissingObjectException notOfThisHistory) {
      return false;
    }
  }

  /// The files of one commit.
  ///
  /// @return empty if it has no such folder
  /// @throws IOException if an object is missing or damaged
  Optional<SourceTree> tree(BranchTip commit) throws IOException {
    Optional<TreeListing.Folder> listed = list(commit, folder);
    if (listed.isEmpty()) {
      return Optional.empty();
    }
    SortedMap<String, SourceFile> files = files(listed.get().files(), folder);
    known = files;
    SortedMap<String, SourceTree.LeftOut> leftOut = new TreeMap<>();
    listed
        .get()
        .leftOut()
        .forEach(other ->
            leftOut.put(
                other.name(),
                new SourceTree.LeftOut(
                    ShownName.of(prefix(folder) + other.name()), other.reason())));
    return Optional.of(
        new SourceTree(
            commit.commit().name(),
            commit.time(),
            commit.acceptance(),
            layout,
            files,
            SourceTree.Includes.among(files),
            Collections.unmodifiableSortedMap(leftOut)));
  }

  /// What a folder of a commit holds.
  ///
  /// @param at where it lies, from the top
  /// @return empty if there is no such folder
  /// @throws IOException if an object is missing or damaged
  Optional<TreeListing.Folder> list(BranchTip commit, List<String> at) throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      Optional<ObjectId> tree = commit.folderTree(reader, at);
      return tree.isEmpty() ? Optional.empty() : Optional.of(listing.list(reader, tree.get()));
    }
  }

  /// Files as a source has them.
  ///
  /// @param at where they lie, from the top
  SortedMap<String, SourceFile> files(List<BranchTip.Entry> entries, List<String> at) {
    String prefix = prefix(at);
    SortedMap<String, SourceFile> files = new TreeMap<>();
    for (BranchTip.Entry entry : entries) {
      String path = ShownName.of(prefix + entry.name());
      SourceFile before = known.get(entry.name());
      boolean isKnown =
          before instanceof GitFile file
              && file.blob().equals(entry.blob())
              && file.path().equals(path);
      files.put(
          entry.name(), isKnown ? before : new GitFile(repository, entry.blob(), path, damageSeen));
    }
    return Collections.unmodifiableSortedMap(files);
  }

  private static String prefix(List<String> at) {
    return at.stream().map(name -> name + "/").collect(Collectors.joining());
  }

  /// One blob. Reading makes a reader of its own each time, so any thread may.
  record GitFile(Repository repository, ObjectId blob, String path, AtomicBoolean damageSeen)
      implements SourceFile {

    @Override
    public String contentId() {
      return blob.name();
    }

    /// What cannot be found out now is said by [#read()].
    @Override
    public boolean isLargerThan(long octets) {
      try (ObjectReader reader = repository.newObjectReader()) {
        byte[] aside = aside();
        return (aside == null ? reader.getObjectSize(blob, Constants.OBJ_BLOB) : aside.length)
            > octets;
      } catch (IOException | RuntimeException unknown) {
        return false;
      }
    }

    @Override
    public byte[] read() throws UnreadableException {
      try (ObjectReader reader = repository.newObjectReader()) {
        byte[] aside = aside();
        return aside == null ? BranchTip.object(reader, blob, Constants.OBJ_BLOB) : aside;
      } catch (BranchTip.TooLargeException e) {
        throw new UnreadableException(path + " is not read: " + e.getMessage());
      } catch (IOException | RuntimeException e) {
        damageSeen.set(true);
        throw new UnreadableException(
            path
                + " cannot be read from the clone ("
                + e.getMessage()
                + "); the next fetch makes the clone anew",
            true);
      }
    }

    /// Of a commit of our own that is not in the clone yet.
    private byte @Nullable [] aside() throws IOException {
      return repository instanceof CloneRepository clone ? clone.aside(blob) : null;
    }
  }
}
