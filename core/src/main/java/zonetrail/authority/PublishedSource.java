package zonetrail.authority;

import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Where what is served came from: for status, metrics and IXFR, not for answers.
public interface PublishedSource {
  /// When the newest of it was made.
  Instant time();

  /// What is served under each zone's name, and why, in no particular order.
  Stream<ZoneStatus> statuses();

  /// What made one version of a zone another, where the source knows it without comparing them.
  ///
  /// @return what [ZoneChange#between] comes to; null where they have to be compared
  default @Nullable ZoneChange change(Zone before, Zone after) {
    return null;
  }
}
