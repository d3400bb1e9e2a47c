package zonetrail.transport;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Optional;

/// The addresses that we answer on, as those see them whom we send something to.
final class OwnAddresses {
  private final List<InetSocketAddress> bound;
  private final boolean isLoopbackOnly;

  /// @param bound where we listen
  OwnAddresses(List<InetSocketAddress> bound) {
    this.bound = List.copyOf(bound);
    this.isLoopbackOnly = bound.stream().allMatch(one -> one.getAddress().isLoopbackAddress());
  }

  /// Whether who is at an address may be another server that could come to us: it is not we
  /// ourselves, and where we listen on loopback alone it is on this machine.
  boolean mayComeHere(InetSocketAddress other) {
    InetAddress address = other.getAddress();
    return !address.isAnyLocalAddress()
        && !address.isMulticastAddress()
        && !(isLoopbackOnly && !address.isLoopbackAddress())
        && bound.stream().noneMatch(own -> isOneOf(own, other));
  }

  private static boolean isOneOf(InetSocketAddress own, InetSocketAddress other) {
    if (own.getPort() != other.getPort()) {
      return false;
    }
    return own.getAddress().equals(other.getAddress())
        || (own.getAddress().isAnyLocalAddress()
            && isIpv4(own.getAddress()) == isIpv4(other.getAddress())
            && isOfThisMachine(other.getAddress()));
  }

  private static boolean isOfThisMachine(InetAddress address) {
    try {
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException notSaid) {
      return false;
    }
  }

  /// From where to send to an address: one that we listen on, since secondaries look at it; empty
  /// where the system is to choose.
  Optional<InetAddress> sourceFor(InetAddress other) {
    return bound.stream()
        .map(InetSocketAddress::getAddress)
        .filter(own -> !own.isAnyLocalAddress() && isIpv4(own) == isIpv4(other))
        .filter(own -> own.isLoopbackAddress() == other.isLoopbackAddress())
        .findFirst();
  }

  private static boolean isIpv4(InetAddress address) {
    return address instanceof Inet4Address;
  }
}
