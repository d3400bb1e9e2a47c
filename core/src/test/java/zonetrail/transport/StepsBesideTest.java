package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepsBesideTest {
  private final List<Integer> done = new ArrayList<>();

  private void handOver(StepsBeside steps, int count) {
    IntStream.range(0, count).forEach(i -> steps.then(() -> done.add(i)));
  }

  private void allAreDoneInOrder(int count) {
    assertThat(done).isEqualTo(IntStream.range(0, count).boxed().toList());
  }

  @Test
  void stepsAreDoneInOrder_whoeverDoesThem() {
    try (ExecutorService others = Executors.newFixedThreadPool(3)) {
      StepsBeside steps = new StepsBeside(others);
      handOver(steps, 50_000);
      steps.finish();
      allAreDoneInOrder(50_000);
    }
  }

  @Test
  void whoWaitsDoesThem_whenNobodyElseDoes() {
    StepsBeside steps = new StepsBeside(_ -> {});
    handOver(steps, 10);
    assertThat(done).isEmpty();
    steps.finish();
    allAreDoneInOrder(10);
  }

  @Test
  void oneIsDoneWhileOthersAreHandedOver() throws InterruptedException {
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      StepsBeside steps = new StepsBeside(other);
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch handedOver = new CountDownLatch(1);
      steps.then(() -> {
        begun.countDown();
        awaitEnd(handedOver);
      });
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      handOver(steps, 5);
      assertThat(done).isEmpty();
      handedOver.countDown();
      steps.finish();
      allAreDoneInOrder(5);
    }
  }

  private static void awaitEnd(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatAStepThrows_isThrownAtTheEnd_andTheRestIsLeft() {
    StepsBeside steps = new StepsBeside(Runnable::run);
    handOver(steps, 2);
    steps.then(() -> {
      throw new IllegalStateException("a defect");
    });
    handOver(steps, 2);
    assertThatThrownBy(steps::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a defect");
    allAreDoneInOrder(2);
  }
}
