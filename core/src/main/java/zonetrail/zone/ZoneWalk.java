package zonetrail.zone;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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
/// Bounds: 4 octets a name, 6 more at the beginning; and 8 for each name of the largest heap. One
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

  private final Zone zone;
  private final int[] refs;
  private final int count;

  /// Where the heap of each beginning ends; null where there is one heap.
  private final int @Nullable [] heapEnds;

  private final int[] labels = new int[MAX_LABELS];
  private long[] keyed = {};
  private int heap;
  private int heapBegin;
  private int sortedTo;
  private int next;
  private int ref = Zone.NONE;

  /// Begins before the first name.
  public ZoneWalk(Zone zone) {
    this.zone = zone;
    int[] inMemory = new int[zone.index().count()];
    int names = 0;
    for (Zone.Entries entries = zone.entries(); entries.next() != Zone.NONE; entries.advance()) {
      inMemory[names++] = entries.next();
    }
    this.count = names;
    if (names <= ONE_HEAP) {
      this.refs = inMemory;
      this.heapEnds = null;
    } else {
      this.heapEnds = new int[HEAPS];
      this.refs = deal(inMemory, names, heapEnds);
    }
  }

  /// Deals names out by how they begin: first it is counted how many of each there are.
  ///
  /// @param heapEnds where the ends of the heaps are put
  private int[] deal(int[] inMemory, int names, int[] heapEnds) {
    char[] beginnings = new char[names];
    int[] places = new int[HEAPS + 1];
    for (int i = 0; i < names; i++) {
      beginnings[i] = (char) key(inMemory[i], 0, HEAP_OCTETS);
      places[beginnings[i] + 1]++;
    }
    for (int i = 0; i < HEAPS; i++) {
      places[i + 1] += places[i];
    }
    System.arraycopy(places, 1, heapEnds, 0, HEAPS);
    int[] dealt = new int[names];
    for (int i = 0; i < names; i++) {
      dealt[places[beginnings[i]]++] = inMemory[i];
    }
    return dealt;
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
    if (heapEnds == null) {
      sortedTo = count;
    } else {
      while (heapEnds[heap] == heapBegin) {
        heap++;
      }
      sortedTo = heapEnds[heap];
    }
    if (keyed.length < sortedTo - heapBegin) {
      keyed = new long[sortedTo - heapBegin];
    }
    sort(heapBegin, sortedTo, heapEnds == null ? 0 : HEAP_OCTETS);
  }

  /// Sorts names that agree in their first octets by the next ones, then those that still agree.
  private void sort(int begin, int end, int skipped) {
    for (int i = begin; i < end; i++) {
      // The highest bit turned, for numbers are sorted as signed ones.
      long key = key(refs[i], skipped, KEY_OCTETS) ^ Integer.MIN_VALUE;
      keyed[i - heapBegin] = key << Integer.SIZE | (refs[i] & 0xffff_ffffL);
    }
    Arrays.sort(keyed, begin - heapBegin, end - heapBegin);
    for (int i = begin; i < end; i++) {
      refs[i] = (int) keyed[i - heapBegin];
    }
    int behind = skipped + KEY_OCTETS;
    if (end - begin <= FEW_ALIKE || behind >= MAX_KEY_OCTETS) {
      return;
    }
    int first = begin;
    for (int i = begin + 1; i <= end; i++) {
      if (i == end
          || keyed[i - heapBegin] >> Integer.SIZE != keyed[first - heapBegin] >> Integer.SIZE) {
        if (i - first > FEW_ALIKE) {
          sort(first, i, behind);
        }
        first = i;
      }
    }
  }

  /// Some octets of a name as they are compared: the labels from the apex down, in small letters, a
  /// zero behind each, and zeros at the end.
  ///
  /// @param skipped which is the first
  /// @param wanted how many, at most 4
  private int key(int ref, int skipped, int wanted) {
    byte[] octets = zone.octets(ref);
    int node = Zone.offset(ref);
    int label = NodeLayout.prefix(node);
    int end = label + NodeLayout.prefixOctets(octets, node);
    int depth = 0;
    for (; label < end; label += 1 + octets[label]) {
      labels[depth++] = label;
    }
    int key = 0;
    int left = wanted;
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
    return key << (left * Byte.SIZE);
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
