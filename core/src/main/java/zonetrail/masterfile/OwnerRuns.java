package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.OwnerOrder.Run;
import zonetrail.wire.WireName;

/// The owners of a file's records: runs of records of one owner, in the order of the text, and,
/// once asked for, in an order of names. A run is called by its first record, its head.
///
/// What an edit leaves is made of what was before it ([#after]), with a look at no record that is
/// not near the edit. Threads: any.
final class OwnerRuns {
  /// Records that may be others than before.
  ///
  /// @param oldFrom the first of those that were
  /// @param oldTo the one after the last
  /// @param from the first of those that are now
  /// @param to the one after the last
  record Window(int oldFrom, int oldTo, int from, int to) {}

  private final Records records;

  /// By the last record of a run.
  private final IntPredicate isLeftOut;

  /// In orders of names; null where they were not asked for.
  private @Nullable OwnerOrder byNumber;

  private @Nullable OwnerOrder byOctets;

  private OwnerRuns(Records records, IntPredicate isLeftOut) {
    this.records = records;
    this.isLeftOut = isLeftOut;
  }

  /// The runs of a file.
  static OwnerRuns of(Records records) {
    return of(records, _ -> false);
  }

  /// The runs of a file but some.
  ///
  /// @param isLeftOut by the last record of a run
  static OwnerRuns of(Records records, IntPredicate isLeftOut) {
    return new OwnerRuns(records, isLeftOut);
  }

  /// All heads, ascending.
  int[] heads() {
    int[] heads = new int[records.count()];
    int count = 0;
    int head = 0;
    int last = records.count() - 1;
    WireName owner = last < 0 ? WireName.ROOT : records.owner(0);
    for (int record = 0; record <= last; record++) {
      WireName next = record == last ? null : records.owner(record + 1);
      if (next == null || !isSame(owner, next)) {
        if (!isLeftOut.test(record)) {
          heads[count++] = head;
        }
        head = record + 1;
      }
      owner = next == null ? owner : next;
    }
    return Arrays.copyOf(heads, count);
  }

  /// Records one after the other mostly share the object.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(WireName owner, WireName next) {
    return owner == next || (owner.hashCode() == next.hashCode() && owner.equals(next));
  }

  private static boolean isHead(Records records, int record) {
    return record == 0 || !isSame(records.owner(record - 1), records.owner(record));
  }

  /// The runs after an edit; no run was left out of these.
  ///
  /// @param windows the records that may be others or have another place, in their order; all else
  ///   is as it was
  synchronized OwnerRuns after(Records edited, List<Window> windows) {
    OwnerRuns after = of(edited);
    List<Run> gone = new ArrayList<>();
    List<Run> come = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      Window window = windows.get(i);
      // The record behind may have become part of the run in front, or have parted from it.
      boolean isAlone = i + 1 == windows.size() || windows.get(i + 1).oldFrom() > window.oldTo();
      int behind = isAlone && window.oldTo() < records.count() ? 1 : 0;
      List<Run> were = runs(records, window.oldFrom(), window.oldTo() + behind);
      List<Run> are = runs(edited, window.from(), window.to() + behind);
      compare(were, are, gone, come);
    }
    if (byNumber != null) {
      after.byNumber = byNumber.with(gone, come, new NameOrder(true));
    }
    if (byOctets != null) {
      after.byOctets = byOctets.with(gone, come, new NameOrder(false));
    }
    return after;
  }

  private static List<Run> runs(Records records, int from, int to) {
    List<Run> runs = new ArrayList<>();
    WireName before = from == 0 ? null : records.owner(from - 1);
    for (int record = from; record < to; record++) {
      WireName owner = records.owner(record);
      if (before == null || !isSame(before, owner)) {
        runs.add(new Run(owner, records.place(record)));
      }
      before = owner;
    }
    return runs;
  }

  /// Adds those that only one list has; both are in the order of the text.
  private static void compare(List<Run> were, List<Run> are, List<Run> gone, List<Run> come) {
    int is = 0;
    for (Run was : were) {
      while (is < are.size() && are.get(is).place() < was.place()) {
        come.add(are.get(is++));
      }
      boolean stays =
          is < are.size()
              && are.get(is).place() == was.place()
              && isSame(are.get(is).name(), was.name());
      if (stays) {
        is++;
      } else {
        gone.add(was);
      }
    }
    come.addAll(are.subList(is, are.size()));
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

  /// Of one owner's runs those that come later in the text come later here.
  private int compare(int head, int other, NameOrder order) {
    int byName = order.compare(records.owner(head), records.owner(other));
    return byName == 0 ? Integer.compare(head, other) : byName;
  }

  /// All runs in an order of names.
  synchronized OwnerOrder ordered(NameOrder order) {
    OwnerOrder known = order.isByNumber() ? byNumber : byOctets;
    if (known == null) {
      known = OwnerOrder.of(records, sorted(heads(), order));
      if (order.isByNumber()) {
        byNumber = known;
      } else {
        byOctets = known;
      }
    }
    return known;
  }

  WireName owner(int head) {
    return records.owner(head);
  }

  /// The head of the run that has a place.
  int head(long place) {
    return records.recordAt(place);
  }

  /// The last record of a run.
  int last(int head) {
    int last = head;
    while (last + 1 < records.count() && !isHead(records, last + 1)) {
      last++;
    }
    return last;
  }

  /// The head of the run that a record is in.
  int headOf(int record) {
    int head = record;
    while (!isHead(records, head)) {
      head--;
    }
    return head;
  }

  boolean isLeftOut(int head) {
    return isLeftOut.test(last(head));
  }

  /// The run in front of one, or of all records that there are; -1 if there is none.
  int before(int head) {
    int last = head - 1;
    while (last >= 0) {
      if (!isLeftOut.test(last)) {
        return headOf(last);
      }
      last = headOf(last) - 1;
    }
    return -1;
  }

  /// The run behind one; -1 if there is none.
  int after(int head) {
    int next = last(head) + 1;
    while (next < records.count()) {
      int last = last(next);
      if (!isLeftOut.test(last)) {
        return next;
      }
      next = last + 1;
    }
    return -1;
  }
}
