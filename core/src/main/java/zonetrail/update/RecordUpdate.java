package zonetrail.update;

import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// One record of an update section: what it does to a zone.
@Rfc(number = 2136, section = "2.5")
public sealed interface RecordUpdate {
  /// The name whose records change.
  WireName owner();

  /// A record comes.
  ///
  /// @param ttlSeconds 0 to 2^31 - 1; the whole RRset gets it
  @Rfc(number = 2136, section = "2.5.1")
  record Add(WireName owner, RRType type, int ttlSeconds, Rdata rdata) implements RecordUpdate {}

  /// An RRset goes; of type RRSIG, all signatures of the name.
  @Rfc(number = 2136, section = "2.5.2")
  record DeleteRRset(WireName owner, RRType type) implements RecordUpdate {}

  /// All RRsets of a name go.
  @Rfc(number = 2136, section = "2.5.3")
  record DeleteName(WireName owner) implements RecordUpdate {}

  /// One record goes.
  @Rfc(number = 2136, section = "2.5.4")
  record DeleteRecord(WireName owner, RRType type, Rdata rdata) implements RecordUpdate {}
}
