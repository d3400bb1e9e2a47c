package zonetrail.authority;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;

/// What has to be known of all files together, kept along so that a look at a few of them need not
/// go through the others.
///
/// @param heapOctets about how much of the heap the zones take
/// @param told the zones of which there is more to say than that their file is served
/// @param includers by the name of a file that `$INCLUDE` names, there or not: the zone files that
///   do so
/// @param keysNotCurrent how many key files are not in force as they are
record FileTally(
    long heapOctets,
    VersionedMap<WireName, ZoneState> told,
    VersionedMap<String, Set<String>> includers,
    int keysNotCurrent) {

  /// Of all files, one after the other.
  static FileTally of(Map<String, FileEntry> entries, Map<WireName, ZoneState> states) {
    long octets = 0;
    VersionedMap.Editor<WireName, ZoneState> told =
        VersionedMap.<WireName, ZoneState>empty().edit();
    for (ZoneState state : states.values()) {
      octets += state.heapOctets();
      if (isWorthTelling(state)) {
        told.put(state.apex(), state);
      }
    }
    int keysNotCurrent = 0;
    VersionedMap.Editor<String, Set<String>> includers =
        VersionedMap.<String, Set<String>>empty().edit();
    for (Map.Entry<String, FileEntry> entry : entries.entrySet()) {
      if (entry.getValue() instanceof FileEntry.OfKeys keys && !keys.isCurrent()) {
        keysNotCurrent++;
      }
      for (String name : included(entry.getValue())) {
        Set<String> known = includers.get(name);
        if (known == null) {
          known = new HashSet<>();
          includers.put(name, known);
        }
        known.add(entry.getKey());
      }
    }
    return new FileTally(octets, told.build(), includers.build(), keysNotCurrent);
  }

  /// The next one, where only some files are others, and none of these is a key file.
  ///
  /// @param names those of files that may be others
  /// @param apexes those of zones that may be others
  FileTally after(ZoneFiles before, ZoneFiles after, Set<String> names, Set<WireName> apexes) {
    long octets = heapOctets;
    VersionedMap.Editor<WireName, ZoneState> tell = told.edit();
    for (WireName apex : apexes) {
      ZoneState was = before.state(apex);
      ZoneState now = after.state(apex);
      octets += (now == null ? 0 : now.heapOctets()) - (was == null ? 0 : was.heapOctets());
      if (now != null && isWorthTelling(now)) {
        tell.put(apex, now);
      } else if (was != null) {
        tell.remove(apex);
      }
    }
    VersionedMap.Editor<String, Set<String>> include = includers.edit();
    for (String name : names) {
      Set<String> was = included(before.entries().get(name));
      Set<String> now = included(after.entries().get(name));
      if (!was.equals(now)) {
        was.forEach(other -> change(include, other, name, false));
        now.forEach(other -> change(include, other, name, true));
      }
    }
    return new FileTally(octets, tell.build(), include.build(), keysNotCurrent);
  }

  private static void change(
      VersionedMap.Editor<String, Set<String>> includers,
      String included,
      String by,
      boolean isAdded) {
    Set<String> known = includers.get(included);
    Set<String> next = known == null ? new HashSet<>() : new HashSet<>(known);
    if (isAdded) {
      next.add(by);
    } else {
      next.remove(by);
    }
    if (next.isEmpty()) {
      includers.remove(included);
    } else {
      includers.put(included, next);
    }
  }

  private static Set<String> included(@Nullable FileEntry entry) {
    return entry instanceof FileEntry.OfZone zone ? zone.includes().keySet() : Set.of();
  }

  private static boolean isWorthTelling(ZoneState state) {
    return state.problem() != null
        || state.asOf() != null
        || (state.served() != null && !state.served().holdsSoa());
  }

  /// The zone files that include one of these.
  Set<String> includersOf(Collection<String> names) {
    Set<String> by = new HashSet<>();
    for (String name : names) {
      Set<String> known = includers.get(name);
      if (known != null) {
        by.addAll(known);
      }
    }
    return by;
  }

  /// Whether the next look may find a zone otherwise whose files are the same.
  boolean mayChangeByItself() {
    return told.values().stream()
        .anyMatch(state -> state.lacksMemory() || !state.settled().equals(state));
  }

  /// Whether everything is served as the files have it.
  boolean isAsTheFiles() {
    return keysNotCurrent == 0 && told.values().stream().allMatch(state -> state.problem() == null);
  }
}
