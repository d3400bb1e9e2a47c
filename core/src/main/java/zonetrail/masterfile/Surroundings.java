package zonetrail.masterfile;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

/// The runs among which new ones come: those at and below a name, but of the apex only if there are
/// no others; and the order that they have.
///
/// Where they are few, they are listed in the order of the text. Where they are many, nothing is
/// done that would take as long as going through all of them: the order is judged by a sample, and
/// a run's neighbour is looked for near it. One thread.
final class Surroundings {
  /// How many in a hundred names that follow each other must be in order for names to be sorted.
  private static final int SORTED_PERCENT = 80;

  private static final int FEWEST_SORTED = 3;

  /// Up to so many runs are few.
  private static final int FEW = 256;

  /// How many of many are looked at for their order, evenly over all: at most twice as many.
  private static final int LOOKED_AT = 64;

  /// How many other runs there may be between one of many and its neighbour.
  private static final int MOST_BETWEEN = 64;

  private final Records records;
  private final OwnerRuns runs;
  private final OwnerOrder ordered;
  private final int from;
  private final int to;
  private final WireName ancestor;

  /// Whether the ancestor's own runs are not among these.
  private final boolean isBelow;

  /// The heads in the order of the text; null for many.
  private final int @Nullable [] listed;

  private @Nullable NameOrder known;
  private boolean isKnown;

  private Surroundings(
      Records records,
      OwnerRuns runs,
      OwnerOrder ordered,
      int from,
      int to,
      WireName ancestor,
      boolean isBelow) {
    this.records = records;
    this.runs = runs;
    this.ordered = ordered;
    this.from = from;
    this.to = to;
    this.ancestor = ancestor;
    this.isBelow = isBelow;
    this.listed = to - from > FEW ? null : list();
  }

  /// The runs at and below an ancestor; of the apex only if there are no others.
  ///
  /// @param ordered all runs
  /// @param order the one that they have there
  /// @param at a place among those that are wanted, or right behind
  static Surroundings of(
      Records records,
      OwnerRuns runs,
      OwnerOrder ordered,
      NameOrder order,
      int at,
      WireName ancestor,
      WireName apex) {
    int from = ordered.firstFrom(ancestor, order);
    int to = endOf(ordered, at, name -> name.isAtOrBelow(ancestor));
    boolean isBelow = false;
    if (ancestor.equals(apex)) {
      int below = endOf(ordered, from, apex::equals);
      isBelow = below < to;
      from = isBelow ? below : from;
      to = isBelow ? to : below;
    }
    return new Surroundings(records, runs, ordered, from, to, ancestor, isBelow);
  }

