package zonetrail.transfer;

/// Why a primary's response brought no zone.
public enum InboundFailure {
  /// No response, or the line broke.
  UNREACHABLE,
  /// The primary does not accept our signature, or we do not believe its.
  SIGNATURE,
  /// The primary is not authoritative for the zone: it does not know it, or does not any more.
  NOT_AUTHORITATIVE,
  /// The primary says no, or cannot now.
  REFUSED,
  /// A message cannot be read, or is no response to what was asked.
  MALFORMED,
  /// The records are no version of the zone.
  BAD_ZONE,
  /// The changes do not fit the version that we have.
  BAD_CHANGE,
  /// More octets or records than we take, or longer than we wait.
  TOO_MUCH
}
