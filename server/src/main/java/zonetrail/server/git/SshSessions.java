package zonetrail.server.git;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/// SSH sessions with the remote: one that is opened when it is first needed, kept between fetches,
/// and opened again after it broke; and others beside it while it has no place for a command, since
/// the hooks of earlier pushes still run. JGit runs its commands over them.
///
/// JGit has a session factory of its own for this library. Ours is used because that one makes a
/// new client and a new session per transport, cannot switch Nagle's algorithm off (every small
/// command then waits for a delayed acknowledgement), and does not say which host key was refused.
///
/// Bounds: [#MAX_SESSIONS], [KeptSession#MAX_COMMANDS] in each, or fewer where the remote does not
/// take so many. A session beside the first one is closed when no command has run in it for a
/// while.
///
/// Threads: any; a session is opened by one at a time, and all may be given up meanwhile. The
/// monitor is never held while anything is waited for but a place: the library's threads take it,
/// too.
final class SshSessions implements AutoCloseable {
  /// So many sessions at most at once.
  static final int MAX_SESSIONS = 3;

  /// How long a session beside the first one is kept in which no command runs.
  static final Duration IDLE = Duration.ofSeconds(30);

  private final SshLogin login;
  private final Duration patience;
  private final Duration idle;
  private final Object opening = new Object();

  /// The one that is used first comes first.
  private final List<KeptSession> kept = new ArrayList<>();

  /// @param patience how long the remote may be silent while a session is opened, and how long to
  ///   wait for a place for a command
  SshSessions(RemoteAddress remote, SshSettings settings, Duration patience) {
    this(new SshLogin(remote, settings, patience), patience, IDLE);
  }

  /// @param idle as [#IDLE]
  SshSessions(SshLogin login, Duration patience, Duration idle) {
    this.login = login;
    this.patience = patience;
    this.idle = idle;
  }

  /// Whether the next command finds a session that is open already.
  synchronized boolean hasOpenSession() {
    return kept.stream().anyMatch(KeptSession::isOpen);
  }

  /// How many sessions there are.
  synchronized int count() {
    return kept.size();
  }

  /// Gives the sessions up, with all that runs in them; the next command opens a new one.
  void forget() {
    List<KeptSession> ended;
    synchronized (this) {
      ended = List.copyOf(kept);
      kept.clear();
    }
    ended.forEach(KeptSession::close);
  }

  @Override
  public void close() {
    forget();
    login.close();
  }

  /// What JGit is given to run commands.
  ///
  /// @param meter counts what they print
  SshSessionFactory commands(@Nullable FetchMeter meter) {
    return new Commands(meter, null);
  }

  /// What JGit is given to run commands that need not be: only in sessions that are open and have a
  /// place.
  ///
  /// @param ended told when one has ended, by a thread of the library's
  SshSessionFactory commandsAhead(@Nullable FetchMeter meter, Runnable ended) {
    return new Commands(meter, ended);
  }

  private SshProcess startAhead(
      String command,
      Map<String, String> environment,
      Duration timeout,
      @Nullable FetchMeter meter,
      Runnable ended)
      throws IOException {
    KeptSession session = free();
    SshProcess process =
        session == null ? null : session.start(command, environment, timeout, meter);
    if (process == null) {
      throw new IOException("no place in a session that is open");
    }
    process.whenEnded(ended);
    return process;
  }

  private SshProcess start(
      String command, Map<String, String> environment, Duration timeout, @Nullable FetchMeter meter)
      throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      SshProcess process = place(end).start(command, environment, timeout, meter);
      if (process != null) {
        return process;
      }
    }
  }

  /// A session in which a place for a command is taken.
  private KeptSession place(long endNanos) throws IOException {
    while (true) {
      KeptSession session = free();
      if (session != null) {
        return session;
      }
      session = another();
      if (session != null) {
        return session;
      }
      await(endNanos);
    }
  }

  private synchronized @Nullable KeptSession free() {
    kept.removeIf(session -> !session.isOpen());
    for (KeptSession session : kept) {
      if (session.takePlace()) {
        return session;
      }
    }
    return null;
  }

  /// @return null if there are as many as there may be
  private @Nullable KeptSession another() throws TransportException {
    synchronized (opening) {
      KeptSession meanwhile = free();
      if (meanwhile != null || count() >= MAX_SESSIONS) {
        return meanwhile;
      }
      try {
        KeptSession session = new KeptSession(login.open(), this::ended);
        boolean _ = session.takePlace();
        synchronized (this) {
          kept.add(session);
        }
        return session;
      } catch (FetchException e) {
        throw new TransportException(e.getMessage(), e);
      }
    }
  }

  private synchronized void await(long endNanos) throws IOException {
    while (isFull()) {
      long millis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
      if (millis <= 0) {
        throw new IOException(
            "commands of ours run in all of "
                + kept.size()
                + " SSH sessions, as many as the remote takes in each: look what its hooks wait for");
      }
      try {
        wait(millis);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for a place in a session", interrupted);
      }
    }
  }

  private synchronized boolean isFull() {
    kept.removeIf(session -> !session.isOpen());
    return kept.size() >= MAX_SESSIONS && kept.stream().noneMatch(KeptSession::hasPlace);
  }

  private synchronized void ended(KeptSession session) {
    notifyAll();
    if (kept.indexOf(session) > 0) {
      CompletableFuture.delayedExecutor(idle.toNanos(), TimeUnit.NANOSECONDS)
          .execute(() -> closeIfIdle(session));
    }
  }

  private void closeIfIdle(KeptSession session) {
    synchronized (this) {
      if (kept.indexOf(session) <= 0 || !session.retire(idle)) {
        return;
      }
      kept.remove(session);
      notifyAll();
    }
    session.close();
  }

  /// What JGit sees of the sessions.
  private final class Commands extends GitCommands {
    private final @Nullable FetchMeter meter;

    /// Null for commands that have to be.
    private final @Nullable Runnable endedAhead;

    Commands(@Nullable FetchMeter meter, @Nullable Runnable endedAhead) {
      this.meter = meter;
      this.endedAhead = endedAhead;
    }

    /// Opens a session, unless there is one or it need not be.
    @Override
    public RemoteSession getSession(
        URIish uri, @Nullable CredentialsProvider credentials, FS fs, int timeoutMillis)
        throws TransportException {
      if (endedAhead == null && !hasOpenSession()) {
        KeptSession opened = another();
        if (opened != null) {
          opened.givePlace();
        }
      }
      return this;
    }

    @Override
    public Process exec(String command, Map<String, String> environment, int timeoutSeconds)
        throws IOException {
      Duration timeout = Duration.ofSeconds(timeoutSeconds);
      return endedAhead == null
          ? start(command, environment, timeout, meter)
          : startAhead(command, environment, timeout, meter, endedAhead);
    }
  }
}
