package zonetrail.transfer;

import org.jspecify.annotations.Nullable;
import zonetrail.zone.RRset;

/// The records of a transfer in their order, and the place that it has come to. One owner.
sealed interface TransferRecords permits GivenRecords, WholeZone {
  /// Whether there is a record at this place; there is none at the end.
  boolean hasRecord();

  /// Writes the record, if it fits.
  boolean addTo(TransferMessage message);

  /// Goes to the next one.
  void advance();

  /// The RRset that the record is of; null at the end.
  @Nullable RRset rrset();
}
