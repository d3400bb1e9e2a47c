package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.ChangedRecords.OfRRset;
import zonetrail.masterfile.MasterFile.EntryKind;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.RRset;

/// Where new records come: after the last one of their RRset; else after the last one of their
/// owner; else among the names that are nearest in the tree: in their order where they have one,
/// else after the last one of the same type, else after the last one.
///
/// Files that are included more than once get none, since the lines there are other records too.
final class Placement {
  /// How many in a hundred names that follow each other must be in order for names to be sorted.
  private static final int SORTED_PERCENT = 80;

  private static final int FEWEST_SORTED = 3;

  /// How many pairs of names are looked at for that, evenly over all.
  private static final int MOST_LOOKED_AT = 200;

  /// A record comes after this entry.
  record Place(SourceFile file, int entry) {}

  private final MasterFile file;
  private final EditPlan plan;
  private final WireName apex;
  private final int[] bases;
  private final Map<String, Integer> uses = new HashMap<>();
  private final boolean sharesFiles;

  /// Where all records of a new owner come.
  private final Map<WireName, Place> placesOfNew = new HashMap<>();

  Placement(MasterFile file, EditPlan plan, WireName apex) {
    this.file = file;
    this.plan = plan;
    this.apex = apex;
    this.bases = file.files().stream().mapToInt(source -> source.base).toArray();
    file.files().forEach(source -> uses.merge(source.name, 1, Integer::sum));
    this.sharesFiles = uses.size() < file.files().size();
  }

  /// Where a record stands.
  Place placeOf(int record) {
    int offset = file.records().offset(record);
    int found = Arrays.binarySearch(bases, offset);
    SourceFile source = file.files().get(found < 0 ? -found - 2 : found);
    return new Place(source, source.entryAt(offset - source.base));
  }

  /// After which entry new records of an RRset come.
  Place placeFor(OfRRset set) throws RefusedEditException {
    int record = beside(set.records(), null);
    if (record < 0) {
      record = beside(set.ofOwner.records(), kin(set));
    }
    if (record >= 0) {
      return placeOf(record);
    }
    WireName owner = set.replacement.owner();
    Place place = placesOfNew.get(owner);
    if (place == null) {
      place = amongOthers(owner, set.replacement.type());
      placesOfNew.put(owner, place);
    }
    return place;
  }

  /// The type beside which records of a type are looked for.
  private static @Nullable RRType kin(OfRRset set) {
    RRset after = set.replacement.after();
    RRType type = set.replacement.type();
    if (type == RRType.RRSIG && after != null) {
      return after.typeCovered();
    }
    return switch (type.toString()) {
      case "A" -> RRType.AAAA;
      case "AAAA" -> RRType.A;
      case "DS" -> RRType.NS;
      case "HTTPS" -> RRType.SVCB;
      default -> null;
    };
  }

  /// The last of some records, of those that stay if one stays, of a type if one is of it.
  ///
  /// @return or -1
  private int beside(List<Integer> records, @Nullable RRType kin) {
    int best = -1;
    int bestWorth = -1;
    for (int record : records) {
      if (isShared(record)) {
        continue;
      }
      int worth = (plan.goes(record) ? 0 : 2) + (file.records().type(record).equals(kin) ? 1 : 0);
      if (worth >= bestWorth) {
        best = record;
        bestWorth = worth;
      }
    }
    return best;
  }

  /// Whether a record stands in a file that is included more than once.
  private boolean isShared(int record) {
    return sharesFiles && uses.getOrDefault(placeOf(record).file().name, 0) > 1;
  }

  /// Records one after the other of one owner.
  ///
  /// @param last the last of them
  private record Run(WireName owner, int last, int first) {}

  private Place amongOthers(WireName owner, RRType type) throws RefusedEditException {
    List<Run> runs = nearest(owner);
    if (runs.isEmpty()) {
      throw new RefusedEditException(
          "there is no line beside which records of "
              + owner
              + " could be written: all of the zone comes from files that are included twice");
    }
    NameOrder order = orderOf(runs);
    return afterRepeatedOwners(
        order == null
            ? placeOf(lastOfType(siblings(runs, owner), type))
            : inOrder(runs, owner, order));
  }

