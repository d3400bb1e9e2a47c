package zonetrail.server.git;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneCommit;
import zonetrail.masterfile.FileText;

/// Makes the objects of commits; they are put on the disk by who asks for them.
///
/// Thread: one.
final class CommitWriter {
  private final Repository repository;
  private final String prefix;
  private final int folders;
  private final Committer committer;
  private final StoredFiles stored;

  /// @param folder where the zones folder is, from the top
  /// @param stored files that need not be written
  CommitWriter(
      Repository repository, List<String> folder, Committer committer, StoredFiles stored) {
    this.repository = repository;
    this.stored = stored;
    this.prefix = folder.isEmpty() ? "" : String.join("/", folder) + "/";
    this.folders = folder.size();
    this.committer = committer;
  }

  /// The trees of the commit made last, which the next one is nearly always made on: not to be read
  /// again nor hashed.
  private Map<ObjectId, byte[]> trees = Map.of();

  private @Nullable BranchTip last;

  /// A commit that was made.
  ///
  /// @param blobs what the files hold now, by their names within the zones folder; not those that
  ///   were removed
  /// @param objects all that it brings and was not stored before, itself last; some may be in the
  ///   clone already
  record Written(BranchTip tip, Map<String, ObjectId> blobs, List<UnsettledCommits.Made> objects) {}

  /// Makes a commit on top of another; nothing of it is anywhere yet.
  ///
  /// @throws TreeRewrite.InTheWayException if a file and a folder would have the same name
  /// @throws IOException if an object of the parent is missing or damaged
  Written write(ObjectId parent, ZoneCommit commit) throws IOException {
    BranchTip before = last;
    BranchTip on =
        before != null && before.commit().equals(parent)
            ? before
            : BranchTip.read(repository, parent);
    List<UnsettledCommits.Made> made = new ArrayList<>();
    try (ObjectReader reader = repository.newObjectReader()) {
      TreeRewrite.Sink sink =
          (type, octets) -> add(made, type, "/" + made.size(), FileText.of(octets));
      Map<String, ObjectId> blobs = new HashMap<>();
      SortedMap<String, Optional<ObjectId>> paths = new TreeMap<>();
      for (Map.Entry<String, Optional<FileText>> file : commit.files().entrySet()) {
        String path = prefix + file.getKey();
        paths.put(path, Optional.empty());
        if (file.getValue().isPresent()) {
          FileText text = file.getValue().get();
          ObjectId there = stored.find(text);
          ObjectId blob = there == null ? add(made, Constants.OBJ_BLOB, path, text) : there;
          blobs.put(file.getKey(), blob);
          paths.put(path, Optional.of(blob));
        }
      }
      CommitBuilder builder = new CommitBuilder();
      TreeRewrite rewrite = new TreeRewrite(id -> tree(reader, id), sink);
      ObjectId tree = rewrite.rewrite(on.rootTree(), paths, folders);
      builder.setTreeId(tree);
      builder.setParentId(parent);
      builder.setAuthor(committer.author(commit.author(), commit.time()));
      builder.setCommitter(committer.at(commit.time()));
      String message = message(commit);
      builder.setMessage(message);
      ObjectId id = add(made, Constants.OBJ_COMMIT, "", FileText.of(builder.build()));
      BranchTip tip = BranchTip.made(id, tree, parent, commit.time(), message);
      return new Written(tip, blobs, made);
    }
  }

  private static ObjectId add(
      List<UnsettledCommits.Made> made, int type, String role, FileText text) {
    ObjectId id = ObjectHash.idFor(type, text);
    made.add(new UnsettledCommits.Made(id, type, role, text));
    return id;
  }

  /// The commit is on the disk: another one may be made on it, which need not read it.
  void isWritten(Written commit) {
    trees =
        commit.objects().stream()
            .filter(object -> object.type() == Constants.OBJ_TREE)
            .collect(
                Collectors.toMap(
                    UnsettledCommits.Made::id, tree -> tree.text().octets(), (one, _) -> one));
    last = commit.tip();
  }

  private byte[] tree(ObjectReader reader, ObjectId id) throws IOException {
    byte[] known = trees.get(id);
    return known != null ? known : BranchTip.object(reader, id, Constants.OBJ_TREE);
  }

  private static String message(ZoneCommit commit) {
    StringBuilder message = new StringBuilder(commit.subject()).append('\n');
    if (!commit.body().isBlank()) {
      message.append('\n').append(commit.body().strip()).append('\n');
    }
    if (!commit.trailers().isEmpty()) {
      message.append('\n');
      commit.trailers().forEach(trailer -> message.append(trailer).append('\n'));
    }
    return message.toString();
  }
}
