package zonetrail.zone;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.NameKey;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// One version of a zone: its apex, and every name at or below it that exists.
///
/// The octets that [NodeLayout] describes *are* the zone: queries are answered from them, and
/// [Node] and [RRset] are what they say, made when it is asked for. Versions share what did not
/// change. A zone has exactly one SOA record, at its apex; [ZoneBuilder] makes nothing else.
/// Whether the rest of it makes sense is `ZoneCheck`'s to say. Immutable, safe on any thread.
@Rfc(number = 1034, section = "4.2.1")
public final class Zone implements ServedZone {
  /// No such name.
  public static final int NONE = Arena.NONE;

  private static final int OBJECT_OCTETS = 300;

  /// A label of one octet.
  private static final int WILDCARD_OCTETS = 2;

  private final WireName apex;
  private final int apexDepth;
  private final Arena arena;
  private final NameIndex index;
  private final int top;
  private final RRset soa;
  private final int recordCount;
  private final Barriers barriers;
  private final @Nullable DenialChain denialChain;

  Zone(WireName apex, Arena arena, NameIndex index, int recordCount, Barriers barriers) {
    this.apex = apex;
    this.apexDepth = apex.labelCount();
    this.arena = arena;
    this.index = index;
    this.recordCount = recordCount;
    this.barriers = barriers;
    this.top = findTop();
    RRset soaThere = top == NONE ? null : view(top).rrset(RRType.SOA);
    if (soaThere == null) {
      throw new IllegalStateException("zone " + apex + " has no SOA record");
    }
    this.soa = soaThere;
    this.denialChain = DenialChain.of(this);
  }

  @Override
  public WireName apex() {
    return apex;
  }

  /// The node at the apex.
  public Node top() {
    return view(top);
  }

  /// The RRset that holds the one SOA record.
  public RRset soa() {
    return soa;
  }

  /// The serial in the SOA.
  public Serial serial() {
    return SoaSerial.of(soa.rdatas().getFirst());
  }

  /// How long a secondary may serve the zone without hearing of its primary, in seconds, as an
  /// unsigned number (RFC 1035 §3.3.13).
  @Rfc(number = 1035, section = "3.3.13")
  public int expireSeconds() {
    Rdata rdata = soa.rdatas().getFirst();
    return rdata.u32At(rdata.length() - 8);
  }

  /// The TTL of negative answers: the lesser of the SOA's own TTL and its MINIMUM, in seconds (RFC
  /// 2308 §5).
  @Rfc(number = 2308, section = "5")
  public int negativeTtlSeconds() {
    Rdata rdata = soa.rdatas().getFirst();
    int minimum = rdata.u32At(rdata.length() - 4);
    return minimum < 0 ? soa.ttlSeconds() : Math.min(soa.ttlSeconds(), minimum);
  }

  /// The node at a name, or null if the name does not exist in this zone's data.
  public @Nullable Node node(WireName name) {
    if (!name.isAtOrBelow(apex)) {
      return null;
    }
    int prefix = name.length() - apex.length();
    int hash = name.keyHash();
    long[] page = index.page(hash);
    int place = -1;
    while ((place = NameIndex.search(page, hash, place)) >= 0) {
      Node node = view(NameIndex.refAt(page, place));
      if (node.beginsLike(name, prefix)) {
        return node;
      }
    }
    return null;
  }

  /// The entry of the only name with nothing before the apex.
  private int findTop() {
    int hash = apex.keyHash();
    long[] page = index.page(hash);
    int place = -1;
    while ((place = NameIndex.search(page, hash, place)) >= 0) {
      int ref = NameIndex.refAt(page, place);
      if (NodeLayout.prefixOctets(arena.octets(ref), Arena.offset(ref)) == 0) {
        return ref;
      }
    }
    return NONE;
  }

  /// The entry of a name.
  ///
  /// @param key a name at or below the apex
  /// @param depth that of the ancestor of it that is looked for, at least [#apexDepth()]
  /// @return for [#octets] and [#offset], or [#NONE]
  public int find(NameKey key, int depth) {
    return find(key, depth, key.hash(depth), 0);
  }

  /// The entry of `*` below an ancestor of a name.
  ///
  /// @param key a name at or below the apex
  /// @param depth that of the ancestor
  public int findWildcard(NameKey key, int depth) {
    return find(key, depth, key.hashOfWildcard(depth), WILDCARD_OCTETS);
  }

