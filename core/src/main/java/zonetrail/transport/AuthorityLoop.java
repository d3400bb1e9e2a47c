package zonetrail.transport;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.Differences;
import zonetrail.authority.EditedTexts;
import zonetrail.authority.Effect;
import zonetrail.authority.Event;
import zonetrail.authority.GroupCommit;
import zonetrail.authority.Input;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.Primary;
import zonetrail.authority.Publication;
import zonetrail.authority.PushOutcome;
import zonetrail.authority.Restart;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneLedger;
import zonetrail.authority.ZoneSource;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.update.SerialStyle;

/// The one interpreter of effects: it owns the [Primary] on one thread, feeds it inputs in order
/// and carries out what it wants done.
///
/// Three threads: the loop's own, on which nothing waits; the network lane, on which the source is
/// fetched and pushed to, and what changed is read, with the help of a [ReadingPool]; and the
/// commit lane, on which edits become commits, so that these never wait for the network. What is
/// served is noted on the network lane when there is time, and on either of these before what may
/// not be done without ([ServedNote]). [#post] may be called from any thread.
public final class AuthorityLoop implements Authority {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityLoop.class);

  /// How long [#close] waits for a fetch under way. With the listeners' own patience it stays below
  /// the five seconds in which a server that is told to stop has to be gone.
  public static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  /// Zones, those served and those being read, may take three quarters of the heap,
  private static final long HEAP_QUARTERS_FOR_ZONES = 3;

  /// but for so many octets, for messages, for git and for what is read; and always an eighth.
  private static final long HEAP_NOT_FOR_ZONES = 32L << 20;

  private static final int LEAST_HEAP_SHARES = 8;

  /// The texts of files edited last may take this part of the heap, beside the zones.
  private static final int SHARES_OF_EDITED_TEXTS = 16;

  /// How far in the future a commit may be dated before that is told.
  static final Duration COMMIT_TIME_TOLERANCE = Duration.ofMinutes(5);

  /// After so long it is tried again to give up what could not be.
  static final Duration GIVE_UP_AGAIN = Duration.ofSeconds(1);

  private final RareWarning commitTimeWarning = new RareWarning(LOG);
  private final RareWarning notGivenUp = new RareWarning(LOG);
  private final Primary primary;
  private final ZoneSource source;
  private final @Nullable Editing editing;
  private final PublishedZones published;
  private final InstantSource clock;
  private final ScheduledExecutorService loop;
  private final ScheduledExecutorService networkLane;
  private final ExecutorService commitLane;
  private final ExecutorService besideCommits;
  private final ReadingPool readings;
  private final EditedTexts editedTexts;
  private final EventLog eventLog = new EventLog();
  private final FetchHistory fetches = new FetchHistory();
  private final Heartbeat heartbeat = new Heartbeat("authority", System.nanoTime());
  private final HeapWatch heap = new HeapWatch(System.nanoTime());
  private final ClockWatch clockWatch = new ClockWatch(Instant.now(), System.nanoTime());

  private final ServedNote note;

  /// Whether the network lane is going to write what is to be noted.
  private final AtomicBoolean isNoteScheduled = new AtomicBoolean();

  private volatile Primary.Load load = Primary.Load.NONE;

  /// When the loop is to wake for no input; null for never. This and the next two: loop's thread.
  private @Nullable Instant wakeWanted;

  /// When it will: at that time or before, in which case it sleeps on.
  private @Nullable Instant wakeSet;

  private @Nullable ScheduledFuture<?> wake;

  /// What makes commits.
  ///
  /// @param ledger takes them
  /// @param style how serials are raised
  public record Editing(ZoneLedger ledger, SerialStyle style) {}

  /// Creates a loop that does nothing until [#start], for a source that takes no commits.
  ///
  /// @param clock never goes back; see [#steadyClock]
  public AuthorityLoop(
      Primary primary, ZoneSource source, PublishedZones published, InstantSource clock) {
    this(primary, source, null, published, clock);
  }

  /// Creates a loop that does nothing until [#start].
  ///
  /// @param editing makes the commits that `primary` wants; null if it wants none
  /// @param clock never goes back; see [#steadyClock]
  public AuthorityLoop(
      Primary primary,
      ZoneSource source,
      @Nullable Editing editing,
      PublishedZones published,
      InstantSource clock) {
    this.primary = primary;
    this.source = source;
    this.editing = editing;
    this.published = published;
    this.clock = clock;
    this.note = new ServedNote(source, reason -> post(new Input.NotKept(reason)));
    this.loop = singleThread("authority");
    this.networkLane = singleThread("network-lane");
    this.commitLane = Executors.newSingleThreadExecutor(thread("commit-lane"));
    this.besideCommits = Executors.newSingleThreadExecutor(thread("beside-commits"));
    Runtime machine = Runtime.getRuntime();
    this.editedTexts = new EditedTexts(machine.maxMemory() / SHARES_OF_EDITED_TEXTS);
    this.readings =
        new ReadingPool(
            memoryForZones(machine.maxMemory()), machine.availableProcessors(), this::report);
  }

  @Override
  public Optional<EditedTexts> editedTexts() {
    return Optional.of(editedTexts);
  }

  private static ScheduledExecutorService singleThread(String name) {
    return Executors.newSingleThreadScheduledExecutor(thread(name));
  }

  private static ThreadFactory thread(String name) {
    return Thread.ofPlatform().name(name).daemon(true).factory();
  }

  /// A clock that starts at the time of day and then only runs forward, whatever is done to the
  /// system's clock.
  public static InstantSource steadyClock() {
    Instant origin = Instant.now();
    long originNanos = System.nanoTime();
    return () -> origin.plusNanos(System.nanoTime() - originNanos);
  }

  /// Publishes what is known and looks at the source.
  ///
  /// Returns when what is known is published; the fetch goes on.
  ///
  /// @param known what an earlier run left behind, or a first fetch
  public void start(Known known) {
    try {
      Input started = networkLane.submit(() -> started(known)).get();
      readings.serving();
      loop.submit(() -> step(started)).get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", interrupted);
    } catch (ExecutionException failed) {
      throw new IllegalStateException("the authority could not start", failed.getCause());
    }
    long everyNanos = Heartbeat.INTERVAL.toNanos();
    var _ = loop.scheduleAtFixedRate(this::tick, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
  }

  private Input.Started started(Known known) {
    if (editing == null) {
      return new Input.Started(ZoneFiles.resume(known, readings));
    }
    Instant began = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    try {
      return Restart.of(known, editing.ledger(), readings, began);
    } catch (AwayException | UncheckedIOException damaged) {
      // What is served is worth more than what waits, which stays where it is.
      LOG.error(
          "commits of an earlier run cannot be read and are not pushed: {}", damaged.getMessage());
      return new Input.Started(ZoneFiles.resume(known, readings), null, List.of(), began);
    }
  }

  static long memoryForZones(long heapOctets) {
    return Math.max(
        heapOctets / LEAST_HEAP_SHARES,
        heapOctets / 4 * HEAP_QUARTERS_FOR_ZONES - HEAP_NOT_FOR_ZONES);
  }

  /// Once a second: a sign of life, and what depends on nothing but the time.
  private void tick() {
    long now = System.nanoTime();
    heartbeat.beat(now);
    eventLog.tellLeftOut(now);
    heap.look(now);
    Duration jump = clockWatch.look(Instant.now(), now);
    if (jump != null) {
      LOG.warn(
          "the time of day jumped {} by {} s: the clock was set, or this machine slept. Signed"
              + " messages are checked against it; if NTP did not do this, look at the clock",
          jump.isNegative() ? "back" : "forward",
          jump.abs().toSeconds());
    }
  }

  @Override
  public Heartbeat heartbeat() {
    return heartbeat;
  }

  /// How full what the authority holds in bounds is, as of its last step.
  @Override
  public Primary.Load load() {
    return load;
  }

  /// What became of the fetches.
  @Override
  public FetchHistory fetches() {
    return fetches;
  }

  /// How often each kind of event happened, by its name.
  @Override
  public Map<String, Long> eventCounts() {
    return eventLog.counts();
  }

  /// How many events were not logged because there were too many like them.
  @Override
  public long eventsNotLogged() {
    return eventLog.linesLeftOut();
  }

  /// Hands over an input; does not wait.
  ///
  /// @return false if the loop has been closed and the input is not taken
  @Override
  public boolean post(Input input) {
    try {
      loop.execute(() -> step(input));
      return true;
    } catch (RejectedExecutionException closed) {
      return false;
    }
  }

  /// Logs and counts what happened elsewhere, in order with what happens here; does not wait.
  @Override
  public void report(Event event) {
    try {
      loop.execute(() -> eventLog.write(event, System.nanoTime()));
    } catch (RejectedExecutionException closed) {
      LOG.debug("closed before it was told: {}", event.text());
    }
  }

  private void step(Input input) {
    List<Effect> effects;
    try {
      effects = primary.step(input, clock.instant());
      load = primary.load();
    } catch (RuntimeException | Error unexpected) {
      // The executor would keep it to itself: the input would be gone without a word.
      LOG.error(
          "could not take {} because of a defect in this server",
          input.getClass().getSimpleName(),
          unexpected);
      return;
    }
    for (Effect effect : effects) {
      try {
        perform(effect);
      } catch (RejectedExecutionException closed) {
        LOG.debug("closed before {}", effect.getClass().getSimpleName());
      } catch (RuntimeException | Error unexpected) {
        // A defect in carrying out one effect must not end the loop, nor keep the rest from
        // happening.
        LOG.error("could not carry out {}", effect.getClass().getSimpleName(), unexpected);
      }
    }
    published.tell();
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.Fetch fetch -> networkLane.execute(() -> told(fetch(fetch)));
      case Effect.Commit commit -> commitLane.execute(() -> post(commit(commit)));
      case Effect.ReadBack line -> commitLane.execute(() -> post(readBack(line)));
      case Effect.Prepare prepare -> besideCommits.execute(() -> post(prepare(prepare)));
      case Effect.Push(var tip) ->
          networkLane.execute(() -> told(new Input.PushSettled(tip, push(tip))));
      case Effect.GiveUp(var tip, var isConflict) ->
          networkLane.execute(() -> giveUp(tip, isConflict));
      case Effect.Publish(var publication) -> {
        published.publish(publication);
        warnIfFromTheFuture(publication);
      }
      case Effect.Keep(var files) -> {
        note.take(files);
        if (!isNoteScheduled.getAndSet(true)) {
          var _ = networkLane.schedule(this::keep, note.delayNanos(), TimeUnit.NANOSECONDS);
        }
      }
      case Effect.Reply(var to, var rcode, var reason) -> to.reply(rcode, reason);
      case Effect.ReplyBadTime(var to) -> to.replyBadTime();
      case Effect.Drop(var to) -> to.drop();
      case Effect.Report(var event) -> eventLog.write(event, System.nanoTime());
      case Effect.WakeAt(var time) -> wakeAt(time);
    }
  }

  /// A commit of tomorrow was made on a machine whose clock is wrong, or ours is.
  private void warnIfFromTheFuture(Publication publication) {
    Duration ahead = Duration.between(Instant.now(), publication.files().time());
    if (ahead.compareTo(COMMIT_TIME_TOLERANCE) > 0) {
      commitTimeWarning.warn(
          "version "
              + publication.version()
              + " is dated "
              + ahead.toSeconds()
              + " s in the future; it is served all the same. Look at the clock of who committed it,"
              + " and at ours",
          null);
    }
  }

  /// With each update the time moves on by a little: then nothing is set anew.
  private void wakeAt(Instant time) {
    wakeWanted = time;
    if (wakeSet != null && !time.isBefore(wakeSet)) {
      return;
    }
    if (wake != null) {
      wake.cancel(false);
    }
    wakeSet = time;
    long nanos = Math.max(0, Duration.between(clock.instant(), time).toNanos());
    wake = loop.schedule(this::awake, nanos, TimeUnit.NANOSECONDS);
  }

  private void awake() {
    Instant time = wakeWanted;
    wakeSet = null;
    if (time != null && clock.instant().isBefore(time)) {
      wakeAt(time);
    } else if (time != null) {
      wakeWanted = null;
      step(new Input.DeadlineReached());
    }
  }

  private Editing editing() {
    if (editing == null) {
      throw new IllegalStateException("this source takes no commits");
    }
    return editing;
  }

  private Input commit(Effect.Commit commit) {
    try {
      // Nothing is on another line before what was served on this one is noted.
      String notKept = commit.otherwise() == null ? null : note.write();
      if (notKept != null) {
        return new Input.CommitFailed(notKept);
      }
      return new Input.Committed(
          GroupCommit.make(
              commit,
              editing().style(),
              Instant.now(),
              editing().ledger(),
              editedTexts,
              this::noteInPlace));
    } catch (AwayException full) {
      return new Input.CommitFailed(String.valueOf(full.getMessage()));
    } catch (RuntimeException | Error unexpected) {
      // Without an input the authority would wait for ever.
      LOG.error("edits could not be committed because of a defect in this server", unexpected);
      return new Input.CommitFailed("internal error: " + unexpected);
    }
  }

  private void noteInPlace(ZoneFiles served) throws AwayException {
    String notKept = note.writeInPlace(served);
    if (notKept != null) {
      throw new AwayException(notKept);
    }
  }

  private Input readBack(Effect.ReadBack line) {
    try {
      return new Input.CommitsRead(Differences.of(line, editing().ledger()));
    } catch (AwayException damaged) {
      return new Input.CommitsNotRead(String.valueOf(damaged.getMessage()));
    } catch (RuntimeException | Error unexpected) {
      LOG.error("commits could not be read because of a defect in this server", unexpected);
      return new Input.CommitsNotRead("internal error: " + unexpected);
    }
  }

  private Input prepare(Effect.Prepare prepare) {
    try {
      return new Input.EditsPrepared(
          GroupCommit.prepare(
              prepare, editing().style(), Instant.now(), editing().ledger(), editedTexts));
    } catch (AwayException full) {
      LOG.debug("edits of a large zone are committed unprepared: {}", full.getMessage());
    } catch (RuntimeException | Error unexpected) {
      LOG.error("edits could not be prepared because of a defect in this server", unexpected);
    }
    return new Input.EditsPrepared(null);
  }

  private PushOutcome push(String tip) {
    try {
      return editing().ledger().push(tip);
    } catch (RuntimeException | Error unexpected) {
      LOG.error("commits could not be pushed because of a defect in this server", unexpected);
      return new PushOutcome.Unknown("internal error: " + unexpected);
    }
  }

  /// Where the disk does not take it, that is tried again: what is not given up would wait until a
  /// start, and be told to people then.
  private void giveUp(String tip, boolean isConflict) {
    try {
      String notKept = note.write();
      if (notKept != null) {
        throw new AwayException("commit " + tip + " is not given up yet: " + notKept);
      }
      editing().ledger().giveUp(tip, isConflict);
      if (isConflict) {
        pushConflictLater();
      }
    } catch (AwayException notNow) {
      notGivenUp.warn(String.valueOf(notNow.getMessage()), null);
      var _ =
          networkLane.schedule(
              () -> giveUp(tip, isConflict), GIVE_UP_AGAIN.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RuntimeException | Error unexpected) {
      LOG.error("a commit could not be given up because of a defect in this server", unexpected);
    }
  }

  /// What the remote said is told, and only then it is asked for what nobody waits for.
  private void told(Input byRemote) {
    post(byRemote);
    boolean isThere =
        byRemote instanceof Input.SourceFetched
            || (byRemote instanceof Input.PushSettled(_, PushOutcome outcome)
                && outcome instanceof PushOutcome.Pushed);
    if (isThere && editing != null) {
      pushConflictLater();
    }
  }

  /// Behind what the lane has to do already.
  private void pushConflictLater() {
    try {
      networkLane.execute(this::pushConflict);
    } catch (RejectedExecutionException closed) {
      LOG.debug("closed before conflicts were pushed");
    }
  }

  private void pushConflict() {
    try {
      if (editing().ledger().pushConflict()) {
        pushConflictLater();
      }
    } catch (RuntimeException | Error unexpected) {
      LOG.error("a conflict could not be pushed because of a defect in this server", unexpected);
    }
  }

  private Input fetch(Effect.Fetch fetch) {
    var _ = note.write(); // where that fails, it does not keep changes from being served
    long beganNanos = System.nanoTime();
    fetches.began(Instant.now());
    Input result = tryToFetch(fetch);
    Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);
    switch (result) {
      case Input.SourceFetched(var advance, _, _) ->
          fetches.succeeded(advance.isChange(), took, Instant.now());
      case Input.FetchFailed failure -> fetches.failed(failure, took, Instant.now());
      default -> throw new IllegalStateException("a fetch ends in one of these, not in " + result);
    }
    return result;
  }

  private Input tryToFetch(Effect.Fetch fetch) {
    try {
      ZoneFiles base = fetch.base();
      ZoneFiles.Advance advance = base.advance(source.fetch(base.version(), fetch.scope()));
      if (editing == null) {
        return new Input.SourceFetched(advance);
      }
      return new Input.SourceFetched(
          advance, editing().ledger().lastInRemote(fetch.ours()), requests(base, advance.files()));
    } catch (AwayException away) {
      return new Input.FetchFailed(String.valueOf(away.getMessage()), away.outlook());
    } catch (RuntimeException | Error unexpected) {
      // Whatever is in a repository, too deep or too large for the memory: the last good state
      // stays, and the next fetch is tried. Without an input the authority would wait for ever.
      LOG.error("the source could not be read because of a defect in this server", unexpected);
      return new Input.FetchFailed("internal error: " + unexpected);
    }
  }

  private List<KnownRequest> requests(ZoneFiles base, ZoneFiles now) {
    return base.version().equals(now.version())
        ? List.of()
        : editing().ledger().requestsSince(Primary.requestsOfInterest(base.time(), Instant.now()));
  }

  private void keep() {
    isNoteScheduled.set(false);
    var _ = note.write();
    source.markTakenIn();
  }

  /// Ends the threads; a fetch under way is interrupted, and left behind after [#CLOSE_PATIENCE]. A
  /// commit that has begun is finished, and what is not pushed is, if that takes no longer.
  @Override
  public void close() {
    if (load.unpushedCommits() > 0) {
      finishPushes();
    }
    loop.shutdownNow();
    besideCommits.shutdown();
    commitLane.shutdown();
    networkLane.shutdownNow();
    readings.close();
    try {
      // Amid a step it may just have published what is to be noted.
      var _ = loop.awaitTermination(CLOSE_PATIENCE.toSeconds(), TimeUnit.SECONDS);
      // Nobody was told of what is prepared, but it may be at the disk.
      var _ = besideCommits.awaitTermination(CLOSE_PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (!commitLane.awaitTermination(CLOSE_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn(
            "a commit did not end within {} s and was left behind", CLOSE_PATIENCE.toSeconds());
      }
      var _ = note.write(); // What waited for its time.
      if (!networkLane.awaitTermination(CLOSE_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("a fetch did not end within {} s and was left behind", CLOSE_PATIENCE.toSeconds());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// The next start would push it, but who knows when that is.
  private void finishPushes() {
    long end = System.nanoTime() + CLOSE_PATIENCE.toNanos();
    try {
      // The push under way, and one with what was committed since.
      for (int push = 0; push < 2 && load.unpushedCommits() > 0; push++) {
        loop.submit(() -> step(new Input.StopWanted())).get();
        networkLane.submit(() -> {}).get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        loop.submit(() -> {}).get(); // What came of it is taken before this.
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException away) {
      LOG.debug("the remote does not take what is committed in time");
    } catch (ExecutionException | RejectedExecutionException defect) {
      LOG.error("could not push at the end because of a defect in this server", defect);
    }
    int left = load.unpushedCommits();
    if (left > 0) {
      LOG.info("not pushed yet, for the next start to do: {} of the commits", left);
    }
  }
}
