package zonetrail.zone;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;

/// The zones served at one moment. Immutable, safe on any thread.
public final class Zones {
  /// No zones.
  public static final Zones NONE = new Zones(Map.of());

  private final Map<WireName, ServedZone> byApex;

  private Zones(Map<WireName, ServedZone> byApex) {
    this.byApex = byApex;
  }

  /// These zones; of two with one name the later one.
  public static Zones of(Collection<? extends ServedZone> zones) {
    Map<WireName, ServedZone> byApex = new HashMap<>(zones.size() * 2);
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

  /// All zones in no particular order; unmodifiable.
  public Collection<ServedZone> all() {
    return Collections.unmodifiableCollection(byApex.values());
  }

  /// How many zones there are.
  public int size() {
    return byApex.size();
  }
}