  private int find(NameKey key, int depth, int hash, int wildcardOctets) {
    long[] page = index.page(hash);
    int place = -1;
    while ((place = NameIndex.search(page, hash, place)) >= 0) {
      int ref = NameIndex.refAt(page, place);
      if (isAt(ref, key, depth, wildcardOctets)) {
        return ref;
      }
    }
    return NONE;
  }

  /// Whether an entry is that of an ancestor of a name, or of the name itself, as [#find] has it.
  boolean isAt(int entry, NameKey key, int depth) {
    return isAt(entry, key, depth, 0);
  }

  /// @param wildcardOctets how many octets a `*` takes before the ancestor; 0 if none is looked for
  private boolean isAt(int entry, NameKey key, int depth, int wildcardOctets) {
    int start = key.start(depth);
    int rest = key.length() - apex.length() - start;
    byte[] octets = arena.octets(entry);
    int node = Arena.offset(entry);
    int prefix = NodeLayout.prefix(node);
    return NodeLayout.prefixOctets(octets, node) == wildcardOctets + rest
        && (wildcardOctets == 0 || (octets[prefix] == 1 && octets[prefix + 1] == '*'))
        && key.matches(start, rest, octets, prefix + wildcardOctets);
  }

  /// How many labels the apex has.
  public int apexDepth() {
    return apexDepth;
  }

  /// The entry of the apex.
  public int topEntry() {
    return top;
  }

  /// The array in which an entry lies; not to be changed.
  public byte[] octets(int entry) {
    return arena.octets(entry);
  }

  /// Where in its array an entry begins.
  public static int offset(int entry) {
    return Arena.offset(entry);
  }

  /// The least depth, from one on, at which there is a name that decides over those below it: a
  /// zone cut, a DNAME or a hash; or [Integer#MAX_VALUE].
  public int barrierFrom(int depth) {
    return barriers.nextFrom(depth);
  }

  /// The nearest ancestor of a name, not the name itself, that has one of some flags.
  ///
  /// @param key a name at or below the apex
  /// @param flags of [NodeLayout#CUT] and [NodeLayout#DNAME]
  /// @return its depth, or -1
  int nearestAbove(NameKey key, int flags) {
    for (int depth = key.depth() - 1; depth >= apexDepth; depth--) {
      if (barriers.nextFrom(depth) == depth) {
        int entry = find(key, depth);
        if (entry != NONE && (flags(entry) & flags) != 0) {
          return depth;
        }
      }
    }
    return -1;
  }

  private int flags(int entry) {
    return NodeLayout.flags(arena.octets(entry), Arena.offset(entry));
  }

  Node view(int ref) {
    return new Node(apex, ref, arena.octets(ref), Arena.offset(ref));
  }

  /// Every node, empty non-terminals too, about in the order in which they were written;
  /// unmodifiable.
  public Collection<Node> nodes() {
    return new AbstractCollection<>() {
      @Override
      public Iterator<Node> iterator() {
        Entries entries = entries();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return entries.next() != NONE;
          }

          @Override
          public Node next() {
            int ref = entries.next();
            if (ref == NONE) {
              throw new NoSuchElementException();
            }
            entries.advance();
            return view(ref);
          }
        };
      }

