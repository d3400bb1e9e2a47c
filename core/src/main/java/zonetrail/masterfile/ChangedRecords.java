package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.ZoneChange.Replacement;

/// The records of a master file that a change concerns: those of the RRsets that become others, and
/// the others of their owners.
final class ChangedRecords {
  /// So many bits of a hash say which of a word.
  private static final int HASH_BITS = 6;

  private final Records table;
  private final Map<WireName, OfOwner> owners = new HashMap<>();

  /// Those whose RRsets become others.
  private final Set<Integer> changing = new HashSet<>();

  /// A bit for the hash of each owner concerned, so that most others need no look into the map.
  private final long[] hashes = new long[64];

  private @Nullable WireName lastOwner;
  private @Nullable OfOwner ofLastOwner;

  /// The records of one owner.
  static final class OfOwner {
    private final Map<Integer, OfRRset> sets = new HashMap<>();
    private final List<Integer> records = new ArrayList<>();

    /// All of them, in the order of the text.
    List<Integer> records() {
      return records;
    }
  }

  /// The records of one RRset that becomes another one.
  static final class OfRRset {
    final Replacement replacement;
    final OfOwner ofOwner;
    private final List<Integer> records = new ArrayList<>();

    private OfRRset(Replacement replacement, OfOwner ofOwner) {
      this.replacement = replacement;
      this.ofOwner = ofOwner;
    }

    /// In the order of the text, duplicates among them.
    List<Integer> records() {
      return records;
    }
  }

  private ChangedRecords(Records table, ZoneChange change) {
    this.table = table;
    for (Replacement replacement : change.replacements()) {
      OfOwner ofOwner = owners.computeIfAbsent(replacement.owner(), any -> new OfOwner());
      int hash = replacement.owner().hashCode();
      hashes[hash >>> HASH_BITS & hashes.length - 1] |= 1L << hash;
      RRset rrset = replacement.before() == null ? replacement.after() : replacement.before();
      int covered = rrset != null && rrset.type() == RRType.RRSIG ? rrset.typeCovered().value() : 0;
      ofOwner.sets.put(kind(replacement.type(), covered), new OfRRset(replacement, ofOwner));
    }
  }

  /// A place for the records of each RRset of a change; none is in it yet.
  static ChangedRecords none(Records table, ZoneChange change) {
    return new ChangedRecords(table, change);
  }

  /// All records that a change concerns.
  static ChangedRecords of(Records table, ZoneChange change) {
    ChangedRecords changed = new ChangedRecords(table, change);
    for (int record = 0; record < table.count(); record++) {
      changed.take(record);
    }
    return changed;
  }

  /// The same where owners are known: no record of another one is looked at.
  static ChangedRecords of(Records table, ZoneChange change, OwnerRuns runs) {
    ChangedRecords changed = new ChangedRecords(table, change);
    NameOrder order = new NameOrder(true);
    OwnerOrder ordered = runs.ordered(order);
    for (WireName owner : changed.owners.keySet()) {
      int run = ordered.firstFrom(owner, order);
      for (; run < ordered.count() && ordered.name(run).equals(owner); run++) {
        int head = runs.head(ordered.place(run));
        int last = runs.last(head);
        for (int record = head; record <= last; record++) {
          changed.take(record);
        }
      }
    }
    return changed;
  }

  /// Takes a record if the change concerns it.
  ///
  /// @return whether its RRset is one that becomes another one
  boolean take(int record) {
    OfOwner ofOwner = ofOwner(table.owner(record));
    if (ofOwner == null) {
      return false;
    }
    ofOwner.records.add(record);
    OfRRset set = ofOwner.sets.get(kind(table.type(record), table.covered(record)));
    if (set == null) {
      return false;
    }
    set.records.add(record);
    changing.add(record);
    return true;
  }

  /// Whether a record that was taken is one whose RRset becomes another one.
  boolean isChanging(int record) {
    return changing.contains(record);
  }

  /// Records one after the other share their owner's object, so most need no look into the map.
  @SuppressWarnings("ReferenceEquality") // the very object; another one is looked up
  private @Nullable OfOwner ofOwner(WireName owner) {
    if (owner != lastOwner) {
      lastOwner = owner;
      int hash = owner.hashCode();
      boolean mayBe = (hashes[hash >>> HASH_BITS & hashes.length - 1] >>> hash & 1) != 0;
      ofLastOwner = mayBe ? owners.get(owner) : null;
    }
    return ofLastOwner;
  }

  /// One number for type and type covered.
  private static int kind(RRType type, int covered) {
    return type.value() << Short.SIZE | covered;
  }

  /// The RRsets, in the order of a change.
  @SuppressWarnings("ReferenceEquality") // the change's very own
  List<OfRRset> sets(ZoneChange change) {
    List<OfRRset> sets = new ArrayList<>();
    for (Replacement replacement : change.replacements()) {
      OfOwner ofOwner = owners.get(replacement.owner());
      if (ofOwner != null) {
        ofOwner.sets.values().stream()
            .filter(set -> set.replacement == replacement)
            .forEach(sets::add);
      }
    }
    return sets;
  }

  /// The RRset that is served of records, as `ZoneBuilder` makes it: with the first one's TTL, and
  /// of duplicates the first.
  @Nullable RRset served(OfRRset set) {
    if (set.records.isEmpty()) {
      return null;
    }
    int first = set.records.getFirst();
    Set<Rdata> there = new TreeSet<>();
    List<Rdata> rdatas = new ArrayList<>();
    for (int record : set.records) {
      Rdata rdata = table.rdata(record);
      if (there.add(canonical(table.type(record), rdata))) {
        rdatas.add(rdata);
      }
    }
    return new RRset(table.owner(first), table.type(first), table.ttlSeconds(first), rdatas);
  }

  /// Rdata in the form in which two of them are compared, to know a record from a duplicate.
  static Rdata canonical(RRType type, Rdata rdata) {
    RdataLayout layout = RdataLayout.of(type);
    return layout != null && layout.foldsNames() ? rdata.canonical(layout) : rdata;
  }
}
