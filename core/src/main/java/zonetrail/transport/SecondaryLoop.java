package zonetrail.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.Event;
import zonetrail.authority.Input;
import zonetrail.authority.Primary;
import zonetrail.authority.RemotePrimaries;
import zonetrail.authority.RemotePrimary;
import zonetrail.authority.Secondary;
import zonetrail.authority.SecondaryEffect;
import zonetrail.authority.SecondaryEvent;
import zonetrail.authority.SecondaryInput;
import zonetrail.authority.SecondaryInput.Answer;
import zonetrail.authority.VersionStore;
import zonetrail.transfer.InboundFailure;
import zonetrail.transfer.InboundLimits;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;

/// The one interpreter of a secondary's effects: it owns the [Secondary] on one thread, feeds it
/// inputs in order and carries out what it wants done.
///
/// Besides the loop's own thread, on which nothing waits, there is one that writes to the disk, and
/// a virtual one for each primary that is asked; of those, [#MAX_TRANSFERS] receive zones at once
/// and the others wait. [#post] may be called from any thread.
public final class SecondaryLoop implements Authority {
  /// How many zones are received at once. Each may gather an eighth of the heap.
  public static final int MAX_TRANSFERS = 4;

  /// How many of these places one primary can have. One that sends without end, or a record every
  /// half minute, has its own zones wait, and not those of the others.
  public static final int MAX_TRANSFERS_OF_A_PRIMARY = 3;

  /// How long [#close] waits for what is being written to the disk.
  public static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(SecondaryLoop.class);
  private static final Primary.Load NOTHING_PARKED = new Primary(Duration.ZERO).load();

