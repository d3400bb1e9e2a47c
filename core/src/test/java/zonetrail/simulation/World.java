package zonetrail.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/// The virtual clock, chance, and what is going to happen.
final class World {
  private static final Instant BEGIN = Instant.parse("2026-11-28T12:00:00Z");

  final Random random;
  private final boolean traces;
  private final List<String> trace = new ArrayList<>();
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private Instant now = BEGIN;
  private long tasksAdded;
  private int names;

  /// Something that is going to happen.
  private record Task(Instant time, long number, Runnable action) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      int byTime = time.compareTo(other.time);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  World(long seed, boolean traces) {
    this.random = new Random(seed);
    this.traces = traces;
  }

  Instant now() {
    return now;
  }

  void after(Duration delay, Runnable action) {
    tasks.add(new Task(now.plus(delay), tasksAdded++, action));
  }

  /// Makes the next thing happen.
  ///
  /// @return whether there was one
  boolean step() {
    Task next = tasks.poll();
    if (next == null) {
      return false;
    }
    now = next.time();
    next.action().run();
    return true;
  }

  /// Lets things happen until then.
  void runFor(Duration time) {
    Instant end = now.plus(time);
    while (!tasks.isEmpty() && !tasks.peek().time().isAfter(end)) {
      step();
    }
    now = end;
  }

  boolean isLikely(double chance) {
    return random.nextDouble() < chance;
  }

  Duration between(int leastMillis, int mostMillis) {
    return Duration.ofMillis(leastMillis + random.nextInt(mostMillis - leastMillis + 1));
  }

  <T> T oneOf(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  int nextNumber() {
    return ++names;
  }

  /// An id that nothing else has, as good as chance.
  String commitId() {
    return "%08x%08x".formatted(++names, random.nextInt()).repeat(3).substring(0, 40);
  }

  boolean isTraced() {
    return traces;
  }

  static String shortId(String version) {
    return version.substring(0, Math.min(16, version.length()));
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more library
  void trace(String format, Object... values) {
    if (traces) {
      long millis = Duration.between(BEGIN, now).toMillis();
      trace.add("%4d.%03d  ".formatted(millis / 1000, millis % 1000) + format.formatted(values));
    }
  }

  String traced() {
    return String.join("\n", trace);
  }
}
