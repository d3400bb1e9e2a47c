package zonetrail.zone;

import java.util.Arrays;
import java.util.function.IntPredicate;

/// Finds the entry of a name by the name's hash: hash and ref of each, in pages.
///
/// The upper bits of a hash choose the page in a directory, the lower ones the place in the page
/// where the search begins. A page that gets full is made larger, and from a size on cut in two by
/// the next bit of the hash, for which the directory doubles where need be (extendible hashing). So
/// no growth touches more than one page, and a change costs the pages that it touches and the
/// directory, which has some 4,000 places for a million names.
///
/// Some 14 octets a name. Immutable, safe on any thread; an [Editor] makes a new version, which
/// shares the pages that did not change.
final class NameIndex {
  /// A place that holds nothing: no ref is [Arena#NONE].
  private static final long EMPTY = -1;

  static final NameIndex NONE = new NameIndex(new long[][] {newPage(0, 4)}, 0);

  private static final int MAX_SLOTS = 512;

  /// Where the directory has a place for fewer names than this, hashes begin alike more than chance
  /// would have it, and a page is made larger instead.
  private static final int LEAST_NAMES_PER_PLACE = 64;

  private static final int OCTETS_PER_PAGE_OBJECT = 16;

  private final long[][] directory;
  private final int shift;
  private final int count;

  private NameIndex(long[][] directory, int count) {
    this.directory = directory;
    this.shift = Integer.SIZE - Integer.numberOfTrailingZeros(directory.length);
    this.count = count;
  }

  // A page: its first element has how many bits of the hash its names share (upper half) and how
  // many names it has (lower half); then come the slots, a power of two of them, each with a hash
  // in
  // its upper half and a ref in the lower.

  private static long[] newPage(int bits, int slots) {
    long[] page = new long[1 + slots];
    Arrays.fill(page, EMPTY);
    page[0] = (long) bits << Integer.SIZE;
    return page;
  }

  private static int bits(long[] page) {
    return (int) (page[0] >>> Integer.SIZE);
  }

  private static int names(long[] page) {
    return (int) page[0];
  }

  private static int mask(long[] page) {
    return page.length - 2;
  }

  private static long slot(int hash, int ref) {
    return (long) hash << Integer.SIZE | (ref & 0xffff_ffffL);
  }

  private static int hash(long slot) {
    return (int) (slot >>> Integer.SIZE);
  }

  private static int place(int hash, int shift) {
    return (int) ((hash & 0xffff_ffffL) >>> shift);
  }

  /// How many names there are.
  int count() {
    return count;
  }

  /// The page in which a name is, if it is here.
  long[] page(int hash) {
    return directory[place(hash, shift)];
  }

  /// A name of this hash in a page, or [Arena#NONE].
  ///
  /// @param from -1 at first, then the last result, to go on behind it
  static int search(long[] page, int hash, int from) {
    int mask = mask(page);
    int at = from < 0 ? hash & mask : (from + 1) & mask;
    while (true) {
      long slot = page[1 + at];
      if (slot == EMPTY) {
        return -1;
      }
      if (hash(slot) == hash) {
        return at;
      }
      at = (at + 1) & mask;
    }
  }

  /// The ref at a place that [#search] found.
  static int refAt(long[] page, int place) {
    return (int) page[1 + place];
  }

  /// Shows the refs of the names in the pages that another version does not share. A page is shared
  /// only while nothing in it changes, so all that its names refer to is the same in both versions.
  ///
  /// @param ref told each; false ends it
  @SuppressWarnings(
      "ReferenceEquality") // a page of another version is the very page, or another one
  void forEachNotShared(NameIndex other, IntPredicate ref) {
    for (int at = 0; at < directory.length; at += span(directory.length, directory[at])) {
      long[] page = directory[at];
      if (page == other.page(at << shift)) {
        continue;
      }
      for (int i = 1; i < page.length; i++) {
        if (page[i] != EMPTY && !ref.test((int) page[i])) {
          return;
        }
      }
    }
  }

  /// What it takes of the heap.
  long heapOctets() {
    long octets = (long) directory.length * 4;
    for (int at = 0; at < directory.length; at += span(directory.length, directory[at])) {
      octets += OCTETS_PER_PAGE_OBJECT + (long) directory[at].length * Long.BYTES;
    }
    return octets;
  }

  /// How many places of the directory a page has.
  private static int span(int directoryLength, long[] page) {
    return directoryLength >>> bits(page);
  }

  /// Makes a new version. One thread.
  static final class Editor {
    private long[][] directory;

    /// Which pages of the directory belong to the new version alone and may be written.
    private boolean[] own;

    private int shift;
    private int count;

    Editor(NameIndex base) {
      directory = base.directory.clone();
      own = new boolean[directory.length];
      shift = base.shift;
      count = base.count;
    }

    /// The page in which a name is, if it is here; see [NameIndex#search].
    long[] page(int hash) {
      return directory[NameIndex.place(hash, shift)];
    }

    /// What stands where a name of this hash is looked for first.
    long look(int hash) {
      long[] page = page(hash);
      return page[1 + (hash & mask(page))];
    }

