package zonetrail.server.git;

import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneCommit;
import zonetrail.masterfile.FileText;

/// Large files of commits that are to be made, put into the clone beforehand: the commit then
/// neither hashes nor deflates them, and its record in the journal is a short one.
///
/// No ref leads to them before there is a commit; where there never is one, upkeep prunes them.
///
/// Threads: one stores, another one asks.
final class StoredFiles {
  private final CloneRepository repository;

  /// By the very text: to compare 40 MB takes as long as to hash them.
  private IdentityHashMap<FileText, ObjectId> ids = new IdentityHashMap<>();

  StoredFiles(CloneRepository repository) {
    this.repository = repository;
  }

  /// Puts the large files of commits on the disk. Those stored before are forgotten.
  ///
  /// @throws IOException if they cannot be written
  void store(List<ZoneCommit> commits) throws IOException {
    IdentityHashMap<FileText, ObjectId> stored = new IdentityHashMap<>();
    for (ZoneCommit commit : commits) {
      for (Optional<FileText> file : commit.files().values()) {
        if (file.isPresent() && UnsettledCommits.isTooLarge(file.get().length())) {
          stored.put(file.get(), store(file.get()));
        }
      }
    }
    keep(stored);
  }

  private synchronized void keep(IdentityHashMap<FileText, ObjectId> stored) {
    ids = stored;
  }

  private ObjectId store(FileText text) throws IOException {
    ObjectId id = ObjectHash.idFor(Constants.OBJ_BLOB, text);
    ObjectBatch batch = new ObjectBatch(repository);
    batch.insert(id, Constants.OBJ_BLOB, text);
    batch.flush();
    return id;
  }

  /// The name of a file that is in the clone.
  ///
  /// @param text the very one that was stored
  synchronized @Nullable ObjectId find(FileText text) {
    return ids.get(text);
  }

  /// The commit with this file is made, so its octets need not be held.
  synchronized void forget(FileText text) {
    ids.remove(text);
  }
}
