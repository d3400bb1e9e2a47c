package zonetrail.authority;

import java.util.HashMap;
import java.util.List;
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
  private final VersionedMap.Editor<WireName, Floor> floors;
  private boolean isRaised;

  private ServedFloor(ZoneFiles next, ZoneFiles served) {
    this.next = next;
    this.served = served;
    this.floors = next.floors().edit();
  }

  /// These files where they are not behind what is served, and where they are, that.
  static ZoneFiles of(ZoneFiles next, ZoneFiles served) {
    return new ServedFloor(next, served).files();
  }

  /// These files, in which a zone that comes back has to be newer than it was served too.
  static ZoneFiles raised(ZoneFiles next, ZoneFiles served) {
    ServedFloor floor = new ServedFloor(next, served);
    floor.lookForFloors();
    return floor.isRaised
        ? new ZoneFiles(
            next.look(),
            next.tree(),
            next.entries(),
            next.states(),
            floor.floors.build(),
            next.tally(),
            next.zones(),
            next.keys(),
            next.readings())
        : next;
  }

  /// What is the same object in both is not behind.
  private List<WireName> changed() {
    return VersionedMap.changedKeys(served.states(), next.states());
  }

  private void lookForFloors() {
    for (WireName apex : changed()) {
      ZoneState now = served.state(apex);
      if (now != null) {
        lookForGone(now);
      }
    }
    for (WireName apex : VersionedMap.changedKeys(served.floors(), next.floors())) {
      Floor floor = served.floors().get(apex);
      ZoneState there = next.state(apex);
      if (floor != null && (there == null || !there.isServed())) {
        raise(apex, floor); // a file that is back and not served yet does not lower it
      }
    }
  }

  private ZoneFiles files() {
    for (WireName apex : changed()) {
      ZoneState state = next.state(apex);
      if (state != null) {
        look(state);
      }
    }
    lookForFloors();
    if (held.isEmpty() && !isRaised) {
      return next;
    }
    VersionedMap.Editor<WireName, ZoneState> states = next.states().edit();
    held.forEach(states::put);
    VersionedMap<WireName, ZoneState> made = states.build();
    return new ZoneFiles(
        next.look(),
        next.tree(),
        next.entries(),
        made,
        floors.build(),
        zones(made),
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
        held.put(now.apex(), now.with(above(floor, problem), served.look()));
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

  /// What the source's own line holds a file for, which may know of an older serial only.
  private static Problem above(Serial floor, Problem problem) {
    return problem instanceof Problem.NotRaised held && floor.isNewerThan(held.floor())
        ? new Problem.NotRaised(held.version(), floor, held.found())
        : problem;
  }

  /// A zone that was removed comes back with a newer serial, or as it was.
  private void lookAtReturned(ZoneState state) {
    Floor floor = served.floors().get(state.apex());
    if (floor == null) {
      return;
    }
    ServedVersion found = state.served();
    Problem problem = state.problem();
    if (found == null && problem != null) {
      holdReturned(state, above(floor.serial(), problem), floor);
    } else if (found != null
        && !found.zone().serial().isNewerThan(floor.serial())
        && !isAsItWas(found, floor)) {
      Serial serial = found.zone().serial();
      Problem behind = new Problem.NotRaised(next.version(), floor.serial(), serial);
      holdReturned(state, problem == null ? behind : problem, floor);
    }
  }

  private static boolean isAsItWas(ServedVersion found, Floor floor) {
    return found.includes().isEmpty() && found.file().contentId().equals(floor.contentId());
  }

  private void holdReturned(ZoneState state, Problem problem, Floor floor) {
    ZoneState now = served.state(state.apex());
    if (!state.isServed() && problem.equals(state.problem())) {
      return; // it is held so already
    }
    boolean isAsBefore = now != null && !now.isServed() && problem.equals(now.problem());
    held.put(state.apex(), isAsBefore ? now : ZoneState.unavailable(state.apex(), problem));
    raise(state.apex(), floor);
  }

  private void lookForGone(ZoneState now) {
    ServedVersion gone = next.states().containsKey(now.apex()) ? null : now.served();
    if (gone != null) {
      raise(now.apex(), new Floor(gone.zone().serial(), gone.file().contentId()));
    }
  }

  private void raise(WireName apex, Floor floor) {
    Floor noted = floors.get(apex);
    // At the same serial it is the file that was served that may come back as it was.
    boolean isOtherFile =
        noted != null && noted.serial().equals(floor.serial()) && !noted.equals(floor);
    if (noted == null || floor.serial().isNewerThan(noted.serial()) || isOtherFile) {
      floors.put(apex, floor);
      isRaised = true;
    }
  }

  /// Those of before where they are the same, which readers then need not be told.
  private Zones zones(VersionedMap<WireName, ZoneState> states) {
    boolean isSame =
        VersionedMap.changedKeys(served.states(), states).stream()
            .allMatch(apex -> isSame(states.get(apex), served.state(apex)));
    if (isSame) {
      return served.zones();
    }
    Zones zones = next.zones();
    for (ZoneState state : held.values()) {
      zones = zones.with(state.answers());
    }
    return zones;
  }

  private static boolean isSame(@Nullable ZoneState state, @Nullable ZoneState now) {
    return state != null
        && now != null
        && (state.sharesZoneWith(now) || (!state.isServed() && !now.isServed()));
  }
}
