package zonetrail.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The datagram sockets that one event loop has for one listener: the one that was asked for and,
/// beside a wildcard, one for each address of the machine, because a reply must leave from the
/// address that was asked.
///
/// Thread: the event loop.
final class LoopSockets {
  final AnswerLoop answerLoop;
  final TransportCounters counters;

  private final DatagramListener listener;
  private final Map<InetAddress, ChannelFuture> byAddress = new HashMap<>();
  private int deferred;
  private @Nullable Promise<Void> drained;

  LoopSockets(DatagramListener listener, AnswerLoop answerLoop, TransportCounters counters) {
    this.listener = listener;
    this.answerLoop = answerLoop;
    this.counters = counters;
  }

  /// Opens this loop's socket on one address, unless there is one. Any thread.
  Future<Void> open(InetAddress address) {
    Promise<Void> done = answerLoop.eventLoop.newPromise();
    answerLoop.eventLoop.execute(() ->
        openHere(address)
            .addListener(bound -> {
              if (bound.isSuccess()) {
                done.setSuccess(null);
              } else {
                done.setFailure(bound.cause());
              }
            }));
    return done;
  }

  private ChannelFuture openHere(InetAddress address) {
    ChannelFuture open = byAddress.get(address);
    if (open == null || (open.isDone() && !open.isSuccess())) {
      open =
          listener
              .socket(answerLoop, address, true)
              .handler(new DatagramHandler(this, address.isAnyLocalAddress()))
              .bind(address, listener.port());
      byAddress.put(address, open);
      listener.own(open.channel());
    }
    return open;
  }

  /// Closes the socket of an address that the machine no longer has. Any thread.
  void close(InetAddress address) {
    answerLoop.eventLoop.execute(() -> {
      ChannelFuture socket = byAddress.remove(address);
      if (socket != null) {
        var _ = socket.channel().close();
      }
    });
  }

  /// Writes a reply, to be flushed by the caller if it leaves by `socket`.
  ///
  /// @param socket where the query came in
  /// @param isWildcard whether that socket is bound to the wildcard
  /// @param asked the address that the query was sent to, the wildcard if that is not known
  void send(Channel socket, boolean isWildcard, DatagramPacket reply, InetSocketAddress asked) {
    if (!isWildcard) {
      write(socket, reply);
      return;
    }
    ChannelFuture source = sourceFor(asked.getAddress());
    if (source == null || (source.isDone() && !source.isSuccess())) {
      counters.replySourceUnknown.increment();
      write(socket, reply);
      return;
    }
    // The first datagrams to an address arrive before its socket is bound, and wait for that.
    source.addListener(bound -> {
      Channel from = bound.isSuccess() ? source.channel() : socket;
      write(from, reply);
      from.flush();
    });
  }

  private @Nullable ChannelFuture sourceFor(InetAddress asked) {
    if (asked.isAnyLocalAddress()) {
      listener.lookForNewAddresses();
      return null;
    }
    ChannelFuture open = byAddress.get(asked);
    if (open == null && listener.mayOpen(asked)) {
      open = openHere(asked);
      listener.openOnAllLoops(asked);
    }
    return open;
  }

  private void write(Channel socket, DatagramPacket reply) {
    if (!socket.isWritable()) {
      counters.datagramRepliesDropped.increment();
      reply.release();
      return;
    }
    var _ = socket.write(reply, socket.voidPromise());
  }

  /// Whether a datagram to this address was meant for more than one host.
  boolean isForMany(InetSocketAddress asked) {
    return listener.isForMany(asked.getAddress());
  }

  /// A datagram will be answered later.
  void deferred() {
    deferred++;
  }

  /// A datagram that was to be answered later was, or will not be.
  void released() {
    deferred--;
    if (deferred == 0 && drained != null) {
      drained.trySuccess(null);
    }
  }

  /// Reads no more.
  ///
  /// @return done when all late replies are out
  Future<Void> drain() {
    Promise<Void> done = answerLoop.eventLoop.newPromise();
    answerLoop.eventLoop.execute(() -> {
      drained = done;
      byAddress.values().forEach(socket -> socket.channel().config().setAutoRead(false));
      if (deferred == 0) {
        done.trySuccess(null);
      }
    });
    return done;
  }

  /// Closes all sockets. Any thread.
  Future<?> closeAll() {
    return answerLoop.eventLoop.submit(() -> {
      for (ChannelFuture socket : byAddress.values()) {
        var _ = socket.channel().close();
      }
    });
  }
}
