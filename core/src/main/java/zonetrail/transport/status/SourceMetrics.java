package zonetrail.transport.status;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Publication;
import zonetrail.transport.AuthorityLoop;
import zonetrail.transport.FetchHistory;
import zonetrail.transport.LoopCounters.What;

/// Metrics of the source, of what the authority made of it, and of the zones.
final class SourceMetrics {
  /// How many zones have series of their own, those that need an operator first: with 100,000 zones
  /// a scrape would have as many lines, and Prometheus as many series.
  static final int MAX_ZONES = 1_000;

  private SourceMetrics() {}

  static void collect(Observed observed, Families to) {
    Publication publication = observed.published().current();
    fetches(observed.authority().fetches(), to);
    events(observed, to);
    to.info("commit", "What is served comes from this version.", "commit", publication.version());
    zones(ZoneView.of(publication), to);
  }

  private static void fetches(FetchHistory fetches, Families to) {
    Families.Counter results = to.counter("fetches", "Fetches of the source, by how they ended.");
    for (FetchHistory.Result result : FetchHistory.Result.values()) {
      results.with(fetches.count(result), "result", result.name().toLowerCase(Locale.ROOT));
    }
    results.done();
    to.add(
        HistogramSnapshot.builder()
            .name(Families.PREFIX + "fetch_duration_seconds")
            .help("How long fetches took, reading what was new included.")
            .dataPoint(
                HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(
                        ClassicHistogramBuckets.of(
                            FetchHistory.bucketBounds(), fetches.bucketCounts()))
                    .sum(fetches.durationSeconds())
                    .build())
            .build());
    FetchHistory.State state = fetches.state();
    to.gauge("fetch_last_success_timestamp_seconds", "When a fetch last succeeded; 0 is never.")
        .with(orZero(state.lastSuccess()))
        .done();
    to.gauge("fetch_failing_since_timestamp_seconds", "Since when fetches fail; 0: they do not.")
        .with(orZero(state.failingSince()))
        .done();
    to.gauge("fetch_running", "Whether a fetch is under way.")
        .with(state.runningSince() == null ? 0 : 1)
        .done();
  }

  private static double orZero(@Nullable Instant time) {
    return time == null ? 0 : Families.seconds(time);
  }

  private static void events(Observed observed, Families to) {
    AuthorityLoop authority = observed.authority();
    Map<String, Long> counts = authority.eventCounts();
    Families.Counter events = to.counter("events", "What happened, by the event of the log.");
    counts.forEach((event, count) -> events.with(count, "event", event));
    events.done();
    to.counter("log_lines_suppressed", "Events not logged because there were too many like them.")
        .with(authority.eventsNotLogged())
        .done();
    to.counter("notifies", "NOTIFYs received, by what became of them.")
        .with(counts.getOrDefault("notify_accepted", 0L), "outcome", "accepted")
        .with(counts.getOrDefault("notify_refused", 0L), "outcome", "refused")
        .with(observed.counters().sum(What.UNSIGNED_NOTIFY), "outcome", "unsigned")
        .done();
  }

  private static void zones(List<ZoneView> zones, Families to) {
    Map<ZoneView.State, Integer> states = new EnumMap<>(ZoneView.State.class);
    zones.forEach(zone -> states.merge(zone.state(), 1, Integer::sum));
    Families.Gauge byState = to.gauge("zones", "Zones by state; only current needs nobody.");
    for (ZoneView.State state : ZoneView.State.values()) {
      byState.with(states.getOrDefault(state, 0), "state", state.label());
    }
    byState.done();
    to.gauge("zones_without_series", "Zones beyond the " + MAX_ZONES + " that have own series.")
        .with(Math.max(0, zones.size() - MAX_ZONES))
        .done();
    perZone(zones.subList(0, Math.min(zones.size(), MAX_ZONES)), to);
  }

  private static void perZone(List<ZoneView> zones, Families to) {
    Families.Gauge serial = to.gauge("zone_serial", "The serial that is served.");
    Families.Gauge records = to.gauge("zone_records", "How many records are served.");
    Families.Gauge state = to.gauge("zone_state", "1 for the state that the zone is in.");
    Families.Gauge commitTime =
        to.gauge("zone_commit_timestamp_seconds", "When the version served was committed.");
    Families.Gauge findings =
        to.gauge("zone_findings", "Errors and warnings about the version that is not served.");
    for (ZoneView zone : zones) {
      String name = zone.zone().toStringNoDot();
      if (zone.serial() != null) {
        serial.with((double) zone.serial().value(), "zone", name);
      }
      records.with(zone.records(), "zone", name);
      state.with(1, "zone", name, "state", zone.state().label());
      if (zone.commitTime() != null) {
        commitTime.with(Families.seconds(zone.commitTime()), "zone", name);
      }
      findings.with(zone.findings().size(), "zone", name);
    }
    serial.done();
    records.done();
    state.done();
    commitTime.done();
    findings.done();
  }
}
