package zonetrail.transport;

import java.util.concurrent.atomic.AtomicReference;
import zonetrail.authority.Publication;
import zonetrail.authority.ZoneFiles;

/// The one reference through which every reader sees the zones and keys in force.
///
/// A reader takes [#current()] once per message, so an answer comes out of exactly one publication.
/// One writer, any number of readers; a release store and acquire loads, nobody ever waits.
public final class PublishedZones {
  private final AtomicReference<Publication> current =
      new AtomicReference<>(ZoneFiles.NONE.publication());

  /// Creates a reference to no zones and no keys.
  public PublishedZones() {}

  /// What is in force.
  public Publication current() {
    return current.getAcquire();
  }

  /// Lets every reader see this from now on. Called by the authority's loop only.
  void publish(Publication publication) {
    current.setRelease(publication);
  }
}
