package zonetrail.transport.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import zonetrail.authority.Publication;
import zonetrail.authority.ZoneStatus;
import zonetrail.transport.FetchHistory;
import zonetrail.zone.Finding;
import zonetrail.zone.Serial;

/// Makes `/status`.
public final class StatusPage {
  /// How many zones are listed; the counts are of all.
  public static final int MAX_ZONES_LISTED = 10_000;

  /// How many findings of a zone are told; `ozone` lists them all.
  private static final int MAX_FINDINGS = 10;

  /// Both sides of the JSON: names in snake_case, times as RFC 3339 writes them, nothing for what
  /// has no value.
  public static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .changeDefaultPropertyInclusion(
              all -> all.withValueInclusion(JsonInclude.Include.NON_NULL))
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private StatusPage() {}

  /// The page.
  static byte[] render(Observed observed, long nowNanos) {
    return JSON.writeValueAsBytes(look(observed, nowNanos));
  }

  private static ServerStatus look(Observed observed, long nowNanos) {
    Vitals vitals = observed.vitals();
    return new ServerStatus(
        observed.version(),
        vitals.phase().name().toLowerCase(Locale.ROOT),
        vitals.whyNotReady(nowNanos).orElse(null),
        vitals.started(),
        vitals.listening().stream().map(NetUtil::toSocketAddressString).toList(),
        source(observed),
        zones(ZoneOrder.worstFirst(observed.published().current())));
  }

  private static ServerStatus.Source source(Observed observed) {
    Publication publication = observed.published().current();
    FetchHistory.State fetches = observed.authority().fetches().state();
    return new ServerStatus.Source(
        observed.source(),
        publication.version(),
        publication.files().time(),
        fetches.lastSuccess(),
        fetches.failingSince(),
        fetches.failure(),
        fetches.runningSince());
  }

  private static ServerStatus.ZoneList zones(List<ZoneStatus> zones) {
    return new ServerStatus.ZoneList(
        zones.size(),
        ZoneOrder.countByState(zones),
        zones.stream().limit(MAX_ZONES_LISTED).map(StatusPage::line).toList());
  }

  private static ServerStatus.ZoneLine line(ZoneStatus zone) {
    List<String> findings =
        zone.findings().stream().limit(MAX_FINDINGS).map(Finding::toString).toList();
    Serial serial = zone.serial();
    return new ServerStatus.ZoneLine(
        zone.zone().toStringNoDot(),
        ZoneOrder.label(zone.state()),
        serial == null ? null : serial.value(),
        zone.records(),
        zone.version(),
        zone.time(),
        zone.heldVersion(),
        findings.isEmpty() ? null : findings);
  }
}
