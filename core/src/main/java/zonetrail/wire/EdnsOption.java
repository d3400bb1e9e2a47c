package zonetrail.wire;

/// The EDNS options that we know, by their codes.
@Rfc(number = 6891, section = "6.1.2")
public final class EdnsOption {
  /// The name of the server that answers, in its operator's words (RFC 5001): asked for without
  /// content.
  public static final int NSID = 3;

  /// How long a zone may still be served (RFC 7314): asked for without content, answered in four
  /// octets.
  public static final int EXPIRE = 9;

  /// A cookie, by which a client shows that its address is not forged (RFC 7873): 8 octets of its
  /// own, and maybe 8 to 32 of ours.
  public static final int COOKIE = 10;

  /// Why the answer is an error (RFC 8914): two octets of a code, and maybe text.
  public static final int EXTENDED_ERROR = 15;

  /// Which version of a zone the answer is from (RFC 9660): asked for without content, answered
  /// with the number of labels of the zone's name, a type, and the version.
  public static final int ZONEVERSION = 19;

  /// What stands in front of an option's content: its code and its length.
  public static final int HEAD_OCTETS = 4;

  private EdnsOption() {}
}
