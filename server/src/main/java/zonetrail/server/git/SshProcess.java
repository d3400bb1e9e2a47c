package zonetrail.server.git;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.jspecify.annotations.Nullable;

/// A command that runs at the other end of an SSH channel.
final class SshProcess extends Process {

  private final ChannelExec channel;

  /// As much of a command's error messages is read; JGit keeps all of it in memory.
  private static final int MAX_ERROR_OCTETS = 64 * 1024;

  private final Duration exitStatusWait;
  private final @Nullable FetchMeter meter;

  SshProcess(ChannelExec channel, Duration exitStatusWait, @Nullable FetchMeter meter) {
    this.channel = channel;
    this.exitStatusWait = exitStatusWait;
    this.meter = meter;
  }

  /// Has it told, by a thread of the library's, that the command has ended and its channel is
  /// closed.
  void whenEnded(Runnable listener) {
    channel.addCloseFutureListener(closed -> listener.run());
  }

  @Override
  public OutputStream getOutputStream() {
    return channel.getInvertedIn();
  }

  @Override
  public InputStream getInputStream() {
    InputStream out = channel.getInvertedOut();
    return meter == null ? out : meter.line(out);
  }

  @Override
  public InputStream getErrorStream() {
    return new Beginning(channel.getInvertedErr(), MAX_ERROR_OCTETS);
  }

  @Override
  public int waitFor() {
    return exitValue();
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) {
    return channel
        .waitFor(EnumSet.of(ClientChannelEvent.CLOSED), unit.toMillis(timeout))
        .contains(ClientChannelEvent.CLOSED);
  }

  /// The status, waiting a little for it: it may come behind the end of the output, and JGit asks
  /// for it as soon as it has seen that.
  @Override
  public int exitValue() {
    channel.waitFor(
        EnumSet.of(ClientChannelEvent.CLOSED, ClientChannelEvent.EXIT_STATUS), exitStatusWait);
    Integer status = channel.getExitStatus();
    if (status == null) {
      throw new IllegalThreadStateException("the remote command gave no exit status");
    }
    return status;
  }

  /// Gracefully: an immediate close would not tell the server, which then keeps the channel's place
  /// and, OpenSSH, refuses the eleventh (`MaxSessions`).
  @Override
  public void destroy() {
    channel.close(false);
  }

  /// The first octets of a stream, and then its end. The rest stays where it is; the other side may
  /// not send more than its window.
  private static final class Beginning extends FilterInputStream {
    private int left;

    Beginning(InputStream in, int octets) {
      super(in);
      left = octets;
    }

    @Override
    public int read() throws IOException {
      if (left == 0) {
        return -1;
      }
      left--;
      return super.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int octets = super.read(target, offset, Math.min(left, length));
      left -= Math.max(0, octets);
      return octets;
    }
  }
}