    int count() {
      return count;
    }

    /// Adds a name that is not here.
    void add(int hash, int ref) {
      long[] page = withRoom(hash);
      insert(page, slot(hash, ref));
      page[0]++;
      count++;
    }

    private static void insert(long[] page, long slot) {
      int mask = mask(page);
      int at = hash(slot) & mask;
      while (page[1 + at] != EMPTY) {
        at = (at + 1) & mask;
      }
      page[1 + at] = slot;
    }

    /// Whether a name of this hash refers to an entry.
    boolean holds(int hash, int ref) {
      long[] page = page(hash);
      int place = -1;
      while ((place = search(page, hash, place)) >= 0) {
        if (refAt(page, place) == ref) {
          return true;
        }
      }
      return false;
    }

    /// Lets a name that is here refer to another entry.
    void replace(int hash, int oldRef, int newRef) {
      long[] page = writable(hash);
      page[1 + placeOf(page, hash, oldRef)] = slot(hash, newRef);
    }

    /// Removes a name that is here.
    void remove(int hash, int ref) {
      long[] page = writable(hash);
      int mask = mask(page);
      int hole = placeOf(page, hash, ref);
      // What was put further on because the place was taken moves up.
      for (int at = (hole + 1) & mask; page[1 + at] != EMPTY; at = (at + 1) & mask) {
        int wanted = hash(page[1 + at]) & mask;
        if (((at - wanted) & mask) >= ((at - hole) & mask)) {
          page[1 + hole] = page[1 + at];
          hole = at;
        }
      }
      page[1 + hole] = EMPTY;
      page[0]--;
      count--;
    }

    private static int placeOf(long[] page, int hash, int ref) {
      long wanted = slot(hash, ref);
      int mask = mask(page);
      int at = hash & mask;
      while (page[1 + at] != wanted) {
        if (page[1 + at] == EMPTY) {
          throw new IllegalStateException("the name is not in the index");
        }
        at = (at + 1) & mask;
      }
      return at;
    }

    private long[] writable(int hash) {
      int at = NameIndex.place(hash, shift);
      if (!own[at]) {
        put(at, directory[at].clone());
      }
      return directory[at];
    }

    /// Puts a page into all its places.
    private void put(int at, long[] page) {
      int span = span(directory.length, page);
      int first = at & -span;
      Arrays.fill(directory, first, first + span, page);
      Arrays.fill(own, first, first + span, true);
    }

    private long[] withRoom(int hash) {
      while (true) {
        long[] page = writable(hash);
        int slots = page.length - 1;
        if (names(page) < slots - slots / 4) {
          return page;
        }
        if (slots < MAX_SLOTS || !maySplit(page)) {
          long[] larger = newPage(bits(page), slots * 2);
          copyIf(page, larger, 0, 0);
          put(NameIndex.place(hash, shift), larger);
          return larger;
        }
        split(hash, page);
      }
    }

    private boolean maySplit(long[] page) {
      return bits(page) < Integer.SIZE - shift
          || (long) directory.length * LEAST_NAMES_PER_PLACE <= count;
    }

    private void split(int hash, long[] page) {
      if (bits(page) == Integer.SIZE - shift) {
        doubleDirectory();
      }
      int at = NameIndex.place(hash, shift);
      int span = span(directory.length, page);
      int first = at & -span;
      int bit = 1 << (Integer.SIZE - 1 - bits(page));
      long[] zeros = newPage(bits(page) + 1, page.length - 1);
      long[] ones = newPage(bits(page) + 1, page.length - 1);
      copyIf(page, zeros, bit, 0);
      copyIf(page, ones, bit, bit);
      put(first, zeros);
      put(first + span / 2, ones);
    }

    private void doubleDirectory() {
      long[][] doubled = new long[directory.length * 2][];
      boolean[] ownDoubled = new boolean[doubled.length];
      for (int i = 0; i < doubled.length; i++) {
        doubled[i] = directory[i / 2];
        ownDoubled[i] = own[i / 2];
      }
      directory = doubled;
      own = ownDoubled;
      shift--;
    }

    /// Copies the names of which the hash has these bits.
    private static void copyIf(long[] from, long[] to, int mask, int wanted) {
      for (int i = 1; i < from.length; i++) {
        if (from[i] != EMPTY && (hash(from[i]) & mask) == wanted) {
          insert(to, from[i]);
          to[0]++;
        }
      }
    }

    /// Lets each name refer to what an array has at its ref.
    ///
    /// @param refs by the refs until now
    void replaceAll(int[] refs) {
      for (int at = 0; at < directory.length; at += span(directory.length, directory[at])) {
        if (!own[at]) {
          put(at, directory[at].clone());
        }
        long[] page = directory[at];
        for (int i = 1; i < page.length; i++) {
          if (page[i] != EMPTY) {
            page[i] = slot(hash(page[i]), refs[(int) page[i]]);
          }
        }
      }
    }

    /// The new version; nothing may be changed afterwards.
    NameIndex toIndex() {
      return new NameIndex(directory, count);
    }
  }
}