  private final Secondary secondary;
  private final VersionStore store;
  private final PublishedZones published;
  private final InstantSource clock;
  private final PrimaryClient client;
  private final ScheduledExecutorService loop;
  private final ExecutorService disk;
  private final ExecutorService network =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("primary-", 0).factory());
  private final Semaphore transferPlaces = new Semaphore(MAX_TRANSFERS);

  /// Of each primary that was ever received from; they are those of keys and options.
  private final Map<InetSocketAddress, Semaphore> primaryPlaces = new ConcurrentHashMap<>();

  private final EventLog eventLog = new EventLog();
  private final FetchHistory fetches = new FetchHistory();
  private final Heartbeat heartbeat = new Heartbeat("authority", System.nanoTime());
  private final HeapWatch heap = new HeapWatch(System.nanoTime());
  private volatile Secondary.Load load = new Secondary.Load(0, 0, 0, 0);
  private @Nullable ScheduledFuture<?> wake;

  /// Creates a loop that does nothing until [#start].
  ///
  /// @param clock never goes back; see [AuthorityLoop#steadyClock]
  /// @param timeOfDay the clock that signatures are made with
  public SecondaryLoop(
      Secondary secondary,
      VersionStore store,
      PublishedZones published,
      InstantSource clock,
      InstantSource timeOfDay,
      InboundLimits limits) {
    this.secondary = secondary;
    this.store = store;
    this.published = published;
    this.clock = clock;
    this.client = new PrimaryClient(limits, timeOfDay);
    this.loop = singleThread("authority");
    this.disk = singleThread("disk");
  }

  private static ScheduledExecutorService singleThread(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name(name).daemon(true).factory());
  }

  /// Publishes what the disk has, and begins to ask primaries.
  ///
  /// Returns when what is on the disk is published.
  ///
  /// @throws IOException if the disk cannot be read
  public void start() throws IOException {
    VersionStore.Loaded kept = store.load();
    try {
      loop.submit(() -> step(new SecondaryInput.Started(kept))).get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", interrupted);
    } catch (ExecutionException failed) {
      throw new IllegalStateException("the authority could not start", failed.getCause());
    }
    long everyNanos = Heartbeat.INTERVAL.toNanos();
    var _ = loop.scheduleAtFixedRate(this::tick, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
  }

  private void tick() {
    long now = System.nanoTime();
    heartbeat.beat(now);
    eventLog.tellLeftOut(now);
    heap.look(now);
  }

  @Override
  public Heartbeat heartbeat() {
    return heartbeat;
  }

  @Override
  public Primary.Load load() {
    return NOTHING_PARKED;
  }

  @Override
  public Optional<Secondary.Load> secondaryLoad() {
    return Optional.of(load);
  }

  @Override
  public FetchHistory fetches() {
    return fetches;
  }

  @Override
  public Map<String, Long> eventCounts() {
    return eventLog.counts();
  }

  @Override
  public long eventsNotLogged() {
    return eventLog.linesLeftOut();
  }

  /// Takes a NOTIFY. An UPDATE is for the primary: it is refused, and not forwarded (RFC 2136 §6
  /// leaves that to us).
  @Override
  public boolean post(Input input) {
    return switch (input) {
      case Input.NotifyReceived(var zone, var request, var verifiedAt, var reply) ->
          post(new SecondaryInput.NotifyReceived(zone, request, verifiedAt, reply));
      case Input.UpdateReceived(_, _, _, var reply) -> {
        reply.reply(Rcode.REFUSED, null);
        yield true;
      }
      default -> false; // Nobody but a primary is told of these.
    };
  }

  /// Asks primaries for all zones now; does not wait.
  public void refreshAll() {
    post(new SecondaryInput.RefreshWanted());
  }

  /// Takes keys, and where zones come from, in place of those in force; does not wait.
  public void take(RemotePrimaries primaries) {
    post(new SecondaryInput.PrimariesChanged(primaries));
  }

  private boolean post(SecondaryInput input) {
    try {
      loop.execute(() -> step(input));
      return true;
    } catch (RejectedExecutionException closed) {
      return false;
    }
  }

  @Override
  public void report(Event event) {
    try {
      loop.execute(() -> eventLog.write(event, System.nanoTime()));
    } catch (RejectedExecutionException closed) {
      LOG.debug("closed before it was told: {}", event.text());
    }
  }

  private void step(SecondaryInput input) {
    List<SecondaryEffect> effects;
    try {
      effects = secondary.step(input, clock.instant());
      load = secondary.load();
    } catch (RuntimeException | Error unexpected) {
      // The executor would keep it to itself: the input would be gone without a word.
      LOG.error(
          "could not take {} because of a defect in this server",
          input.getClass().getSimpleName(),
          unexpected);
      return;
    }
    for (SecondaryEffect effect : effects) {
      try {
        perform(effect);
      } catch (RejectedExecutionException closed) {
        LOG.debug("closed before {}", effect.getClass().getSimpleName());
      } catch (RuntimeException | Error unexpected) {
        LOG.error("could not carry out {}", effect.getClass().getSimpleName(), unexpected);
      }
    }
    published.tell();
  }

  private void perform(SecondaryEffect effect) {
    switch (effect) {
      case SecondaryEffect.Probe(var zone, var attempt, var primary) ->
          network.execute(() -> ask(zone, attempt, () -> client.probe(primary, zone)));
      case SecondaryEffect.Transfer(var zone, var attempt, var primary, var base) ->
          network.execute(() ->
              ask(
                  zone,
                  attempt,
                  () -> inAPlace(primary, () -> client.transfer(primary, zone, base))));
      case SecondaryEffect.Keep(var version, var before, var change) ->
          disk.execute(
              () -> write(version.zone().apex(), () -> store.keep(version, before, change)));
      case SecondaryEffect.Confirm(var version) ->
          disk.execute(() -> write(version.zone().apex(), () -> store.confirm(version)));
      case SecondaryEffect.Want(var zone, var reply) ->
          disk.execute(() -> {
            boolean isNoted = write(zone, () -> store.want(zone));
            reply.reply(isNoted ? Rcode.NOERROR : Rcode.SERVFAIL, null);
          });
      case SecondaryEffect.Forget(var zone) ->
          disk.execute(() -> write(zone, () -> store.forget(zone)));
      case SecondaryEffect.Publish(var publication) -> published.publish(publication);
      case SecondaryEffect.Reply(var to, var rcode) -> to.reply(rcode, null);
      case SecondaryEffect.Report(var event) -> {
        note(event);
        eventLog.write(event, System.nanoTime());
      }
      case SecondaryEffect.WakeAt(var time) -> wakeAt(time);
    }
  }

  /// A failed round is what a failed fetch is to a primary.
  private void note(Event event) {
    if (event instanceof SecondaryEvent.RefreshFailed failed) {
      String reason = failed.zone().toStringNoDot() + ": " + failed.reason();
      fetches.failed(new Input.FetchFailed(reason), Duration.ZERO, Instant.now());
    }
  }

  private void ask(WireName zone, long attempt, Supplier<Answer> question) {
    long beganNanos = System.nanoTime();
    Answer answer;
    try {
      answer = question.get();
    } catch (RuntimeException | Error unexpected) {
      // Without an answer the zone would wait for ever.
      LOG.error("{}: a primary could not be asked because of a defect here", zone, unexpected);
      answer = new Answer.Failed(InboundFailure.MALFORMED, "internal error: " + unexpected);
    }
    if (!(answer instanceof Answer.Failed)) {
      Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);
      fetches.succeeded(answer instanceof Answer.Brought, took, Instant.now());
    }
    post(new SecondaryInput.Answered(zone, attempt, answer));
  }

  private Answer inAPlace(RemotePrimary primary, Supplier<Answer> transfer) {
    Semaphore ofPrimary =
        primaryPlaces.computeIfAbsent(
            primary.address(), _ -> new Semaphore(MAX_TRANSFERS_OF_A_PRIMARY));
    return in(ofPrimary, () -> in(transferPlaces, transfer));
  }

  private static Answer in(Semaphore places, Supplier<Answer> transfer) {
    try {
      places.acquire();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return new Answer.Failed(InboundFailure.UNREACHABLE, "this server stops");
    }
    try {
      return transfer.get();
    } finally {
      places.release();
    }
  }

  /// A version that was served once, as far as the disk knows what led from there to here. Waits
  /// for what is to be written before.
  ///
  /// @param now what is served
  public Optional<Zone> earlier(Zone now, Serial serial) {
    try {
      return disk.submit(() -> store.earlier(now, serial)).get();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (RejectedExecutionException closed) {
      LOG.debug("closed before an earlier version was read");
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException damage) {
        report(new SecondaryEvent.HistoryDamaged(now.apex(), String.valueOf(damage.getMessage())));
      } else {
        LOG.error("{}: an earlier version could not be read", now.apex(), failed.getCause());
      }
    }
    return Optional.empty();
  }

  private interface Writing {
    void run() throws IOException;
  }

  /// @return whether it is on the disk
  private boolean write(WireName zone, Writing writing) {
    try {
      writing.run();
      return true;
    } catch (IOException failed) {
      post(new SecondaryInput.NotKept(zone, String.valueOf(failed.getMessage())));
    } catch (RuntimeException | Error unexpected) {
      LOG.error("{}: could not be written because of a defect in this server", zone, unexpected);
      post(new SecondaryInput.NotKept(zone, "internal error: " + unexpected));
    }
    return false;
  }

  private void wakeAt(Instant time) {
    if (wake != null) {
      wake.cancel(false);
    }
    long nanos = Math.max(0, Duration.between(clock.instant(), time).toNanos());
    wake =
        loop.schedule(
            () -> step(new SecondaryInput.DeadlineReached()), nanos, TimeUnit.NANOSECONDS);
  }

  /// Ends all threads; what is being received is given up, what is being written is finished.
  @Override
  public void close() {
    loop.shutdownNow();
    network.shutdownNow();
    disk.shutdown();
    try {
      if (!disk.awaitTermination(CLOSE_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("the disk did not take everything within {} s", CLOSE_PATIENCE.toSeconds());
        disk.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
