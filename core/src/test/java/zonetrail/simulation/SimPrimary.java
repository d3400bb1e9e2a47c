package zonetrail.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Differences;
import zonetrail.authority.EditedTexts;
import zonetrail.authority.Effect;
import zonetrail.authority.GroupCommit;
import zonetrail.authority.Input;
import zonetrail.authority.Primary;
import zonetrail.authority.Publication;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.Restart;
import zonetrail.authority.SourceLine;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneReadings;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.authority.ZoneStatus;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.update.MalformedUpdateException;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.WireName;

/// A server process: it carries out the effects of a [Primary] in virtual time, on a commit lane
/// and a network lane, and can be killed at any of its steps.
final class SimPrimary {
  private final String name;
  private final World world;
  private final SimRemote remote;
  private final Setting setting;
  private final Faults faults;
  private final Promises promises;
  private final Bug bug;
  private final SimClone clone;
  private final List<Consumer<Set<WireName>>> hooks = new ArrayList<>();
  private final Deque<Consumer<Runnable>> networkLane = new ArrayDeque<>();
  private boolean isNetworkBusy;
  private EditedTexts texts = new EditedTexts(1 << 20);
  private @Nullable ZoneFiles toKeep;
  private boolean isKeepWanted;
  private Instant nextKeep = Instant.EPOCH;
  private boolean isCommitBusy;
  private boolean isPreparing;
  private @Nullable Primary primary;
  private @Nullable Publication published;
  private int run;
  private int wish;

  /// The process ends in the middle of what it does.
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  SimPrimary(
      String name,
      World world,
      SimRemote remote,
      Setting setting,
      Faults faults,
      Promises promises,
      Bug bug) {
    this.name = name;
    this.world = world;
    this.remote = remote;
    this.setting = setting;
    this.faults = faults;
    this.promises = promises;
    this.bug = bug;
    this.clone = new SimClone(world, remote, name, promises, bug.followsLosses());
  }

  SimClone disk() {
    return clone;
  }

  /// Which run of the process this is.
  int run() {
    return run;
  }

  boolean isUp() {
    return primary != null;
  }

  Publication published() {
    return Objects.requireNonNull(published);
  }

  @Override
  public String toString() {
    return name;
  }

  // ---- the process ----

  void start() {
    run++;
    networkLane.clear();
    isNetworkBusy = false;
    toKeep = null;
    isKeepWanted = false;
    isCommitBusy = false;
    isPreparing = false;
    texts = new EditedTexts(1 << 20);
    primary = new Primary(Setting.POLL, setting.editing());
    world.trace("%s starts", name);
    try {
      promises.requireNothingLost(this);
      step(
          Restart.of(
              clone.known().orElseThrow(),
              bug.ledger(this, clone),
              ZoneReadings.oneByOne(Long.MAX_VALUE),
              world.now()));
    } catch (AwayException never) {
      throw new IllegalStateException(never);
    }
  }

  void kill() {
    if (primary != null) {
      world.trace("%s is killed", name);
      run++;
      primary = null;
      published = null;
      bug.killed(clone);
    }
  }

  /// Does this later, if the process still lives then.
  private void later(Duration delay, Runnable action) {
    int thisRun = run;
    world.after(
        delay,
        () -> {
          if (run == thisRun) {
            action.run();
          }
        });
  }

