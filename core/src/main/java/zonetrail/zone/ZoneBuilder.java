package zonetrail.zone;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import zonetrail.wire.Header;
import zonetrail.wire.NameKey;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// Puts a zone together record by record.
///
/// Duplicate records are dropped (RFC 2181 §5); an RRset gets the TTL of its first record (RFC 2181
/// §5.2 asks for equal ones, `ZoneCheck` reports others). What is gathered lies in octets and
/// numbers, without an object per record. Not for sharing between threads.
public final class ZoneBuilder {
  /// The most RRsets of a name, the signatures over each type counted as one: a question looks
  /// through them one by one. BIND takes 100.
  public static final int MAX_RRSETS = 1_000;

  private static final int NO = -1;
  private static final int RECORD_HEAD = 6;

  /// How many owners are known to have been met last, a power of two.
  private static final int NEARBY = 256;

  /// Up to here a set's records, and a name's sets, are looked through one by one.
  private static final int FEW = 8;

  /// What a name without records takes besides the name itself, of which the builder and the zone
  /// have one each: a node's head, and its places in two indexes and in the columns here.
  private static final int EMPTY_NODE_OCTETS = NodeLayout.PREFIX + 2 * 14 + 32;

  private final WireName apex;
  private final int apexDepth;
  private final Arena.Writer gathered = new Arena.Writer(Arena.EMPTY);
  private final NameIndex.Editor ownerIds = new NameIndex.Editor(NameIndex.NONE);
  private final NameKey key = new NameKey();
  private final OwnersAhead ahead = new OwnersAhead(ownerIds, key);
  private byte[] scratch = new byte[256];

  private final Column ownerNames = new Column();
  private final Column ownerHashes = new Column();
  private final Column ownerFirstSets = new Column();
  private final Column ownerSetCounts = new Column();
  private final Column ownerChildren = new Column();
  private final Column ownerFlags = new Column();

  private final Column setNexts = new Column();
  private final Column setTypes = new Column();
  private final Column setTtls = new Column();
  private final Column setFirsts = new Column();
  private final Column setLasts = new Column();
  private final Column setCounts = new Column();

  /// The sets of names that have many, by owner and type.
  private final Map<Long, Integer> setsOfMany = new HashMap<>();

  /// The records of sets that have many, in canonical form, by set.
  private final Map<Integer, Set<Rdata>> recordsOfMany = new HashMap<>();

  private WireName lastOwner = WireName.ROOT;
  private int lastOwnerId = NO;
  private int records;
  private int soas;

  /// Begins a zone.
  public ZoneBuilder(WireName apex) {
    this.apex = apex;
    this.apexDepth = apex.labelCount();
  }

  /// The name of the zone begun.
  public WireName apex() {
    return apex;
  }

  /// What became of a record that was added.
  public enum Added {
    /// It is in the zone.
    ADDED,
    /// It is in the zone, with the TTL of its RRset's first record and not its own.
    ADDED_WITH_OTHER_TTL,
    /// It was there already.
    DUPLICATE,
    /// Its owner has [#MAX_RRSETS] RRsets already, so it is not taken.
    TOO_MANY_TYPES
  }

  /// The zone takes more memory than there is for it.
  public static final class TooLargeException extends Exception {
    private static final long serialVersionUID = 1L;

    private TooLargeException() {
      super("the zone takes more memory than there is for it");
    }
  }

  /// Adds a record. It is a duplicate, too, of one that differs in the case of names within its
  /// rdata, where the type says that this does not count (RFC 3597 §6, RFC 4034 §6.2).
  ///
  /// @return what became of it
  /// @throws IllegalArgumentException if the owner lies outside the zone
  public Added add(WireName owner, RRType type, int ttlSeconds, Rdata rdata) {
    int set = set(ownerId(owner), NodeLayout.kind(type, rdata), ttlSeconds);
    if (set == NO) {
      return Added.TOO_MANY_TYPES;
    }
    if (isThere(set, type, rdata)) {
      return Added.DUPLICATE;
    }
    int record = gather(rdata);
    if (setCounts.get(set) == 0) {
      setFirsts.set(set, record);
    } else {
      int last = setLasts.get(set);
      Header.putU32(gathered.octets(last), Arena.offset(last), record);
    }
    setLasts.set(set, record);
    setCounts.set(set, setCounts.get(set) + 1);
    records++;
    if (type == RRType.SOA && owner.equals(apex)) {
      soas++;
    }
    return setTtls.get(set) == ttlSeconds ? Added.ADDED : Added.ADDED_WITH_OTHER_TTL;
  }

  /// How many SOA records the apex has so far.
  public int soaCount() {
    return soas;
  }

