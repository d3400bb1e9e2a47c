package zonetrail.transport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
  private final List<Consumer<Publication>> laterWatchers = new CopyOnWriteArrayList<>();

  /// What those who are told later have not been told.
  private @Nullable Publication untold;

  /// Creates a reference to no zones and no keys.
  public PublishedZones() {}

  /// What is in force.
  public Publication current() {
    return current.getAcquire();
  }

  /// Lets every reader see this from now on. Called by the thread that owns the authority's state
  /// only, as the next.
  void publish(Publication publication) {
    current.setRelease(publication);
    untold = publication;
    watchers.forEach(watcher -> watcher.accept(publication));
  }

  /// Tells of the last publication those who are told later, when whoever waits for an answer to
  /// what led to it has it.
  void tell() {
    Publication publication = untold;
    if (publication != null) {
      untold = null;
      laterWatchers.forEach(watcher -> watcher.accept(publication));
    }
  }

  /// Has every publication from now on told to somebody, after readers see it and before anybody is
  /// answered because of it.
  ///
  /// @param watcher called on the authority's thread; it does not wait
  public void watch(Consumer<Publication> watcher) {
    watchers.add(watcher);
  }

  /// Has publications from now on told to somebody, who may miss one that the next follows at once.
  ///
  /// @param watcher called on the authority's thread; it does not wait
  public void watchLater(Consumer<Publication> watcher) {
    laterWatchers.add(watcher);
  }
}
