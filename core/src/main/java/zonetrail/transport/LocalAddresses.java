package zonetrail.transport;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The addresses that this machine has now.
final class LocalAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(LocalAddresses.class);

  private LocalAddresses() {}

  /// The addresses of the interfaces that are up, of the same family as `wildcard`. Asks the
  /// system, which takes some milliseconds. Empty if the system does not say.
  static List<InterfaceAddress> like(InetAddress wildcard) {
    try {
      return NetworkInterface.networkInterfaces()
          .filter(LocalAddresses::isUp)
          .flatMap(one -> one.getInterfaceAddresses().stream())
          .filter(one -> one.getAddress().getClass() == wildcard.getClass())
          .toList();
    } catch (SocketException refused) {
      LOG.warn(
          "The addresses of this machine can't be listed; replies to {} may leave from another"
              + " address than the one asked. Listen on each address by name instead",
          wildcard.getHostAddress(),
          refused);
      return List.of();
    }
  }

  private static boolean isUp(NetworkInterface one) {
    try {
      return one.isUp();
    } catch (SocketException _) { // It has just gone.
      return false;
    }
  }
}
