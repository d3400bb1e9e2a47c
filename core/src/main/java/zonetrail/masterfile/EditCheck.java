package zonetrail.masterfile;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import zonetrail.masterfile.ChangedRecords.OfRRset;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.RRset;
import zonetrail.zone.ZoneChange;

/// Holds an edited file against the file before: all records that the change does not name are
/// there, one by one and in their order, the RRsets that it names are what it says, and nothing is
/// found in the file that was not found before.
final class EditCheck {
  private EditCheck() {}

  /// @param old the records before that the change concerns
  @SuppressWarnings("ReferenceEquality") // records one after the other share their owner's object
  static void check(MasterFile before, ChangedRecords old, MasterFile after, ZoneChange change)
      throws RefusedEditException {
    requireNoNewFindings(before.findings(), after.findings());
    RecordTable records = before.records();
    RecordTable edited = after.records();
    ChangedRecords now = ChangedRecords.none(edited, change);
    WireName owner = null;
    WireName editedOwner = null;
    int next = 0;
    for (int record = 0; record < records.count(); record++) {
      if (old.isChanging(record)) {
        continue;
      }
      while (next < edited.count() && now.take(next)) {
        next++;
      }
      if (next == edited.count() || !records.isSameButForOwner(record, edited, next)) {
        throw other(before, record);
      }
      // Records one after the other share their owner's object.
      if (records.owner(record) != owner || edited.owner(next) != editedOwner) {
        owner = records.owner(record);
        editedOwner = edited.owner(next);
        if (!owner.equals(editedOwner)) {
          throw other(before, record);
        }
      }
      next++;
    }
    for (; next < edited.count(); next++) {
      if (!now.take(next)) {
        throw new RefusedEditException(
            "a record would come that the change does not name" + sharedFiles(before));
      }
    }
    for (OfRRset set : now.sets(change)) {
      requireWanted(now, set);
    }
  }

  private static RefusedEditException other(MasterFile before, int record) {
    return new RefusedEditException(
        "a record would become another one that the change does not name: "
            + before.records().owner(record)
            + " "
            + before.records().type(record)
            + sharedFiles(before));
  }

  private static String sharedFiles(MasterFile before) {
    Map<String, Integer> uses = new HashMap<>();
    before.files().forEach(file -> uses.merge(file.name, 1, Integer::sum));
    return uses.values().stream().anyMatch(count -> count > 1)
        ? "; a file is included more than once"
        : "";
  }

  private static void requireNoNewFindings(List<Finding> before, List<Finding> after)
      throws RefusedEditException {
    Map<String, Integer> rules = new HashMap<>();
    before.forEach(finding -> rules.merge(finding.rule(), 1, Integer::sum));
    for (Finding finding : after) {
      if (rules.merge(finding.rule(), -1, Integer::sum) < 0) {
        throw new RefusedEditException("the edited file would have a new finding: " + finding);
      }
    }
  }

  private static void requireWanted(ChangedRecords now, OfRRset set) throws RefusedEditException {
    RRset after = set.replacement.after();
    RRset served = now.served(set);
    if (after == null ? served != null : !after.equals(served)) {
      throw new RefusedEditException(
          "the "
              + set.replacement.type()
              + " records of "
              + set.replacement.owner()
              + " would not be what the change says");
    }
  }
}
