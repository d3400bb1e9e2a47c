package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.List;
import zonetrail.zone.Finding;
import zonetrail.zone.Finding.Level;
import zonetrail.zone.Position;

/// Collects findings up to [MasterFile#MAX_FINDINGS] and then only counts them.
///
/// Warnings never push an error out of sight: where findings were left out, the last one says so,
/// and is an error if one of those was.
final class Findings {
  private final String fileName;
  private final List<Finding> kept = new ArrayList<>();
  private int leftOut;
  private boolean leftOutError;

  Findings(String fileName) {
    this.fileName = fileName;
  }

  /// Whether the next finding is kept; asked before its position is worked out.
  boolean hasRoom() {
    return kept.size() < MasterFile.MAX_FINDINGS;
  }

  void add(Finding finding) {
    if (hasRoom()) {
      kept.add(finding);
    } else {
      leaveOut(finding.level());
    }
  }

  /// Adds what makes the others beside the point.
  void addFirst(Finding finding) {
    kept.addFirst(finding);
  }

  void leaveOut(Level level) {
    leftOut++;
    leftOutError |= level == Level.ERROR;
  }

  List<Finding> toList() {
    if (leftOut == 0) {
      return List.copyOf(kept);
    }
    List<Finding> all = new ArrayList<>(kept);
    all.add(
        new Finding(
            Position.ofFile(fileName),
            leftOutError ? Level.ERROR : Level.WARNING,
            leftOut + " more findings are not shown; mend these first",
            "too-many-findings"));
    return all;
  }
}
