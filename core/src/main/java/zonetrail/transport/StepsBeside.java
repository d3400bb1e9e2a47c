package zonetrail.transport;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.Steps;

/// Steps that another thread does, one after the other; who waits for them does what nobody has
/// begun.
final class StepsBeside implements Steps {
  private final Executor executor;

  // Guarded by this.
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean isBusy;
  private @Nullable Throwable failure;

  /// @param executor may do what it is given late or never
  StepsBeside(Executor executor) {
    this.executor = executor;
  }

  @Override
  public void then(Runnable step) {
    boolean isFirst;
    synchronized (this) {
      if (failure != null) {
        return;
      }
      isFirst = waiting.isEmpty() && !isBusy;
      waiting.add(step);
    }
    if (isFirst) {
      executor.execute(this::doWaiting);
    }
  }

  @Override
  public void finish() {
    doWaiting();
    awaitIdle();
    Throwable thrown;
    synchronized (this) {
      thrown = failure;
      failure = null;
    }
    switch (thrown) {
      case null -> {}
      case RuntimeException defect -> throw defect;
      case Error error -> throw error;
      default -> throw new IllegalStateException("a step failed", thrown);
    }
  }

  private void doWaiting() {
    for (Runnable step = take(); step != null; step = take()) {
      Throwable thrown = null;
      try {
        step.run();
      } catch (RuntimeException | Error unexpected) {
        thrown = unexpected;
      }
      done(thrown);
    }
  }

  /// The next step; null if there is none, or another thread does one.
  private synchronized @Nullable Runnable take() {
    Runnable step = isBusy ? null : waiting.poll();
    isBusy |= step != null;
    return step;
  }

  private synchronized void done(@Nullable Throwable thrown) {
    isBusy = false;
    if (thrown != null) {
      failure = thrown;
      waiting.clear();
    }
    notifyAll();
  }

  /// Waits for the thread that does steps, which does all that wait.
  private synchronized void awaitIdle() {
    boolean isInterrupted = false;
    while (isBusy || !waiting.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException later) {
        isInterrupted = true; // They end by themselves, and soon.
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
