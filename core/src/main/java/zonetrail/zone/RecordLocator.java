package zonetrail.zone;

import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

/// Tells where in its file a record stands; asked only when there is a finding to report.
@FunctionalInterface
public interface RecordLocator {
  /// The place of the first record with this owner and type, or of the file where there is none.
  Position locate(WireName owner, RRType type);
}
