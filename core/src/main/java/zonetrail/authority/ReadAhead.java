package zonetrail.authority;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Zone files in the order of their turns, some of them read before.
///
/// Of small files a thread reads several at a time: to hand over each by itself would take about as
/// long as to read it. Whether files are small is known from those read last.
///
/// One thread; others read.
final class ReadAhead {
  /// How many small files a thread reads at a time, at most.
  static final int MOST_AT_ONCE = 16;

  private final Iterator<IntFunction<FileReading>> files;
  private final Iterator<List<FileReading>> batches;
  private final Queue<FileReading> read = new ArrayDeque<>();
  private int atOnce = 1;

  /// Begins to read.
  ///
  /// @param files makes the readings in their order, told how many are made for one thread to do at
  ///   a time
  ReadAhead(ZoneReadings readings, Iterator<IntFunction<FileReading>> files) {
    this.files = files;
    this.batches = readings.inOrder(new Batches());
  }

  /// Hands out the reading of a file whose turn it is; null if that was not read ahead.
  @Nullable FileReading take(String name) {
    if (read.isEmpty() && batches.hasNext()) {
      List<FileReading> batch = batches.next();
      boolean areSmall = batch.stream().allMatch(FileReading::isSmall);
      atOnce = areSmall ? Math.min(MOST_AT_ONCE, atOnce * 2) : 1;
      read.addAll(batch);
    }
    FileReading next = read.peek();
    return next != null && next.name().equals(name) ? read.remove() : null;
  }

  private final class Batches implements Iterator<Supplier<List<FileReading>>> {
    @Override
    public boolean hasNext() {
      return files.hasNext();
    }

    @Override
    public Supplier<List<FileReading>> next() {
      int most = atOnce;
      List<FileReading> batch = new ArrayList<>(most);
      do {
        batch.add(files.next().apply(most));
      } while (batch.size() < most && files.hasNext());
      return () -> {
        batch.forEach(FileReading::readAhead);
        return batch;
      };
    }
  }
}
