package zonetrail.masterfile;

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
  /// A record comes after this entry.
  record Place(Lines file, int entry) {}

  private final EditBase file;
  private final EditPlan plan;
  private final WireName apex;
  private final int[] bases;
  private final Map<String, Integer> uses = new HashMap<>();
  private final boolean sharesFiles;

  /// Orders that names may have; where both fit, digits are numbers.
  private final NameOrder byNumber = new NameOrder(true);

  private final NameOrder byOctets = new NameOrder(false);

  private final OwnerRuns runsOfAll;

  /// Those among which new owners come; null until one does.
  private @Nullable OwnerRuns runs;

  /// Where all records of a new owner come.
  private final Map<WireName, Place> placesOfNew = new HashMap<>();

  private final Map<WireName, Surroundings> surroundings = new HashMap<>();
  private final Map<TypeWithin, Integer> lastsOfType = new HashMap<>();

  /// @param runsOfAll all runs of the file;
  Placement(EditBase file, EditPlan plan, WireName apex, OwnerRuns runsOfAll) {
    this.file = file;
    this.plan = plan;
    this.apex = apex;
    this.runsOfAll = runsOfAll;
    this.bases = file.files().stream().mapToInt(Lines::base).toArray();
    file.files().forEach(source -> uses.merge(source.name(), 1, Integer::sum));
    this.sharesFiles = uses.size() < file.files().size();
  }

  private OwnerRuns runs() {
    OwnerRuns known = runs;
    if (known == null) {
      known = sharesFiles ? OwnerRuns.of(file.records(), this::isShared) : runsOfAll;
      runs = known;
    }
    return known;
  }

  /// Where a record stands.
  Place placeOf(int record) {
    int offset = file.records().offset(record);
    int found = Arrays.binarySearch(bases, offset);
    Lines source = file.files().get(found < 0 ? -found - 2 : found);
    return new Place(source, source.entryAt(offset - source.base()));
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
    return sharesFiles && uses.getOrDefault(placeOf(record).file().name(), 0) > 1;
  }

  private record TypeWithin(WireName ancestor, int labels, RRType type) {}

  private Place amongOthers(WireName owner, RRType type) throws RefusedEditException {
    OwnerOrder all = runs().ordered(byNumber);
    int at = all.firstFrom(owner, byNumber);
    WireName ancestor = nearestAncestor(all, at, owner);
    Surroundings around =
        surroundings.computeIfAbsent(
            ancestor,
            any -> Surroundings.of(file.records(), runs(), all, byNumber, at, ancestor, apex));
    if (around.isEmpty()) {
      throw new RefusedEditException(
          "there is no line beside which records of "
              + owner
              + " could be written: all of the zone comes from files that are included twice");
    }
    NameOrder order = around.order(List.of(byNumber, byOctets));
    if (order != null) {
      return afterRepeatedOwners(inOrder(around, owner, ancestor, order));
    }
    int record =
        lastsOfType.computeIfAbsent(
            new TypeWithin(ancestor, owner.labelCount(), type),
            any -> around.lastOfType(owner.labelCount(), type));
    return afterRepeatedOwners(placeOf(record));
  }

  /// What a name has in common with the owners that have most in common with it: those next to it
  /// in the order. The apex, and what is outside of the zone, do not count.
  private WireName nearestAncestor(OwnerOrder ordered, int at, WireName owner) {
    int labels = owner.labelCount();
    int most = apex.labelCount();
    for (int i = Math.max(0, at - 1); i <= at && i < ordered.count(); i++) {
      WireName other = ordered.name(i);
      while (most < labels && other.isAtOrBelow(owner.ancestor(most + 1))) {
        most++;
      }
    }
    return owner.ancestor(most);
  }

  /// After the name that is next below, of those that are in order themselves.
  private Place inOrder(Surroundings around, WireName owner, WireName ancestor, NameOrder order) {
    OwnerOrder ordered = runs().ordered(order);
    for (int i = ordered.firstFrom(owner, order) - 1; i >= 0; i--) {
      WireName name = ordered.name(i);
      if (around.has(name)) {
        int head = runs().head(ordered.place(i));
        if (!around.isStray(head, order)) {
          return placeOf(runs().last(head));
        }
      } else if (!name.isAtOrBelow(ancestor)) {
        break;
      }
    }
    return beforeFirst(around.first());
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
    Lines source = place.file();
    int last = place.entry();
    for (int entry = last + 1; entry < source.entryCount(); entry++) {
      EntryKind kind = source.entryKind(entry);
      if (kind == EntryKind.RECORD && !source.line(entry).hasOwner()) {
        last = entry;
      } else if (kind != EntryKind.BLANK) {
        break;
      }
    }
    return new Place(source, last);
  }
}
