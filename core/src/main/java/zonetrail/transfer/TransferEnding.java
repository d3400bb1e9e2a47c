package zonetrail.transfer;

/// How a transfer ended that had begun.
public enum TransferEnding {
  /// The client was given all of it.
  COMPLETE,
  /// The client went away, or did not read and was cut off.
  CLIENT_GONE,
  /// It took so long that it was cut off.
  TOO_LONG,
  /// A record does not fit into any message.
  RECORD_TOO_LARGE,
  /// The server has a defect.
  FAILED,
  /// The server was stopped.
  STOPPED
}
