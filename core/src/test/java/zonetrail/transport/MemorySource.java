package zonetrail.transport;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import zonetrail.authority.FetchScope;
import zonetrail.authority.HeldBack;
import zonetrail.authority.MemoryTree;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.ZoneSource;

/// A source of zones in memory. Each fetch waits for the test to say how it goes.
final class MemorySource implements ZoneSource {
  private final MemoryTree files = new MemoryTree();
  private final BlockingQueue<MemoryFetch> begun = new LinkedBlockingQueue<>();
  private final AtomicInteger running = new AtomicInteger();
  private volatile String noted = "";
  private volatile boolean isFull;
  private final AtomicInteger mostAtOnce = new AtomicInteger();

  /// How a fetch goes.
  @FunctionalInterface
  interface Course {
    SourceTree run() throws AwayException, InterruptedException;
  }

  /// A fetch that has begun and waits.
  static final class MemoryFetch {
    private final BlockingQueue<Course> course = new LinkedBlockingQueue<>();
    private final FetchScope scope;

    private MemoryFetch(FetchScope scope) {
      this.scope = scope;
    }

    /// What it was asked to look at.
    FetchScope scope() {
      return scope;
    }

    void goes(Course how) {
      course.add(how);
    }
  }

  synchronized MemorySource put(String name, String text) {
    files.put(name, text);
    return this;
  }

  synchronized MemorySource remove(String name) {
    files.remove(name);
    return this;
  }

  /// The files as they are now, under a new version.
  synchronized SourceTree commit() {
    return files.commit();
  }

  /// What a first fetch of these files is to a server that starts.
  static Known known(SourceTree tree) {
    return Known.ofNew(SourceLine.of(tree));
  }

  static String version(int commit) {
    return MemoryTree.version(commit);
  }

  /// Waits for the next fetch to begin.
  MemoryFetch awaitFetch() throws InterruptedException {
    MemoryFetch next = begun.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no fetch began");
    }
    return next;
  }

  /// Whether a fetch has begun that nobody has awaited.
  boolean hasBegun() {
    return !begun.isEmpty();
  }

  int mostAtOnce() {
    return mostAtOnce.get();
  }

  @Override
  public Optional<Known> known() {
    return Optional.empty();
  }

  @Override
  public SourceLine fetch(String since, FetchScope scope) throws AwayException {
    mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
    try {
      MemoryFetch fetch = new MemoryFetch(scope);
      begun.add(fetch);
      return SourceLine.of(fetch.course.take().run());
    } catch (InterruptedException interrupted) {
      throw new AwayException("interrupted", interrupted);
    } finally {
      running.decrementAndGet();
    }
  }

  @Override
  public void keep(String version, HeldBack heldBack) throws AwayException {
    if (isFull) {
      throw new AwayException("the disk is full");
    }
    noted = version;
  }

  /// Whether what is served cannot be noted from now on.
  void notesFail(boolean isFull) {
    this.isFull = isFull;
  }

  /// The version that was noted as served last; empty if none was.
  String noted() {
    return noted;
  }

  @Override
  public void close() {}
}
