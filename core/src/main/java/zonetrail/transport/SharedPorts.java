package zonetrail.transport;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import zonetrail.wire.Rfc;

/// Sends replies once more to clients that share a port, and so may not have got them.
///
/// `nsupdate` opens a socket for each update, at a random port and with `SO_REUSEPORT`. Where two
/// on one host wait at the same port, the system gives the replies to both to the one that came
/// last; the other waits for three seconds before it asks again. With eight that send 2,000 updates
/// at the same time this happens to one of them in every second or third run. A moment after its
/// own reply the one that came last has closed its socket, and the same reply reaches the other.
///
/// A reply that comes twice does no harm: it is one to a message that nobody waits for any more
/// (RFC 5452 §9.1). Only for who may be told so, by a signature that verified: a datagram's address
/// may be a lie, and a second reply would go to its victim.
///
/// Threads: any.
@Rfc(number = 2136, section = "7.8")
final class SharedPorts {
  /// How long after the last of the replies they are sent again: a moment, and where that was too
  /// early on a busy host, a longer one.
  static final List<Duration> AGAIN = List.of(Duration.ofMillis(20), Duration.ofMillis(250));

  /// Of more at one port, one after the other without a pause, it is one client that has many.
  static final int MAX_REPLIES = 16;

  /// A port from which at least one message waits for its reply.
  private static final class Port {
    private int waiting;
    private boolean isShared;
    private final List<Runnable> again = new ArrayList<>();
  }

  private final Map<InetSocketAddress, Port> ports = new HashMap<>();

  /// A message waits for its reply from now on; [#replied] has to follow.
  synchronized void waits(Exchange exchange) {
    Port port = ports.computeIfAbsent(exchange.client(), _ -> new Port());
    port.waiting++;
    port.isShared |= port.waiting > 1;
  }

  /// It was replied to.
  ///
  /// @param reply what was sent, from index 0
  /// @param length how many octets it has; 0 if there was none
  void replied(Exchange exchange, byte[] reply, int length) {
    Port port;
    synchronized (this) {
      port = Objects.requireNonNull(ports.get(exchange.client()));
      port.waiting--;
      if (port.isShared && length > 0 && port.again.size() <= MAX_REPLIES) {
        byte[] kept = Arrays.copyOf(reply, length);
        port.again.add(() -> AGAIN.forEach(delay -> exchange.replyAgain(kept, delay)));
      }
      if (port.waiting > 0) {
        return;
      }
      ports.remove(exchange.client());
    }
    if (port.again.size() <= MAX_REPLIES) {
      port.again.forEach(Runnable::run);
    }
  }

  /// From how many ports messages wait.
  synchronized int waiting() {
    return ports.size();
  }
}
