package zonetrail.server.git;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An SSH session, and how many commands run in it, each in a channel.
///
/// Threads: any.
final class KeptSession {
  /// So many commands at most run in one session. OpenSSH allows ten (`MaxSessions`), and may count
  /// one still that has just ended.
  static final int MAX_COMMANDS = 9;

  private static final Logger LOG = LoggerFactory.getLogger(KeptSession.class);

  /// How long to wait for the exit status of a command whose output has ended.
  private static final Duration EXIT_STATUS_WAIT = Duration.ofSeconds(5);

  private final ClientSession session;
  private final Consumer<KeptSession> commandEnded;
  private int running;
  private int most = MAX_COMMANDS;
  private long lastEndedNanos;

  /// @param commandEnded told when a place is free again, on a thread of the library's
  KeptSession(ClientSession session, Consumer<KeptSession> commandEnded) {
    this.session = session;
    this.commandEnded = commandEnded;
  }

  boolean isOpen() {
    return session.isOpen() && session.isAuthenticated();
  }

  /// Whether another command may run in it.
  synchronized boolean hasPlace() {
    return running < most;
  }

  /// Takes the place of a command, if there is one.
  synchronized boolean takePlace() {
    if (running >= most) {
      return false;
    }
    running++;
    return true;
  }

  /// The command has ended that had a place, or there was none.
  void givePlace() {
    synchronized (this) {
      running--;
      lastEndedNanos = System.nanoTime();
      if (running == 0) {
        most = MAX_COMMANDS; // what was refused may have been a passing trouble
      }
    }
    commandEnded.accept(this);
  }

  /// Takes no more commands, if none has run for so long.
  synchronized boolean retire(Duration idle) {
    if (running > 0 || System.nanoTime() - lastEndedNanos < idle.toNanos()) {
      return false;
    }
    most = 0;
    return true;
  }

  /// Ends all that runs in it.
  void close() {
    session.close(true);
  }

  /// Runs a command, for which a place was taken.
  ///
  /// @return null if the remote does not take another one in this session, beside those that run;
  ///   so many are not tried again
  @Nullable SshProcess start(
      String command, Map<String, String> environment, Duration timeout, @Nullable FetchMeter meter)
      throws IOException {
    ChannelExec channel;
    try {
      channel = session.createExecChannel(command, null, environment);
    } catch (IOException | RuntimeException e) {
      givePlace();
      throw e;
    }
    channel.addCloseFutureListener(closed -> givePlace());
    try {
      channel.open().verify(timeout);
    } catch (IOException | RuntimeException e) {
      boolean isFull = isRefusal(e) && isOpen() && takesNoMore();
      channel.close(true);
      if (isFull) {
        LOG.debug("no further command in this session: {}", e.getMessage());
        return null;
      }
      throw e;
    }
    return new SshProcess(channel, EXIT_STATUS_WAIT, meter);
  }

  private static boolean isRefusal(Exception e) {
    return e instanceof SshChannelOpenException || e.getCause() instanceof SshChannelOpenException;
  }

  private synchronized boolean takesNoMore() {
    if (running <= 1) {
      return false;
    }
    most = Math.min(most, running - 1);
    return true;
  }
}
