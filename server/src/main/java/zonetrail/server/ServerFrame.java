package zonetrail.server;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.server.ServingOptions.Serving;
import zonetrail.transport.AnswerPolicy;
import zonetrail.transport.Authority;
import zonetrail.transport.FastLane;
import zonetrail.transport.ListenException;
import zonetrail.transport.Listeners;
import zonetrail.transport.NotifyLane;
import zonetrail.transport.PublishedZones;
import zonetrail.transport.SlowLane;
import zonetrail.transport.TransferLane;
import zonetrail.transport.TransferLimits;
import zonetrail.transport.TransportCounters;
import zonetrail.transport.ZoneJournal;
import zonetrail.transport.status.Observed;
import zonetrail.transport.status.StatusEndpoint;
import zonetrail.transport.status.Vitals;

/// What a primary and a secondary have in common: the lanes and listeners around an authority, and
/// the order in which all that starts and ends.
///
/// It starts in the order in which things are needed (what is known is loaded, then the sockets are
/// bound) and closes in the other one (no new messages, then the answers under way, then the rest).
public final class ServerFrame implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerFrame.class);

  private final Lanes lanes;
  private final Core core;
  private final Vitals vitals;
  private final Listeners listeners;
  private final @Nullable StatusEndpoint endpoint;

  /// What a kind of server puts into the frame.
  ///
  /// @param published where it publishes its zones
  /// @param authority decides; closed with the server
  /// @param source where its zones are; closed with the server, after the authority
  /// @param sourceName where the zones come from, without secrets, for people
  /// @param earlier what it remembers of earlier versions, for IXFR
  /// @param steadyClock never goes back
  public record Core(
      PublishedZones published,
      Authority authority,
      Runnable source,
      String sourceName,
      ZoneJournal.Earlier earlier,
      InstantSource steadyClock) {}

  /// Loads what the server begins with, and publishes it.
  ///
  /// @param <E> how it fails
  @FunctionalInterface
  public interface Beginning<E extends Exception> {
    /// Does it.
    void run() throws E;
  }

  /// The ways of messages through the server.
  private record Lanes(SlowLane slow, NotifyLane notifies, ZoneJournal journal) {
    static Lanes of(Core core, Serving serving, AnswerPolicy policy, InstantSource timeOfDay) {
      ZoneJournal journal = new ZoneJournal(Runtime.getRuntime().maxMemory(), core.earlier());
      core.published().watch(journal::published);
      TransferLane transfers =
          new TransferLane(
              serving.transfers(),
              TransferLimits.DEFAULT,
              timeOfDay,
              core.authority()::report,
              journal);
      NotifyLane notifies =
          new NotifyLane(
              serving.notifies(), core.steadyClock(), timeOfDay, core.authority()::report);
      core.published().watchLater(notifies::published);
      SlowLane slow =
          new SlowLane(core.published(), core.authority(), transfers, notifies, policy, timeOfDay);
      return new Lanes(slow, notifies, journal);
    }
  }

  private ServerFrame(
      Lanes lanes,
      Core core,
      Vitals vitals,
      Listeners listeners,
      @Nullable StatusEndpoint endpoint) {
    this.lanes = lanes;
    this.core = core;
    this.vitals = vitals;
    this.listeners = listeners;
    this.endpoint = endpoint;
  }

  /// Starts a server; if that fails, what it was made of is closed.
  ///
  /// @param beginning runs when the status page is there, and before anybody is answered
  /// @throws E as the beginning fails
  /// @throws ListenException if a socket cannot be bound
  public static <E extends Exception> ServerFrame start(
      Core core, Serving serving, Beginning<E> beginning) throws E, ListenException {
    InstantSource timeOfDay = InstantSource.system();
    AnswerPolicy policy = serving.answers().start();
    Lanes lanes = Lanes.of(core, serving, policy, timeOfDay);
    Vitals vitals = new Vitals(Instant.now());
    TransportCounters counters = new TransportCounters();
    StatusEndpoint endpoint = null;
    ServerFrame frame = null;
    try {
      if (serving.http().isPresent()) {
        Observed observed = observed(core, serving, lanes, vitals, counters, policy);
        endpoint = StatusEndpoint.start(serving.http().get(), observed);
      }
      beginning.run();
      Listeners listeners =
          Listeners.start(
              serving.listen(),
              serving.threads(),
              () -> new FastLane(core.published(), lanes.slow(), counters, policy, timeOfDay),
              serving.streams(),
              counters);
      if (endpoint != null) {
        vitals.watch(core.authority().heartbeat());
        vitals.watch(listeners.watch());
      }
      vitals.ready(listeners.boundAddresses());
      lanes.notifies().start(listeners.boundAddresses());
      frame = new ServerFrame(lanes, core, vitals, listeners, endpoint);
      return frame;
    } finally {
      if (frame == null) {
        close(lanes, core, endpoint);
      }
    }
  }

  private static Observed observed(
      Core core,
      Serving serving,
      Lanes lanes,
      Vitals vitals,
      TransportCounters counters,
      AnswerPolicy policy) {
    return new Observed(
        ProgramVersion.number(),
        core.sourceName(),
        vitals,
        core.published(),
        core.authority(),
        lanes.slow(),
        lanes.notifies(),
        counters,
        serving.streams(),
        policy.rateLimit());
  }

  /// The addresses answered on, with the ports that were really bound.
  public List<InetSocketAddress> boundAddresses() {
    return listeners.boundAddresses();
  }

  /// Where it tells of itself over HTTP, with the port that was really bound; empty if nowhere.
  public Optional<InetSocketAddress> httpAddress() {
    return Optional.ofNullable(endpoint).map(StatusEndpoint::address);
  }

  /// The line that tells scripts that the server answers: addresses, number of zones, and the HTTP
  /// address if there is one.
  ///
  /// @param more what this kind of server says besides; empty or with a blank in front
  public String readyLine(String more) {
    return "ready listen=%s zones=%d%s%s"
        .formatted(
            boundAddresses().stream().map(ServerFrame::describe).collect(Collectors.joining(",")),
            core.published().current().zones().size(),
            more,
            httpAddress().map(address -> " http=" + describe(address)).orElse(""));
  }

  private static String describe(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /// Serves until the process is told to end (SIGTERM, SIGINT), then closes the server and ends the
  /// process with code 0.
  ///
  /// @param onHangUp what SIGHUP asks for
  /// @param announce says that the server is ready; from the first word of it a signal is obeyed
  public void serveUntilSignalled(Runnable onHangUp, Runnable announce)
      throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
    HangUpSignal.onHangUp(onHangUp);
    announce.run();
    new CountDownLatch(1).await();
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
    lanes.notifies().close();
    lanes.slow().transfers().stopping();
    listeners.close();
    close(lanes, core, endpoint);
  }

  private static void close(Lanes lanes, Core core, @Nullable StatusEndpoint endpoint) {
    lanes.slow().close();
    lanes.slow().transfers().close();
    lanes.journal().close();
    core.authority().close();
    core.source().run();
    if (endpoint != null) {
      endpoint.close();
    }
  }
}
