package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import zonetrail.wire.WireName;

/// Runs of records of one owner in an order of names, those of one owner in the order of the text;
/// in pages that versions share. Immutable. Threads: any.
final class OwnerOrder {
  /// So many runs a page has at most; half of them after it was made.
  private static final int MOST_IN_PAGE = 512;

  /// A run.
  ///
  /// @param name the owner
  /// @param place of its first record
  record Run(WireName name, long place) {}

  /// Some runs after each other.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Page(WireName[] names, long[] places) {
    int count() {
      return places.length;
    }
  }

  private final Page[] pages;

  /// How many runs are in front of each page; one number more says how many there are.
  private final int[] counts;

  private OwnerOrder(List<Page> pages) {
    this.pages = pages.toArray(Page[]::new);
    counts = new int[this.pages.length + 1];
    for (int i = 0; i < this.pages.length; i++) {
      counts[i + 1] = counts[i] + this.pages[i].count();
    }
  }

  /// Runs that are in order.
  ///
  /// @param heads their first records
  static OwnerOrder of(Records records, int[] heads) {
    List<Page> pages = new ArrayList<>();
    for (int from = 0; from < heads.length; from += MOST_IN_PAGE / 2) {
      int count = Math.min(MOST_IN_PAGE / 2, heads.length - from);
      WireName[] names = new WireName[count];
      long[] places = new long[count];
      for (int i = 0; i < count; i++) {
        names[i] = records.owner(heads[from + i]);
        places[i] = records.place(heads[from + i]);
      }
      pages.add(new Page(names, places));
    }
    return new OwnerOrder(pages);
  }

  int count() {
    return counts[pages.length];
  }

  private int pageOf(int run) {
    int found = Arrays.binarySearch(counts, run);
    return found < 0 ? -found - 2 : found;
  }

  WireName name(int run) {
    int page = pageOf(run);
    return pages[page].names[run - counts[page]];
  }

  /// The place of a run's first record.
  long place(int run) {
    int page = pageOf(run);
    return pages[page].places[run - counts[page]];
  }

  /// The first run of a name or of one that comes after it.
  int firstFrom(WireName wanted, NameOrder order) {
    Run from = new Run(wanted, Long.MIN_VALUE);
    if (pages.length == 0) {
      return 0;
    }
    int page = pageOf(from, order);
    return counts[page] + firstFrom(pages[page], from, order);
  }

  /// The last page that begins with a run or one before it, or the first one.
  private int pageOf(Run run, NameOrder order) {
    int low = 0;
    int high = pages.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (compare(pages[middle], 0, run, order) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static int firstFrom(Page page, Run run, NameOrder order) {
    int low = 0;
    int high = page.count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (compare(page, middle, run, order) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int compare(Page page, int at, Run run, NameOrder order) {
    int byName = order.compare(page.names[at], run.name);
    return byName == 0 ? Long.compare(page.places[at], run.place) : byName;
  }

  /// The runs without some and with others.
  ///
  /// @param gone all of which are here
  /// @param order the one that they have
  OwnerOrder with(List<Run> gone, List<Run> come, NameOrder order) {
    if (gone.isEmpty() && come.isEmpty()) {
      return this;
    }
    Comparator<Run> comparator =
        Comparator.comparing(Run::name, order::compare).thenComparingLong(Run::place);
    List<Run> touched = Stream.concat(gone.stream(), come.stream()).sorted(comparator).toList();
    List<Run> going = gone.stream().sorted(comparator).toList();
    List<Run> coming = come.stream().sorted(comparator).toList();
    List<Page> changed = new ArrayList<>(pages.length + 1);
    int next = 0;
    int nextGoing = 0;
    int nextComing = 0;
    int at = 0;
    while (next < touched.size()) {
      int page = pages.length == 0 ? 0 : pageOf(touched.get(next), order);
      changed.addAll(Arrays.asList(pages).subList(at, page));
      int to = next;
      while (to < touched.size()
          && (page + 1 >= pages.length
              || compare(pages[page + 1], 0, touched.get(to), order) > 0)) {
        to++;
      }
      int toGoing = endOf(going, nextGoing, touched.get(to - 1), comparator);
      int toComing = endOf(coming, nextComing, touched.get(to - 1), comparator);
      Page before = pages.length == 0 ? new Page(new WireName[0], new long[0]) : pages[page];
      Page after =
          merged(
              before,
              going.subList(nextGoing, toGoing),
              coming.subList(nextComing, toComing),
              order);
      split(after, changed);
      next = to;
      nextGoing = toGoing;
      nextComing = toComing;
      at = Math.min(page + 1, pages.length);
    }
    changed.addAll(Arrays.asList(pages).subList(at, pages.length));
    return new OwnerOrder(changed);
  }

  private static int endOf(List<Run> runs, int from, Run last, Comparator<Run> comparator) {
    int to = from;
    while (to < runs.size() && comparator.compare(runs.get(to), last) <= 0) {
      to++;
    }
    return to;
  }

  private static Page merged(Page page, List<Run> going, List<Run> coming, NameOrder order) {
    int count = page.count() - going.size() + coming.size();
    WireName[] names = new WireName[count];
    long[] places = new long[count];
    int at = 0;
    int from = 0;
    int go = 0;
    int come = 0;
    while (go < going.size() || come < coming.size()) {
      int goAt = go < going.size() ? firstFrom(page, going.get(go), order) : Integer.MAX_VALUE;
      int comeAt = come < coming.size() ? firstFrom(page, coming.get(come), order) : goAt;
      boolean goes = goAt < comeAt || come == coming.size();
      int to = goes ? goAt : comeAt;
      System.arraycopy(page.names, from, names, at, to - from);
      System.arraycopy(page.places, from, places, at, to - from);
      at += to - from;
      from = to;
      if (goes) {
        if (to == page.count() || compare(page, to, going.get(go), order) != 0) {
          throw new IllegalStateException("no run is known of " + going.get(go).name);
        }
        from++;
        go++;
      } else {
        names[at] = coming.get(come).name;
        places[at++] = coming.get(come++).place;
      }
    }
    System.arraycopy(page.names, from, names, at, page.count() - from);
    System.arraycopy(page.places, from, places, at, page.count() - from);
    return new Page(names, places);
  }

  private static void split(Page page, List<Page> out) {
    int parts = page.count() <= MOST_IN_PAGE ? 1 : page.count() * 2 / MOST_IN_PAGE;
    for (int part = 0; part < parts; part++) {
      int from = (int) ((long) page.count() * part / parts);
      int to = (int) ((long) page.count() * (part + 1) / parts);
      if (parts == 1 && to > 0) {
        out.add(page);
      } else if (to > from) {
        out.add(
            new Page(
                Arrays.copyOfRange(page.names, from, to),
                Arrays.copyOfRange(page.places, from, to)));
      }
    }
  }
}
