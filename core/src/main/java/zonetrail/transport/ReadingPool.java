package zonetrail.transport;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import zonetrail.authority.Event;
import zonetrail.authority.ZoneReadings;
import zonetrail.masterfile.Steps;

/// Reads zone files on all cores.
///
/// Who asks for the result of a reading reads files itself while it waits, so its core is one of
/// them. While nobody is served yet all cores read; later one is left to those who answer. Says how
/// far it is where that takes long.
///
/// One thread looks at a time; [#close] is called by any.
final class ReadingPool implements ZoneReadings, AutoCloseable {
  /// How many files may be read before their turn, for each thread that reads: one large file among
  /// small ones should not keep the other threads waiting.
  private static final int AHEAD_PER_THREAD = 8;

  /// How often it says how far it is.
  private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long IDLE_SECONDS = 5;

  private final long memoryOctets;
  private final int cores;
  private final Consumer<Event> report;
  private final ThreadPoolExecutor helpers;
  private volatile boolean isServing;
  private long toldNanos;

  /// @param memoryOctets about how many octets of the heap zones may take
  /// @param cores how many threads read at the start, with the one that looks
  ReadingPool(long memoryOctets, int cores, Consumer<Event> report) {
    this.memoryOctets = memoryOctets;
    this.cores = cores;
    this.report = report;
    this.helpers =
        new ThreadPoolExecutor(
            Math.max(1, cores - 1),
            Math.max(1, cores - 1),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("zone-reading-", 1).daemon(true).factory(),
            new ThreadPoolExecutor.DiscardPolicy()); // Closed: who asks does it.
    helpers.allowCoreThreadTimeOut(true);
  }

  /// Says that questions are answered from now on.
  void serving() {
    isServing = true;
    helpers.setCorePoolSize(Math.max(1, cores - 2));
    helpers.setMaximumPoolSize(Math.max(1, cores - 2));
  }

  private int threads() {
    return isServing ? Math.max(1, cores - 1) : cores;
  }

  @Override
  public long memoryOctets() {
    return memoryOctets;
  }

  @Override
  public int ahead() {
    return threads() < 2 ? 0 : threads() * AHEAD_PER_THREAD;
  }

  @Override
  public void progress(int done, int of) {
    long now = System.nanoTime();
    if (done <= 1) {
      toldNanos = now;
    } else if (now - toldNanos >= TELL_EVERY_NANOS && done < of) {
      toldNanos = now;
      report.accept(new Event.ZonesRead(done, of));
    }
  }

  @Override
  public <T> Iterator<T> inOrder(Iterator<? extends Supplier<T>> readings) {
    return new InOrder<>(readings, ahead());
  }

  @Override
  public Steps steps() {
    return threads() < 2 ? Steps.atOnce() : new StepsBeside(helpers);
  }

  @Override
  public void close() {
    helpers.shutdownNow();
  }

  private final class InOrder<T> implements Iterator<T> {
    private final Iterator<? extends Supplier<T>> readings;
    private final int ahead;
    private final Deque<FutureTask<T>> begun = new ArrayDeque<>();

    InOrder(Iterator<? extends Supplier<T>> readings, int ahead) {
      this.readings = readings;
      this.ahead = ahead;
    }

    @Override
    public boolean hasNext() {
      return ahead > 0 && (!begun.isEmpty() || readings.hasNext());
    }

    @Override
    public T next() {
      while (begun.size() < ahead && readings.hasNext()) {
        FutureTask<T> reading = new FutureTask<>(readings.next()::get);
        begun.add(reading);
        // Of a single one another thread would only make a later beginning.
        if (begun.size() > 1) {
          helpers.execute(reading);
        }
      }
      FutureTask<T> first = begun.remove();
      first.run(); // unless somebody else does
      for (FutureTask<T> other : begun) {
        if (first.isDone()) {
          break;
        }
        other.run();
      }
      return resultOf(first);
    }
  }

  private static <T> T resultOf(FutureTask<T> reading) {
    boolean isInterrupted = false;
    try {
      while (true) {
        try {
          return reading.get();
        } catch (InterruptedException later) {
          isInterrupted = true; // It ends by itself, and soon.
        }
      }
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case RuntimeException defect -> throw defect;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException("a reading failed", failed);
      }
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