  /// Up to where names are such ones, all of which stand together.
  private static int endOf(OwnerOrder ordered, int from, Predicate<WireName> which) {
    int low = from;
    int high = ordered.count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (which.test(ordered.name(middle))) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private int[] list() {
    int[] heads = new int[Math.max(0, to - from)];
    for (int i = 0; i < heads.length; i++) {
      heads[i] = head(from + i);
    }
    Arrays.sort(heads);
    return heads;
  }

  private int head(int run) {
    return runs.head(ordered.place(run));
  }

  boolean isEmpty() {
    return to <= from;
  }

  /// Whether the runs of a name are among these.
  boolean has(WireName name) {
    return name.isAtOrBelow(ancestor) && (!isBelow || !name.equals(ancestor));
  }

  /// The first in the text.
  int first() {
    if (listed != null) {
      return listed[0];
    }
    long first = Long.MAX_VALUE;
    for (int run = from; run < to; run++) {
      first = Math.min(first, ordered.place(run));
    }
    return runs.head(first);
  }

  /// The one in front of one of these, in the text; -1 if there is none, or none near it.
  private int before(int head) {
    if (listed != null) {
      int at = Arrays.binarySearch(listed, head);
      return at == 0 ? -1 : listed[at - 1];
    }
    int before = runs.before(head);
    for (int between = 0; before >= 0 && !has(runs.owner(before)); between++) {
      before = between == MOST_BETWEEN ? -1 : runs.before(before);
    }
    return before;
  }

  private int after(int head) {
    if (listed != null) {
      int at = Arrays.binarySearch(listed, head);
      return at == listed.length - 1 ? -1 : listed[at + 1];
    }
    int after = runs.after(head);
    for (int between = 0; after >= 0 && !has(runs.owner(after)); between++) {
      after = between == MOST_BETWEEN ? -1 : runs.after(after);
    }
    return after;
  }

  /// Whether one of these is out of order while those about it are not.
  boolean isStray(int head, NameOrder order) {
    WireName owner = runs.owner(head);
    int before = before(head);
    int after = after(head);
    boolean followsLarger = before < 0 || order.compare(runs.owner(before), owner) > 0;
    boolean precedesSmaller = after < 0 || order.compare(owner, runs.owner(after)) > 0;
    return followsLarger && precedesSmaller;
  }

  /// The order in which the names stand, if they are in one.
  ///
  /// @param orders the same at each call
  @Nullable NameOrder order(List<NameOrder> orders) {
    if (!isKnown) {
      isKnown = true;
      known = to - from < FEWEST_SORTED ? null : find(orders);
    }
    return known;
  }

  private @Nullable NameOrder find(List<NameOrder> orders) {
    for (NameOrder order : orders) {
      if (isSorted(order)) {
        return order;
      }
    }
    return null;
  }

  private boolean isSorted(NameOrder order) {
    int step = listed == null ? (to - from) / LOOKED_AT : 1;
    int ascending = 0;
    int looked = 0;
    for (int run = from; run < to; run += step) {
      int head = head(run);
      int before = before(head);
      if (before >= 0) {
        looked++;
        ascending += order.compare(runs.owner(before), runs.owner(head)) <= 0 ? 1 : 0;
      }
      int ahead = (to - 1 - run) / step;
      if (!areMost(ascending + ahead, looked + ahead)) {
        return false; // even if all that are left were in order
      }
    }
    return looked > 0;
  }

  private static boolean areMost(int ascending, int looked) {
    boolean areAllButOne = looked > 2 && ascending == looked - 1;
    return areAllButOne || ascending * 100 >= looked * SORTED_PERCENT;
  }

  /// The last record of a run that has a type, of those with as many labels if there are any; else
  /// of the last run.
  int lastOfType(int labels, RRType type) {
    return runs.last(listed == null ? lastOfMany(labels, type) : lastOfFew(listed, labels, type));
  }

  private int lastOfFew(int[] heads, int labels, RRType type) {
    int last = -1;
    for (int i = heads.length - 1; i >= 0; i--) {
      if (runs.owner(heads[i]).labelCount() == labels) {
        last = last < 0 ? heads[i] : last;
        if (hasType(heads[i], type)) {
          return heads[i];
        }
      }
    }
    for (int i = heads.length - 1; last < 0 && i >= 0; i--) {
      if (hasType(heads[i], type)) {
        return heads[i];
      }
    }
    return last < 0 ? heads[heads.length - 1] : last;
  }

  private boolean hasType(int head, RRType type) {
    return records.lastOfType(type, runs.last(head) + 1) >= head;
  }

  /// The same for many: goes back from one record of the type to the next.
  private int lastOfMany(int labels, RRType type) {
    int ofType = -1;
    int record = records.lastOfType(type, records.count());
    while (record >= 0) {
      int head = runs.headOf(record);
      if (has(runs.owner(head)) && !runs.isLeftOut(head)) {
        if (runs.owner(head).labelCount() == labels) {
          return head;
        }
        ofType = ofType < 0 ? head : ofType;
      }
      record = records.lastOfType(type, head);
    }
    int last = -1;
    for (int head = runs.before(records.count()); head >= 0; head = runs.before(head)) {
      if (has(runs.owner(head))) {
        last = last < 0 ? head : last;
        if (runs.owner(head).labelCount() == labels) {
          return head;
        }
      }
    }
    return ofType < 0 ? last : ofType;
  }
}
