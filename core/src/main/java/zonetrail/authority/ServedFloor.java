package zonetrail.authority;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneFiles.Floor;
import zonetrail.authority.ZoneState.Problem;
import zonetrail.authority.ZoneState.ServedVersion;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zones;

/// Sees to it that no serial that was served goes back, whatever the files come to.
///
/// Files that follow each other on one line never take one back. But what is served may leave its
/// line: with `--ack local` commits of ours are served before the source has them, and where it
/// moved on without them, its zones may be behind those served.
@Rfc(number = 1982, section = "3.2")
final class ServedFloor {
  private final ZoneFiles next;
  private final ZoneFiles served;
  private final Map<WireName, ZoneState> held = new HashMap<>();
  private final Map<WireName, Floor> floors;

  private ServedFloor(ZoneFiles next, ZoneFiles served) {
    this.next = next;
    this.served = served;
    this.floors = new HashMap<>(next.floors());
  }

  /// These files where they are not behind what is served, and where they are, that.
  static ZoneFiles of(ZoneFiles next, ZoneFiles served) {
    return new ServedFloor(next, served).files();
  }

  /// These files, in which a zone that comes back has to be newer than it was served too.
  static ZoneFiles raised(ZoneFiles next, ZoneFiles served) {
    ServedFloor floor = new ServedFloor(next, served);
    floor.lookForFloors();
    return floor.floors.equals(next.floors())
        ? next
        : new ZoneFiles(
            next.look(),
            next.tree(),
            next.entries(),
            next.states(),
            floor.floors,
            next.zones(),
            next.keys(),
            next.readings());
  }

  private void lookForFloors() {
    served.states().values().forEach(this::lookForGone);
    served
        .floors()
        .forEach((apex, floor) -> {
          if (!next.states().containsKey(apex)) {
            raise(apex, floor);
          }
        });
  }

  private ZoneFiles files() {
    next.states().values().forEach(this::look);
    lookForFloors();
    if (held.isEmpty() && floors.equals(next.floors())) {
      return next;
    }
    Map<WireName, ZoneState> states = new HashMap<>(next.states());
    states.putAll(held);
    return new ZoneFiles(
        next.look(),
        next.tree(),
        next.entries(),
        states,
        floors,
        zones(states),
        next.keys(),
        next.readings());
  }

  private void look(ZoneState state) {
    ZoneState now = served.state(state.apex());
    if (now != null && now.isServed()) {
      lookAtServed(state, now);
    } else {
      lookAtReturned(state);
    }
  }

  private void lookAtServed(ZoneState state, ZoneState now) {
    ServedVersion found = state.served();
    Serial floor = now.serial();
    if (floor == null || state.sharesZoneWith(now)) {
      return;
    }
    if (found == null) {
      Problem problem = state.problem();
      if (problem != null) {
        held.put(now.apex(), now.with(problem, served.look()));
      }
    } else if (!found.zone().serial().isNewerThan(floor)
        && !(now.served() != null && found.zone().sameRecords(now.served().zone()))) {
      Problem problem = state.problem();
      Problem behind = problem == null ? behind(now, floor, found) : problem;
      held.put(now.apex(), now.with(behind, served.look()));
    }
  }

  /// The same as last time, if it is.
  private Problem behind(ZoneState now, Serial floor, ServedVersion found) {
    Serial serial = found.zone().serial();
    return now.problem() instanceof Problem.NotRaised last
            && last.floor().equals(floor)
            && last.found().equals(serial)
        ? last
        : new Problem.NotRaised(next.version(), floor, serial);
  }

  /// A zone that was removed comes back with a newer serial, or as it was.
  private void lookAtReturned(ZoneState state) {
    Floor floor = served.floors().get(state.apex());
    ServedVersion found = state.served();
    if (floor == null
        || found == null
        || found.zone().serial().isNewerThan(floor.serial())
        || (found.includes().isEmpty() && found.file().contentId().equals(floor.contentId()))) {
      return;
    }
    Problem behind = new Problem.NotRaised(next.version(), floor.serial(), found.zone().serial());
    held.put(state.apex(), ZoneState.unavailable(state.apex(), behind));
    raise(state.apex(), floor);
  }

  private void lookForGone(ZoneState now) {
    ServedVersion gone = next.states().containsKey(now.apex()) ? null : now.served();
    if (gone != null) {
      raise(now.apex(), new Floor(gone.zone().serial(), gone.file().contentId()));
    }
  }

  private void raise(WireName apex, Floor floor) {
    floors.merge(
        apex, floor, (one, other) -> other.serial().isNewerThan(one.serial()) ? other : one);
  }

  /// Those of before where they are the same, which readers then need not be told.
  private Zones zones(Map<WireName, ZoneState> states) {
    boolean isSame =
        states.size() == served.states().size()
            && states.values().stream()
                .allMatch(state -> isSame(state, served.state(state.apex())));
    if (isSame) {
      return served.zones();
    }
    Zones zones = next.zones();
    for (ZoneState state : held.values()) {
      zones = zones.with(state.answers());
    }
    return zones;
  }

  private static boolean isSame(ZoneState state, @Nullable ZoneState now) {
    return now != null && (state.sharesZoneWith(now) || (!state.isServed() && !now.isServed()));
  }
}