  /// Says whose records are added next, in this order; some of them may not be. That makes adding
  /// faster, and changes nothing else. The array is not changed until then.
  ///
  /// @param from the index of the first one
  /// @param to the index behind the last one
  public void expect(WireName[] owners, int from, int to) {
    ahead.expect(owners, from, to);
  }

  private int ownerId(WireName owner) {
    if (lastOwnerId == NO || !owner.equals(lastOwner)) {
      if (!owner.isAtOrBelow(apex)) {
        throw new IllegalArgumentException(owner + " is not in zone " + apex);
      }
      int hash = ahead.hash(owner);
      int there = findOwner(owner, hash);
      lastOwnerId = there == NO ? addOwner(owner, 0, hash) : there;
      lastOwner = owner;
    }
    return lastOwnerId;
  }

  /// A name at or below the apex, or -1.
  private int findOwner(WireName owner, int hash) {
    int prefix = owner.length() - apex.length();
    long[] page = ownerIds.page(hash);
    int place = -1;
    while ((place = NameIndex.search(page, hash, place)) >= 0) {
      int id = NameIndex.refAt(page, place);
      int name = ownerNames.get(id);
      byte[] octets = gathered.octets(name);
      int at = Arena.offset(name);
      if ((octets[at] & 0xff) == prefix && owner.startsLike(prefix, octets, at + 1)) {
        return id;
      }
    }
    return NO;
  }

  /// The ancestor of [#key] of a depth, or -1. Most of those looked for were met just now, as glue
  /// stands beside its delegation.
  ///
  /// @param nearby owners met last, by the lower bits of their hashes
  private int findOwner(int depth, int[] nearby) {
    int start = key.start(depth);
    int place = key.hash(depth) & nearby.length - 1;
    int met = nearby[place];
    if (met != NO && isOwner(met, start, key.length() - apex.length() - start)) {
      return met;
    }
    int found = findOwner(depth);
    nearby[place] = found == NO ? met : found;
    return found;
  }

  /// The ancestor of [#key] of a depth, or -1.
  private int findOwner(int depth) {
    int start = key.start(depth);
    int prefix = key.length() - apex.length() - start;
    int hash = key.hash(depth);
    long[] page = ownerIds.page(hash);
    int place = -1;
    while ((place = NameIndex.search(page, hash, place)) >= 0) {
      int id = NameIndex.refAt(page, place);
      if (isOwner(id, start, prefix)) {
        return id;
      }
    }
    return NO;
  }

  /// Whether a part of [#key] is an owner's labels before the apex.
  private boolean isOwner(int id, int start, int prefix) {
    int name = ownerNames.get(id);
    byte[] octets = gathered.octets(name);
    int at = Arena.offset(name);
    return (octets[at] & 0xff) == prefix && key.matches(start, prefix, octets, at + 1);
  }

  /// Adds a name, or the ancestor of it that begins at an octet.
  private int addOwner(WireName name, int start, int hash) {
    int prefix = name.length() - apex.length() - start;
    byte[] entry = scratch(1 + WireName.MAX_OCTETS);
    name.copyTo(entry, 0);
    System.arraycopy(entry, start, entry, 1, prefix);
    entry[0] = (byte) prefix;
    int id = ownerNames.add(gathered.append(entry, 1 + prefix));
    ownerHashes.add(hash);
    ownerFirstSets.add(NO);
    ownerSetCounts.add(0);
    ownerChildren.add(0);
    ownerFlags.add(0);
    ownerIds.add(hash, id);
    return id;
  }

  /// @return the set, begun if need be, or -1 if the owner may have no more
  private int set(int owner, int type, int ttlSeconds) {
    int sets = ownerSetCounts.get(owner);
    long ownerAndType = (long) owner << Integer.SIZE | (type & 0xffff_ffffL);
    if (sets > FEW) {
      Integer there = setsOfMany.get(ownerAndType);
      if (there != null) {
        return there;
      }
    } else {
      for (int set = ownerFirstSets.get(owner); set != NO; set = setNexts.get(set)) {
        if (setTypes.get(set) == type) {
          return set;
        }
      }
    }
    if (sets == MAX_RRSETS) {
      return NO;
    }
    int set = setNexts.add(ownerFirstSets.get(owner));
    setTypes.add(type);
    setTtls.add(ttlSeconds);
    setFirsts.add(NO);
    setLasts.add(NO);
    setCounts.add(0);
    ownerFirstSets.set(owner, set);
    ownerSetCounts.set(owner, sets + 1);
    if (sets == FEW) {
      for (int each = set; each != NO; each = setNexts.get(each)) {
        setsOfMany.put((long) owner << Integer.SIZE | (setTypes.get(each) & 0xffff_ffffL), each);
      }
    } else if (sets > FEW) {
      setsOfMany.put(ownerAndType, set);
    }
    return set;
  }

