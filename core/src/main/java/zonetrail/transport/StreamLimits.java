package zonetrail.transport;

import java.time.Duration;
import zonetrail.wire.Rfc;

/// The bounds of the stream listener. [TransportCounters] shows when each is hit.
///
/// What one connection can hold of our memory: one message that is not whole yet (up to 65,537
/// octets, and one read of 16 KiB behind it), answers up to `highWaterOctets` and one batch more,
/// and `outstanding` late replies of up to 65,535 octets.
///
/// @param connections connections in all
/// @param connectionsPerNetwork connections of one client network, a /24 of IPv4 or a /56 of IPv6;
///   loopback may have all
/// @param outstanding messages of one connection that wait for a late reply; then reading pauses
/// @param idle how long a connection may be quiet: no whole message and no answer
/// @param wholeMessage how long a message may take from its first octet, of the length field, to
///   its last
/// @param slowReader how long the client may take to take one batch of answers
/// @param answer how long a late reply may take; it is longer than any answerer's own patience
/// @param linger how long we read on, and throw away, after our last answer, so that closing does
///   not destroy it on its way
/// @param highWaterOctets answers waiting to be taken by the client, from which on reading pauses
@Rfc(number = 7766, section = "6.2")
@Rfc(number = 9210, section = "4.2")
public record StreamLimits(
    int connections,
    int connectionsPerNetwork,
    int outstanding,
    Duration idle,
    Duration wholeMessage,
    Duration slowReader,
    Duration answer,
    Duration linger,
    int highWaterOctets) {

  /// What we promise when nothing else is said. The idle time is what RFC 9210 §4.5 calls
  /// reasonable.
  public static final StreamLimits DEFAULT =
      new StreamLimits(
          1_000,
          50,
          32,
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2),
          128 * 1024);

  /// These limits with other numbers of connections and another idle time. One network gets a
  /// twentieth of the connections, but no fewer than by default: a resolver farm has many.
  public StreamLimits with(int allConnections, Duration idleTime) {
    int perNetwork = Math.max(DEFAULT.connectionsPerNetwork(), allConnections / 20);
    return new StreamLimits(
        allConnections,
        Math.min(allConnections, perNetwork),
        outstanding,
        idleTime,
        wholeMessage,
        slowReader,
        answer,
        linger,
        highWaterOctets);
  }

  /// @throws IllegalArgumentException if a bound is not positive
  public StreamLimits {
    if (connections < 1 || connectionsPerNetwork < 1 || outstanding < 1 || highWaterOctets < 1) {
      throw new IllegalArgumentException("a bound of connections must be positive");
    }
    for (Duration time : new Duration[] {idle, wholeMessage, slowReader, answer, linger}) {
      if (!time.isPositive()) {
        throw new IllegalArgumentException("a time must be positive, not " + time);
      }
    }
  }
}
