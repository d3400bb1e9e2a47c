package zonetrail.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.transport.status.ServerStatus;
import zonetrail.transport.status.ServerStatus.Source;
import zonetrail.transport.status.ServerStatus.ZoneLine;
import zonetrail.transport.status.ServerStatus.ZoneList;

/// A server's status in words, and whether it needs an operator.
final class StatusReport {
  private static final String READY = "ready";
  private static final String CURRENT = "current";
  private static final int COMMIT_DIGITS = 40;
  private static final int COMMIT_SHOWN = 7;

  private StatusReport() {}

  /// Whether something is not as it should be: the server is not ready, its source is away, or a
  /// zone is not served as the source has it.
  static boolean needsOperator(ServerStatus status) {
    int current = status.zones().byState().getOrDefault(CURRENT, 0);
    return !status.state().equals(READY)
        || status.reason() != null
        || status.source().failingSince() != null
        || current < status.zones().total();
  }

  /// Prints all there is to say.
  ///
  /// @param server where it was asked
  static void print(ServerStatus status, String server, Instant now, PrintWriter out) {
    line(out, "server   %s, zonetrail %s, %s", server, status.version(), state(status));
    line(out, "started  %s", time(status.started(), now));
    line(out, "listens  %s", String.join(", ", status.listen()));
    source(status.source(), now, out);
    zones(status.zones(), out);
  }

  private static String state(ServerStatus status) {
    return status.reason() == null ? status.state() : status.state() + " (" + status.reason() + ")";
  }

  private static void source(Source source, Instant now, PrintWriter out) {
    line(out, "source   %s", source.location());
    line(out, "commit   %s of %s", shown(source.commit()), time(source.commitTime(), now));
    Instant lastSuccess = source.lastSuccess();
    line(out, "fetched  %s", lastSuccess == null ? "not since the start" : time(lastSuccess, now));
    Instant failingSince = source.failingSince();
    if (failingSince != null) {
      line(out, "FAILING  since %s: %s", time(failingSince, now), String.valueOf(source.failure()));
    }
    Instant fetchingSince = source.fetchingSince();
    if (fetchingSince != null) {
      line(out, "fetching since %s", time(fetchingSince, now));
    }
  }

  private static void zones(ZoneList zones, PrintWriter out) {
    List<String> counts = new ArrayList<>();
    for (Map.Entry<String, Integer> state : zones.byState().entrySet()) {
      if (state.getValue() > 0) {
        counts.add(state.getValue() + " " + state.getKey());
      }
    }
    line(
        out,
        "zones    %d%s",
        zones.total(),
        counts.isEmpty() ? "" : ": " + String.join(", ", counts));
    if (zones.listed().isEmpty()) {
      return;
    }
    out.println();
    int width = zones.listed().stream().mapToInt(zone -> zone.zone().length()).max().orElse(0);
    String row = "%-" + Math.max(4, width) + "s  %-10s  %-10s  %s";
    line(out, row, "zone", "serial", "state", "commit");
    for (ZoneLine zone : zones.listed()) {
      Long serial = zone.serial();
      line(
          out,
          row,
          zone.zone(),
          serial == null ? "SERVFAIL" : serial,
          zone.state(),
          shown(zone.commit()));
      remedy(zone, out);
    }
    if (zones.listed().size() < zones.total()) {
      line(out, "and %d more", zones.total() - zones.listed().size());
    }
  }

  private static void remedy(ZoneLine zone, PrintWriter out) {
    List<String> findings = zone.findings();
    if (findings != null) {
      findings.forEach(finding -> line(out, "    %s", finding));
    }
    String held = zone.heldCommit();
    switch (zone.state()) {
      case CURRENT -> {}
      case "broken" -> line(out, "    mend the file and push again (not served: %s)", shown(held));
      case "not_raised" ->
          line(out, "    raise the SOA serial and push again (not served: %s)", shown(held));
      case "contested" ->
          line(out, "    more than one file names this zone: remove all but one and push again");
      case "held" ->
          line(
              out,
              "    too much is gone at once: if that is meant, push a commit whose message ends in"
                  + " 'Zonetrail-Accept: %s'; else bring it back",
              String.valueOf(held));
      case "retrying" -> line(out, "    still served; asking its primaries again");
      case "expired" ->
          line(out, "    bring a primary back, or name another with --primary and restart");
      case "pending" -> line(out, "    no primary has sent it yet");
      default -> line(out, "    see the server's log");
    }
  }

  private static String shown(@Nullable String commit) {
    if (commit == null) {
      return "-";
    }
    return commit.length() == COMMIT_DIGITS ? commit.substring(0, COMMIT_SHOWN) : commit;
  }

  /// A time and how long ago it was, in its two largest units.
  private static String time(Instant time, Instant now) {
    Duration ago = Duration.between(time, now);
    String when = time.truncatedTo(ChronoUnit.SECONDS).toString();
    return ago.isNegative() ? when + " (in the future)" : when + " (" + words(ago) + " ago)";
  }

  private static String words(Duration time) {
    if (time.toDays() > 0) {
      return time.toDays() + " d " + time.toHoursPart() + " h";
    }
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }

  /// What a name, a path or an error of a remote holds must not drive the terminal.
  @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library that we do not have
  private static void line(PrintWriter out, String format, Object... values) {
    out.println(format.formatted(values).replaceAll("[\\p{Cc}\\p{Cf}]", "?").stripTrailing());
  }
}
