package zonetrail.server.git;

import java.io.IOException;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.internal.JGitText;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.transport.PushConnection;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.RemoteRefUpdate.Status;
import org.eclipse.jgit.transport.Transport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.PushOutcome;
import zonetrail.server.git.FetchException.Reason;

/// Brings commits to a branch of the remote, fast-forward only: the remote moves the branch if it
/// still is where it said it was.
///
/// JGit's push comes back when the remote's hooks have ended, which may be seconds after the branch
/// was moved. What became of it the remote reports before that. So each push has a thread of its
/// own, which tells the report when it is there and stays until the hooks have ended; over SSH the
/// next push has another channel of the same session meanwhile, or of another session where that
/// one has no more places. While pushes follow each other closely, the channel of the next one is
/// opened as soon as one is settled ([PushLine]).
///
/// Thread: that of the caller, one at a time.
final class RemotePush {
  /// How long the remote may take until it reports, its hooks that judge the push included.
  static final Duration MAX_DURATION = Duration.ofMinutes(2);

  /// How long the remote's hooks may go on behind the report; then the line is cut.
  static final Duration MAX_HOOKS = Duration.ofMinutes(10);

  /// So many pushes at most at once whose hooks have not ended; another one has to wait for a
  /// place. Over SSH they are in several sessions, and a fetch finds a place in any case.
  static final int MAX_UNFINISHED = SshSessions.MAX_SESSIONS * (KeptSession.MAX_COMMANDS - 1);

  /// How long nothing is opened ahead after the remote has not taken it.
  private static final Duration AHEAD_AGAIN = Duration.ofMinutes(1);

  private static final Logger LOG = LoggerFactory.getLogger(RemotePush.class);

  /// Says whether the remote's branch is where it may be moved from.
  interface Lease {
    /// Whether it is.
    ///
    /// @param at where the branch is; null if there is none
    boolean allows(@Nullable ObjectId at) throws IOException;
  }

  private final RemoteExchange exchange;
  private final AtomicBoolean damageSeen;
  private final Semaphore places = new Semaphore(MAX_UNFINISHED);

  /// Opened for the next push.
  private @Nullable PushLine ahead;

  private long lastPushedNanos = System.nanoTime() - PushLine.AHEAD.toNanos();

  /// Not before then is anything opened ahead.
  private long aheadFromNanos = System.nanoTime();

  /// @param damageSeen set where an object that is to be pushed is damaged
  RemotePush(RemoteExchange exchange, AtomicBoolean damageSeen) {
    this.exchange = exchange;
    this.damageSeen = damageSeen;
  }

  /// Pushes a commit. A session that was kept may have died without our knowing; then a new one is
  /// tried at once.
  PushOutcome push(CloneRepository clone, String branch, ObjectId tip, Lease lease) {
    long began = System.nanoTime();
    boolean keptSession = exchange.hasOpenSession();
    Attempt attempt = attempt(new Attempt(clone, branch, tip, lease, true));
    if (attempt.needsNewLine) {
      LOG.debug("what was opened ahead is of no use for this push; opening another");
      attempt = attempt(new Attempt(clone, branch, tip, lease, false));
    }
    if (attempt.foundNobody && keptSession) {
      LOG.debug("the kept session is gone; opening another");
      attempt = attempt(new Attempt(clone, branch, tip, lease, false));
    }
    PushOutcome outcome = attempt.outcome;
    if (outcome instanceof PushOutcome.Pushed) {
      openAhead(clone, began);
    }
    return outcome instanceof PushOutcome.Failed failed && failed.isRefused() && attempt.wasBegun()
        ? orSuperseded(clone, branch, attempt.at, failed)
        : outcome;
  }

  /// If the push that has just been settled began soon after the one before.
  private void openAhead(CloneRepository clone, long beganNanos) {
    long now = System.nanoTime();
    boolean isSoon = beganNanos - lastPushedNanos < PushLine.AHEAD.toNanos();
    lastPushedNanos = now;
    if (isSoon && now - aheadFromNanos >= 0 && exchange.hasOpenSession()) {
      ahead = PushLine.openAhead(exchange, clone);
    }
  }