      @Override
      public int size() {
        return index.count();
      }
    };
  }

  /// Walks over the entries of this version.
  Entries entries() {
    return new Entries();
  }

  /// The entries of a version, in the order in which they lie. One thread.
  final class Entries {
    private static final int COPIED_AT_ONCE = 64;

    private @Nullable Named named;
    private int chunk;
    private int offset;
    private int next = NONE;

    private Entries() {
      advance();
    }

    /// The entry that the walk is at, or [#NONE] at its end.
    int next() {
      return next;
    }

    void advance() {
      while (chunk < arena.chunkCount()) {
        while (offset < arena.end(chunk)) {
          int ref = Arena.ref(chunk, offset);
          offset += Arena.padded(NodeLayout.octets(arena.octets(ref), offset));
          if (arena.needed(chunk) == arena.end(chunk) || isOfThisVersion(ref)) {
            next = ref;
            return;
          }
        }
        chunk++;
        offset = 0;
      }
      next = NONE;
    }

    /// Copies the next entries, of which there must be as many.
    void copyTo(int[] refs, int from, int to) {
      if (to - from > COPIED_AT_ONCE) { // No loop of many turns: see ZoneWalk.
        int middle = (from + to) >>> 1;
        copyTo(refs, from, middle);
        copyTo(refs, middle, to);
        return;
      }
      for (int i = from; i < to; i++) {
        refs[i] = next;
        advance();
      }
    }

    private boolean isOfThisVersion(int ref) {
      Named used = named == null ? new Named(new NameKey(), new byte[WireName.MAX_OCTETS]) : named;
      named = used;
      setKey(used.key, used.name, ref);
      return find(used.key, used.key.depth()) == ref;
    }

    /// Needed only where some entries are of other versions.
    @SuppressWarnings("ArrayRecordComponent") // room, never compared
    private record Named(NameKey key, byte[] name) {}
  }

  /// Lets a key hold the name of an entry.
  ///
  /// @param name room for a name
  void setKey(NameKey key, byte[] name, int ref) {
    setKey(key, name, arena.octets(ref), Arena.offset(ref));
  }

  /// Lets a key hold the name of a node that lies somewhere.
  void setKey(NameKey key, byte[] name, byte[] octets, int node) {
    key.set(name, 0, copyName(name, octets, node));
  }

  /// Copies the name of a node that lies somewhere.
  ///
  /// @param name room for a name
  /// @return how many octets it has
  int copyName(byte[] name, byte[] octets, int node) {
    int prefix = NodeLayout.prefixOctets(octets, node);
    System.arraycopy(octets, NodeLayout.prefix(node), name, 0, prefix);
    return apex.copyTo(name, prefix);
  }

  /// What proves to a validator that a name or a type does not exist; null in a zone that has no
  /// such records.
  public @Nullable DenialChain denialChain() {
    return denialChain;
  }

  /// Whether somebody has signed or digested the zone as it is (DNSKEY or ZONEMD at the apex), so
  /// that a change by us would make it bogus.
  @Rfc(number = 8976, section = "3")
  public boolean isSealed() {
    return top().has(RRType.DNSKEY) || top().has(RRType.ZONEMD);
  }

  /// How many records the zone has.
  public int recordCount() {
    return recordCount;
  }

  /// About how much of the heap the zone takes, in octets.
  public long heapOctets() {
    return OBJECT_OCTETS
        + arena.heapOctets()
        + index.heapOctets()
        + (denialChain == null ? 0 : denialChain.heapOctets());
  }

  /// The next version: this one with a change.
  ///
  /// Costs what it changes: the names concerned, and those above them that come, go or get other
  /// children; then the pages of the index that these are in and the index's directory, and some
  /// compaction, which [Compaction] bounds. All else is shared. This version stays as it is; more
  /// than one change may be made of it. A zone with a denial chain gets a new one, and that takes a
  /// look at each name: a chain holds the places of all its links, in their order, and both the
  /// change and the compaction move them. (We do not edit signed zones; whoever does pays this.)
  ///
  /// @throws IllegalArgumentException if the change is one of another zone, or of a version that
  ///   differs in an RRset concerned
  public Zone with(ZoneChange change) {
    return change.isEmpty() && change.apex().equals(apex)
        ? this
        : new ZoneRevision(this, change).zone();
  }

  Arena arena() {
    return arena;
  }

  NameIndex index() {
    return index;
  }

  Barriers barriers() {
    return barriers;
  }

  /// The RRset of an owner and kind (see [NodeLayout#kind]), or null.
  @Nullable RRset rrset(WireName owner, int kind) {
    Node node = node(owner);
    return node == null ? null : node.rrsetOfKind(kind);
  }

  /// The nodes that another version has not, or not with the same records. Costs a look at the
  /// names near those that changed; of zones that were made apart, at all.
  ///
  /// @param enough how many are looked for; there is at most one more
  List<Node> nodesUnlike(Zone other, int enough) {
    List<Node> nodes = new ArrayList<>();
    NameKey key = new NameKey();
    byte[] name = new byte[WireName.MAX_OCTETS];
    index.forEachNotShared(
        other.index,
        ref -> {
          setKey(key, name, ref);
          int theirs = other.find(key, key.depth());
          Node node = view(ref);
          if (theirs == NONE || !node.sameRecords(other.view(theirs))) {
            nodes.add(node);
          }
          return nodes.size() <= enough;
        });
    return nodes;
  }

  /// Whether both zones hold the same records, the SOA included.
  public boolean sameRecords(Zone other) {
    return recordCount == other.recordCount
        && apex.equals(other.apex)
        && index.count() == other.index.count()
        && nodesUnlike(other, 0).isEmpty();
  }
}
