package zonetrail.masterfile;

import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.zone.Finding;
import zonetrail.zone.Zone;

/// What came of reading a zone file.
///
/// @param zone the zone; null exactly if a finding is an error
/// @param findings what is wrong with the file, first what the parser says, then what the checks
///   say
public record ZoneReading(@Nullable Zone zone, List<Finding> findings) {
  /// Copies the list.
  public ZoneReading {
    findings = List.copyOf(findings);
    if ((zone == null) != findings.stream().anyMatch(Finding::isError)) {
      throw new IllegalArgumentException("a zone is there exactly if no finding is an error");
    }
  }
}