  @Rfc(number = 2181, section = "5")
  @Rfc(number = 3597, section = "6")
  private boolean isThere(int set, RRType type, Rdata rdata) {
    int count = setCounts.get(set);
    if (count == 0) {
      return false;
    }
    if (count > FEW) {
      return !recordsOfMany
          .computeIfAbsent(set, any -> new HashSet<>(canonicalRecords(set, type)))
          .add(canonical(type, rdata));
    }
    int record = setFirsts.get(set);
    for (int i = 0; i < count; i++) {
      byte[] octets = gathered.octets(record);
      int at = Arena.offset(record);
      // What differs by more than case differs in canonical form.
      if (Header.u16(octets, at + 4) == rdata.length()
          && rdata.isLike(octets, at + RECORD_HEAD)
          && canonical(type, read(record)).equals(canonical(type, rdata))) {
        return true;
      }
      record = Header.u32(octets, at);
    }
    return false;
  }

  /// Rdata in the form in which two of them are compared, to know a record from a duplicate.
  static Rdata canonical(RRType type, Rdata rdata) {
    RdataLayout layout = RdataLayout.of(type);
    return layout != null && layout.foldsNames() ? rdata.canonical(layout) : rdata;
  }

  private List<Rdata> canonicalRecords(int set, RRType type) {
    return read(set, setCounts.get(set)).stream().map(rdata -> canonical(type, rdata)).toList();
  }

  private int gather(Rdata rdata) {
    int octets = RECORD_HEAD + rdata.length();
    byte[] entry = scratch(octets);
    Header.putU32(entry, 0, 0);
    Header.putU16(entry, 4, rdata.length());
    rdata.copyTo(0, entry, RECORD_HEAD, rdata.length());
    return gathered.append(entry, octets);
  }

  private byte[] scratch(int octets) {
    if (scratch.length < octets) {
      scratch = new byte[Math.max(octets, scratch.length * 2)];
    }
    return scratch;
  }

  private Rdata read(int record) {
    byte[] octets = gathered.octets(record);
    int at = Arena.offset(record);
    return Rdata.of(octets, at + RECORD_HEAD, Header.u16(octets, at + 4));
  }

  private List<Rdata> read(int set, int count) {
    if (count == 1) {
      return List.of(read(setFirsts.get(set)));
    }
    List<Rdata> rdatas = new ArrayList<>(count);
    int record = setFirsts.get(set);
    for (int i = 0; i < count; i++) {
      rdatas.add(read(record));
      record = Header.u32(gathered.octets(record), Arena.offset(record));
    }
    return rdatas;
  }

