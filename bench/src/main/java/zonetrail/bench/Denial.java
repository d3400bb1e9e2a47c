package zonetrail.bench;

/// How a zone proves what it does not have.
enum Denial {
  /// It is not signed.
  NONE,
  NSEC,
  NSEC3
}
