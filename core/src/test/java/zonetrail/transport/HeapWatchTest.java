package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapWatchTest {
  private static final long MIB = 1L << 20;
  private static final long PAUSE = HeapWatch.PAUSE.toNanos();

  private long heap = 40 * MIB;
  private long live = 40 * MIB;
  private int collections;
  private final HeapWatch watch = new HeapWatch(() -> heap, this::collect, 0);

  private void collect() {
    collections++;
    heap = live;
  }

  @Test
  void heapThatGrewByMuch_isCollected_andAgainWhenItGrewAgain() {
    watch.look(PAUSE);
    heap += HeapWatch.SLACK_OCTETS;
    watch.look(2 * PAUSE);
    assertThat(collections).isZero();
    heap += 1;
    watch.look(3 * PAUSE);
    assertThat(collections).isEqualTo(1);
    heap += HeapWatch.SLACK_OCTETS + 1;
    watch.look(4 * PAUSE);
    assertThat(collections).isEqualTo(2);
  }

  @Test
  void largeHeap_mayGrowByHalf() {
    heap = 400 * MIB;
    live = 400 * MIB;
    watch.look(PAUSE);
    heap += 200 * MIB;
    watch.look(2 * PAUSE);
    assertThat(collections).isZero();
    heap += 1;
    watch.look(3 * PAUSE);
    assertThat(collections).isEqualTo(1);
  }

  @Test
  void heapThatShrank_isTheMeasureFromThenOn() {
    watch.look(PAUSE);
    heap = 10 * MIB;
    watch.look(2 * PAUSE);
    live = 10 * MIB;
    heap = 10 * MIB + HeapWatch.SLACK_OCTETS + 1;
    watch.look(3 * PAUSE);
    assertThat(collections).isEqualTo(1);
  }

  @Test
  void collectionsHaveAPauseBetweenThem() {
    watch.look(PAUSE);
    heap += 100 * MIB;
    watch.look(2 * PAUSE);
    heap += 100 * MIB;
    watch.look(3 * PAUSE - 1);
    assertThat(collections).isEqualTo(1);
    watch.look(3 * PAUSE);
    assertThat(collections).isEqualTo(2);
  }
}
