package zonetrail.zone;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Header;

/// Walks over the names of a zone as they lie in its octets, see [NodeLayout], neighbours one after
/// the other: for who sends all of it and makes nothing of it.
///
/// The order is about the canonical one (RFC 4034 §6.1), for the sake of who receives: a server
/// puts a name into its tree beside the one before, which is still in the processor's cache. Names
/// in the order of memory, which is none, took BIND, Knot and NSD almost twice the time for a
/// million delegations.
///
/// The names are dealt out by the first two octets of the label below the apex; when the walk gets
/// to such a heap, it is sorted by the octets behind, four at a time, as long as more than
/// [#FEW_ALIKE] names agree in all of them. Those stay in the order of memory. So there is little
/// to do before the first name, and what was sorted is in the cache when it is sent.
///
/// A walk is often the first of its process, and its code is not compiled then: the compiler took
/// more time than the walk. So there is little code, and ranges are halved by recursion until
/// [#BATCH] are left: a loop of many turns would be compiled twice, as one that is running and as
/// part of what is called often, and who calls it once more.
///
/// Bounds: 4 octets a name, 6 more at the beginning; and 16 for each name of the largest heap. One
/// owner. Allocation: none after construction, but in [#rrset] and for the largest heap.
public final class ZoneWalk {
  /// Up to so many names that begin alike are left as they are.
  static final int FEW_ALIKE = 16;

  /// Up to here the names of a zone are one heap.
  static final int ONE_HEAP = 2_048;

  private static final int HEAPS = 1 << Short.SIZE;
  private static final int HEAP_OCTETS = 2;
  private static final int KEY_OCTETS = 4;
  private static final int MAX_LABELS = 127;

  /// No name has more octets than this.
  private static final int MAX_KEY_OCTETS = 255;

  /// How many turns a loop has at most.
  private static final int BATCH = 64;

  /// Fewer are sorted by comparing them.
  private static final int MANY_KEYS = 48;

  private static final int DIGITS = 1 << Byte.SIZE;

  private final Zone zone;
  private final int[] refs;
  private final int count;

  /// Where the heap of each beginning begins; null where there is one heap.
  private final int @Nullable [] heapBegins;

  private final int[] labels = new int[MAX_LABELS];
  private final int[] places = new int[DIGITS];

  /// Of the names that are sorted, the octets that they are sorted by and the ref.
  private long[] keyed = {};

  /// Where those are put that are dealt out by one octet.
  private long[] dealt = {};

  private int heap;
  private int heapBegin;
  private int sortedTo;
  private int next;
  private int ref = Zone.NONE;

  /// Begins before the first name.
  public ZoneWalk(Zone zone) {
    this.zone = zone;
    this.count = zone.index().count();
    int[] inMemory = new int[count];
    Zone.Entries entries = zone.entries();
    if (count <= ONE_HEAP) {
      entries.copyTo(inMemory, 0, count);
      this.refs = inMemory;
      this.heapBegins = null;
      return;
    }
    this.refs = new int[count];
    char[] beginnings = new char[count];
    int[] ends = new int[HEAPS];
    entries.copyTo(inMemory, 0, count);
    countBeginnings(inMemory, 0, count, beginnings, ends);
    addUp(ends);
    deal(inMemory, 0, count, beginnings, ends);
    this.heapBegins = ends; // Each was counted down to it.
  }

  private void countBeginnings(int[] inMemory, int from, int to, char[] beginnings, int[] counts) {
    if (to - from > BATCH) {
      int middle = (from + to) >>> 1;
      countBeginnings(inMemory, from, middle, beginnings, counts);
      countBeginnings(inMemory, middle, to, beginnings, counts);
      return;
    }
    for (int i = from; i < to; i++) {
      char beginning = beginning(zone.octets(inMemory[i]), Zone.offset(inMemory[i]));
      beginnings[i] = beginning;
      counts[beginning]++;
    }
  }

  /// The first octets of the label below the apex, as [#key] has them.
  private static char beginning(byte[] octets, int node) {
    if (NodeLayout.prefixOctets(octets, node) == 0) {
      return 0;
    }
    int label = topLabel(octets, node);
    int second = octets[label] > 1 ? small(octets[label + 2]) : 0;
    return (char) (small(octets[label + 1]) << Byte.SIZE | second);
  }

  /// Where the label below the apex begins in a name that has one.
  private static int topLabel(byte[] octets, int node) {
    int label = NodeLayout.prefix(node);
    int end = label + NodeLayout.prefixOctets(octets, node);
    int after = label + 1 + octets[label];
    while (after < end) {
      label = after;
      after = label + 1 + octets[label];
    }
    return label;
  }

