package zonetrail.answer.guard;

import java.net.InetAddress;

/// The network that a client is taken for, in a number: a /24 of IPv4 or a /56 of IPv6.
///
/// Who can use one address of such a network can usually use them all: an office has a /24, a home
/// a /56.
public final class ClientNetwork {
  private static final int IPV4_OCTETS = 4;
  private static final int IPV4_PREFIX_OCTETS = 3;
  private static final int IPV6_PREFIX_OCTETS = 7;

  private ClientNetwork() {}

  /// The network of an address; equal for all addresses in it, different for all others.
  public static long of(InetAddress client) {
    return of(client.getAddress());
  }

  /// The network of an address in octets, 4 of IPv4 or 16 of IPv6.
  static long of(byte[] address) {
    boolean isIpv4 = address.length == IPV4_OCTETS;
    long prefix = 0;
    for (int i = 0; i < (isIpv4 ? IPV4_PREFIX_OCTETS : IPV6_PREFIX_OCTETS); i++) {
      prefix = (prefix << 8) | (address[i] & 0xff);
    }
    return (prefix << 8) | (isIpv4 ? 4 : 6);
  }
}
