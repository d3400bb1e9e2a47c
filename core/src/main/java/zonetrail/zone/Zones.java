package zonetrail.zone;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.NameKey;
import zonetrail.wire.WireName;

/// The zones served at one moment. Immutable, safe on any thread.
public final class Zones {
  /// No zones.
  public static final Zones NONE = new Zones(Map.of());

  private final Map<WireName, ServedZone> byApex;

  /// The zones by the hash of their names, each at the first free place from there on; at least
  /// half of the places are free.
  private final @Nullable ServedZone[] places;

  /// The depths of the apexes, a bit for each.
  private final long[] depths = new long[2];

  private Zones(Map<WireName, ServedZone> byApex) {
    this.byApex = byApex;
    this.places = new ServedZone[Integer.highestOneBit(byApex.size() + 1) * 4];
    NameKey key = new NameKey();
    for (ServedZone zone : byApex.values()) {
      key.set(zone.apex());
      depths[key.depth() >> 6] |= 1L << key.depth();
      int place = key.hash(key.depth()) & (places.length - 1);
      while (places[place] != null) {
        place = (place + 1) & (places.length - 1);
      }
      places[place] = zone;
    }
  }

  /// These zones; of two with one name the later one.
  public static Zones of(Collection<? extends ServedZone> zones) {
    Map<WireName, ServedZone> byApex = LinkedHashMap.newLinkedHashMap(zones.size());
    for (ServedZone zone : zones) {
      byApex.put(zone.apex(), zone);
    }
    return new Zones(byApex);
  }

  /// The zone with exactly this name, or null.
  public @Nullable ServedZone zone(WireName apex) {
    return byApex.get(apex);
  }

  /// The zone nearest above a name: the one whose apex is the longest ancestor of it (or it
  /// itself); null if we have none (RFC 1034 §4.3.2 step 2).
  public @Nullable ServedZone enclosing(WireName name) {
    for (WireName candidate = name; ; candidate = candidate.parent()) {
      ServedZone zone = byApex.get(candidate);
      if (zone != null || candidate.isRoot()) {
        return zone;
      }
    }
  }

  /// The zone nearest above an ancestor of a name, found without making anything.
  ///
  /// @param depth that of the ancestor; the name's own for the name itself
  public @Nullable ServedZone enclosing(NameKey name, int depth) {
    for (int at = depth; at >= 0; at--) {
      if ((depths[at >> 6] >>> at & 1) != 0) {
        ServedZone zone = zone(name, at);
        if (zone != null) {
          return zone;
        }
      }
    }
    return null;
  }

  private @Nullable ServedZone zone(NameKey name, int depth) {
    int place = name.hash(depth) & (places.length - 1);
    while (true) {
      ServedZone zone = places[place];
      if (zone == null || name.matches(depth, zone.apex())) {
        return zone;
      }
      place = (place + 1) & (places.length - 1);
    }
  }

  /// All zones in no particular order; unmodifiable.
  public Collection<ServedZone> all() {
    return Collections.unmodifiableCollection(byApex.values());
  }

  /// How many zones there are.
  public int size() {
    return byApex.size();
  }
}