  /// The zone, however large.
  ///
  /// @throws IllegalStateException unless [#soaCount()] is 1
  public Zone build() {
    try {
      return build(Long.MAX_VALUE);
    } catch (TooLargeException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// The zone, if there is memory for it. A few records may ask for much: the names between the
  /// apex and a name of 120 labels are nodes of the zone too. The builder is of no use afterwards.
  ///
  /// @param room how many octets of the heap it may take besides those of its records
  /// @throws IllegalStateException unless [#soaCount()] is 1
  /// @throws TooLargeException if it takes more
  public Zone build(long room) throws TooLargeException {
    if (soas != 1) {
      throw new IllegalStateException("zone " + apex + " has " + soas + " SOA records");
    }
    addEmptyNonTerminals(room);
    Arena.Writer arena = new Arena.Writer(Arena.EMPTY);
    int[] refs = new int[ownerNames.size()];
    Barriers.Counter barriers = new Barriers.Counter(Barriers.NONE);
    NodeEncoder encoder = new NodeEncoder(apex);
    for (int owner = 0; owner < ownerNames.size(); owner++) {
      WireName name = ownerName(owner);
      encode(encoder, owner, name);
      barriers.add(NodeLayout.flags(encoder.octets(), 0), name.labelCount(), 1);
      refs[owner] = arena.append(encoder.octets(), encoder.end());
    }
    ownerIds.replaceAll(refs);
    return new Zone(
        apex, arena.toTrimmedArena(), ownerIds.toIndex(), records, barriers.toBarriers());
  }

  private static void requireRoom(long room, long octets) throws TooLargeException {
    if (octets > room) {
      throw new TooLargeException();
    }
  }

  private WireName ownerName(int owner) {
    int ref = ownerNames.get(owner);
    byte[] octets = gathered.octets(ref);
    int at = Arena.offset(ref);
    return WireName.join(octets, at + 1, octets[at] & 0xff, apex);
  }

  /// Adds the names between the apex and the owners, and tells each name of those below it.
  @Rfc(number = 4592, section = "2.2.2")
  private void addEmptyNonTerminals(long room) throws TooLargeException {
    int owners = ownerNames.size();
    long octets = 0;
    int[] nearby = new int[owners < NEARBY ? Integer.highestOneBit(owners) : NEARBY];
    Arrays.fill(nearby, NO);
    byte[] name = new byte[WireName.MAX_OCTETS];
    int top = topOwner();
    for (int owner = 0; owner < owners; owner++) {
      nearby[ownerHashes.get(owner) & nearby.length - 1] = owner;
      int entry = ownerNames.get(owner);
      byte[] labels = gathered.octets(entry);
      int first = Arena.offset(entry) + 1;
      int prefix = labels[first - 1] & 0xff;
      if (prefix > 0 && labels[first] == prefix - 1) {
        boolean isStar = prefix == 2 && labels[first + 1] == '*';
        addChild(top, isStar);
      } else if (prefix > 0) {
        System.arraycopy(labels, first, name, 0, prefix);
        key.set(name, 0, apex.copyTo(name, prefix));
        octets = addBetween(owner, nearby, octets, room);
      }
    }
  }

  /// Adds the names between the apex and an owner, which [#key] holds, and counts it.
  ///
  /// @param octets what names added before take
  /// @return the same with those added here
  private long addBetween(int owner, int[] nearby, long octets, long room)
      throws TooLargeException {
    long taken = octets;
    int child = NO;
    for (int depth = key.depth() - 1; child == NO && depth >= apexDepth; depth--) {
      child = findOwner(depth, nearby);
      int parent =
          child == NO ? addOwner(ownerName(owner), key.start(depth), key.hash(depth)) : child;
      addChild(parent, isWildcard(key.start(depth + 1)));
      if (child == NO) {
        taken += EMPTY_NODE_OCTETS + 2L * (key.length() - key.start(depth));
        requireRoom(room, taken);
      }
    }
    return taken;
  }

  private void addChild(int parent, boolean isStar) {
    ownerChildren.set(parent, ownerChildren.get(parent) + 1);
    if (isStar) {
      ownerFlags.set(parent, NodeLayout.WILDCARD_CHILD);
    }
  }

  /// The apex, which has an SOA record.
  private int topOwner() {
    key.set(apex);
    return findOwner(apexDepth);
  }

  private boolean isWildcard(int label) {
    return key.octetAt(label) == 1 && key.octetAt(label + 1) == '*';
  }

  private void encode(NodeEncoder encoder, int owner, WireName name) {
    encoder.begin(name, ownerFlags.get(owner), ownerChildren.get(owner));
    switch (ownerSetCounts.get(owner)) {
      case 0 -> {}
      case 1 -> encodeSet(encoder, name, ownerFirstSets.get(owner));
      default -> {
        for (int set : setsInOrder(owner)) {
          encodeSet(encoder, name, set);
        }
      }
    }
    encoder.finish();
  }

  private void encodeSet(NodeEncoder encoder, WireName owner, int set) {
    int type = setTypes.get(set);
    encoder.add(
        owner,
        RRType.of(type >>> Short.SIZE),
        type & 0xffff,
        setTtls.get(set),
        read(set, setCounts.get(set)));
  }

  private int[] setsInOrder(int owner) {
    int[] sets = new int[ownerSetCounts.get(owner)];
    int set = ownerFirstSets.get(owner);
    for (int i = 0; i < sets.length; i++) {
      sets[i] = set;
      set = setNexts.get(set);
    }
    long[] byType = new long[sets.length];
    for (int i = 0; i < sets.length; i++) {
      // Types are unsigned, and the sort is not.
      long type = setTypes.get(sets[i]) ^ Integer.MIN_VALUE;
      byType[i] = type << Integer.SIZE | sets[i];
    }
    Arrays.sort(byType);
    for (int i = 0; i < sets.length; i++) {
      sets[i] = (int) byType[i];
    }
    return sets;
  }

  /// Numbers, as many as there are. One thread.
  private static final class Column {
    private int[] numbers = new int[8];
    private int size;

    int size() {
      return size;
    }

    int get(int index) {
      return numbers[index];
    }

    void set(int index, int number) {
      numbers[index] = number;
    }

    /// @return its index
    int add(int number) {
      if (size == numbers.length) {
        numbers = Arrays.copyOf(numbers, size * 2);
      }
      numbers[size] = number;
      return size++;
    }
  }
}
