package zonetrail.authority;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneState.Problem;
import zonetrail.authority.ZoneState.ServedVersion;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.ShownName;

/// What the operator should know of the way from one state of the files to another: zones in the
/// order of their names, then files.
final class Changes {
  /// So many zones added at once have an event each; more of them, about which there is nothing
  /// else to say, have one together.
  static final int MAX_ADDED_NAMED = 100;

  private final ZoneFiles before;
  private final ZoneFiles after;
  private final List<Event> events = new ArrayList<>();

  private Changes(ZoneFiles before, ZoneFiles after) {
    this.before = before;
    this.after = after;
  }

  static List<Event> between(ZoneFiles before, ZoneFiles after) {
    Changes changes = new Changes(before, after);
    changes.ofZones();
    changes.ofFiles();
    return changes.events;
  }

  private void ofZones() {
    SortedMap<String, List<WireName>> gone = new TreeMap<>();
    List<WireName> changed = VersionedMap.changedKeys(before.states(), after.states());
    for (WireName apex : inOrder(withoutManyAdded(changed.stream()))) {
      ZoneState now = after.state(apex);
      if (now == null) {
        events.add(new Event.ZoneRemoved(apex, after.version()));
        continue;
      }
      ZoneState was = before.state(apex);
      ofServed(apex, was == null ? null : was.served(), now.served());
      Problem problem = now.problem();
      if (was != null && was.problem() != null && problem == null && sameZone(was, now)) {
        events.add(new Event.ZoneCurrent(apex, serial(now.served()), after.version()));
      }
      if (problem != null && (was == null || !problem.equals(was.problem()))) {
        if (problem instanceof Problem.Gone(String version)) {
          gone.computeIfAbsent(version, any -> new ArrayList<>()).add(apex);
        } else {
          events.add(event(apex, now, problem));
        }
      }
    }
    gone.forEach((version, zones) -> events.add(new Event.RemovalHeld(zones, version)));
  }

  /// Says at once what there is to say of very many zones added, as at a start, and leaves the
  /// others.
  private Stream<WireName> withoutManyAdded(Stream<WireName> changed) {
    List<WireName> added = new ArrayList<>();
    List<WireName> others = new ArrayList<>();
    changed.forEach(apex -> (isAddedWithoutDoubts(apex) ? added : others).add(apex));
    if (added.size() <= MAX_ADDED_NAMED) {
      return Stream.concat(added.stream(), others.stream());
    }
    long records = 0;
    for (WireName apex : added) {
      records += Objects.requireNonNull(after.state(apex)).recordCount();
    }
    events.add(new Event.ZonesAdded(added.size(), records, after.version()));
    return others.stream();
  }

  private boolean isAddedWithoutDoubts(WireName apex) {
    ZoneState was = before.state(apex);
    ZoneState now = after.state(apex);
    return (was == null || was.served() == null)
        && now != null
        && now.problem() == null
        && now.served() != null
        && now.served().doubts().isEmpty();
  }

  /// Not by way of a tree, which takes twice the time where a first look finds 100,000 zones.
  private static <K extends Comparable<? super K>> List<K> inOrder(Stream<K> keys) {
    List<K> inOrder = new ArrayList<>();
    keys.forEach(inOrder::add);
    Collections.sort(inOrder);
    return inOrder;
  }

  private static boolean sameZone(ZoneState was, ZoneState now) {
    ServedVersion then = was.served();
    ServedVersion served = now.served();
    return then != null && served != null && then.zone() == served.zone();
  }

  private void ofServed(WireName apex, @Nullable ServedVersion was, @Nullable ServedVersion now) {
    if (now == null || (was != null && was.zone() == now.zone())) {
      return;
    }
    Serial serial = now.zone().serial();
    int records = now.zone().recordCount();
    events.add(
        was == null
            ? new Event.ZoneAdded(apex, serial, records, after.version())
            : new Event.ZoneChanged(apex, was.zone().serial(), serial, records, after.version()));
    if (!now.doubts().isEmpty()) {
      events.add(new Event.ZoneDoubtful(apex, now.doubts(), after.version()));
    }
  }

  private static Event event(WireName apex, ZoneState state, Problem problem) {
    return switch (problem) {
      case Problem.Broken(String version, var findings) ->
          new Event.ZoneBroken(apex, state.serial(), findings, version);
      case Problem.NotRaised(String version, Serial floor, Serial found) ->
          new Event.SerialNotRaised(apex, floor, found, state.isServed(), version);
      case Problem.ClaimedTwice(String version, var files, String kept) ->
          new Event.ZoneClaimedTwice(
              apex,
              files.stream().map(ShownName::of).toList(),
              kept == null ? null : ShownName.of(kept),
              state.serial(),
              version);
      case Problem.Halved halved ->
          new Event.LossHeld(
              apex, serial(state.served()), halved.lost(), halved.had(), halved.version());
      case Problem.Gone(String version) -> new Event.RemovalHeld(List.of(apex), version);
    };
  }

  private static Serial serial(@Nullable ServedVersion served) {
    return Objects.requireNonNull(served).zone().serial();
  }

  private void ofFiles() {
    Stream<String> changed = VersionedMap.changedKeys(before.entries(), after.entries()).stream();
    for (String name : inOrder(changed.filter(this::isNoZoneFile))) {
      FileEntry was = before.entries().get(name);
      FileEntry now = after.entries().get(name);
      if (now instanceof FileEntry.OfKeys keys) {
        ofKeys(name, was instanceof FileEntry.OfKeys other ? other : null, keys);
      } else if (was instanceof FileEntry.OfKeys) {
        events.add(new Event.KeysRemoved(ShownName.of(name), after.version()));
      }
      if (now instanceof FileEntry.Other(_, String path, String reason, _)
          && !(was instanceof FileEntry.Other)) {
        events.add(new Event.FileIgnored(path, reason));
      }
    }
  }

  /// Of a file that is and was one of a zone the zone's events say all.
  private boolean isNoZoneFile(String name) {
    return isOfKeysOrOther(before.entries().get(name))
        || isOfKeysOrOther(after.entries().get(name));
  }

  private static boolean isOfKeysOrOther(@Nullable FileEntry entry) {
    return entry instanceof FileEntry.OfKeys || entry instanceof FileEntry.Other;
  }

  private void ofKeys(String name, FileEntry.@Nullable OfKeys was, FileEntry.OfKeys now) {
    String path = now.good() == null ? ShownName.of(name) : now.good().path();
    boolean isNew = was == null || !was.contentId().equals(now.contentId());
    if (now.isBroken() && (was == null || isNew || !now.errors().equals(was.errors()))) {
      events.add(new Event.KeysBroken(path, now.keys(), now.errors(), after.version()));
    } else if (now.isCurrent() && isNew) {
      events.add(new Event.KeysLoaded(path, now.keys(), now.doubts(), after.version()));
    }
  }
}
