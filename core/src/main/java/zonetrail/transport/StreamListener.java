package zonetrail.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import zonetrail.wire.Rfc;

/// Listens for TCP connections on one address and port, and gives each a [StreamConnection] on one
/// of the event loops.
@Rfc(number = 7766, section = "5")
final class StreamListener {
  /// Connections that the system may hold for us before we have accepted them.
  static final int BACKLOG = 1_024;

  /// What one read of a connection may bring, and how many reads it gets before the other ones of
  /// its loop have their turn.
  private static final int READ_OCTETS = 16 * 1024;

  private static final int READS_IN_A_ROW = 4;

  private final Channel socket;

  private StreamListener(Channel socket) {
    this.socket = socket;
  }

  /// Binds and starts to accept.
  ///
  /// @param address where; port 0 lets the system choose
  /// @throws ListenException if the address can't be had
  static StreamListener start(
      EventLoops loops,
      InetSocketAddress address,
      StreamLimits limits,
      ConnectionTable<StreamConnection> table,
      TransportCounters counters)
      throws ListenException {
    ServerBootstrap server =
        loops
            .streamSocket(address.getAddress())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(64, 2_048, READ_OCTETS)
                    .maxMessagesPerRead(READS_IN_A_ROW))
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(limits.highWaterOctets() / 2, limits.highWaterOctets()))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    loops.own(accepted);
                    AnswerLoop loop = loops.answerLoop(accepted.eventLoop());
                    accepted
                        .pipeline()
                        .addLast(new StreamConnection(accepted, loop, limits, counters, table));
                  }
                });
    ChannelFuture bound = server.bind(address);
    Listeners.await(bound, address, "tcp");
    return new StreamListener(bound.channel());
  }

  /// Where it listens, with the port that the system chose.
  InetSocketAddress address() {
    return (InetSocketAddress) socket.localAddress();
  }

  /// Accepts no more; the connections stay.
  void close() {
    socket.close().awaitUninterruptibly();
  }
}
