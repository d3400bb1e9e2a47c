package zonetrail.server.git;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.transport.PushConnection;
import org.eclipse.jgit.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection with the remote for one push, on a thread of its own: opened for a push that waits,
/// or ahead of one.
///
/// ```text
///   opened ahead ── push ──────────────────────────┐
///        │                                         ▼
///        │          opened for a push ──────► pushes, and stays until the remote's hooks have ended
///        └── for AHEAD no push, or the remote closes it ──► ended
/// ```
///
/// What is opened ahead has behind it what takes the remote longest: to start a process, a shell
/// and git, and to say where its branches are. It may say so too early for the push; that is safe,
/// since the remote moves the branch only if it is where the push takes it to be.
///
/// Threads: [#use] and [#end] by any.
final class PushLine implements Runnable {
  /// How long a line that was opened ahead waits for a push.
  static final Duration AHEAD = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(PushLine.class);

  /// A push that uses a line; all on the line's thread.
  interface Use {
    /// Pushes.
    ///
    /// @param limit what may end it
    void push(TimeLimit limit, Transport transport, PushConnection connection) throws IOException;

    /// The line could not be opened, or broke.
    void failed(Exception e);

    /// The line has ended; the last that is said.
    void ended();
  }

  private final RemoteExchange exchange;
  private final CloneRepository clone;
  private final boolean isAhead;
  private volatile boolean couldNotOpen;

  /// Empty if nobody will use it any more.
  private final CompletableFuture<Optional<Use>> use = new CompletableFuture<>();

  private PushLine(RemoteExchange exchange, CloneRepository clone, boolean isAhead) {
    this.exchange = exchange;
    this.clone = clone;
    this.isAhead = isAhead;
  }

  /// Opens a line for a push, without waiting for it.
  static void open(RemoteExchange exchange, CloneRepository clone, Use use) {
    PushLine line = new PushLine(exchange, clone, false);
    line.use.complete(Optional.of(use));
    line.start();
  }

  /// Opens a line ahead of a push, without waiting for it; if there is place for it in a session
  /// that is open.
  static PushLine openAhead(RemoteExchange exchange, CloneRepository clone) {
    PushLine line = new PushLine(exchange, clone, true);
    line.use.completeOnTimeout(Optional.empty(), AHEAD.toNanos(), TimeUnit.NANOSECONDS);
    line.start();
    return line;
  }

  private void start() {
    Thread.ofPlatform().name("git-push").daemon(true).start(this);
  }

  /// Whether it pushes from this clone.
  boolean isFrom(CloneRepository other) {
    return clone == other;
  }

  /// Whether the remote did not take it, as where it has a bound that is reached.
  boolean couldNotOpen() {
    return couldNotOpen;
  }

  /// Has it used by a push.
  ///
  /// @return false if it has ended, and the push has to open another
  boolean use(Use by) {
    return use.complete(Optional.of(by));
  }

  /// Ends it, unless it is used.
  void end() {
    use.complete(Optional.empty());
  }

  @Override
  public void run() {
    boolean isOpen = false;
    TimeLimit limit = new TimeLimit(RemotePush.MAX_HOOKS);
    FetchMeter meter = new FetchMeter(exchange.limits(), limit::isCancelled);
    try (Transport transport =
            isAhead
                ? exchange.openAhead(clone, meter, this::end)
                : exchange.openForPush(clone, meter);
        PushConnection connection = transport.openPush()) {
      isOpen = true;
      Optional<Use> by = use.join();
      if (by.isPresent()) {
        by.get().push(limit, transport, connection);
      }
    } catch (IOException | RuntimeException e) {
      couldNotOpen = !isOpen;
      end();
      use.join()
          .ifPresentOrElse(
              by -> by.failed(e),
              () -> LOG.debug("a line that was opened ahead has ended: {}", e.getMessage()));
    } finally {
      end();
      use.join().ifPresent(Use::ended);
    }
  }
}
