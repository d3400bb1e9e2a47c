package zonetrail.authority;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.Acknowledged;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.update.UpdateOutcome;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What commits of an earlier run changed, told from the zones before and after them: should the
/// source have moved on by now, it is made again.
final class Differences {
  private Differences() {}

  /// What has to be done to `before` to get the zones of `after`, zone by zone.
  ///
  /// @param origin who caused it
  /// @return only that it was caused where it came to nothing
  static List<ZoneEdit> between(ZoneFiles before, ZoneFiles after, CommitOrigin origin) {
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

  private static void add(
      @Nullable Zone before,
      @Nullable Zone after,
      WireName apex,
      CommitOrigin origin,
      List<ZoneEdit> all) {
    if (after == null) {
      if (before != null) {
        all.add(new Acknowledged(new UpdateOutcome.Removed(apex), origin, before.serial()));
      }
      return;
    }
    if (before == null) {
      all.add(new Acknowledged(new UpdateOutcome.Created(after), origin, Serial.of(0)));
    } else if (!before.sameRecords(after)) {
      ZoneChange change = ZoneChange.between(before, after);
      all.add(new Acknowledged(new UpdateOutcome.Changed(change, after), origin, after.serial()));
    }
  }
}
