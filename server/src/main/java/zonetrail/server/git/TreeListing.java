package zonetrail.server.git;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Layout;

/// Lists the files of a commit's zones folder, with [Layout.Folders#TREE] those of the folders
/// below it too.
///
/// What a folder holds depends on its tree's id alone, so it is read once for as long as commit
/// after commit has it: of 256 folders a push that changes one zone costs the reading of one.
/// Likewise a tree that is there a million times, as nobody but an attacker makes it, is read once.
///
/// Not for sharing between threads.
final class TreeListing {
  /// So many files one version may have, or one for each 2 KiB of the heap; with more it is not
  /// taken.
  static final int MAX_FILES = (int) Math.min(1_000_000, Runtime.getRuntime().maxMemory() / 2_048);

  /// A folder with so many levels of folders below it is the last: one above it does without.
  static final int MAX_LEVELS = 64;

  /// Deeper than this no tree is walked at all.
  private static final int MAX_WALK = 1_000;

  private final boolean isTree;

  /// Of the folders listed last, by the ids of their trees.
  private Map<ObjectId, Folder> known = Map.of();

  private Map<ObjectId, Folder> seen = new HashMap<>();

  /// A folder's files.
  ///
  /// @param files regular ones, by their paths within it
  /// @param leftOut what else is there and is not looked at
  /// @param levels how many levels of folders are in it
  /// @param below the folders directly in it, by the ids of their trees
  record Folder(
      List<BranchTip.Entry> files, List<LeftOut> leftOut, int levels, Map<ObjectId, Folder> below) {
    Folder {
      files = List.copyOf(files);
      leftOut = List.copyOf(leftOut);
      below = Map.copyOf(below);
    }

    int size() {
      return files.size() + leftOut.size();
    }
  }

  /// Something that is no file to us.
  ///
  /// @param name its path within the folder
  record LeftOut(String name, String reason) {}

  /// The version has more files than are taken.
  static final class TooManyException extends IOException {
    private static final long serialVersionUID = 1L;

    TooManyException(String message) {
      super(message);
    }
  }

  TreeListing(Layout layout) {
    this.isTree = layout.isTree();
  }

  /// What a tree holds.
  ///
  /// @throws TooManyException if that is more than [#MAX_FILES], or deeper than anybody needs
  /// @throws IOException if a tree is missing or damaged
  Folder list(ObjectReader reader, ObjectId tree) throws IOException {
    seen = new HashMap<>();
    Folder folder = list(reader, tree, 0);
    known = seen;
    return folder;
  }

  private Folder list(ObjectReader reader, ObjectId tree, int depth) throws IOException {
    Folder listed = seen.get(tree);
    if (listed != null) {
      return listed;
    }
    Folder before = known.get(tree);
    if (before != null) {
      keep(tree, before);
      return before;
    }
    Folder folder = read(reader, tree, depth);
    seen.put(tree, folder);
    return folder;
  }

  private void keep(ObjectId tree, Folder folder) {
    if (seen.putIfAbsent(tree, folder) == null) {
      folder.below().forEach(this::keep);
    }
  }

  private Folder read(ObjectReader reader, ObjectId tree, int depth) throws IOException {
    if (depth > MAX_WALK) {
      throw new TooManyException("its folders lie more than " + MAX_WALK + " deep in each other");
    }
    List<BranchTip.Entry> files = new ArrayList<>();
    List<LeftOut> leftOut = new ArrayList<>();
    Map<ObjectId, Folder> inside = new HashMap<>();
    int levels = 0;
    for (CanonicalTreeParser at = BranchTip.entries(reader, tree); !at.eof(); at.next()) {
      String name = at.getEntryPathString();
      if (name.startsWith(".")) {
        continue;
      }
      int mode = at.getEntryRawMode();
      String why = whyNoFile(mode);
      if (why != null) {
        leftOut.add(new LeftOut(name, why));
      } else if (!FileMode.TREE.equals(mode)) {
        files.add(new BranchTip.Entry(name, at.getEntryObjectId()));
      } else if (!isTree) {
        leftOut.add(new LeftOut(name, "it is a folder; --layout tree looks into it, or --path"));
      } else {
        ObjectId id = at.getEntryObjectId();
        Folder below = list(reader, id, depth + 1);
        if (below.levels() >= MAX_LEVELS) {
          leftOut.add(
              new LeftOut(name, "it has " + MAX_LEVELS + " levels of folders below it, or more"));
          continue;
        }
        inside.put(id, below);
        levels = Math.max(levels, below.levels() + 1);
        check(files.size() + leftOut.size() + (long) below.size());
        below
            .files()
            .forEach(file -> files.add(new BranchTip.Entry(name + "/" + file.name(), file.blob())));
        below
            .leftOut()
            .forEach(other -> leftOut.add(new LeftOut(name + "/" + other.name(), other.reason())));
      }
      check(files.size() + (long) leftOut.size());
    }
    return new Folder(files, leftOut, levels, inside);
  }

  private static void check(long files) throws TooManyException {
    if (files > MAX_FILES) {
      throw new TooManyException("it has more than " + MAX_FILES + " files");
    }
  }

  /// Why an entry is neither a file nor a folder to us; null if it is one.
  private static @Nullable String whyNoFile(int mode) {
    if (FileMode.SYMLINK.equals(mode)) {
      return "it is a symbolic link; put the file itself there";
    }
    if (FileMode.GITLINK.equals(mode)) {
      return "it is a submodule; its files are in another repository";
    }
    return null;
  }
}