  /// The remote may have said no because its branch was moved in between, which its words do not
  /// tell for certain.
  private PushOutcome orSuperseded(
      CloneRepository clone, String branch, @Nullable ObjectId from, PushOutcome.Failed failed) {
    try {
      ObjectId now = exchange.tip(clone, branch);
      boolean isWhereItWas = now == null ? from == null : now.equals(from);
      return isWhereItWas ? failed : new PushOutcome.Superseded();
    } catch (FetchException away) {
      return failed;
    }
  }

  private Attempt attempt(Attempt attempt) {
    try {
      if (!places.tryAcquire(MAX_DURATION.toMillis(), TimeUnit.MILLISECONDS)) {
        attempt.outcome =
            notBegun(
                exchange.remote()
                    + " has not ended its hooks for "
                    + MAX_UNFINISHED
                    + " earlier pushes: look what they wait for");
        return attempt;
      }
      start(attempt);
      attempt.outcome = attempt.settled.get(MAX_DURATION.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException silent) {
      attempt.outcome =
          attempt.cut(
              "pushing to "
                  + exchange.remote()
                  + " took longer than "
                  + MAX_DURATION.toSeconds()
                  + " s");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      attempt.outcome = attempt.cut("the server is told to stop");
    } catch (ExecutionException unexpected) {
      throw new IllegalStateException(unexpected);
    }
    if (attempt.outcome instanceof PushOutcome.Unknown || attempt.foundNobody) {
      // Nothing of it may get there later.
      exchange.forgetSession();
    }
    return attempt;
  }

  /// Where the system has no thread for it, nothing was begun, and nobody else ends the attempt.
  private void start(Attempt attempt) {
    try {
      takeLine(attempt);
    } catch (RuntimeException | Error noThread) {
      attempt.settled.complete(
          notBegun(
              "no connection for a push to " + exchange.remote() + " was opened: " + noThread));
      attempt.ended();
    }
  }

  private void takeLine(Attempt attempt) {
    PushLine opened = ahead;
    ahead = null;
    if (opened != null && opened.couldNotOpen()) {
      aheadFromNanos = System.nanoTime() + AHEAD_AGAIN.toNanos();
    }
    if (opened != null && (!attempt.mayUseAhead || !opened.isFrom(attempt.clone))) {
      opened.end();
      opened = null;
    }
    if (opened == null || !opened.use(attempt)) {
      attempt.mayUseAhead = false;
      PushLine.open(exchange, attempt.clone, attempt);
    }
  }

  private static PushOutcome notBegun(String reason) {
    return new PushOutcome.Failed(reason, false, false);
  }

  private enum Stage {
    /// Where the branch is.
    ASKING,
    /// What may move it is on its way.
    BEGUN,
    /// Given up before that.
    CUT
  }

  /// One push, on the thread of its line.
  private final class Attempt implements PushLine.Use {
    final CompletableFuture<PushOutcome> settled = new CompletableFuture<>();
    private final CloneRepository clone;
    private final String branch;
    private final ObjectId tip;
    private final Lease lease;

    /// Where the branch was.
    volatile @Nullable ObjectId at;

    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.ASKING);

    volatile boolean foundNobody;

    /// Whether it may use what was opened ahead; and once it has begun, whether it does.
    private boolean mayUseAhead;

    /// Whether what was opened ahead was no good, and nothing was sent.
    volatile boolean needsNewLine;

    PushOutcome outcome = new PushOutcome.Unknown("not settled");

    Attempt(CloneRepository clone, String branch, ObjectId tip, Lease lease, boolean mayUseAhead) {
      this.clone = clone;
      this.branch = branch;
      this.tip = tip;
      this.lease = lease;
      this.mayUseAhead = mayUseAhead;
    }

    /// Whether anything was sent that may move the branch.
    boolean wasBegun() {
      return stage.get() == Stage.BEGUN;
    }

    /// The push is waited for no longer. If it has not begun, it never will.
    PushOutcome cut(String reason) {
      exchange.forgetSession();
      return stage.compareAndSet(Stage.ASKING, Stage.CUT)
          ? notBegun(reason)
          : new PushOutcome.Unknown(reason);
    }

    @Override
    public void failed(Exception e) {
      if (settled.isDone()) {
        LOG.debug("the line broke behind a push that was settled: {}", e.getMessage());
      } else if (mayUseAhead && !wasBegun()) {
        needsNewLine = true;
        settled.complete(notBegun(String.valueOf(e.getMessage())));
      } else {
        settled.complete(whatItMeans(e));
      }
    }

    @Override
    public void ended() {
      settled.complete(new PushOutcome.Unknown("the remote has not reported"));
      places.release();
    }

    @Override
    public void push(TimeLimit limit, Transport transport, PushConnection connection)
        throws IOException {
      Ref there = connection.getRef(branch);
      ObjectId from = there == null ? null : there.getObjectId();
      at = from;
      if (tip.equals(from)) {
        settled.complete(new PushOutcome.Pushed());
        return;
      }
      if (!lease.allows(from)) {
        needsNewLine = mayUseAhead; // which says where the branch was, and not where it is
        settled.complete(new PushOutcome.Superseded());
        return;
      }
      if (CheckedOutBranch.isAt(exchange.remote().uri(), branch)) {
        settled.complete(
            new PushOutcome.Failed(
                exchange.remote()
                    + " has this branch checked out, and whoever works there would take our"
                    + " commits back with the next one: give a bare repository (git clone --bare),"
                    + " or check out another branch there",
                true,
                true));
        return;
      }
      RemoteRefUpdate update =
          new RemoteRefUpdate(
              clone, tip.name(), tip, branch, false, null, from == null ? ObjectId.zeroId() : from);
      if (!stage.compareAndSet(Stage.ASKING, Stage.BEGUN)) {
        return;
      }
      connection.push(
          limit,
          new Report(
              update,
              status -> {
                if (status == Status.OK) {
                  settled.complete(new PushOutcome.Pushed());
                }
              }));
      settled.complete(
          update.getStatus() == Status.OK
              ? new PushOutcome.Pushed()
              : refused(update, connection.getMessages()));
    }

    private PushOutcome refused(RemoteRefUpdate update, String messages) {
      if (update.getStatus() != Status.REJECTED_OTHER_REASON) {
        return new PushOutcome.Unknown(exchange.remote() + " does not say what became of a push");
      }
      return new PushOutcome.Failed(
          exchange.remote()
              + " refuses commit "
              + tip.abbreviate(7).name()
              + ": "
              + RemoteText.oneLine(String.valueOf(update.getMessage()))
              + (messages.isBlank() ? "" : " (" + RemoteText.oneLine(messages) + ")"),
          true,
          true);
    }

    private PushOutcome whatItMeans(Exception e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (DamageException.isDamage(cause)) {
          damageSeen.set(true);
        }
      }
      FetchException failure =
          exchange.failureOfPush(
              e instanceof IOException io
                  ? io
                  : new IOException(String.valueOf(e.getMessage()), e));
      String reason = String.valueOf(failure.getMessage());
      if (!wasBegun()) {
        foundNobody = failure.reason() == Reason.UNREACHABLE;
        return new PushOutcome.Failed(
            reason,
            failure.reason().operatorMustAct(),
            failure.reason() == Reason.AUTHENTICATION_REFUSED);
      }
      return isReportOfFailure(e)
          ? new PushOutcome.Failed(reason, true, false)
          : new PushOutcome.Unknown(reason);
    }

    /// The remote could not unpack what it got, and says so.
    private static boolean isReportOfFailure(Exception e) {
      String report = JGitText.get().errorOccurredDuringUnpackingOnTheRemoteEnd;
      return e instanceof TransportException
          && String.valueOf(e.getMessage()).contains(report.substring(0, report.indexOf('{')));
    }
  }

  /// What JGit is given to push, and by which it tells that the report is there: as it has read the
  /// last line of that, it looks once more whether each update has its status. It does so behind a
  /// method that cannot be overridden; should it ever do otherwise, a push takes as long as its
  /// hooks.
  private static final class Report extends AbstractMap<String, RemoteRefUpdate> {
    private final RemoteRefUpdate update;
    private final Consumer<Status> listener;

    Report(RemoteRefUpdate update, Consumer<Status> listener) {
      this.update = update;
      this.listener = listener;
    }

    @Override
    public Set<Map.Entry<String, RemoteRefUpdate>> entrySet() {
      return Set.of(Map.entry(update.getRemoteName(), update));
    }

    @Override
    public Collection<RemoteRefUpdate> values() {
      listener.accept(update.getStatus());
      return List.of(update);
    }
  }
}
