package zonetrail.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/// The way back to the sender of a datagram.
final class LateDatagram extends LateReply {
  private final LoopSockets sockets;
  private final Channel socket;
  private final boolean isWildcard;

  LateDatagram(
      LoopSockets sockets,
      Channel socket,
      boolean isWildcard,
      InetSocketAddress client,
      InetSocketAddress local) {
    super(sockets.answerLoop, sockets.counters, client, local);
    this.sockets = sockets;
    this.socket = socket;
    this.isWildcard = isWildcard;
  }

  @Override
  public boolean isStream() {
    return false;
  }

  @Override
  int maxReplyOctets() {
    return DatagramHandler.MAX_REPLY_OCTETS;
  }

  @Override
  boolean deliver(byte[] reply) {
    boolean open = socket.isOpen();
    if (open && reply.length > 0) {
      DatagramPacket packet = new DatagramPacket(Unpooled.wrappedBuffer(reply), client());
      sockets.send(socket, isWildcard, packet, local());
      socket.flush();
    }
    release();
    return open;
  }

  @Override
  void release() {
    sockets.released();
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
