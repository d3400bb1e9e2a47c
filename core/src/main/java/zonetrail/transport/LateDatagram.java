package zonetrail.transport;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// The way back to the sender of a datagram.
abstract class LateDatagram extends LateReply {
  private final LoopDatagrams socket;

  LateDatagram(LoopDatagrams socket, InetSocketAddress client, InetSocketAddress local) {
    super(socket.answerLoop, socket.counters, client, local);
    this.socket = socket;
  }

  /// Sends the reply, which has at least one octet. Called on the event loop.
  ///
  /// @return false if the socket was closed
  abstract boolean send(byte[] reply);

  @Override
  public boolean isStream() {
    return false;
  }

  @Override
  int maxReplyOctets() {
    return LoopDatagrams.MAX_REPLY_OCTETS;
  }

  @Override
  boolean deliver(byte[] reply) {
    boolean isSent = reply.length == 0 || send(reply);
    release();
    return isSent;
  }

  @Override
  void release() {
    socket.released();
  }

  @Override
  public void replyAgain(byte[] message, Duration delay, BooleanSupplier isWanted) {
    try {
      var _ =
          socket.answerLoop.eventLoop.schedule(
              () -> isWanted.getAsBoolean() && send(message),
              delay.toNanos(),
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      // So is the socket.
    }
  }

  @Override
  public boolean send(byte[] message, int length) {
    throw new IllegalStateException("a datagram has one reply, which goes to " + client());
  }

  @Override
  public boolean sendLast(byte[] message, int length) {
    return send(message, length);
  }
}
