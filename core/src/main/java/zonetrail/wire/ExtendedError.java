package zonetrail.wire;

/// The extended errors that we say, by their codes: content of [EdnsOption#EXTENDED_ERROR].
public final class ExtendedError {
  /// What has no code of its own (RFC 8914 §4.1).
  public static final int OTHER = 0;

  /// This client may not (RFC 8914 §4.19).
  public static final int PROHIBITED = 18;

  /// Not our zone (RFC 8914 §4.21).
  public static final int NOT_AUTHORITATIVE = 20;

  /// Nobody may: we do not do that at all (RFC 8914 §4.22).
  public static final int NOT_SUPPORTED = 21;

  /// What it takes is away: the remote of the zones (RFC 8914 §4.24).
  public static final int NETWORK_ERROR = 23;

  /// The data is of no use (RFC 8914 §4.25).
  public static final int INVALID_DATA = 24;

  /// Too much of it (IANA's registry of RFC 8914).
  public static final int OVER_QUOTA = 32;

  private ExtendedError() {}
}