  private static void addUp(int[] counts) {
    for (int i = 1; i < counts.length; i++) {
      counts[i] += counts[i - 1];
    }
  }

  /// From behind, so that each place becomes where its heap begins.
  private void deal(int[] inMemory, int from, int to, char[] beginnings, int[] ends) {
    if (to - from > BATCH) {
      int middle = (from + to) >>> 1;
      deal(inMemory, middle, to, beginnings, ends);
      deal(inMemory, from, middle, beginnings, ends);
      return;
    }
    for (int i = to - 1; i >= from; i--) {
      refs[--ends[beginnings[i]]] = inMemory[i];
    }
  }

  /// Goes to the next name.
  ///
  /// @return false if there is none
  public boolean next() {
    if (next == count) {
      ref = Zone.NONE;
      return false;
    }
    if (next == sortedTo) {
      sortHeap();
    }
    ref = refs[next++];
    return true;
  }

  /// Sorts the next heap that has a name.
  private void sortHeap() {
    heapBegin = sortedTo;
    if (heapBegins == null) {
      sortedTo = count;
    } else {
      while (sortedTo == heapBegin) {
        heap++;
        sortedTo = heap < HEAPS ? heapBegins[heap] : count;
      }
    }
    if (keyed.length < sortedTo - heapBegin) {
      keyed = new long[sortedTo - heapBegin];
      dealt = new long[sortedTo - heapBegin];
    }
    sort(heapBegin, sortedTo, heapBegins == null ? 0 : HEAP_OCTETS);
  }

  /// Sorts names that agree in their first octets by the next ones, then those that still agree.
  private void sort(int begin, int end, int skipped) {
    int first = begin - heapBegin;
    int last = end - heapBegin;
    putKeys(first, last, skipped);
    sortKeys(first, last);
    takeRefs(first, last);
    int behind = skipped + KEY_OCTETS;
    if (behind >= MAX_KEY_OCTETS) {
      return;
    }
    int crowd;
    for (int at = first; (crowd = crowdIn(at, last - FEW_ALIKE)) >= 0; ) {
      at = endOfAlike(crowd, last);
      sort(heapBegin + crowd, heapBegin + at, behind);
    }
  }

  private void putKeys(int from, int to, int skipped) {
    if (to - from > BATCH) {
      int middle = (from + to) >>> 1;
      putKeys(from, middle, skipped);
      putKeys(middle, to, skipped);
      return;
    }
    // One octet of each name first. None depends on the one before, so the processor has many on
    // their way from memory at once, for which else it would wait name by name.
    for (int i = from; i < to; i++) {
      int name = refs[heapBegin + i];
      keyed[i] = NodeLayout.prefixOctets(zone.octets(name), Zone.offset(name));
    }
    for (int i = from; i < to; i++) {
      int name = refs[heapBegin + i];
      // What has no octets before the apex is the apex, which comes first.
      long key = keyed[i] == 0 ? 0 : key(zone.octets(name), Zone.offset(name), skipped);
      keyed[i] = key << Integer.SIZE | (name & 0xffff_ffffL);
    }
  }

  /// Sorts by the octets of a key, taken as unsigned; what agrees stays in its order, which is that
  /// of the refs.
  private void sortKeys(int first, int last) {
    if (last - first < MANY_KEYS) {
      sortFew(first, last);
      return;
    }
    for (int shift = Integer.SIZE; shift < Long.SIZE; shift += Byte.SIZE) {
      Arrays.fill(places, 0);
      countDigits(first, last, shift);
      addUp(places);
      dealDigits(first, first, last, shift);
      long[] emptied = keyed;
      keyed = dealt;
      dealt = emptied;
    }
  }

  private void sortFew(int first, int last) {
    for (int i = first + 1; i < last; i++) {
      long key = keyed[i];
      int at = i;
      while (at > first && Long.compareUnsigned(keyed[at - 1], key) > 0) {
        keyed[at] = keyed[at - 1];
        at--;
      }
      keyed[at] = key;
    }
  }

  private void countDigits(int from, int to, int shift) {
    if (to - from > BATCH) {
      int middle = (from + to) >>> 1;
      countDigits(from, middle, shift);
      countDigits(middle, to, shift);
      return;
    }
    for (int i = from; i < to; i++) {
      places[(int) (keyed[i] >>> shift) & (DIGITS - 1)]++;
    }
  }

