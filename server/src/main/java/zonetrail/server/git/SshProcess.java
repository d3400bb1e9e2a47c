package zonetrail.server.git;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;

/// A command that runs at the other end of an SSH channel.
final class SshProcess extends Process {

  private final ChannelExec channel;
  private final Duration exitStatusWait;

  SshProcess(ChannelExec channel, Duration exitStatusWait) {
    this.channel = channel;
    this.exitStatusWait = exitStatusWait;
  }

  @Override
  public OutputStream getOutputStream() {
    return channel.getInvertedIn();
  }

  @Override
  public InputStream getInputStream() {
    return channel.getInvertedOut();
  }

  @Override
  public InputStream getErrorStream() {
    return channel.getInvertedErr();
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
}
