package zonetrail.masterfile;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import zonetrail.masterfile.ChangedRecords.OfRRset;
import zonetrail.masterfile.OwnerRuns.Window;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.RRset;
import zonetrail.zone.ZoneChange;

/// Holds an edited file against the file before: all records that the change does not name are
/// there, one by one and in their order, the RRsets that it names are what it says, and nothing is
/// found in the file that was not found before. Where the file was not read anew but for some lines
/// ([Rereading]), of the others there is nothing to compare.
final class EditCheck {
  private EditCheck() {}

  /// Checks an edited file that was read anew.
  ///
  /// @param findings of the file before
  /// @param old the records before that the change concerns
  static void check(
      EditBase before,
      List<Finding> findings,
      ChangedRecords old,
      MasterFile after,
      ZoneChange change)
      throws RefusedEditException {
    requireNoNewFindings(findings, after.findings());
    ChangedRecords now = ChangedRecords.none(after.records(), change);
    Window all = new Window(0, before.records().count(), 0, after.recordCount());
    requireOthersStay(before, old, after.records(), now, all);
    requireWanted(now, change);
  }

  /// Checks an edited file of which only what may be another was read; in it nothing was found.
  ///
  /// @param old the records before that the change concerns
  /// @param windows what was read
  /// @param now the records that the change concerns
  static void check(
      EditBase before,
      ChangedRecords old,
      Records after,
      List<Window> windows,
      ChangedRecords now,
      ZoneChange change)
      throws RefusedEditException {
    for (Window window : windows) {
      ChangedRecords within = ChangedRecords.none(after, change);
      requireOthersStay(before, old, after, within, window);
    }
    requireWanted(now, change);
  }

  /// @param now takes the records that the change concerns
  @SuppressWarnings("ReferenceEquality") // records one after the other share their owner's object
  private static void requireOthersStay(
      EditBase before, ChangedRecords old, Records edited, ChangedRecords now, Window window)
      throws RefusedEditException {
    Records records = before.records();
    WireName owner = null;
    WireName editedOwner = null;
    int next = window.from();
    for (int record = window.oldFrom(); record < window.oldTo(); record++) {
      if (old.isChanging(record)) {
        continue;
      }
      while (next < window.to() && now.take(next)) {
        next++;
      }
      if (next == window.to() || !records.isSameButForOwner(record, edited, next)) {
        throw other(before, record);
      }
      if (records.owner(record) != owner || edited.owner(next) != editedOwner) {
        owner = records.owner(record);
        editedOwner = edited.owner(next);
        if (!owner.equals(editedOwner)) {
          throw other(before, record);
        }
      }
      next++;
    }
    for (; next < window.to(); next++) {
      if (!now.take(next)) {
        throw new RefusedEditException(
            "a record would come that the change does not name" + sharedFiles(before));
      }
    }
  }

  private static RefusedEditException other(EditBase before, int record) {
    return new RefusedEditException(
        "a record would become another one that the change does not name: "
            + before.records().owner(record)
            + " "
            + before.records().type(record)
            + sharedFiles(before));
  }

  private static String sharedFiles(EditBase before) {
    Map<String, Integer> uses = new HashMap<>();
    before.files().forEach(file -> uses.merge(file.name(), 1, Integer::sum));
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

  private static void requireWanted(ChangedRecords now, ZoneChange change)
      throws RefusedEditException {
    for (OfRRset set : now.sets(change)) {
      requireWanted(now, set);
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
