package zonetrail.server.git;

import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneCommit;

/// Large files of commits that are to be made, put into the clone beforehand: the commit then
/// neither hashes nor deflates them, and its record in the journal is a short one.
///
/// No ref leads to them before there is a commit; where there never is one, upkeep prunes them.
///
/// Threads: one stores, another one asks.
final class StoredFiles {
  private final CloneRepository repository;

  /// By the very array: to compare 40 MB takes as long as to hash them.
  private IdentityHashMap<byte[], ObjectId> ids = new IdentityHashMap<>();

  StoredFiles(CloneRepository repository) {
    this.repository = repository;
  }

  /// Puts the large files of commits on the disk. Those stored before are forgotten.
  ///
  /// @throws IOException if they cannot be written
  void store(List<ZoneCommit> commits) throws IOException {
    IdentityHashMap<byte[], ObjectId> stored = new IdentityHashMap<>();
    for (ZoneCommit commit : commits) {
      for (Optional<byte[]> file : commit.files().values()) {
        if (file.isPresent() && UnsettledCommits.isTooLarge(file.get().length)) {
          stored.put(file.get(), store(file.get()));
        }
      }
    }
    keep(stored);
  }

  private synchronized void keep(IdentityHashMap<byte[], ObjectId> stored) {
    ids = stored;
  }

  private ObjectId store(byte[] octets) throws IOException {
    ObjectId id = ObjectHash.idFor(Constants.OBJ_BLOB, octets);
    ObjectBatch batch = new ObjectBatch(repository);
    batch.insert(id, Constants.OBJ_BLOB, octets);
    batch.flush();
    return id;
  }

  /// The name of a file that is in the clone.
  ///
  /// @param octets the very array that was stored
  synchronized @Nullable ObjectId find(byte[] octets) {
    return ids.get(octets);
  }

  /// The commit with this file is made, so its octets need not be held.
  synchronized void forget(byte[] octets) {
    ids.remove(octets);
  }
}
