package zonetrail.transport;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One message that came in, and the way back to who sent it.
///
/// What an [Answerer] is handed is a view that its event loop uses again for the next message. Who
/// answers later takes a [#detach]ed exchange, which any thread may keep and use.
///
/// Allocation: at most in `client`, `local`, `detach` and `reply`.
public interface Exchange {
  /// Who asks.
  InetSocketAddress client();

  /// The octets of who asks, 4 or 16: what [#client] says, where it may be had without allocation.
  /// Overwritten by the next message.
  default byte[] clientOctets() {
    return client().getAddress().getAddress();
  }

  /// Whether who asks has an address of IPv4.
  default boolean isIpv4() {
    return client().getAddress() instanceof Inet4Address;
  }

  /// When the message came, as of `System.nanoTime`, to some microseconds: those of one batch came
  /// together.
  default long receivedNanos() {
    return System.nanoTime();
  }

  /// The address that was asked, also where the socket is bound to a wildcard.
  InetSocketAddress local();

  /// Whether the message came over TCP, where a reply may have 65,535 octets; a datagram's bound is
  /// the answerer's business (RFC 6891 §6.2.5).
  boolean isStream();

  /// Who asks, as one to whom more can be sent than the reply, as long as the connection is there;
  /// null of a datagram. Only for detached exchanges.
  default @Nullable StreamPeer peer() {
    return null;
  }

  /// The exchange as something that outlives this call and may go to another thread. On a stream it
  /// takes one of the connection's places for outstanding messages until it is replied to, so each
  /// detached exchange must be, if only with length 0.
  Exchange detach();

  /// Replies, from any thread, without blocking. Only the first reply counts: another one, or one
  /// to a connection that is gone, is dropped and counted.
  ///
  /// Inside [Answerer#answer] this is for detached exchanges only; the view has its reply in the
  /// return value.
  ///
  /// @param message the reply, from index 0; it is copied before this returns
  /// @param length how many octets it has; 0 means that there will be no reply
  /// @throws IllegalArgumentException if the length is negative or more than fits
  /// @throws IllegalStateException if this is a view
  void reply(byte[] message, int length);

  /// Sends a datagram's reply once more, from any thread, without blocking: after the delay, if it
  /// is wanted and the socket is open then. Only for a detached exchange that was replied to.
  ///
  /// @param message the reply, which is not changed any more
  /// @param isWanted asked on the event loop, after the delay
  /// @throws IllegalStateException if this is a view, or a stream, which loses nothing
  default void replyAgain(byte[] message, Duration delay, BooleanSupplier isWanted) {
    throw new IllegalStateException("only a datagram is replied to again, not " + client());
  }

  /// Sends one message of a reply that has many, and returns when there is room for the next: what
  /// the client has not taken never grows beyond some 200 KiB. The first message goes at once, a
  /// later one may wait for those behind it. Only for detached exchanges of streams, only by one
  /// thread, and only on one that may wait; the last message goes by [#sendLast]. [#reply] with
  /// length 0 ends the reply early.
  ///
  /// @param message the message, from index 0; it is copied before this returns
  /// @param length how many octets it has
  /// @return false if the client is gone, or was cut off because it does not read: no further
  ///   message will reach it
  /// @throws InterruptedException if this thread was interrupted while it waited
  /// @throws IllegalArgumentException if the length is negative or more than fits
  /// @throws IllegalStateException if this is a view, no stream, or the exchange was replied to
  boolean send(byte[] message, int length) throws InterruptedException;

  /// Sends the last message of a reply that has many, and returns when the client has been given
  /// all of them.
  ///
  /// @return false if that will not happen
  /// @see #send
  boolean sendLast(byte[] message, int length) throws InterruptedException;
}
