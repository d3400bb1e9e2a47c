package zonetrail.secondary;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.ExpireTimers;
import zonetrail.authority.RemotePrimaries;
import zonetrail.authority.RemotePrimary;
import zonetrail.authority.Secondary;
import zonetrail.authority.VersionStore;
import zonetrail.server.CommandRunner;
import zonetrail.server.HangUpSignal;
import zonetrail.server.ProgramVersion;
import zonetrail.server.ServingOptions.Serving;
import zonetrail.server.StartException;
import zonetrail.transfer.InboundLimits;
import zonetrail.transport.AnswerPolicy;
import zonetrail.transport.AuthorityLoop;
import zonetrail.transport.FastLane;
import zonetrail.transport.Listeners;
import zonetrail.transport.NotifyLane;
import zonetrail.transport.PublishedZones;
import zonetrail.transport.SecondaryLoop;
import zonetrail.transport.SlowLane;
import zonetrail.transport.TransferLane;
import zonetrail.transport.TransferLimits;
import zonetrail.transport.TransportCounters;
import zonetrail.transport.ZoneJournal;
import zonetrail.transport.status.Observed;
import zonetrail.transport.status.StatusEndpoint;
import zonetrail.transport.status.Vitals;
import zonetrail.wire.WireName;

/// A running secondary: primaries to ask, zones on disk, the authority that decides, and the
/// listeners that answer.
///
/// It starts in the order in which things are needed (what the disk has is served at once,
/// primaries are asked beside it) and closes in the other one.
public final class SecondaryServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SecondaryServer.class);

  private final PublishedZones published;
  private final SecondaryLoop authority;
  private final SlowLane slowLane;
  private final NotifyLane notifies;
  private final Listeners listeners;
  private final VersionStore store;
  private final Vitals vitals;
  private final @Nullable StatusEndpoint endpoint;

  private SecondaryServer(
      PublishedZones published,
      SecondaryLoop authority,
      SlowLane slowLane,
      NotifyLane notifies,
      Listeners listeners,
      VersionStore store,
      Vitals vitals,
      @Nullable StatusEndpoint endpoint) {
    this.published = published;
    this.authority = authority;
    this.slowLane = slowLane;
    this.notifies = notifies;
    this.listeners = listeners;
    this.store = store;
    this.vitals = vitals;
    this.endpoint = endpoint;
  }

  /// The command `zonetrail secondary`.
  public static void main(String[] arguments) {
    System.exit(CommandRunner.run(new SecondaryCommand(System.getenv()), arguments));
  }

  /// Serves what the disk has, binds the sockets, and asks primaries.
  ///
  /// @param store closed with the server, and also if the start fails
  /// @throws StartException if the disk cannot be read, or a socket cannot be bound
  public static SecondaryServer start(
      RemotePrimaries primaries, VersionStore store, Serving serving) throws StartException {
    long heapOctets = Runtime.getRuntime().maxMemory();
    PublishedZones published = new PublishedZones();
    InstantSource timeOfDay = InstantSource.system();
    InstantSource steadyClock = AuthorityLoop.steadyClock();
    SecondaryLoop authority =
        new SecondaryLoop(
            new Secondary(primaries, new SecureRandom()::nextDouble, new ExpireTimers(steadyClock)),
            store,
            published,
            steadyClock,
            timeOfDay,
            InboundLimits.forHeap(heapOctets));
    // The disk has the last version alone: what was served before the start is not known any more.
    ZoneJournal journal = new ZoneJournal(heapOctets, (now, serial) -> Optional.empty());
    published.watch(journal::published);
    TransferLane transfers =
        new TransferLane(
            serving.transfers(), TransferLimits.DEFAULT, timeOfDay, authority::report, journal);
    NotifyLane notifies =
        new NotifyLane(serving.notifies(), steadyClock, timeOfDay, authority::report);
    published.watch(notifies::published);
    SlowLane slowLane = new SlowLane(published, authority, transfers, notifies, timeOfDay);
    TransportCounters counters = new TransportCounters();
    AnswerPolicy policy = serving.answers().start();
    Vitals vitals = new Vitals(Instant.now());
    StatusEndpoint endpoint = null;
    try {
      if (serving.http().isPresent()) {
        endpoint =
            StatusEndpoint.start(
                serving.http().get(),
                new Observed(
                    ProgramVersion.number(),
                    describe(primaries),
                    vitals,
                    published,
                    authority,
                    slowLane,
                    notifies,
                    counters,
                    serving.streams(),
                    policy.rateLimit()));
      }
      authority.start();
      Listeners listeners =
          Listeners.start(
              serving.listen(),
              serving.threads(),
              () -> new FastLane(published, slowLane, counters, policy, timeOfDay),
              serving.streams(),
              counters);
      if (endpoint != null) {
        vitals.watch(authority.heartbeat());
        vitals.watch(listeners.watch());
      }
      notifies.start(listeners.boundAddresses());
      vitals.ready(listeners.boundAddresses());
      return new SecondaryServer(
          published, authority, slowLane, notifies, listeners, store, vitals, endpoint);
    } catch (IOException unusable) {
      close(authority, slowLane, store, endpoint);
      throw StartException.local(String.valueOf(unusable.getMessage()), unusable);
    } catch (RuntimeException | Error defect) {
      close(authority, slowLane, store, endpoint);
      throw defect;
    }
  }

  /// The primaries of all zones, or of those that keys are named after, for people.
  private static String describe(RemotePrimaries primaries) {
    List<String> addresses =
        Stream.concat(Stream.of(WireName.ROOT), primaries.zonesNamed().stream())
            .flatMap(zone -> primaries.of(zone).stream())
            .map(RemotePrimary::toString)
            .distinct()
            .toList();
    return "transfers from " + String.join(", ", addresses);
  }

  /// The addresses answered on, with the ports that were really bound.
  public List<InetSocketAddress> boundAddresses() {
    return listeners.boundAddresses();
  }

  /// Where it tells of itself over HTTP, with the port that was really bound; empty if nowhere.
  public Optional<InetSocketAddress> httpAddress() {
    return Optional.ofNullable(endpoint).map(StatusEndpoint::address);
  }

  /// The line that tells scripts that the server answers: addresses, number of zones that the disk
  /// had or that are awaited, and the HTTP address if there is one.
  public String readyLine() {
    return "ready listen=%s zones=%d%s"
        .formatted(
            boundAddresses().stream()
                .map(SecondaryServer::describe)
                .collect(Collectors.joining(",")),
            published.current().zones().size(),
            httpAddress().map(address -> " http=" + describe(address)).orElse(""));
  }

  private static String describe(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /// Serves until the process is told to end (SIGTERM, SIGINT), then closes the server and ends the
  /// process with code 0. At SIGHUP it reads its keys again, and asks primaries for all zones.
  ///
  /// @param announce says that the server is ready; from the first word of it a signal is obeyed
  /// @param primaries reads the keys; throws [IllegalArgumentException] where one is unusable
  public void serveUntilSignalled(Runnable announce, Supplier<RemotePrimaries> primaries)
      throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
    HangUpSignal.onHangUp(() -> {
      LOG.info("reading keys, and asking primaries for all zones, as SIGHUP asks");
      readAgain(primaries);
    });
    announce.run();
    new CountDownLatch(1).await();
  }

  /// Reads the keys again, and asks primaries for all zones. Where a key is unusable, those in
  /// force stay, all of them.
  void readAgain(Supplier<RemotePrimaries> primaries) {
    try {
      authority.take(primaries.get());
    } catch (IllegalArgumentException unusable) {
      LOG.error(
          "{}; the keys that were in force stay. Mend it, and send SIGHUP again",
          unusable.getMessage());
    }
    authority.refreshAll();
  }

  private void stop() {
    int exitCode = 1;
    try {
      LOG.info("stopping");
      close();
      // Told to stop, it stopped in good order: that is success, not the signal's 143.
      exitCode = 0;
    } catch (RuntimeException defect) {
      LOG.error("could not stop in good order because of a defect in this server", defect);
    } finally {
      Runtime.getRuntime().halt(exitCode);
    }
  }

  @Override
  public void close() {
    vitals.stopping(); // First, so that who asks /readyz sends nothing here any more.
    slowLane.transfers().stopping();
    listeners.close();
    notifies.close();
    close(authority, slowLane, store, endpoint);
  }

  private static void close(
      SecondaryLoop authority,
      SlowLane slowLane,
      VersionStore store,
      @Nullable StatusEndpoint endpoint) {
    slowLane.close();
    slowLane.transfers().close();
    ZoneJournal journal = slowLane.transfers().journal();
    if (journal != null) {
      journal.close();
    }
    authority.close();
    store.close();
    if (endpoint != null) {
      endpoint.close();
    }
  }
}
