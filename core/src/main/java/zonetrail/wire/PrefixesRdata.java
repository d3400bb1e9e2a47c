package zonetrail.wire;

/// The address prefixes of an APL record: family, prefix length, a negation bit with the number of
/// octets that follow, and these octets, of which the last is not zero.
@Rfc(number = 3123, section = "4")
public final class PrefixesRdata {
  /// The family of IPv4 addresses (IANA registry "Address Family Numbers").
  public static final int IPV4 = 1;

  /// The family of IPv6 addresses.
  public static final int IPV6 = 2;

  private static final int HEAD_OCTETS = 4;

  private PrefixesRdata() {}

  static int endOf(byte[] rdata, int at) {
    int next = at;
    while (next < rdata.length) {
      if (rdata.length - next < HEAD_OCTETS) {
        return -1;
      }
      int end = next + HEAD_OCTETS + (rdata[next + 3] & 0x7f);
      if (end > rdata.length || !isPrefix(rdata, next, end)) {
        return -1;
      }
      next = end;
    }
    return next;
  }

  /// Of other families only the frame is known.
  private static boolean isPrefix(byte[] rdata, int at, int end) {
    int octets = end - at - HEAD_OCTETS;
    int bits = rdata[at + 2] & 0xff;
    boolean isTrimmed = octets == 0 || rdata[end - 1] != 0;
    return switch (family(rdata, at)) {
      case IPV4 -> bits <= 32 && octets <= 4 && isTrimmed;
      case IPV6 -> bits <= 128 && octets <= 16 && isTrimmed;
      default -> isTrimmed;
    };
  }

  private static int family(byte[] rdata, int at) {
    return (rdata[at] & 0xff) << 8 | (rdata[at + 1] & 0xff);
  }

  /// Whether all of them are of families that have a text form.
  static boolean haveText(byte[] rdata, int at) {
    for (int next = at; next < rdata.length; next += HEAD_OCTETS + (rdata[next + 3] & 0x7f)) {
      if (family(rdata, next) != IPV4 && family(rdata, next) != IPV6) {
        return false;
      }
    }
    return true;
  }
}
