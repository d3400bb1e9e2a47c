package zonetrail.authority;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import zonetrail.wire.WireName;

/// Where a secondary keeps its zones over a restart: the seam to the disk.
///
/// What it loses, or finds broken, a transfer brings again. Called from one thread at a time; may
/// block.
public interface VersionStore extends AutoCloseable {
  /// What an earlier run left behind.
  ///
  /// @param versions all that can be used
  /// @param damaged what could not be, a line each, for an operator to read
  record Loaded(List<StoredVersion> versions, List<String> damaged) {
    /// Copies the lists.
    public Loaded {
      versions = List.copyOf(versions);
      damaged = List.copyOf(damaged);
    }
  }

  /// Reads everything that was kept.
  ///
  /// @throws IOException if the place itself cannot be read
  Loaded load() throws IOException;

  /// Keeps a version in the place of an earlier one; when this returns it outlives a power failure.
  void keep(StoredVersion version) throws IOException;

  /// Notes that the version kept last is still the primary's.
  void confirm(WireName zone, Instant confirmedAt, Instant expiresAt) throws IOException;

  /// Forgets a zone.
  void forget(WireName zone) throws IOException;

  /// Lets go of what is held open.
  @Override
  void close();
}
