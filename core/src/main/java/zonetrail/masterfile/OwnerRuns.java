package zonetrail.masterfile;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;

/// The owners of a file's records: where runs of records of one owner begin, in the order of the
/// text, and, once asked for, in an order of names. A run is called by its first record.
///
/// What an edit leaves is made of what was before it ([#after]), with no name compared that the
/// edit did not touch. Threads: any.
final class OwnerRuns {
  private final RecordTable records;

  /// The first record of each, ascending.
  private final int[] heads;

  /// The same in orders of names; null where they were not asked for.
  private int @Nullable [] byNumber;

  private int @Nullable [] byOctets;

  private OwnerRuns(RecordTable records, int[] heads) {
    this.records = records;
    this.heads = heads;
  }

  /// The runs of a file.
  static OwnerRuns of(RecordTable records) {
    return of(records, _ -> false);
  }

  /// The runs of a file but some.
  ///
  /// @param isLeftOut by the last record of a run
  static OwnerRuns of(RecordTable records, IntPredicate isLeftOut) {
    int[] heads = new int[records.count()];
    int count = 0;
    int head = 0;
    for (int record = 0; record < records.count(); record++) {
      if (isLast(records, record)) {
        if (!isLeftOut.test(record)) {
          heads[count++] = head;
        }
        head = record + 1;
      }
    }
    return new OwnerRuns(records, Arrays.copyOf(heads, count));
  }

  @SuppressWarnings("ReferenceEquality") // records one after the other mostly share the object
  private static boolean isLast(RecordTable records, int record) {
    if (record + 1 == records.count()) {
      return true;
    }
    WireName owner = records.owner(record);
    WireName next = records.owner(record + 1);
    return owner != next && (owner.hashCode() != next.hashCode() || !owner.equals(next));
  }

  /// The runs after an edit; no run was left out of these.
  ///
  /// @param windows the records that may be others, in their order; all else is as it was
  synchronized OwnerRuns after(RecordTable edited, List<Rereading.Window> windows) {
    OwnerRuns after = of(edited);
    if (byNumber != null) {
      after.byNumber = after.carry(byNumber, windows, new NameOrder(true));
    }
    if (byOctets != null) {
      after.byOctets = after.carry(byOctets, windows, new NameOrder(false));
    }
    return after;
  }

  /// Takes over an order. A window concerns the run behind it, too: it may have become part of what
  /// is in front, or part from it.
  private int[] carry(int[] before, List<Rereading.Window> windows, NameOrder order) {
    int[] stay = new int[before.length];
    int count = 0;
    for (int head : before) {
      int moved = moved(head, windows);
      if (moved >= 0) {
        stay[count++] = moved;
      }
    }
    int[] come = new int[heads.length];
    int coming = 0;
    int last = -1;
    for (Rereading.Window window : windows) {
      int from = Arrays.binarySearch(heads, Math.max(window.from(), last + 1));
      for (int i = from < 0 ? -from - 1 : from; i < heads.length && heads[i] <= window.to(); i++) {
        last = heads[i];
        come[coming++] = last;
      }
    }
    return merged(stay, count, sorted(Arrays.copyOf(come, coming), order), order);
  }

  /// Where a record is now that was outside of windows and not right behind one; else -1.
  private static int moved(int head, List<Rereading.Window> windows) {
    int low = 0;
    int high = windows.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (windows.get(middle).oldTo() < head) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low < windows.size() && windows.get(low).oldFrom() <= head) {
      return -1;
    }
    return low == 0 ? head : head + windows.get(low - 1).shift();
  }

  private int[] merged(int[] some, int count, int[] others, NameOrder order) {
    int[] merged = new int[count + others.length];
    int at = 0;
    int from = 0;
    for (int other : others) {
      int to = place(some, from, count, other, order);
      System.arraycopy(some, from, merged, at, to - from);
      at += to - from;
      merged[at++] = other;
      from = to;
    }
    System.arraycopy(some, from, merged, at, count - from);
    return merged;
  }

  /// Before which of some runs one comes.
  private int place(int[] some, int from, int to, int head, NameOrder order) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(some[middle], head, order) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Of one owner's runs those that come later in the text come later here.
  private int compare(int head, int other, NameOrder order) {
    int byName = order.compare(records.owner(head), records.owner(other));
    return byName == 0 ? Integer.compare(head, other) : byName;
  }

  /// Sorts runs; takes one comparison for each where they are in order already.
  private int[] sorted(int[] some, NameOrder order) {
    int[] from = some.clone();
    int[] to = new int[some.length];
    for (int width = 1; width < some.length; width *= 2) {
      for (int start = 0; start < some.length; start += 2 * width) {
        int middle = Math.min(start + width, some.length);
        int end = Math.min(middle + width, some.length);
        merge(from, start, middle, end, to, order);
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    return from;
  }

  private void merge(int[] from, int start, int middle, int end, int[] to, NameOrder order) {
    if (middle == end || compare(from[middle - 1], from[middle], order) <= 0) {
      System.arraycopy(from, start, to, start, end - start);
      return;
    }
    int left = start;
    int right = middle;
    for (int at = start; at < end; at++) {
      boolean isLeft =
          right == end || (left < middle && compare(from[left], from[right], order) <= 0);
      to[at] = isLeft ? from[left++] : from[right++];
    }
  }

  /// All runs in an order of names; not to be changed.
  synchronized int[] ordered(NameOrder order) {
    int[] known = order.isByNumber() ? byNumber : byOctets;
    if (known == null) {
      known = sorted(heads, order);
      if (order.isByNumber()) {
        byNumber = known;
      } else {
        byOctets = known;
      }
    }
    return known;
  }

  /// The runs in the order of the text; not to be changed.
  int[] inText() {
    return heads;
  }

  WireName owner(int head) {
    return records.owner(head);
  }

  /// The last record of a run.
  int last(int head) {
    int record = head;
    while (!isLast(records, record)) {
      record++;
    }
    return record;
  }

  /// Some runs in the order of the text.
  int[] inTextOrder(int[] some, int from, int to) {
    if (to - from < heads.length / 2) {
      int[] few = Arrays.copyOfRange(some, from, to);
      Arrays.sort(few);
      return few;
    }
    BitSet which = new BitSet(records.count());
    for (int i = from; i < to; i++) {
      which.set(some[i]);
    }
    int[] most = new int[to - from];
    int count = 0;
    for (int head : heads) {
      if (which.get(head)) {
        most[count++] = head;
      }
    }
    return most;
  }

  /// About how much of the heap it takes, in octets; the records not counted.
  synchronized long heapOctets() {
    int runs = heads.length;
    runs += byNumber == null ? 0 : byNumber.length;
    runs += byOctets == null ? 0 : byOctets.length;
    return (long) runs * Integer.BYTES;
  }
}
