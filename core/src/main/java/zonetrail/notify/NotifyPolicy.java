package zonetrail.notify;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;

/// What an operator says about who is told of changes.
///
/// @param isOn whether anybody is
/// @param port where those listen whose address a zone or the name of a key says
/// @param named who is told of every zone, besides those
public record NotifyPolicy(boolean isOn, int port, List<Named> named) {
  /// What DNS uses (RFC 1996 §3.1).
  public static final int DNS_PORT = 53;

  /// Nobody.
  public static final NotifyPolicy OFF = new NotifyPolicy(false, DNS_PORT, List.of());

  /// Those whom zones and keys name.
  public static final NotifyPolicy DEFAULT = new NotifyPolicy(true, DNS_PORT, List.of());

  /// Copies the list.
  ///
  /// @throws IllegalArgumentException if the port is none
  public NotifyPolicy {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
    named = List.copyOf(named);
  }

  /// Somebody whom the operator named.
  ///
  /// @param address where it listens, resolved
  /// @param key the name of the key, in a key file, that its NOTIFYs are signed with; null for none
  public record Named(InetSocketAddress address, @Nullable WireName key) {}
}
