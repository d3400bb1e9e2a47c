package zonetrail.server.git;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/// Copies objects from one clone into another, as far as that does not have them. Where an object
/// is, all that it refers to is: nothing is looked for behind one.
///
/// Thread: one.
final class ObjectCopy implements AutoCloseable {
  private final Repository to;
  private final ObjectReader reader;
  private final ObjectInserter inserter;

  ObjectCopy(Repository from, Repository to) {
    this.to = to;
    this.reader = from.newObjectReader();
    this.inserter = to.newObjectInserter();
  }

  /// Copies a commit and its history.
  ///
  /// @throws IOException if an object cannot be read here or written there
  void commits(ObjectId tip) throws IOException {
    Deque<ObjectId> missing = new ArrayDeque<>(List.of(tip));
    Deque<ObjectId> newestFirst = new ArrayDeque<>();
    while (!missing.isEmpty()) {
      ObjectId commit = missing.pop();
      if (has(commit)) {
        continue;
      }
      newestFirst.add(commit);
      for (RevCommit parent : parsed(commit).getParents()) {
        missing.push(parent.copy());
      }
    }
    // From the oldest on, so that one that ends half-way leaves none without its history.
    for (ObjectId commit = newestFirst.pollLast();
        commit != null;
        commit = newestFirst.pollLast()) {
      tree(parsed(commit).getTree());
      inserter.insert(Constants.OBJ_COMMIT, object(commit, Constants.OBJ_COMMIT));
    }
    inserter.flush();
  }

  /// Copies a tree and all in it.
  ///
  /// @throws IOException if an object cannot be read here or written there
  void tree(ObjectId top) throws IOException {
    Deque<ObjectId> trees = new ArrayDeque<>(List.of(top.copy()));
    while (!trees.isEmpty()) {
      ObjectId tree = trees.pop();
      if (has(tree)) {
        continue;
      }
      byte[] content = object(tree, Constants.OBJ_TREE);
      CanonicalTreeParser entry = new CanonicalTreeParser();
      entry.reset(content);
      for (; !entry.eof(); entry.next()) {
        int mode = entry.getEntryRawMode();
        if (FileMode.TREE.equals(mode)) {
          trees.push(entry.getEntryObjectId());
        } else if (!FileMode.GITLINK.equals(mode)) {
          blob(entry.getEntryObjectId());
        }
      }
      inserter.insert(Constants.OBJ_TREE, content);
    }
    inserter.flush();
  }

  private void blob(ObjectId blob) throws IOException {
    if (!has(blob)) {
      inserter.insert(Constants.OBJ_BLOB, object(blob, Constants.OBJ_BLOB));
    }
  }

  private boolean has(ObjectId id) throws IOException {
    return to.getObjectDatabase().has(id);
  }

  private RevCommit parsed(ObjectId commit) throws IOException {
    return RevCommit.parse(object(commit, Constants.OBJ_COMMIT));
  }

  private byte[] object(ObjectId id, int type) throws IOException {
    return BranchTip.object(reader, id, type);
  }

  @Override
  public void close() {
    inserter.close();
    reader.close();
  }
}
