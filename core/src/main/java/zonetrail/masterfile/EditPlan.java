package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.ChangedRecords.OfRRset;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.ZoneChange;

/// Which records of a file go, which get other rdata or another TTL, and beside which line new ones
/// come.
final class EditPlan {
  /// That a record keeps the TTL that it has.
  static final int SAME_TTL = -1;

  /// Up to so many pairs of a record that goes and one that comes are compared, to find those that
  /// are most alike; beyond, they are paired in their order.
  private static final int MAX_PAIRS = 10_000;

  /// What becomes of a record.
  ///
  /// @param rdata what it has afterwards, or null if it keeps its own
  /// @param ttlSeconds or [#SAME_TTL]
  record Outcome(boolean goes, @Nullable Rdata rdata, int ttlSeconds) {
    static final Outcome GOES = new Outcome(true, null, SAME_TTL);
  }

  /// A record that the file does not have yet.
  record NewRecord(WireName owner, RRType type, int ttlSeconds, Rdata rdata) {}

  /// What becomes of an entry.
  static final class OfEntry {
    /// By record; `$GENERATE` has several.
    final TreeMap<Integer, Outcome> outcomes = new TreeMap<>();

    /// What comes after it.
    final List<NewRecord> after = new ArrayList<>();
  }

  private final EditBase file;
  private final Placement placement;
  private final Map<Lines, TreeMap<Integer, OfEntry>> entries = new HashMap<>();

  /// @param runs all owners of the file
  EditPlan(EditBase file, ChangedRecords changed, ZoneChange change, OwnerRuns runs)
      throws RefusedEditException {
    this.file = file;
    this.placement = new Placement(file, this, change.apex(), runs);
    List<OfRRset> sets = changed.sets(change);
    Map<OfRRset, List<NewRecord>> come = new HashMap<>();
    for (OfRRset set : sets) {
      RRset before = set.replacement.before();
      RRset served = changed.served(set);
      if (before == null ? served != null : !before.equals(served)) {
        throw new RefusedEditException(
            "the zone file does not say what the change begins with: the "
                + set.replacement.type()
                + " records of "
                + set.replacement.owner());
      }
      come.put(set, decide(set));
    }
    for (OfRRset set : sets) {
      for (NewRecord record : come.getOrDefault(set, List.of())) {
        Placement.Place place = placement.placeFor(set);
        entry(place.file(), place.entry()).after.add(record);
      }
    }
  }

  /// What becomes of a file's entries, those apart of which nothing becomes; entries that include a
  /// file of which something becomes are here too.
  NavigableMap<Integer, OfEntry> of(Lines source) {
    return entries.getOrDefault(source, new TreeMap<>());
  }

  private OfEntry entry(Lines source, int entry) {
    Lines parent = source.parent();
    if (parent != null) {
      entry(parent, source.parentEntry());
    }
    return entries
        .computeIfAbsent(source, any -> new TreeMap<>())
        .computeIfAbsent(entry, any -> new OfEntry());
  }

  /// Whether a record goes.
  boolean goes(int record) {
    Placement.Place place = placement.placeOf(record);
    OfEntry ofEntry = of(place.file()).get(place.entry());
    Outcome outcome = ofEntry == null ? null : ofEntry.outcomes.get(record);
    return outcome != null && outcome.goes();
  }

  private void decide(int record, Outcome outcome) {
    Placement.Place place = placement.placeOf(record);
    entry(place.file(), place.entry()).outcomes.put(record, outcome);
  }

