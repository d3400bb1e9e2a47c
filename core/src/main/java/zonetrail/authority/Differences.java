package zonetrail.authority;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.Acknowledged;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.update.UpdateOutcome;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What commits of an earlier run changed, told from the zones before and after them: where the
/// source has moved on, it is made again.
public final class Differences {
  /// What stands for the zones looked at last: the same records, in memory that is shared with
  /// those of the versions before. Thousands of versions, each as it was read, would take all there
  /// is.
  private final Map<WireName, Zone> last = new HashMap<>();

  /// Begins with a version and goes on along a line.
  Differences() {}

  /// What each of these commits did, by its version; without those that do not wait any more. Reads
  /// every zone that one of them changed, and takes as long as that.
  ///
  /// @throws AwayException if one cannot be read
  public static Map<String, List<ZoneEdit>> of(Effect.ReadBack wanted, ZoneLedger ledger)
      throws AwayException {
    Set<String> line = Set.copyOf(wanted.line());
    Map<String, List<ZoneEdit>> all = new HashMap<>();
    Differences differences = new Differences();
    ZoneFiles before = null;
    for (SourceTree tree : ledger.pending()) {
      if (!line.contains(tree.version())) {
        continue;
      }
      if (before == null) {
        SourceTree parent = ledger.before(tree.version()).orElse(null);
        before = parent == null ? wanted.tip().without() : wanted.tip().asAt(parent);
      }
      ZoneFiles after = before.asAt(tree);
      all.put(tree.version(), differences.between(before, after, ledger.originOf(tree.version())));
      before = after;
    }
    return all;
  }

  /// What has to be done to `before` to get the zones of `after`, zone by zone.
  ///
  /// @param before what was `after` in the call before this one
  /// @param origin who caused it
  /// @return only that it was caused where it came to nothing
  List<ZoneEdit> between(ZoneFiles before, ZoneFiles after, CommitOrigin origin) {
    List<ZoneEdit> all = new ArrayList<>();
    after.states().keySet().stream()
        .sorted()
        .forEach(apex -> add(zone(before, apex), zone(after, apex), apex, origin, all));
    before.states().keySet().stream()
        .filter(apex -> !after.states().containsKey(apex))
        .sorted()
        .forEach(apex -> add(zone(before, apex), null, apex, origin, all));
    if (all.isEmpty() && !origin.requests().isEmpty()) {
      all.add(new ZoneEdit.Noted(origin));
    }
    return all;
  }

  private static @Nullable Zone zone(ZoneFiles files, WireName apex) {
    ZoneState state = files.state(apex);
    return state == null || state.served() == null ? null : state.served().zone();
  }

  private void add(
      @Nullable Zone before,
      @Nullable Zone after,
      WireName apex,
      CommitOrigin origin,
      List<ZoneEdit> all) {
    if (after == null) {
      last.remove(apex);
      if (before != null) {
        all.add(new Acknowledged(new UpdateOutcome.Removed(apex), origin, before.serial()));
      }
      return;
    }
    if (before == null) {
      last.put(apex, after);
      all.add(new Acknowledged(new UpdateOutcome.Created(after), origin, Serial.of(0)));
    } else if (!before.sameRecords(after)) {
      ZoneChange change = ZoneChange.between(before, after);
      Zone same = last.getOrDefault(apex, before).with(change);
      last.put(apex, same);
      all.add(new Acknowledged(new UpdateOutcome.Changed(change, same), origin, same.serial()));
    }
  }
}
