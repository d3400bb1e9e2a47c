package zonetrail.authority;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// The zones while a group of edits is applied to them, one after the other. One thread.
final class EditableZones {
  private final Map<WireName, @Nullable Zone> touched = new LinkedHashMap<>();
  private Zones zones;

  EditableZones(ZoneFiles base) {
    this.zones = base.zones();
  }

  /// The zones as the edits so far left them.
  Zones now() {
    return zones;
  }

  /// A zone as the edits so far left it; null if there is none that could be edited.
  @Nullable Zone zone(WireName apex) {
    return zones.zone(apex) instanceof Zone zone ? zone : null;
  }

  /// A zone is this from now on.
  ///
  /// @param zone null where it is no more
  void set(WireName apex, @Nullable Zone zone) {
    zones = zone == null ? zones.without(apex) : zones.with(zone);
    touched.put(apex, zone);
  }

  /// Takes the last edit of a zone back.
  void restore(WireName apex, @Nullable Zone before, boolean wasTouched) {
    set(apex, before);
    if (!wasTouched) {
      touched.remove(apex);
    }
  }

  boolean isTouched(WireName apex) {
    return touched.containsKey(apex);
  }

  /// Every zone that was edited, as it has to be served afterwards; null for one that is removed.
  Map<WireName, @Nullable Zone> touched() {
    return touched;
  }
}
