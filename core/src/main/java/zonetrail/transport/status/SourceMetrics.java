package zonetrail.transport.status;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.EditedTexts;
import zonetrail.authority.Primary;
import zonetrail.authority.Publication;
import zonetrail.authority.Secondary;
import zonetrail.authority.ZoneStatus;
import zonetrail.transport.Authority;
import zonetrail.transport.FetchHistory;
import zonetrail.transport.LoopCounters.What;
import zonetrail.tsig.ReplayMemory;
import zonetrail.zone.Serial;

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
    to.info("commit", "The version looked at last.", "commit", publication.version());
    Instant commitTime = publication.files().time();
    to.gauge("commit_timestamp_seconds", "When that version was made, by its author's clock.")
        .with(Families.seconds(commitTime))
        .done();
    to.gauge("commit_age_seconds", "How long ago that was; negative if it is in the future.")
        .with(Families.seconds(Instant.now()) - Families.seconds(commitTime))
        .done();
    zones(ZoneOrder.worstFirst(publication), to);
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
    to.gauge(
            "rewrite_held",
            "Whether the source's history was rewritten and is not followed, as it lacks updates.")
        .with(state.isRewriteHeld() ? 1 : 0)
        .done();
    to.gauge("fetch_running", "Whether a fetch is under way.")
        .with(state.runningSince() == null ? 0 : 1)
        .done();
  }

  private static double orZero(@Nullable Instant time) {
    return time == null ? 0 : Families.seconds(time);
  }

  private static void events(Observed observed, Families to) {
    Authority authority = observed.authority();
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
        .with(counts.getOrDefault("notify_repeated", 0L), "outcome", "repeated")
        .with(counts.getOrDefault("notify_not_remembered", 0L), "outcome", "not_remembered")
        .with(observed.counters().sum(What.UNSIGNED_NOTIFY), "outcome", "unsigned")
        .done();
    to.counter("updates", "UPDATEs received, by what became of them.")
        .with(counts.getOrDefault("update_made", 0L), "outcome", "made")
        .with(counts.getOrDefault("update_not_made", 0L), "outcome", "not_made")
        .with(counts.getOrDefault("update_repeated", 0L), "outcome", "repeated")
        .with(observed.counters().sum(What.UNSIGNED_UPDATE), "outcome", "unsigned")
        .done();
    Primary.Load load = authority.load();
    edits(load, to);
    authority.editedTexts().ifPresent(texts -> texts(texts, to));
    to.gauge("replies_parked", "Answers to NOTIFYs that wait for a fetch.")
        .with(load.parkedReplies())
        .done();
    to.gauge("replies_parked_max", "How many may wait; more are answered at once.")
        .with(Primary.MAX_PARKED_REPLIES)
        .done();
    to.counter("replies_not_parked", "Answers given at once because so many waited.")
        .with(load.repliesNotParked())
        .done();
    to.gauge("replay_memory_requests", "Signed requests that are remembered.")
        .with(
            authority
                .secondaryLoad()
                .map(Secondary.Load::rememberedRequests)
                .orElse(load.rememberedRequests()))
        .done();
    to.gauge("replay_memory_requests_max", "How many may be; more get SERVFAIL.")
        .with(
            authority.secondaryLoad().isPresent()
                ? ReplayMemory.DEFAULT_REQUESTS
                : load.maxRememberedRequests())
        .done();
    authority.secondaryLoad().ifPresent(of -> secondary(of, to));
  }

  private static void secondary(Secondary.Load load, Families to) {
    to.gauge("secondary_zones_max", "How many zones a secondary takes.")
        .with(Secondary.MAX_ZONES)
        .done();
    to.gauge("refreshes_active", "Zones that primaries are being asked for.")
        .with(load.underWay())
        .done();
    to.gauge("refreshes_active_max", "How many may be; the others wait.")
        .with(Secondary.MAX_UNDER_WAY)
        .done();
    to.gauge("refreshes_waiting", "Zones that are due and wait for a place.")
        .with(load.waiting())
        .done();
  }

  private static void edits(Primary.Load load, Families to) {
    to.gauge("edits_waiting", "Edits of zone files that wait to be committed.")
        .with(load.waitingEdits())
        .done();
    to.gauge("edits_waiting_max", "How many may wait; more get SERVFAIL.")
        .with(Primary.MAX_WAITING_EDITS)
        .done();
    to.counter("edits_not_taken", "Updates that got SERVFAIL because so many waited.")
        .with(load.editsNotTaken())
        .done();
    to.gauge("commits_unpushed", "Groups of commits of ours that the remote may not have.")
        .with(load.unpushedCommits())
        .done();
    to.counter("update_conflicts", "Acknowledged updates that did not fit what others pushed.")
        .with(load.conflicts())
        .done();
  }

  private static void texts(EditedTexts texts, Families to) {
    to.gauge("edited_texts_bytes", "About how much memory texts take that the next edit finds.")
        .with((double) texts.octets())
        .done();
    to.gauge("edited_texts_bytes_max", "How much they may take; the oldest are read again.")
        .with((double) texts.maxOctets())
        .done();
    to.counter("edited_texts_lookups", "Edits of a zone file, by whether its text was kept.")
        .with(texts.found(), "result", "found")
        .with(texts.notFound(), "result", "read")
        .done();
  }

  private static void zones(List<ZoneStatus> zones, Families to) {
    Map<String, Integer> states = ZoneOrder.countByState(zones);
    Families.Gauge byState = to.gauge("zones", "Zones by state; only current needs nobody.");
    states.forEach((state, count) -> byState.with(count, "state", state));
    byState.done();
    to.gauge("zones_unavailable", "Zones without any good version: questions get SERVFAIL.")
        .with((double) zones.stream().filter(zone -> !zone.isServed()).count())
        .done();
    to.gauge("zones_without_series", "Zones beyond the " + MAX_ZONES + " that have own series.")
        .with(Math.max(0, zones.size() - MAX_ZONES))
        .done();
    perZone(zones.subList(0, Math.min(zones.size(), MAX_ZONES)), to);
  }

  private static void perZone(List<ZoneStatus> zones, Families to) {
    Families.Gauge serial = to.gauge("zone_serial", "The serial that is served.");
    Families.Gauge records = to.gauge("zone_records", "How many records are served.");
    Families.Gauge state = to.gauge("zone_state", "1 for the state that the zone is in.");
    Families.Gauge commitTime =
        to.gauge("zone_commit_timestamp_seconds", "When the version served was committed.");
    Families.Gauge findings =
        to.gauge("zone_findings", "Errors and warnings about the version that is not served.");
    for (ZoneStatus zone : zones) {
      String name = zone.zone().toStringNoDot();
      Serial served = zone.serial();
      if (served != null) {
        serial.with((double) served.value(), "zone", name);
        commitTime.with(Families.seconds(zone.time()), "zone", name);
      }
      records.with(zone.records(), "zone", name);
      state.with(1, "zone", name, "state", ZoneOrder.label(zone.state()));
      findings.with(zone.findings().size(), "zone", name);
    }
    serial.done();
    records.done();
    state.done();
    commitTime.done();
    findings.done();
  }
}
