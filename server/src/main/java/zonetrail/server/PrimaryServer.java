package zonetrail.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.Primary;
import zonetrail.authority.Publication;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneSource;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.transport.AuthorityLoop;
import zonetrail.transport.FastLane;
import zonetrail.transport.ListenException;
import zonetrail.transport.Listeners;
import zonetrail.transport.PublishedZones;
import zonetrail.transport.SlowLane;

/// A running primary: a source of zones, the authority that decides, and the listeners that answer.
///
/// It starts in the order in which things are needed (what is known is loaded, then the sockets are
/// bound) and closes in the other one (no new messages, then the answers under way, then the rest).
public final class PrimaryServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PrimaryServer.class);

  private final PublishedZones published;
  private final AuthorityLoop authority;
  private final SlowLane slowLane;
  private final Listeners listeners;
  private final ZoneSource source;

  /// What a primary is started with, besides its source.
  ///
  /// @param listen where to answer, over UDP and TCP; port 0 takes a free one
  /// @param threads how many event loops answer, at least 1
  /// @param pollInterval how often the source is looked at without being told; zero means never
  public record Settings(List<InetSocketAddress> listen, int threads, Duration pollInterval) {
    /// Copies the list.
    public Settings {
      listen = List.copyOf(listen);
    }
  }

  private PrimaryServer(
      PublishedZones published,
      AuthorityLoop authority,
      SlowLane slowLane,
      Listeners listeners,
      ZoneSource source) {
    this.published = published;
    this.authority = authority;
    this.slowLane = slowLane;
    this.listeners = listeners;
    this.source = source;
  }

  /// The command `zonetrail primary`.
  public static void main(String[] arguments) {
    System.exit(CommandRunner.run(new PrimaryCommand(), arguments));
  }

  /// Loads what is known, binds the sockets and serves.
  ///
  /// @param source closed with the server, and also if the start fails
  /// @throws StartException if there is nothing to serve yet and the source is away, or a socket
  ///   cannot be bound
  public static PrimaryServer start(ZoneSource source, Settings settings) throws StartException {
    PublishedZones published = new PublishedZones();
    AuthorityLoop authority =
        new AuthorityLoop(
            new Primary(settings.pollInterval()), source, published, AuthorityLoop.steadyClock());
    SlowLane slowLane = new SlowLane(published, authority, InstantSource.system());
    try {
      authority.start(knownOrFetched(source));
      Listeners listeners =
          Listeners.start(
              settings.listen(), settings.threads(), () -> new FastLane(published, slowLane));
      return new PrimaryServer(published, authority, slowLane, listeners, source);
    } catch (AwayException away) {
      close(authority, slowLane, source);
      throw StartException.unreachable(String.valueOf(away.getMessage()), away);
    } catch (ListenException inUse) {
      close(authority, slowLane, source);
      throw StartException.local(String.valueOf(inUse.getMessage()), inUse);
    } catch (RuntimeException | Error defect) {
      close(authority, slowLane, source);
      throw defect;
    }
  }

  /// What an earlier run fetched serves at once; only the very first start waits for the source.
  private static Known knownOrFetched(ZoneSource source) throws AwayException {
    Optional<Known> known = source.known();
    return known.isPresent() ? known.get() : Known.ofNew(source.fetch(ZoneFiles.NONE.version()));
  }

  /// The addresses answered on, with the ports that were really bound.
  public List<InetSocketAddress> boundAddresses() {
    return listeners.boundAddresses();
  }

  /// The line that tells scripts that the server answers: addresses, number of zones, commit.
  public String readyLine() {
    Publication current = published.current();
    return "ready listen=%s zones=%d commit=%s"
        .formatted(
            boundAddresses().stream().map(PrimaryServer::describe).collect(Collectors.joining(",")),
            current.zones().size(),
            current.version());
  }

  private static String describe(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /// Serves until the process is told to end (SIGTERM, SIGINT), then closes the server and ends the
  /// process with code 0.
  ///
  /// @param announce says that the server is ready; from the first word of it a signal is obeyed
  public void serveUntilSignalled(Runnable announce) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
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
    listeners.close();
    close(authority, slowLane, source);
  }

  private static void close(AuthorityLoop authority, SlowLane slowLane, ZoneSource source) {
    slowLane.close();
    authority.close();
    source.close();
  }
}
