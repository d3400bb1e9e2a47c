package zonetrail.update;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rcode;
import zonetrail.zone.Zone;

/// One update as BIND and we take it.
///
/// @param script what was sent, see [UpdateScript]
/// @param request the same, if it can be read
/// @param before the zone that both had
/// @param theirCode what BIND said
/// @param theirs the zone that BIND has afterwards
/// @param ours what we make of it
record ComparedUpdate(
    String script,
    @Nullable UpdateRequest request,
    Zone before,
    int theirCode,
    Zone theirs,
    Updated ours) {

  /// Whether both said the same, and have the same records afterwards.
  boolean isAlike() {
    return theirCode == ours.rcode().value() && recordsOf(theirs).equals(ourRecords());
  }

  /// Whether BIND took it and we refused, with this extended error.
  boolean weAloneRefused(int extendedError) {
    return theirCode == Rcode.NOERROR.value()
        && ours.outcome() instanceof UpdateOutcome.Refusal refusal
        && refusal.rcode() == Rcode.REFUSED
        && refusal.edeCode() == extendedError;
  }

  /// The records that BIND has afterwards and we have not.
  List<String> onlyTheirs() {
    List<String> records = new ArrayList<>(recordsOf(theirs));
    records.removeAll(ourRecords());
    return records;
  }

  /// The records that we have afterwards and BIND has not.
  List<String> onlyOurs() {
    List<String> records = new ArrayList<>(ourRecords());
    records.removeAll(recordsOf(theirs));
    return records;
  }

  private List<String> ourRecords() {
    Zone after = ours.after();
    return recordsOf(after == null ? before : after);
  }

  private static List<String> recordsOf(Zone zone) {
    return Updated.allRecords(zone);
  }

  @Override
  public String toString() {
    return "%s%n--- BIND: %s, we: %s%n--- only BIND has: %s%n--- only we have: %s%n--- before: %s"
        .formatted(
            script,
            Rcode.describe(theirCode),
            ours.outcome(),
            onlyTheirs(),
            onlyOurs(),
            recordsOf(before));
  }
}
