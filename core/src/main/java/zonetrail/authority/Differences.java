package zonetrail.authority;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.Acknowledged;
import zonetrail.authority.ZoneEdit.CommitOrigin;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.authority.ZoneState.Problem;
import zonetrail.update.Alteration;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What commits of an earlier run changed, told from the zones before and after them: where the
/// source has moved on, it is made again.
public final class Differences {
  private Differences() {}

  /// What each of these commits did, by its version; without those that the remote has by now. They
  /// may be on whichever line. Reads every zone that one of them changed, and takes as long as
  /// that.
  ///
  /// @throws AwayException if one cannot be read, or a zone of it: what cannot be read is no change
  public static Map<String, List<ZoneEdit>> of(Effect.ReadBack wanted, ZoneLedger ledger)
      throws AwayException {
    Map<String, List<ZoneEdit>> all = new HashMap<>();
    ZoneFiles before = null;
    List<String> line = wanted.line();
    String there = ledger.lastInRemote(line);
    int first = there == null ? 0 : line.indexOf(there) + 1;
    for (String version : line.subList(first, line.size())) {
      if (before == null) {
        SourceTree parent =
            ledger
                .before(version)
                .orElseThrow(() ->
                    new AwayException("commit " + version + " does not say what it was made on"));
        before = readable(wanted.tip(), parent);
      }
      ZoneFiles after = readable(before, ledger.tree(version));
      all.put(version, between(before, after, ledger.originOf(version)));
      before = after;
    }
    return all;
  }

  /// The files as a version has them. Our commits break no zone, so one that is broken there and
  /// not in the version beside it could not be read.
  private static ZoneFiles readable(ZoneFiles beside, SourceTree tree) throws AwayException {
    ZoneFiles files = beside.asAt(tree);
    for (ZoneState state : files.tally().told().values()) {
      if (isBroken(state) && !isBroken(beside.state(state.apex()))) {
        throw new AwayException(
            "zone " + state.apex() + " cannot be read as commit " + tree.version() + " has it");
      }
    }
    return files;
  }

  private static boolean isBroken(@Nullable ZoneState state) {
    return state != null && state.problem() instanceof Problem.Broken;
  }

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
    if (before == null && after != null) {
      all.add(new Acknowledged(new Alteration.Created(after), origin, Serial.of(0)));
    } else if (before != null && after == null) {
      all.add(new Acknowledged(new Alteration.Removed(apex), origin, before.serial()));
    } else if (before != null && after != null && !before.sameRecords(after)) {
      ZoneChange change = ZoneChange.between(before, after);
      all.add(new Acknowledged(new Alteration.Changed(change), origin, after.serial()));
    }
  }
}
