package zonetrail.transport;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The other end of a [StreamConnection]: takes what is to be done to its event loop.
record ConnectedPeer(StreamConnection connection, Channel channel, InetSocketAddress client)
    implements StreamPeer {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectedPeer.class);

  @Override
  public boolean isOpen() {
    return channel.isActive();
  }

  @Override
  public void send(byte[] message) {
    onLoop(() -> connection.push(message));
  }

  @Override
  public void keep(boolean isKept) {
    onLoop(() -> connection.keep(isKept));
  }

  private void onLoop(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException closed) {
      LOG.debug("closed before {} was told", client);
    }
  }
}
