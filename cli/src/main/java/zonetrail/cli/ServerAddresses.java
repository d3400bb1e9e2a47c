package zonetrail.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.transport.DnsExchange;
import zonetrail.transport.DnsExchange.Protocol;
import zonetrail.transport.UnreachableException;

/// Asks a server that may have several addresses: one that does not answer, and one that does.
final class ServerAddresses {
  private ServerAddresses() {}

  /// One way of asking.
  @FunctionalInterface
  interface Asking<T> {
    T ask(DnsExchange exchange) throws IOException;
  }

  /// Asks one address after the other until there is an answer.
  ///
  /// @param timeout how long to wait in all
  /// @throws UnreachableException if none of them answers
  static <T> T ask(
      List<InetAddress> addresses, int port, Protocol protocol, Duration timeout, Asking<T> asking)
      throws IOException {
    Duration each = timeout.dividedBy(Math.max(1, addresses.size()));
    @Nullable UnreachableException unreachable = null;
    for (InetAddress address : addresses) {
      try {
        return asking.ask(new DnsExchange(new InetSocketAddress(address, port), protocol, each));
      } catch (UnreachableException e) {
        unreachable = e;
      }
    }
    throw unreachable == null ? new UnreachableException("the server has no address") : unreachable;
  }
}
