package zonetrail.transport.status;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import zonetrail.authority.Publication;
import zonetrail.authority.ZoneStatus;

/// The zones in the order in which the pages tell of them, and the words for their states.
final class ZoneOrder {
  /// Those that need an operator first, among them those that are not served at all; then by name.
  private static final Comparator<ZoneStatus> WORST_FIRST =
      Comparator.comparing((ZoneStatus zone) -> zone.state() == ZoneStatus.State.CURRENT)
          .thenComparing(ZoneStatus::isServed)
          .thenComparing(zone -> zone.zone().toString());

  private ZoneOrder() {}

  static List<ZoneStatus> worstFirst(Publication publication) {
    return publication.files().statuses().sorted(WORST_FIRST).toList();
  }

  /// The state in the JSON and in labels.
  static String label(ZoneStatus.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  /// How many zones there are in each state, those without any included.
  static Map<String, Integer> countByState(List<ZoneStatus> zones) {
    Map<String, Integer> counts = new TreeMap<>();
    for (ZoneStatus.State state : ZoneStatus.State.values()) {
      counts.put(label(state), 0);
    }
    zones.forEach(zone -> counts.merge(label(zone.state()), 1, Integer::sum));
    return counts;
  }
}
