package zonetrail.masterfile;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
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

  /// Orders that names may have; where both fit, digits are numbers.
  private final NameOrder byNumber = new NameOrder(true);

  private final NameOrder byOctets = new NameOrder(false);

  private final Supplier<OwnerRuns> runsOfAll;

  /// Those among which new owners come; null until one does.
  private @Nullable OwnerRuns runs;

  /// Where all records of a new owner come.
  private final Map<WireName, Place> placesOfNew = new HashMap<>();

  private final Map<WireName, Surroundings> surroundings = new HashMap<>();
  private final Map<TypeWithin, Integer> lastsOfType = new HashMap<>();

  /// @param runsOfAll all runs of the file; asked for once, if at all
  Placement(MasterFile file, EditPlan plan, WireName apex, Supplier<OwnerRuns> runsOfAll) {
    this.file = file;
    this.plan = plan;
    this.apex = apex;
    this.runsOfAll = runsOfAll;
    this.bases = file.files().stream().mapToInt(source -> source.base).toArray();
    file.files().forEach(source -> uses.merge(source.name, 1, Integer::sum));
    this.sharesFiles = uses.size() < file.files().size();
  }

  private OwnerRuns runs() {
    OwnerRuns known = runs;
    if (known == null) {
      known = sharesFiles ? OwnerRuns.of(file.records(), this::isShared) : runsOfAll.get();
      runs = known;
    }
    return known;
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

  /// Runs in the order of the text among which new ones come, and the order that they have.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Surroundings(int[] heads, @Nullable NameOrder order) {}

  private record TypeWithin(WireName ancestor, int labels, RRType type) {}

  private Place amongOthers(WireName owner, RRType type) throws RefusedEditException {
    int[] all = runs().ordered(byNumber);
    int at = firstFrom(all, owner, byNumber);
    WireName ancestor = nearestAncestor(all, at, owner);
    Surroundings around = surroundings.computeIfAbsent(ancestor, any -> around(all, at, ancestor));
    if (around.heads.length == 0) {
      throw new RefusedEditException(
          "there is no line beside which records of "
              + owner
              + " could be written: all of the zone comes from files that are included twice");
    }
    if (around.order != null) {
      return afterRepeatedOwners(inOrder(around, owner, ancestor, around.order));
    }
    int record =
        lastsOfType.computeIfAbsent(
            new TypeWithin(ancestor, owner.labelCount(), type),
            any -> lastOfType(around.heads, owner.labelCount(), type));
    return afterRepeatedOwners(placeOf(record));
  }

  /// The first run of a name or of one that comes after it.
  private int firstFrom(int[] ordered, WireName wanted, NameOrder order) {
    int low = 0;
    int high = ordered.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (order.compare(runs().owner(ordered[middle]), wanted) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// What a name has in common with the owners that have most in common with it: those next to it
  /// in the order. The apex, and what is outside of the zone, do not count.
  private WireName nearestAncestor(int[] ordered, int at, WireName owner) {
    int labels = owner.labelCount();
    int most = apex.labelCount();
    for (int i = Math.max(0, at - 1); i <= at && i < ordered.length; i++) {
      WireName other = runs().owner(ordered[i]);
      while (most < labels && other.isAtOrBelow(owner.ancestor(most + 1))) {
        most++;
      }
    }
    return owner.ancestor(most);
  }

  /// The runs at and below an ancestor; of the apex only if there are no others.
  ///
  /// @param at a place among them or right behind
  private Surroundings around(int[] ordered, int at, WireName ancestor) {
    int from = firstFrom(ordered, ancestor, byNumber);
    int to = endOf(ordered, at, name -> name.isAtOrBelow(ancestor));
    if (ancestor.equals(apex)) {
      int below = endOf(ordered, from, apex::equals);
      if (below < to) {
        from = below;
      } else {
        to = below;
      }
    }
    int[] heads = runs().inTextOrder(ordered, from, to);
    return new Surroundings(heads, orderOf(heads));
  }

  /// Up to where names are such ones, all of which stand together.
  private int endOf(int[] ordered, int from, Predicate<WireName> which) {
    int low = from;
    int high = ordered.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (which.test(runs().owner(ordered[middle]))) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The last record of a run that has a type, of those with as many labels if there are any; else
  /// of the last run.
  private int lastOfType(int[] heads, int labels, RRType type) {
    int last = -1;
    for (int i = heads.length - 1; i >= 0; i--) {
      if (runs().owner(heads[i]).labelCount() == labels) {
        last = last < 0 ? heads[i] : last;
        if (hasType(heads[i], type)) {
          return runs().last(heads[i]);
        }
      }
    }
    for (int i = heads.length - 1; last < 0 && i >= 0; i--) {
      if (hasType(heads[i], type)) {
        return runs().last(heads[i]);
      }
    }
    return runs().last(last < 0 ? heads[heads.length - 1] : last);
  }

  private boolean hasType(int head, RRType type) {
    int last = runs().last(head);
    for (int record = head; record <= last; record++) {
      if (file.records().type(record).equals(type)) {
        return true;
      }
    }
    return false;
  }

  /// The order in which the names stand, if they are in one.
  private @Nullable NameOrder orderOf(int[] heads) {
    if (heads.length < FEWEST_SORTED) {
      return null;
    }
    for (NameOrder order : List.of(byNumber, byOctets)) {
      int ascending = 0;
      int looked = 0;
      for (int i = 1; i < heads.length; i += 1 + heads.length / MOST_LOOKED_AT) {
        looked++;
        ascending += order.compare(runs().owner(heads[i - 1]), runs().owner(heads[i])) <= 0 ? 1 : 0;
      }
      boolean isSortedButOne = looked > 2 && ascending == looked - 1;
      if (isSortedButOne || ascending * 100 >= looked * SORTED_PERCENT) {
        return order;
      }
    }
    return null;
  }

  /// After the name that is next below, of those that are in order themselves.
  private Place inOrder(Surroundings around, WireName owner, WireName ancestor, NameOrder order) {
    int[] ordered = runs().ordered(order);
    for (int i = firstFrom(ordered, owner, order) - 1; i >= 0; i--) {
      int found = Arrays.binarySearch(around.heads, ordered[i]);
      if (found >= 0 && !isStray(around.heads, found, order)) {
        return placeOf(runs().last(ordered[i]));
      }
      if (found < 0 && !runs().owner(ordered[i]).isAtOrBelow(ancestor)) {
        break;
      }
    }
    return beforeFirst(around.heads[0]);
  }

  private boolean isStray(int[] heads, int i, NameOrder order) {
    WireName owner = runs().owner(heads[i]);
    boolean followsLarger = i == 0 || order.compare(runs().owner(heads[i - 1]), owner) > 0;
    boolean precedesSmaller =
        i == heads.length - 1 || order.compare(owner, runs().owner(heads[i + 1])) > 0;
    return followsLarger && precedesSmaller;
  }

  /// The record in front of a run; comments right above the run stay with it.
  private Place beforeFirst(int head) {
    Place first = placeOf(head);
    for (int entry = first.entry() - 1; entry >= 0; entry--) {
      if (first.file().entryKind(entry) == EntryKind.RECORD) {
        return new Place(first.file(), entry);
      }
      if (first.file().entryKind(entry) == EntryKind.DIRECTIVE) {
        break;
      }
    }
    return placeOf(runs().last(head));
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
