/// Zone transfers, both ways: who may have a zone and the messages that bring it to them, and what
/// is taken for a zone of the messages that a primary sends (RFC 5936, RFC 1995).
///
/// A question becomes a [zonetrail.transfer.TransferRequest]; [zonetrail.transfer.TransferAnswer]
/// says what it gets, guard by guard; [zonetrail.transfer.TransferOut] makes the messages, one by
/// one, out of a sequence of RRsets. One version of a zone is immutable, so a transfer that takes
/// an hour is still of one version. Nothing here sends anything, signs anything, reads a clock or
/// logs.
///
/// A full transfer and an incremental one differ in that sequence alone: `WholeZone` or
/// `Differences`. What the difference is [zonetrail.zone.ZoneHistory] knows.
///
/// On the way in a [zonetrail.transfer.TransferQuery] is answered by messages that
/// [zonetrail.transfer.TransferIn] takes one by one; in the end there is a whole, checked version,
/// or a reason why there is none.
///
/// Read first: [zonetrail.transfer.TransferAnswer], then [zonetrail.transfer.TransferOut].
///
/// | RFC | where |
/// |---|---|
/// | 5936 §2.1 the query | [zonetrail.transfer.TransferRequest] |
/// | 5936 §2.2 the response | `TransferMessage`, [zonetrail.transfer.TransferOut] |
/// | 5936 §3 zone contents | `WholeZone` |
/// | 5936 §3.4 compression | `NameTargets` |
/// | 5936 §4.2 UDP | [zonetrail.transfer.TransferAnswer] |
/// | 5936 §5 who may | [zonetrail.transfer.TransferRights] |
/// | 1995 §2 which answer | [zonetrail.transfer.TransferAnswer] |
/// | 1995 §4 the sequence | `Differences` |
/// | 5936 §2.2, 1995 §4, as a client | [zonetrail.transfer.TransferIn], `WholeInbound`, `IncrementalZone` |
/// | 7314 EXPIRE, 8914 extended errors | `TransferMessage` |
@NullMarked
package zonetrail.transfer;

import org.jspecify.annotations.NullMarked;
