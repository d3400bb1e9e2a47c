package zonetrail.transport;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.LongSupplier;
import zonetrail.wire.Rfc;

/// Sends replies once more to clients that share a port, and so may not have got them.
///
/// `nsupdate` opens a socket for each update, at a random port and with `SO_REUSEPORT`. Where two
/// on one host have the same port, the system gives the replies to both to the one that came last;
/// the other waits for three seconds before it asks again. With eight that send 2,000 updates at
/// the same time this happens to one of them in every second or third run. A moment after its own
/// reply the one that came last has closed its socket, and the same reply reaches the other.
///
/// The other's reply may have been sent before anything came from the one that came last, which had
/// its socket already; so it is kept for a moment.
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

  /// How long a reply is kept, for another message to come from its port.
  static final Duration KEPT = Duration.ofMillis(50);

  /// Of more at one port, one after the other without a pause, it is one client that has many.
  static final int MAX_REPLIES = 16;

  /// A port from which messages come.
  private static final class Port {
    /// How many of them wait for their replies.
    private int waiting;

    private boolean isShared;

    /// When the last one that waited had its reply, on the clock.
    private long quietSince;

    /// Sends each of the replies again.
    private final List<Runnable> replies = new ArrayList<>();
  }

  private final LongSupplier clockNanos;
  private final Map<InetSocketAddress, Port> waiting = new HashMap<>();

  /// Those from which no message waits, the first of them first.
  private final SequencedMap<InetSocketAddress, Port> quiet = new LinkedHashMap<>();

  /// @param clockNanos as `System.nanoTime`
  SharedPorts(LongSupplier clockNanos) {
    this.clockNanos = clockNanos;
  }

  /// A message waits for its reply from now on; [#replied] has to follow.
  synchronized void waits(Exchange exchange) {
    forgetOld();
    InetSocketAddress client = exchange.client();
    Port before = quiet.remove(client);
    if (before != null) {
      waiting.put(client, before);
    }
    Port port = waiting.computeIfAbsent(client, _ -> new Port());
    port.waiting++;
    port.isShared |= port.waiting > 1 || !port.replies.isEmpty();
  }

  /// It was replied to.
  ///
  /// @param reply what was sent, from index 0
  /// @param length how many octets it has; 0 if there was none
  void replied(Exchange exchange, byte[] reply, int length) {
    again(exchange, Arrays.copyOf(reply, length)).forEach(Runnable::run);
  }

  private synchronized List<Runnable> again(Exchange exchange, byte[] reply) {
    InetSocketAddress client = exchange.client();
    Port port = Objects.requireNonNull(waiting.get(client));
    if (reply.length > 0 && port.replies.size() <= MAX_REPLIES) {
      port.replies.add(() -> AGAIN.forEach(delay -> exchange.replyAgain(reply, delay)));
    }
    port.waiting--;
    if (port.waiting > 0) {
      return List.of();
    }
    waiting.remove(client);
    boolean isOneClient = port.replies.size() > MAX_REPLIES;
    if (port.isShared) {
      return isOneClient ? List.of() : port.replies;
    }
    port.quietSince = clockNanos.getAsLong();
    quiet.put(client, port);
    return List.of();
  }

  private void forgetOld() {
    long now = clockNanos.getAsLong();
    while (!quiet.isEmpty() && now - quiet.firstEntry().getValue().quietSince > KEPT.toNanos()) {
      quiet.pollFirstEntry();
    }
  }

  /// How many ports are known.
  synchronized int known() {
    forgetOld();
    return waiting.size() + quiet.size();
  }
}
