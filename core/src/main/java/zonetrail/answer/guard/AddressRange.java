package zonetrail.answer.guard;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The addresses that have the same first bits, such as 192.0.2.0/24 or 2001:db8::/32.
///
/// Allocation: none after construction.
public final class AddressRange {
  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{1,40})(?:/(\\d{1,3}))?");

  /// This machine talking to itself: 127.0.0.0/8 and ::1.
  public static final AddressRange LOOPBACK_IPV4 = parse("127.0.0.0/8");

  /// The same for IPv6.
  public static final AddressRange LOOPBACK_IPV6 = parse("::1/128");

  private final byte[] first;
  private final int prefixBits;

  /// A range.
  ///
  /// @param address one of them, usually the first
  /// @param prefixBits how many bits they share
  /// @throws IllegalArgumentException if an address does not have so many bits
  public AddressRange(InetAddress address, int prefixBits) {
    this.first = address.getAddress();
    this.prefixBits = prefixBits;
    int bits = first.length * 8;
    if (prefixBits < 0 || prefixBits > bits) {
      throw new IllegalArgumentException(
          address.getHostAddress() + "/" + prefixBits + ": such an address has " + bits + " bits");
    }
  }

  /// Reads `192.0.2.0/24`, `2001:db8::/32`, or an address alone. No name is looked up.
  ///
  /// @throws IllegalArgumentException if it is none of these
  public static AddressRange parse(String text) {
    Matcher match = FORM.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a network; write for example 192.0.2.0/24 or 2001:db8::/32");
    }
    InetAddress address = InetAddress.ofLiteral(match.group(1));
    String bits = match.group(2);
    return new AddressRange(
        address, bits == null ? address.getAddress().length * 8 : Integer.parseInt(bits));
  }

  /// Whether an address lies within.
  public boolean contains(InetAddress other) {
    return contains(other.getAddress());
  }

  /// Whether an address in octets, 4 of IPv4 or 16 of IPv6, lies within.
  boolean contains(byte[] octets) {
    if (octets.length != first.length) {
      return false;
    }
    int whole = prefixBits / 8;
    for (int i = 0; i < whole; i++) {
      if (octets[i] != first[i]) {
        return false;
      }
    }
    int rest = prefixBits % 8;
    return rest == 0 || (octets[whole] ^ first[whole]) >> (8 - rest) == 0;
  }
}