  void step(Input given) {
    Input input = bug.input(this, given);
    Primary authority = primary;
    if (input == null || authority == null) {
      return;
    }
    int thisRun = run;
    if (world.isTraced()) {
      world.trace("%s <- %s", name, Telling.of(input));
    }
    for (Effect effect : bug.effects(this, authority.step(input, world.now()))) {
      if (run == thisRun) {
        if (world.isTraced()) {
          world.trace("%s -> %s", name, Telling.of(effect));
        }
        perform(effect);
      }
    }
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.Fetch fetch -> network(done -> fetch(fetch, done));
      case Effect.Push(String tip) -> network(done -> push(tip, done));
      case Effect.GiveUp(String tip, boolean isConflict) ->
          network(done -> {
            giveUp(tip, isConflict);
            done.run();
          });
      case Effect.Keep(ZoneFiles files) -> keepLater(files);
      case Effect.Commit commit -> commit(commit);
      case Effect.ReadBack line -> readBack(line);
      case Effect.Prepare prepare -> prepare(prepare);
      case Effect.Publish(Publication publication) -> publish(publication);
      case Effect.Reply reply -> {
        if (reply.to() instanceof SimReply to) {
          SimUpdate update = to.update();
          if (update != null && reply.rcode().value() == 0) {
            promises.acknowledged(this, update, published());
          }
        }
        reply.to().reply(reply.rcode(), reply.reason());
      }
      case Effect.ReplyBadTime(var to) -> to.replyBadTime();
      case Effect.Drop(var to) -> to.drop();
      case Effect.Report _ -> {}
      case Effect.WakeAt(Instant time) -> wakeAt(time);
    }
  }

  /// Calls this with the zones of which it serves something new; all of them after a start.
  void onPublish(Consumer<Set<WireName>> hook) {
    hooks.add(hook);
  }

  void publish(Publication publication) {
    Publication before = published;
    published = publication;
    promises.published(this, publication);
    Set<WireName> changed = new HashSet<>();
    publication
        .files()
        .statuses()
        .map(ZoneStatus::zone)
        .filter(zone ->
            before == null
                || !Objects.equals(before.zones().zone(zone), publication.zones().zone(zone)))
        .forEach(changed::add);
    if (!changed.isEmpty()) {
      hooks.forEach(hook -> hook.accept(changed));
    }
  }

  private void wakeAt(Instant time) {
    int thisWish = ++wish;
    Duration delay = Duration.between(world.now(), time);
    later(
        delay.isNegative() ? Duration.ZERO : delay,
        () -> {
          if (wish == thisWish) {
            step(new Input.DeadlineReached());
          }
        });
  }

  // ---- what is noted ----

  /// Puts it off as long as the real server may, so that much depends on what may not be done
  /// before it.
  private void keepLater(ZoneFiles files) {
    toKeep = files;
    if (!isKeepWanted) {
      isKeepWanted = true;
      Duration delay = Duration.between(world.now(), nextKeep);
      later(
          delay.isNegative() ? Duration.ZERO : delay,
          () ->
              network(done -> {
                isKeepWanted = false;
                var _ = keepNow();
                done.run();
              }));
    }
  }

  private boolean keepBefore() {
    return bug.putsOffNotes() || keepNow();
  }

  /// Notes what is to be noted.
  ///
  /// @return whether it is
  private boolean keepNow() {
    ZoneFiles files = toKeep;
    boolean isKept = files == null || keep(files);
    toKeep = isKept ? null : files;
    return isKept;
  }

  private void keepInPlace(ZoneFiles files) throws AwayException {
    if (bug.putsOffNotes()) {
      return;
    }
    if (!keep(files)) {
      throw new AwayException("what is to be served cannot be noted");
    }
    toKeep = null;
  }

  private boolean keep(ZoneFiles files) {
    nextKeep = world.now().plusSeconds(1);
    try {
      clone.keep(files.version(), files.heldBack());
      return true;
    } catch (AwayException full) {
      later(Duration.ZERO, () -> step(new Input.NotKept(String.valueOf(full.getMessage()))));
      return false;
    }
  }

  private void giveUp(String tip, boolean isConflict) {
    if (keepBefore()) {
      clone.giveUp(tip, isConflict);
      promises.requireNothingLost(this);
      return;
    }
    later(
        Duration.ofSeconds(1),
        () ->
            network(done -> {
              giveUp(tip, isConflict);
              done.run();
            }));
  }

  // ---- the lanes ----

  private void network(Consumer<Runnable> work) {
    networkLane.add(work);
    nextOfNetwork();
  }

  private void nextOfNetwork() {
    Consumer<Runnable> work = isNetworkBusy ? null : networkLane.poll();
    if (work == null) {
      return;
    }
    isNetworkBusy = true;
    later(
        world.between(0, 2),
        () ->
            work.accept(() -> {
              isNetworkBusy = false;
              nextOfNetwork();
            }));
  }

  private void fetch(Effect.Fetch fetch, Runnable done) {
    var _ = keepBefore();
    later(
        faults.networkDelay(),
        () -> {
          Input result;
          try {
            if (faults.losesExchange()) {
              throw new AwayException("the line broke");
            }
            ZoneFiles base = fetch.base();
            SourceLine line = clone.fetch(base.version(), fetch.scope());
            result =
                new Input.SourceFetched(
                    base.advance(line),
                    clone.lastInRemote(fetch.ours()),
                    bug.ledger(this, clone)
                        .requestsSince(Primary.requestsOfInterest(base.time(), world.now())));
          } catch (AwayException away) {
            result = new Input.FetchFailed(String.valueOf(away.getMessage()));
          }
          Input told = result;
          later(
              faults.networkDelay(),
              () -> {
                step(told);
                done.run();
              });
        });
  }

  private void push(String tip, Runnable done) {
    Consumer<PushOutcome> settle =
        outcome -> {
          step(new Input.PushSettled(tip, outcome));
          done.run();
        };
    later(
        faults.networkDelay(),
        () -> {
          String seen = remote.tip();
          boolean isElsewhere =
              !seen.equals(clone.fetched())
                  || !remote.isAncestor(seen, tip)
                  || !(clone.isInRemote(tip) || clone.isCurrent(tip));
          if (remote.isAway) {
            settle.accept(new PushOutcome.Failed("the remote is away", false, false));
          } else if (isElsewhere && !bug.forcesPushes()) {
            settle.accept(new PushOutcome.Superseded());
          } else if (remote.isRefusing) {
            settle.accept(new PushOutcome.Failed("no right to push", true, true));
          } else {
            send(tip, seen, settle);
          }
        });
  }

  /// What was sent goes on also when the sender is gone.
  private void send(String tip, String seen, Consumer<PushOutcome> settle) {
    boolean isLost = faults.losesExchange();
    boolean isReplyLost = faults.losesExchange();
    int sender = run;
    world.after(
        faults.networkDelay(),
        () -> {
          boolean isIn = !isLost && (remote.tip().equals(seen) || bug.forcesPushes());
          if (isIn) {
            world.trace("the branch has %s of %s", World.shortId(tip), name);
            remote.moveTo(tip);
          }
          if (run != sender) {
            return;
          }
          later(
              faults.networkDelay(),
              () -> {
                if (isLost || isReplyLost) {
                  settle.accept(new PushOutcome.Unknown("the line broke"));
                  return;
                }
                if (isIn) {
                  clone.markFetched(tip);
                }
                settle.accept(isIn ? new PushOutcome.Pushed() : new PushOutcome.Superseded());
              });
        });
  }

  private void commit(Effect.Commit commit) {
    onCommitLane(
        5,
        () -> {
          try {
            return make(commit);
          } catch (AwayException full) {
            return new Input.CommitFailed(String.valueOf(full.getMessage()));
          } catch (Killed inTheMiddle) {
            faults.restartLater(this);
            return null;
          }
        });
  }

  /// Takes so long that fetches and updates come between.
  private void readBack(Effect.ReadBack line) {
    onCommitLane(
        300,
        () -> {
          try {
            return world.isLikely(0.05)
                ? new Input.CommitsNotRead("it could not be read")
                : new Input.CommitsRead(Differences.of(line, bug.ledger(this, clone)));
          } catch (AwayException never) {
            throw new IllegalStateException(never);
          }
        });
  }

  /// @param work what comes of it is told; null if the process does not live on
  private void onCommitLane(int mostMillis, Supplier<@Nullable Input> work) {
    if (isCommitBusy) {
      throw new BrokenPromise("%s makes two groups of commits at once", name);
    }
    isCommitBusy = true;
    later(
        world.between(0, mostMillis),
        () -> {
          Input told = work.get();
          if (told != null) {
            later(
                world.between(0, 5),
                () -> {
                  isCommitBusy = false;
                  step(told);
                });
          }
        });
  }

  private Input make(Effect.Commit commit) throws AwayException {
    if (commit.otherwise() != null && !keepBefore()) {
      return new Input.CommitFailed("what is served cannot be noted");
    }
    return new Input.Committed(
        GroupCommit.make(
            commit,
            SerialStyle.INCREMENT,
            world.now(),
            bug.ledger(this, clone),
            texts,
            this::keepInPlace));
  }

  /// Takes so long that commits of other zones, fetches and pushes come between.
  private void prepare(Effect.Prepare prepare) {
    if (isPreparing) {
      throw new BrokenPromise("%s prepares two groups at once", name);
    }
    isPreparing = true;
    later(
        world.between(0, 300),
        () -> {
          Input result;
          try {
            result =
                new Input.EditsPrepared(
                    world.isLikely(0.05)
                        ? null
                        : GroupCommit.prepare(
                            prepare,
                            SerialStyle.INCREMENT,
                            world.now(),
                            bug.ledger(this, clone),
                            texts));
          } catch (AwayException full) {
            result = new Input.EditsPrepared(null);
          }
          Input told = result;
          later(
              world.between(0, 300),
              () -> {
                isPreparing = false;
                step(told);
              });
        });
  }

  // ---- what comes over the network ----

  /// A message that says it is an update arrives.
  void receive(byte[] message, SimReply reply) {
    if (published == null || !(verdict(message) instanceof Verdict.Verified verified)) {
      return; // nobody is there, or it was answered without the authority
    }
    promises.mustBeAnswered(this, reply, Setting.TIMEOUT.plusSeconds(1));
    if (bug.answers(this, verified.requestId(), reply)) {
      return;
    }
    try {
      UpdateRequest update = UpdateRequest.parse(verified.withoutTsig(message));
      step(new Input.UpdateReceived(update, verified, world.now(), reply));
    } catch (MalformedUpdateException never) {
      throw new IllegalStateException(never);
    }
  }

  /// A NOTIFY arrives.
  void receiveNotify(byte[] message, WireName zone) {
    if (published == null || !(verdict(message) instanceof Verdict.Verified verified)) {
      return;
    }
    SimReply reply = new SimReply("NOTIFY of " + zone, null, rcode -> {});
    promises.mustBeAnswered(this, reply, Primary.MAX_REPLY_DELAY.plusSeconds(1));
    step(new Input.NotifyReceived(zone, verified, world.now(), reply));
  }

  private Verdict verdict(byte[] message) {
    return bug.verify(
        message, TsigVerifier.verify(message, message.length, published().keys(), world.now()));
  }
}
