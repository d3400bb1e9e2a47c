package zonetrail.transport.status;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Publication;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Serial;
import zonetrail.zone.ServedZone;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;

/// A zone as the pages tell of it.
///
/// @param serial the serial served; null if questions get SERVFAIL
/// @param records how many records are served
/// @param commit the latest version of the source that is served as it is; null if not known
/// @param commitTime when that was made; null if not known
/// @param heldCommit the version that is not served; null if the zone is current
/// @param findings what is wrong with that version's file
record ZoneView(
    WireName zone,
    State state,
    @Nullable Serial serial,
    int records,
    @Nullable String commit,
    @Nullable Instant commitTime,
    @Nullable String heldCommit,
    List<Finding> findings) {

  /// How what is served stands to the source.
  enum State {
    /// As the source has it.
    CURRENT,
    /// No version was ever good: questions get SERVFAIL.
    UNAVAILABLE;

    /// The state in the JSON and in labels.
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Those that need an operator first, then by name.
  private static final Comparator<ZoneView> WORST_FIRST =
      Comparator.comparing((ZoneView zone) -> zone.state() == State.CURRENT)
          .thenComparing(zone -> zone.zone().toString());

  /// All zones of a publication, those that need an operator first.
  static List<ZoneView> of(Publication publication) {
    return publication.zones().all().stream().map(ZoneView::of).sorted(WORST_FIRST).toList();
  }

  private static ZoneView of(ServedZone zone) {
    return switch (zone) {
      case Zone served ->
          new ZoneView(
              served.apex(),
              State.CURRENT,
              served.serial(),
              served.recordCount(),
              null,
              null,
              null,
              List.of());
      case UnavailableZone none ->
          new ZoneView(none.apex(), State.UNAVAILABLE, null, 0, null, null, null, List.of());
    };
  }
}
