package zonetrail.transport;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rfc;

/// Sends replies once more to clients that share a port, and so may not have got them.
///
/// `nsupdate` opens a socket for each update, at a random port and with `SO_REUSEPORT`. Where two
/// on one host have the same port, the system gives the replies to both to the one that came last;
/// the other waits for three seconds before it asks again. With eight that send 2,000 updates at
/// the same time this happens to one of them in every second or third run. A moment after its own
/// reply the one that came last has closed its socket, and the same reply reaches the other.
///
/// A client that has one socket, and sends one message after the other, must not find an old reply
/// in it: so only replies to messages that waited at the same time are sent again, and only while
/// nothing else has come from the port.
///
/// A signature says who wrote a message, and not where its datagram came from: with messages that
/// were overheard one could have replies sent to somebody else, each up to three times. Hence
/// [#MAX_PORTS].
///
/// Threads: any.
@Rfc(number = 2136, section = "7.8")
final class SharedPorts {
  /// How long after the last of the replies they are sent again: a moment, and where that was too
  /// early on a busy host, a longer one.
  static final List<Duration> AGAIN = List.of(Duration.ofMillis(20), Duration.ofMillis(250));

  /// With more that wait at one port at the same time it is one client that has many.
  static final int MAX_REPLIES = 16;

  /// For so many ports at most replies are sent again within [#KNOWN].
  static final int MAX_PORTS = 16;

  /// How long a port is known after its last reply; longer than any of [#AGAIN].
  static final Duration KNOWN = Duration.ofMillis(300);

  /// What was sent, and the way back.
  private static final class Reply {
    private final Exchange exchange;
    private final byte[] octets;

    Reply(Exchange exchange, byte[] octets) {
      this.exchange = exchange;
      this.octets = octets;
    }
  }

  /// A port from which messages came.
  private static final class Port {
    /// How many of them wait for their replies.
    private int waiting;

    private boolean isShared;
    private boolean isRepeated;

    /// When the last one that waited had its reply, on the clock.
    private long quietSince;

    private final List<Reply> replies = new ArrayList<>();
  }

  private final LongSupplier clockNanos;
  private final Map<InetSocketAddress, Port> waiting = new HashMap<>();

  /// Those from which no message waits, the first of them first.
  private final SequencedMap<InetSocketAddress, Port> quiet = new LinkedHashMap<>();

  /// How many of these have their replies sent again.
  private int repeated;

  /// @param clockNanos as `System.nanoTime`
  SharedPorts(LongSupplier clockNanos) {
    this.clockNanos = clockNanos;
  }

  /// A message waits for its reply from now on; [#replied] has to follow.
  synchronized void waits(Exchange exchange) {
    forgetOld();
    forget(quiet.remove(exchange.client()));
    Port port = waiting.computeIfAbsent(exchange.client(), _ -> new Port());
    port.waiting++;
    port.isShared |= port.waiting > 1;
  }

  /// It was replied to.
  ///
  /// @param reply what was sent, which is not changed any more; empty if there was none
  void replied(Exchange exchange, byte[] reply) {
    InetSocketAddress client = exchange.client();
    Port port = sharedUntilNow(client, new Reply(exchange, reply));
    if (port == null) {
      return;
    }
    for (Reply each : port.replies) {
      AGAIN.forEach(
          delay -> each.exchange.replyAgain(each.octets, delay, () -> isStillQuiet(client, port)));
    }
  }

  /// The port, if this was the last reply that messages at it waited for, and they are to be sent
  /// again.
  private synchronized @Nullable Port sharedUntilNow(InetSocketAddress client, Reply reply) {
    Port port = Objects.requireNonNull(waiting.get(client));
    if (port.isShared && reply.octets.length > 0 && port.replies.size() <= MAX_REPLIES) {
      port.replies.add(reply);
    }
    port.waiting--;
    if (port.waiting > 0) {
      return null;
    }
    waiting.remove(client);
    port.quietSince = clockNanos.getAsLong();
    quiet.put(client, port);
    int replies = port.replies.size();
    if (replies < 2 || replies > MAX_REPLIES || repeated >= MAX_PORTS) {
      port.replies.clear();
      return null;
    }
    port.isRepeated = true;
    repeated++;
    return port;
  }

  private synchronized boolean isStillQuiet(InetSocketAddress client, Port port) {
    return Objects.equals(quiet.get(client), port);
  }

  private void forgetOld() {
    long now = clockNanos.getAsLong();
    while (!quiet.isEmpty() && now - quiet.firstEntry().getValue().quietSince > KNOWN.toNanos()) {
      forget(quiet.pollFirstEntry().getValue());
    }
  }

  private void forget(@Nullable Port port) {
    if (port != null && port.isRepeated) {
      repeated--;
    }
  }

  /// How many ports are known.
  synchronized int known() {
    forgetOld();
    return waiting.size() + quiet.size();
  }
}
