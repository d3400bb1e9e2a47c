package zonetrail.transport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import zonetrail.authority.Publication;
import zonetrail.authority.ZoneFiles;

/// The one reference through which every reader sees the zones and keys in force.
///
/// A reader takes [#current()] once per message, so an answer comes out of exactly one publication.
/// One writer, any number of readers; a release store and acquire loads, nobody ever waits.
public final class PublishedZones {
  private final AtomicReference<Publication> current =
      new AtomicReference<>(ZoneFiles.NONE.publication());

  private final List<Consumer<Publication>> watchers = new CopyOnWriteArrayList<>();

  /// Creates a reference to no zones and no keys.
  public PublishedZones() {}

  /// What is in force.
  public Publication current() {
    return current.getAcquire();
  }

  /// Lets every reader see this from now on. Called by the thread that owns the authority's state
  /// only.
  void publish(Publication publication) {
    current.setRelease(publication);
    watchers.forEach(watcher -> watcher.accept(publication));
  }

  /// Has every publication from now on told to somebody, after readers see it.
  ///
  /// @param watcher called on the authority's thread; it does not wait
  public void watch(Consumer<Publication> watcher) {
    watchers.add(watcher);
  }
}