  /// The runs of those owners that have most labels in common with a name; of the apex only if
  /// there are no others.
  @SuppressWarnings("ReferenceEquality") // records one after the other share their owner's object
  private List<Run> nearest(WireName owner) {
    RecordTable records = file.records();
    List<Run> runs = new ArrayList<>();
    List<Run> ofApex = new ArrayList<>();
    int labels = owner.labelCount();
    WireName[] ancestors = new WireName[labels + 1];
    for (int i = 0; i <= labels; i++) {
      ancestors[i] = owner.ancestor(i);
    }
    int most = apex.labelCount();
    int first = 0;
    for (int record = 0; record < records.count(); record++) {
      boolean isLast =
          record + 1 == records.count() || records.owner(record + 1) != records.owner(record);
      if (!isLast) {
        continue;
      }
      WireName other = records.owner(record);
      Run run = new Run(other, record, first);
      first = record + 1;
      if (isShared(record)) {
        continue;
      }
      if (other.equals(apex)) {
        ofApex.add(run);
      } else if (other.isAtOrBelow(ancestors[most])) {
        while (most < labels && other.isAtOrBelow(ancestors[most + 1])) {
          most++;
          runs.clear();
        }
        runs.add(run);
      }
    }
    return runs.isEmpty() ? ofApex : runs;
  }

  /// Those that have as many labels as a name, if there are any.
  private static List<Run> siblings(List<Run> runs, WireName owner) {
    List<Run> siblings =
        runs.stream().filter(run -> run.owner().labelCount() == owner.labelCount()).toList();
    return siblings.isEmpty() ? runs : siblings;
  }

  private int lastOfType(List<Run> runs, RRType type) {
    for (int i = runs.size() - 1; i >= 0; i--) {
      Run run = runs.get(i);
      for (int record = run.first(); record <= run.last(); record++) {
        if (file.records().type(record).equals(type)) {
          return run.last();
        }
      }
    }
    return runs.getLast().last();
  }

  /// The order in which the names stand, if they are in one.
  private static @Nullable NameOrder orderOf(List<Run> runs) {
    if (runs.size() < FEWEST_SORTED) {
      return null;
    }
    for (NameOrder order : List.of(new NameOrder(true), new NameOrder(false))) {
      int ascending = 0;
      int looked = 0;
      for (int i = 1; i < runs.size(); i += 1 + runs.size() / MOST_LOOKED_AT) {
        looked++;
        ascending += order.compare(runs.get(i - 1).owner(), runs.get(i).owner()) <= 0 ? 1 : 0;
      }
      boolean isSortedButOne = looked > 2 && ascending == looked - 1;
      if (isSortedButOne || ascending * 100 >= looked * SORTED_PERCENT) {
        return order;
      }
    }
    return null;
  }

  /// After the name that is next below, of those that are in order themselves.
  private Place inOrder(List<Run> runs, WireName owner, NameOrder order) {
    Run best = null;
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      if (order.compare(run.owner(), owner) < 0
          && (best == null || order.compare(run.owner(), best.owner()) >= 0)
          && !isStray(runs, i, order)) {
        best = run;
      }
    }
    return best == null ? beforeFirst(runs.getFirst()) : placeOf(best.last());
  }

  private static boolean isStray(List<Run> runs, int i, NameOrder order) {
    WireName owner = runs.get(i).owner();
    boolean followsLarger = i == 0 || order.compare(runs.get(i - 1).owner(), owner) > 0;
    boolean precedesSmaller =
        i == runs.size() - 1 || order.compare(owner, runs.get(i + 1).owner()) > 0;
    return followsLarger && precedesSmaller;
  }

  /// The record in front of a run; comments right above the run stay with it.
  private Place beforeFirst(Run run) {
    Place first = placeOf(run.first());
    for (int entry = first.entry() - 1; entry >= 0; entry--) {
      if (first.file().entryKind(entry) == EntryKind.RECORD) {
        return new Place(first.file(), entry);
      }
      if (first.file().entryKind(entry) == EntryKind.DIRECTIVE) {
        break;
      }
    }
    return placeOf(run.last());
  }

  /// Past the records that repeat the owner of the one before, so that they need not be given one.
  private static Place afterRepeatedOwners(Place place) {
    SourceFile source = place.file();
    int last = place.entry();
    for (int entry = last + 1; entry < source.entryCount(); entry++) {
      EntryKind kind = source.entryKind(entry);
      if (kind == EntryKind.RECORD && !RecordLine.of(source, entry).hasOwner()) {
        last = entry;
      } else if (kind != EntryKind.BLANK) {
        break;
      }
    }
    return new Place(source, last);
  }
}
