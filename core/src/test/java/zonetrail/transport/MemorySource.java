package zonetrail.transport;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Acceptance;
import zonetrail.authority.FetchScope;
import zonetrail.authority.HeldBack;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.ZoneSource;

/// A source of zones in memory. Each fetch waits for the test to say how it goes.
final class MemorySource implements ZoneSource {
  private final SortedMap<String, String> texts = new TreeMap<>();
  private final BlockingQueue<MemoryFetch> begun = new LinkedBlockingQueue<>();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private int commits;

  /// How a fetch goes.
  @FunctionalInterface
  interface Course {
    SourceTree run() throws AwayException, InterruptedException;
  }

  /// A fetch that has begun and waits.
  static final class MemoryFetch {
    private final BlockingQueue<Course> course = new LinkedBlockingQueue<>();

    void goes(Course how) {
      course.add(how);
    }
  }

  synchronized MemorySource put(String name, String text) {
    texts.put(name, text);
    return this;
  }

  /// The files as they are now, under a new version: 1, 2, and so on as forty digits.
  synchronized SourceTree commit() {
    SortedMap<String, SourceFile> files = new TreeMap<>();
    texts.forEach((name, text) -> files.put(name, new MemoryFile(name, text)));
    return new SourceTree(
        version(++commits),
        Instant.EPOCH.plusSeconds(commits),
        Acceptance.NOTHING,
        Layout.DEFAULT,
        files);
  }

  /// What a first fetch of these files is to a server that starts.
  static Known known(SourceTree tree) {
    return Known.ofNew(SourceLine.of(tree));
  }

  static String version(int commit) {
    return "%040d".formatted(commit);
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
      MemoryFetch fetch = new MemoryFetch();
      begun.add(fetch);
      return SourceLine.of(fetch.course.take().run());
    } catch (InterruptedException interrupted) {
      throw new AwayException("interrupted", interrupted);
    } finally {
      running.decrementAndGet();
    }
  }

  @Override
  public void keep(String version, HeldBack heldBack) {}

  @Override
  public void close() {}

  private static final class MemoryFile implements SourceFile {
    private final String name;
    private final String text;

    MemoryFile(String name, String text) {
      this.name = name;
      this.text = text;
    }

    @Override
    public String contentId() {
      return text;
    }

    @Override
    public String path() {
      return name;
    }

    @Override
    public byte[] read() {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof MemoryFile that && name.equals(that.name) && text.equals(that.text);
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }
  }
}
