package zonetrail.wire;

/// The classes of records and questions that the wire knows (RFC 1035 §3.2.4, RFC 2136 §1.3).
public final class RRClass {
  /// The Internet; the class of every zone served.
  public static final int IN = 1;

  /// Chaos; only for questions about the server itself.
  public static final int CH = 3;

  /// None, in prerequisites and deletions of an UPDATE.
  public static final int NONE = 254;

  /// Any.
  public static final int ANY = 255;

  private RRClass() {}
}
