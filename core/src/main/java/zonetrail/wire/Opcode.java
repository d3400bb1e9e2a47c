package zonetrail.wire;

/// The kinds of request (RFC 1035 §4.1.1, RFC 1996, RFC 2136).
public final class Opcode {
  /// A standard query.
  public static final int QUERY = 0;

  /// A primary's word that a zone has changed.
  public static final int NOTIFY = 4;

  /// A dynamic update.
  public static final int UPDATE = 5;

  private Opcode() {}

  /// Whether we know how a request of this kind is laid out.
  public static boolean isKnown(int opcode) {
    return opcode == QUERY || opcode == NOTIFY || opcode == UPDATE;
  }
}
