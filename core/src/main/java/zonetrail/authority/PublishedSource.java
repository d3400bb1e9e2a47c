package zonetrail.authority;

import java.time.Instant;
import java.util.stream.Stream;

/// Where what is served came from: for status and metrics, not for answers.
public interface PublishedSource {
  /// When the newest of it was made.
  Instant time();

  /// What is served under each zone's name, and why, in no particular order.
  Stream<ZoneStatus> statuses();
}
