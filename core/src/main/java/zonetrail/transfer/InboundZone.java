package zonetrail.transfer;

import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// What becomes of the records of a transfer on its way in.
sealed interface InboundZone permits WholeInbound, IncrementalZone {
  /// The records are no version of the zone.
  final class RejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final InboundFailure why;

    RejectedException(InboundFailure why, String text) {
      super(text, null, false, false);
      this.why = why;
    }

    InboundFailure why() {
      return why;
    }
  }

  /// Takes the next record, of class IN, of the zone and of a type that is data.
  ///
  /// @return whether it is the last one
  boolean add(WireName owner, RRType type, int ttlSeconds, Rdata rdata) throws RejectedException;

  /// The version that the records are, checked.
  TransferIn.Progress.Complete finish() throws RejectedException;
}