  /// @param first where the range that is sorted begins
  private void dealDigits(int first, int from, int to, int shift) {
    if (to - from > BATCH) {
      int middle = (from + to) >>> 1;
      dealDigits(first, middle, to, shift);
      dealDigits(first, from, middle, shift);
      return;
    }
    for (int i = to - 1; i >= from; i--) {
      dealt[first + --places[(int) (keyed[i] >>> shift) & (DIGITS - 1)]] = keyed[i];
    }
  }

  private void takeRefs(int from, int to) {
    if (to - from > BATCH) {
      int middle = (from + to) >>> 1;
      takeRefs(from, middle);
      takeRefs(middle, to);
      return;
    }
    for (int i = from; i < to; i++) {
      refs[heapBegin + i] = (int) keyed[i];
    }
  }

  /// The first name of a range that agrees with more than [#FEW_ALIKE], itself included; -1 if
  /// there is none. Only where the keys are sorted.
  private int crowdIn(int from, int to) {
    if (to - from > BATCH) {
      int middle = (from + to) >>> 1;
      int crowd = crowdIn(from, middle);
      return crowd >= 0 ? crowd : crowdIn(middle, to);
    }
    for (int i = from; i < to; i++) {
      if ((keyed[i] ^ keyed[i + FEW_ALIKE]) >>> Integer.SIZE == 0) {
        return i;
      }
    }
    return -1;
  }

  private int endOfAlike(int from, int last) {
    int to = from + FEW_ALIKE;
    while (to < last && (keyed[from] ^ keyed[to]) >>> Integer.SIZE == 0) {
      to++;
    }
    return to;
  }

  /// Four octets of a name as they are compared: the labels from the apex down, in small letters, a
  /// zero behind each, and zeros at the end. Not of the apex.
  ///
  /// @param skipped which is the first
  private int key(byte[] octets, int node, int skipped) {
    int label = topLabel(octets, node);
    return octets[label] >= skipped + KEY_OCTETS
        ? small(Header.u32(octets, label + 1 + skipped))
        : keyOfLabels(octets, node, skipped);
  }

  /// The same where they are not all of the label below the apex.
  private int keyOfLabels(byte[] octets, int node, int skipped) {
    int label = NodeLayout.prefix(node);
    int end = label + NodeLayout.prefixOctets(octets, node);
    int depth = 0;
    for (; label < end; label += 1 + octets[label]) {
      labels[depth++] = label;
    }
    int key = 0;
    int left = KEY_OCTETS;
    int toSkip = skipped;
    while (depth > 0 && left > 0) {
      int at = labels[--depth];
      int length = octets[at];
      if (toSkip > length) {
        toSkip -= length + 1;
        continue;
      }
      for (int i = toSkip; i <= length && left > 0; i++, left--) {
        key = key << Byte.SIZE | (i == length ? 0 : small(octets[at + 1 + i]));
      }
      toSkip = 0;
    }
    // A shift by all 32 bits would be none; it is of a key that is 0.
    return key << (left * Byte.SIZE);
  }

  /// Four octets with the capital letters among them made small: the highest bit of each shows
  /// whether it is one.
  private static int small(int octets) {
    int low = octets & 0x7f7f_7f7f;
    int isAfterZ = low + 0x0101_0101 * (0x7f - 'Z');
    int isFromA = low + 0x0101_0101 * (0x80 - 'A');
    int isCapital = (isFromA ^ isAfterZ) & ~octets & 0x8080_8080;
    return octets | isCapital >>> 2;
  }

  private static int small(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? octet + 'a' - 'A' : octet & 0xff;
  }

  /// The array in which the name lies; not to be changed.
  public byte[] octets() {
    return zone.octets(ref);
  }

  /// Where in it the name's node begins.
  public int node() {
    return Zone.offset(ref);
  }

  /// The RRset that begins at a place of the node, as a value.
  public @Nullable RRset rrset(int rrset) {
    return zone.view(ref).rrsetOfKind(NodeLayout.kind(octets(), rrset));
  }

  /// Where the octets lie that in a message stand so far behind the beginning of a set.
  ///
  /// @param rrset where the set begins
  /// @param inMessage what [NodeLayout#shared] says, less [NodeLayout#SHARED_WITH_SET]
  /// @param isOfRoot whether the root owns the set
  public static int placeOf(byte[] octets, int rrset, int inMessage, boolean isOfRoot) {
    return RdataReader.placeOf(octets, rrset, inMessage, isOfRoot);
  }
}