  /// Decides over the records of an RRset.
  ///
  /// @return those that it has not yet
  private List<NewRecord> decide(OfRRset set) {
    RRset after = set.replacement.after();
    if (after == null) {
      set.records().forEach(record -> decide(record, Outcome.GOES));
      return List.of();
    }
    List<Integer> stay = new ArrayList<>();
    List<Integer> go = new ArrayList<>();
    List<Rdata> come = divide(set, after, stay, go);
    Map<Integer, Rdata> others = pair(after.type(), go, come);
    stay.addAll(others.keySet());
    stay.sort(null);
    RRset before = set.replacement.before();
    boolean isOtherTtl = before == null || before.ttlSeconds() != after.ttlSeconds();
    Set<Integer> servedBefore = served(set.records(), Map.of());
    Set<Integer> servedAfter = served(stay, others);
    for (int i = 0; i < stay.size(); i++) {
      int record = stay.get(i);
      // The first record's TTL is that of all. What is new has the right one, too, and so has a
      // duplicate that comes to be served; others may differ on, as they did.
      boolean isNew =
          others.containsKey(record)
              || (servedAfter.contains(record) && !servedBefore.contains(record));
      boolean counts = isOtherTtl || i == 0 || isNew;
      boolean isRight = file.records().ttlSeconds(record) == after.ttlSeconds();
      int ttl = counts && !isRight ? after.ttlSeconds() : SAME_TTL;
      Rdata rdata = others.get(record);
      if (rdata != null || ttl != SAME_TTL) {
        decide(record, new Outcome(false, rdata, ttl));
      }
    }
    for (int record : go) {
      if (!others.containsKey(record)) {
        decide(record, Outcome.GOES);
      }
    }
    return come.stream()
        .filter(rdata -> !others.containsValue(rdata))
        .map(rdata -> new NewRecord(after.owner(), after.type(), after.ttlSeconds(), rdata))
        .toList();
  }

  /// Those of some records that are no duplicates of earlier ones.
  ///
  /// @param others the rdata of those that get another one
  private Set<Integer> served(List<Integer> records, Map<Integer, Rdata> others) {
    Set<Integer> served = new HashSet<>();
    Set<Rdata> there = new TreeSet<>();
    for (int record : records) {
      Rdata rdata = others.getOrDefault(record, file.records().rdata(record));
      if (there.add(ChangedRecords.canonical(file.records().type(record), rdata))) {
        served.add(record);
      }
    }
    return served;
  }

  /// Divides the records into those that stay and those that go.
  ///
  /// @return the rdata that none of them has
  private List<Rdata> divide(OfRRset set, RRset after, List<Integer> stay, List<Integer> go) {
    Set<Rdata> wanted = new TreeSet<>(after.rdatas());
    Set<Rdata> found = new TreeSet<>();
    Set<Rdata> foundCanonical = new TreeSet<>();
    for (int record : set.records()) {
      Rdata rdata = file.records().rdata(record);
      Rdata canonical = ChangedRecords.canonical(after.type(), rdata);
      // A duplicate of one that stays was served once and may go on so.
      if (wanted.contains(rdata) || foundCanonical.contains(canonical)) {
        stay.add(record);
        found.add(rdata);
        foundCanonical.add(canonical);
      } else {
        go.add(record);
      }
    }
    return after.rdatas().stream().filter(rdata -> !found.contains(rdata)).toList();
  }

  /// Finds for what comes the record that goes and is most like it.
  private Map<Integer, Rdata> pair(RRType type, List<Integer> go, List<Rdata> come) {
    Map<Integer, Rdata> pairs = new TreeMap<>();
    List<Integer> left = new ArrayList<>(go);
    boolean compares = go.size() > 1 && (long) go.size() * come.size() <= MAX_PAIRS;
    Map<Integer, List<String>> texts = new HashMap<>();
    if (compares) {
      go.forEach(record -> texts.put(record, tokens(type, file.records().rdata(record))));
    }
    for (Rdata rdata : come) {
      if (left.isEmpty()) {
        break;
      }
      int best = 0;
      if (compares) {
        List<String> wanted = tokens(type, rdata);
        int most = -1;
        for (int i = 0; i < left.size(); i++) {
          int alike = alike(wanted, texts.getOrDefault(left.get(i), List.of()));
          if (alike > most) {
            most = alike;
            best = i;
          }
        }
      }
      Integer paired = left.get(best);
      left.remove((Object) paired);
      pairs.put(paired, rdata);
    }
    return pairs;
  }

  private static List<String> tokens(RRType type, Rdata rdata) {
    return RdataRewrite.tokens(RdataText.print(type, rdata));
  }

  private static int alike(List<String> a, List<String> b) {
    int alike = 0;
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      alike += a.get(i).equals(b.get(i)) ? 1 : 0;
    }
    return alike;
  }
}
