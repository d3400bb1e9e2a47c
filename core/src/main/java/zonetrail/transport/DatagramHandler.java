package zonetrail.transport;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.wire.Header;

/// Answers the datagrams of one socket: each message of a batch in turn, then one flush for all.
///
/// Thread: the socket's event loop. Allocation: for each reply a packet and its (pooled) buffer,
/// and what Netty makes for each datagram received, some 400 octets; nothing of our own besides.
final class DatagramHandler extends ChannelInboundHandlerAdapter {
  /// What a datagram over IPv4 can carry.
  static final int MAX_REPLY_OCTETS = 65_507;

  private static final Logger LOG = LoggerFactory.getLogger(DatagramHandler.class);

  private final LoopSockets sockets;
  private final boolean isWildcard;
  private final AnswerLoop answerLoop;
  private final TransportCounters counters;
  private final View view = new View();
  private int answeredInBatch;

  /// @param isWildcard whether the socket is bound to one
  DatagramHandler(LoopSockets sockets, boolean isWildcard) {
    this.sockets = sockets;
    this.isWildcard = isWildcard;
    this.answerLoop = sockets.answerLoop;
    this.counters = sockets.counters;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object received) {
    DatagramPacket packet = (DatagramPacket) received;
    try {
      answer(ctx.channel(), packet);
    } finally {
      packet.release();
    }
  }

  private void answer(Channel socket, DatagramPacket packet) {
    ByteBuf content = packet.content();
    int length = content.readableBytes();
    if (length < Header.OCTETS) {
      counters.datagramsTooShort.increment();
      return;
    }
    if (length > DatagramListener.MAX_DATAGRAM_OCTETS) {
      counters.datagramsTooLong.increment();
      return;
    }
    if (packet.sender().getPort() == 0 || (isWildcard && sockets.isForMany(packet.recipient()))) {
      counters.datagramsNotAnswerable.increment();
      return;
    }
    answeredInBatch++;
    content.readBytes(answerLoop.message, 0, length);
    view.begin(socket, packet.sender(), packet.recipient());
    int octets = answerLoop.answer(length, view, MAX_REPLY_OCTETS);
    if (octets == Answerer.DEFERRED || !view.reclaim() || octets == Answerer.NO_REPLY) {
      return;
    }
    answerLoop.sends(answerLoop.response, octets);
    ByteBuf reply = socket.alloc().directBuffer(octets).writeBytes(answerLoop.response, 0, octets);
    sockets.send(
        socket, isWildcard, new DatagramPacket(reply, packet.sender()), packet.recipient());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    counters.datagrams.add(answeredInBatch);
    answeredInBatch = 0;
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A route that is gone, a filter on the way: one reply was lost, the socket goes on.
    counters.datagramFailures.increment();
    LOG.debug("a datagram was lost at {}", ctx.channel().localAddress(), cause);
  }

  /// The datagram that is being answered.
  final class View extends ExchangeView {
    private @Nullable Channel socket;
    private InetSocketAddress client = DatagramListener.NOBODY;
    private InetSocketAddress local = DatagramListener.NOBODY;

    void begin(Channel socket, InetSocketAddress client, InetSocketAddress local) {
      begin();
      this.socket = socket;
      this.client = client;
      this.local = local;
    }

    @Override
    LateReply newLateReply() {
      sockets.deferred();
      return new LateDatagram(sockets, requireNonNull(socket), isWildcard, client, local);
    }

    @Override
    public InetSocketAddress client() {
      return client;
    }

    @Override
    public InetSocketAddress local() {
      return local;
    }

    @Override
    public boolean isStream() {
      return false;
    }
  }
}
