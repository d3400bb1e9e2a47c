package zonetrail.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the datagrams of one socket by Java's own means, where there is no Linux: one at a time,
/// and never on a wildcard, since no reply could be sent from the address that was asked.
///
/// Allocation: for each datagram what Netty makes, some 400 octets; nothing of our own besides.
final class PortableDatagrams extends LoopDatagrams {
  /// Replies that wait in our memory because the system's buffer is full; more are dropped, and
  /// counted.
  static final int MAX_UNSENT_OCTETS = 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(PortableDatagrams.class);

  private final Channel socket;
  private final ChannelFuture bound;

  PortableDatagrams(
      EventLoops loops,
      AnswerLoop answerLoop,
      InetSocketAddress address,
      TransportCounters counters) {
    super(answerLoop, counters);
    Bootstrap options =
        loops
            .datagramSocket(answerLoop.eventLoop, address.getAddress())
            .option(ChannelOption.SO_RCVBUF, DatagramListener.SOCKET_BUFFER_OCTETS)
            .option(ChannelOption.SO_SNDBUF, DatagramListener.SOCKET_BUFFER_OCTETS)
            .option(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(MAX_UNSENT_OCTETS / 2, MAX_UNSENT_OCTETS))
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(DatagramBatch.SLOT_OCTETS))
            .handler(new Handler());
    this.bound = options.bind(address);
    this.socket = bound.channel();
    loops.own(socket);
  }

  /// Done when the socket is bound.
  ChannelFuture bound() {
    return bound;
  }

  @Override
  void stopReading() {
    socket.config().setAutoRead(false);
  }

  @Override
  void closeHere() {
    var _ = socket.close();
  }

  private void write(DatagramPacket reply) {
    if (!socket.isWritable()) {
      counters.datagramRepliesDropped.increment();
      reply.release();
      return;
    }
    var _ = socket.write(reply, socket.voidPromise());
  }

  /// Answers each message in turn, then flushes all replies.
  private final class Handler extends ChannelInboundHandlerAdapter {
    private final View view = new View();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
      DatagramPacket packet = (DatagramPacket) received;
      try {
        answer(packet);
      } finally {
        packet.release();
      }
    }

    private void answer(DatagramPacket packet) {
      ByteBuf content = packet.content();
      int length = content.readableBytes();
      if (!hasRightLength(length)) {
        return;
      }
      if (packet.sender().getPort() == 0) {
        counters.datagramsNotAnswerable.increment();
        return;
      }
      counters.datagrams.increment();
      content.readBytes(answerLoop.message, 0, length);
      view.begin(packet.sender(), packet.recipient());
      int octets = answerLoop.answer(length, view, MAX_REPLY_OCTETS);
      if (octets == Answerer.DEFERRED || !view.reclaim() || octets == Answerer.NO_REPLY) {
        return;
      }
      answerLoop.sends(answerLoop.response, octets);
      ByteBuf reply =
          socket.alloc().directBuffer(octets).writeBytes(answerLoop.response, 0, octets);
      write(new DatagramPacket(reply, packet.sender()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // A route that is gone, a filter on the way: one reply was lost, the socket goes on.
      counters.datagramFailures.increment();
      LOG.debug("a datagram was lost at {}", socket.localAddress(), cause);
    }
  }

  /// The datagram that is being answered.
  private final class View extends ExchangeView {
    private InetSocketAddress client = DatagramListener.NOBODY;
    private InetSocketAddress local = DatagramListener.NOBODY;

    void begin(InetSocketAddress client, InetSocketAddress local) {
      begin();
      this.client = client;
      this.local = local;
    }

    @Override
    LateReply newLateReply() {
      deferred();
      return new LateDatagram(PortableDatagrams.this, client, local) {
        @Override
        boolean send(byte[] reply) {
          if (!socket.isOpen()) {
            return false;
          }
          write(new DatagramPacket(Unpooled.wrappedBuffer(reply), client()));
          socket.flush();
          return true;
        }
      };
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
