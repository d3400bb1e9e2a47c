package zonetrail.server.git;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Acceptance;

/// One commit: where its trees begin and what its message says.
///
/// Each object is hashed when it is read and compared with its name: JGit does that when objects
/// arrive and never again, and a disk may forget.
///
/// @param parent the first parent; null of a root commit
/// @param isMerge whether there are more
/// @param time the committer's
/// @param acceptance what the commit's message accepts
record BranchTip(
    ObjectId commit,
    ObjectId rootTree,
    @Nullable ObjectId parent,
    boolean isMerge,
    Instant time,
    Acceptance acceptance) {

  /// The trailer may stand anywhere in the message: people write it with `git commit -m` too.
  private static final Pattern ACCEPTS =
      Pattern.compile(
          "^" + Acceptance.TRAILER + ":\\s*([0-9a-f]+|" + Acceptance.THIS + ")\\s*$",
          Pattern.MULTILINE | Pattern.CASE_INSENSITIVE);

  private static final int HYPHEN_IN_TRAILER = Acceptance.TRAILER.indexOf('-');

  /// The largest object that is read: 128 MiB, or an eighth of the heap where that is less, since
  /// two copies of it and what is made of it have to fit.
  static final int MAX_OBJECT_OCTETS =
      (int) Math.min(128L << 20, Runtime.getRuntime().maxMemory() / 8);

  /// One regular file.
  ///
  /// @param name its path within the folder that was listed
  record Entry(String name, ObjectId blob) {}

  /// An object is larger than we read.
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(long octets) {
      super("it has " + octets + " octets, and at most " + MAX_OBJECT_OCTETS + " are read");
    }
  }

  /// Reads the commit and its top tree.
  ///
  /// @throws IOException if one of them is missing or damaged
  static BranchTip read(Repository repository, ObjectId commit) throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      RevCommit parsed = RevCommit.parse(object(reader, commit, Constants.OBJ_COMMIT));
      ObjectId tree = parsed.getTree().copy();
      object(reader, tree, Constants.OBJ_TREE);
      return new BranchTip(
          commit.copy(),
          tree,
          parsed.getParentCount() == 0 ? null : parsed.getParent(0).copy(),
          parsed.getParentCount() > 1,
          Instant.ofEpochSecond(parsed.getCommitTime()),
          Acceptance.of(accepted(parsed.getFullMessage())));
    }
  }

  /// A commit that we have just made.
  static BranchTip made(
      ObjectId commit, ObjectId rootTree, ObjectId parent, Instant time, String message) {
    return new BranchTip(
        commit,
        rootTree,
        parent,
        false,
        time.truncatedTo(ChronoUnit.SECONDS),
        Acceptance.of(accepted(message)));
  }

  /// The commits that a commit with this message accepts, as people write them.
  static Set<String> accepted(String message) {
    if (!speaksOfAcceptance(message)) {
      return new HashSet<>(); // the caller adds to it
    }
    return ACCEPTS
        .matcher(message)
        .results()
        .map(line -> line.group(1))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /// Whether it is worth while to look closely, which hardly any message is.
  private static boolean speaksOfAcceptance(String message) {
    int hyphen = message.indexOf('-');
    while (hyphen >= 0) {
      if (message.regionMatches(
          true, hyphen - HYPHEN_IN_TRAILER, Acceptance.TRAILER, 0, Acceptance.TRAILER.length())) {
        return true;
      }
      hyphen = message.indexOf('-', hyphen + 1);
    }
    return false;
  }

  /// The same commit, accepting this.
  BranchTip accepting(Acceptance other) {
    return new BranchTip(commit, rootTree, parent, isMerge, time, other);
  }

  /// The tree of `folder`: two commits with the same one have the same files in it.
  ///
  /// @return empty if there is no such folder
  /// @throws IOException if a tree is missing or damaged
  Optional<ObjectId> folderTree(ObjectReader reader, List<String> folder) throws IOException {
    ObjectId tree = rootTree;
    for (String name : folder) {
      Optional<ObjectId> child = subfolder(reader, tree, name);
      if (child.isEmpty()) {
        return Optional.empty();
      }
      tree = child.get();
    }
    return Optional.of(tree);
  }

  private static Optional<ObjectId> subfolder(ObjectReader reader, ObjectId tree, String name)
      throws IOException {
    for (CanonicalTreeParser entry = entries(reader, tree); !entry.eof(); entry.next()) {
      if (FileMode.TREE.equals(entry.getEntryRawMode())
          && entry.getEntryPathString().equals(name)) {
        return Optional.of(entry.getEntryObjectId());
      }
    }
    return Optional.empty();
  }

  /// The names of the folders in `folder`; none if there is no such folder.
  ///
  /// @throws IOException if a tree is missing or damaged
  List<String> subfolders(ObjectReader reader, List<String> folder) throws IOException {
    Optional<ObjectId> tree = folderTree(reader, folder);
    List<String> names = new ArrayList<>();
    if (tree.isPresent()) {
      for (CanonicalTreeParser entry = entries(reader, tree.get()); !entry.eof(); entry.next()) {
        if (FileMode.TREE.equals(entry.getEntryRawMode())) {
          names.add(entry.getEntryPathString());
        }
      }
    }
    return names;
  }

  /// The entries of a tree.
  ///
  /// @throws IOException if it is missing or damaged
  static CanonicalTreeParser entries(ObjectReader reader, ObjectId tree) throws IOException {
    CanonicalTreeParser parser = new CanonicalTreeParser();
    parser.reset(object(reader, tree, Constants.OBJ_TREE));
    return parser;
  }

  /// The octets of one object, which must not be changed.
  ///
  /// @throws IOException if it is missing, damaged or too large ([TooLargeException])
  static byte[] object(ObjectReader reader, ObjectId id, int type) throws IOException {
    // The size first: it is in the object's header, and what is too large is never unpacked.
    long octets = reader.getObjectSize(id, type);
    if (octets > MAX_OBJECT_OCTETS) {
      throw new TooLargeException(octets);
    }
    ObjectLoader loader = reader.open(id, type);
    byte[] content = loader.getCachedBytes(MAX_OBJECT_OCTETS);
    ObjectId actual = ObjectHash.idFor(type, content);
    if (!actual.equals(id)) {
      throw new CorruptObjectException(id, "its content has the name " + actual.name());
    }
    return content;
  }
}
