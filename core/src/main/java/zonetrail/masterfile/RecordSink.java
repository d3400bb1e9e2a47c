package zonetrail.masterfile;

import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// Takes the records of a master file in the order in which they stand there.
@FunctionalInterface
public interface RecordSink {
  /// Takes one record.
  ///
  /// @param ttlSeconds 0 to 2^31 - 1
  /// @param offset where the record's type stands; [MasterFile#position(int)] makes a place of it
  void record(WireName owner, RRType type, int ttlSeconds, Rdata rdata, int offset);
}
