package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import zonetrail.authority.Event;

class ReadingPoolTest {
  private final List<Event> reported = new ArrayList<>();
  private final ReadingPool pool = new ReadingPool(1 << 20, 3, reported::add);

  @AfterEach
  void close() {
    pool.close();
  }

  private static List<Integer> all(Iterator<Integer> results) {
    List<Integer> all = new ArrayList<>();
    results.forEachRemaining(all::add);
    return all;
  }

  private static Iterator<Supplier<Integer>> numbers(int count) {
    return IntStream.range(0, count).<Supplier<Integer>>mapToObj(i -> () -> i).iterator();
  }

  @Test
  void resultsComeInOrder() {
    assertThat(all(pool.inOrder(numbers(10_000))))
        .isEqualTo(IntStream.range(0, 10_000).boxed().toList());
    assertThat(all(pool.inOrder(numbers(0)))).isEmpty();
  }

  @Test
  void asManyAsThereAreCoresReadAtOnce_theOneThatAsksAmongThem() {
    CountDownLatch atOnce = new CountDownLatch(3);
    List<Supplier<Integer>> readings =
        IntStream.range(0, 3)
            .<Supplier<Integer>>mapToObj(i -> () -> await(atOnce) ? i : -1)
            .toList();
    assertThat(all(pool.inOrder(readings.iterator()))).containsExactly(0, 1, 2);
  }

  private static boolean await(CountDownLatch all) {
    all.countDown();
    try {
      return all.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      return false;
    }
  }

  @Test
  void noMoreAreBegunThanMayBeAhead() {
    AtomicInteger begun = new AtomicInteger();
    Iterator<Supplier<Integer>> readings =
        IntStream.range(0, 1_000)
            .<Supplier<Integer>>mapToObj(i -> {
              begun.incrementAndGet();
              return () -> i;
            })
            .iterator();
    Iterator<Integer> results = pool.inOrder(readings);
    results.next();
    assertThat(begun.get()).isEqualTo(pool.ahead());
  }

  @Test
  void whatAReadingThrows_isThrownAtItsTurn() {
    Supplier<Integer> defect =
        () -> {
          throw new IllegalStateException("a defect");
        };
    Iterator<Integer> results =
        pool.inOrder(List.<Supplier<Integer>>of(() -> 1, defect).iterator());
    assertThat(results.next()).isEqualTo(1);
    assertThatThrownBy(results::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a defect");
  }

  @Test
  void oneCoreIsLeftToThoseWhoAnswer() {
    int atStart = pool.ahead();
    pool.serving();
    assertThat(pool.ahead()).isBetween(1, atStart - 1);
    assertThat(all(pool.inOrder(numbers(100)))).hasSize(100);
    try (ReadingPool ofTwo = new ReadingPool(1 << 20, 2, reported::add)) {
      ofTwo.serving();
      assertThat(ofTwo.ahead()).as("nobody helps").isZero();
      assertThat(all(ofTwo.inOrder(numbers(100)))).isEmpty();
    }
  }

  @Test
  void whoAsksReadsAll_whenItIsClosed() {
    pool.close();
    assertThat(all(pool.inOrder(numbers(100)))).hasSize(100);
  }

  @Test
  void aShortLookSaysNothing() {
    IntStream.rangeClosed(1, 1_000).forEach(done -> pool.progress(done, 1_000));
    assertThat(reported).isEmpty();
  }

  @Test
  void progressIsTold() {
    assertThat(new Event.ZonesRead(40_000, 100_000).text())
        .isEqualTo("read 40,000 of 100,000 zone files");
  }
}
