package zonetrail.zone;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding.Level;

/// What [ZoneCheck] has to say about a zone, before it is known where in a file that is. One
/// thread.
///
/// Bounds: [#MAX_KEPT], and [ZoneCheck#MAX_FINDINGS] of those become findings; the rest is counted.
final class Complaints {
  private static final int MAX_KEPT = 10_000;

  private final List<Complaint> kept = new ArrayList<>();
  private int unkept;
  private boolean unkeptError;

  private record Complaint(WireName owner, RRType type, Level level, String rule, String message) {}

  void add(WireName owner, RRType type, Level level, String rule, String message) {
    if (kept.size() < MAX_KEPT) {
      kept.add(new Complaint(owner, type, level, rule, message));
    } else {
      unkept++;
      unkeptError |= level == Level.ERROR;
    }
  }

  /// The findings, those of one file in the order of its lines.
  ///
  /// @param locator says where in its file a record stands
  List<Finding> findings(WireName apex, RecordLocator locator) {
    if (kept.isEmpty()) {
      return List.of();
    }
    kept.sort(
        Comparator.comparing(Complaint::level)
            .thenComparing(Complaint::owner)
            .thenComparing(Complaint::type)
            .thenComparing(Complaint::rule));
    List<Finding> findings = new ArrayList<>();
    for (Complaint complaint : kept) {
      if (findings.size() < ZoneCheck.MAX_FINDINGS) {
        findings.add(
            new Finding(
                locator.locate(complaint.owner, complaint.type),
                complaint.level,
                complaint.message,
                complaint.rule));
      } else {
        unkept++;
        unkeptError |= complaint.level == Level.ERROR;
      }
    }
    findings.sort(
        Comparator.comparing((Finding finding) -> finding.where().file())
            .thenComparingInt(finding -> finding.where().line())
            .thenComparingInt(finding -> finding.where().column()));
    if (unkept > 0) {
      findings.add(
          new Finding(
              locator.locate(apex, RRType.SOA),
              unkeptError ? Level.ERROR : Level.WARNING,
              unkept + " more findings are not shown; mend these first",
              "too-many-findings"));
    }
    return findings;
  }
}
