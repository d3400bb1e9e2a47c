package zonetrail.authority;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Where a secondary keeps its zones over a restart: the seam to the disk.
///
/// What it loses, or finds broken, a transfer brings again. Called from one thread at a time; may
/// block.
public interface VersionStore extends AutoCloseable {
  /// What an earlier run left behind.
  ///
  /// @param versions all that can be used
  /// @param damaged what could not be
  /// @param wanted zones of which a version was waited for
  record Loaded(List<StoredVersion> versions, List<Damaged> damaged, List<WireName> wanted) {
    /// Copies the lists.
    public Loaded {
      versions = List.copyOf(versions);
      damaged = List.copyOf(damaged);
      wanted = List.copyOf(wanted);
    }
  }

  /// Something that is not as it was written.
  ///
  /// @param zone the zone that it was a version of; null if that is not known
  /// @param text where it is and what is wrong with it, for an operator to read
  record Damaged(@Nullable WireName zone, String text) {}

  /// Reads everything that was kept.
  ///
  /// @throws IOException if the place itself cannot be read
  Loaded load() throws IOException;

  /// Keeps a version in the place of an earlier one; when this returns it outlives a power failure.
  ///
  /// What led from the one to the other is kept, too, as far as the store's bounds allow; a failure
  /// leaves what was kept before.
  ///
  /// @param before the version that was to be kept last, or that [#load] brought; null where there
  ///   was none
  /// @param change what made the version of that one, as [ZoneChange#between] has it; null where
  ///   that is not known
  void keep(StoredVersion version, @Nullable Zone before, @Nullable ZoneChange change)
      throws IOException;

  /// A version that was kept once.
  ///
  /// @param now the version that was to be kept last
  /// @return empty if what led from there to here is not known, or too large to be of use
  /// @throws IOException if it cannot be read, or was damaged and is not used from now on; the
  ///   message is for an operator
  Optional<Zone> earlier(Zone now, Serial serial) throws IOException;

  /// Notes that a version that is kept is still the primary's, by its times.
  void confirm(StoredVersion version) throws IOException;

  /// Notes that a zone is wanted of which there is no version yet, until one is kept or the zone is
  /// forgotten; when this returns it outlives a power failure.
  void want(WireName zone) throws IOException;

  /// Forgets a zone.
  void forget(WireName zone) throws IOException;

  /// Lets go of what is held open.
  @Override
  void close();
}
