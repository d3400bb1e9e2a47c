package zonetrail.secondary;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.ExpireTimers;
import zonetrail.authority.RemotePrimaries;
import zonetrail.authority.RemotePrimary;
import zonetrail.authority.Secondary;
import zonetrail.authority.VersionStore;
import zonetrail.server.CommandRunner;
import zonetrail.server.ServerFrame;
import zonetrail.server.ServingOptions.Serving;
import zonetrail.server.StartException;
import zonetrail.transfer.InboundLimits;
import zonetrail.transport.AuthorityLoop;
import zonetrail.transport.PublishedZones;
import zonetrail.transport.SecondaryLoop;
import zonetrail.wire.WireName;

/// A running secondary: primaries to ask, zones on disk, the authority that decides, and the
/// listeners that answer.
///
/// It starts in the order in which things are needed (what the disk has is served at once,
/// primaries are asked beside it) and closes in the other one.
public final class SecondaryServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SecondaryServer.class);

  private final SecondaryLoop authority;
  private final ServerFrame frame;

  private SecondaryServer(SecondaryLoop authority, ServerFrame frame) {
    this.authority = authority;
    this.frame = frame;
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
    PublishedZones published = new PublishedZones();
    InstantSource steadyClock = AuthorityLoop.steadyClock();
    SecondaryLoop authority =
        new SecondaryLoop(
            new Secondary(primaries, new SecureRandom()::nextDouble, new ExpireTimers(steadyClock)),
            store,
            published,
            steadyClock,
            InstantSource.system(),
            InboundLimits.forHeap(Runtime.getRuntime().maxMemory()));
    ServerFrame.Core core =
        new ServerFrame.Core(
            published,
            authority,
            store::close,
            describe(primaries),
            authority::earlier,
            steadyClock);
    try {
      return new SecondaryServer(
          authority, ServerFrame.<IOException>start(core, serving, authority::start));
    } catch (IOException unusable) {
      throw StartException.local(String.valueOf(unusable.getMessage()), unusable);
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
    return frame.boundAddresses();
  }

  /// Where it tells of itself over HTTP, with the port that was really bound; empty if nowhere.
  public Optional<InetSocketAddress> httpAddress() {
    return frame.httpAddress();
  }

  /// The line that tells scripts that the server answers: addresses, number of zones that the disk
  /// had or that are awaited, and the HTTP address if there is one.
  public String readyLine() {
    return frame.readyLine("");
  }

  /// Serves until the process is told to end (SIGTERM, SIGINT), then closes the server and ends the
  /// process with code 0. At SIGHUP it reads its keys again, and asks primaries for all zones.
  ///
  /// @param announce says that the server is ready; from the first word of it a signal is obeyed
  /// @param primaries reads the keys; throws [IllegalArgumentException] where one is unusable
  public void serveUntilSignalled(Runnable announce, Supplier<RemotePrimaries> primaries)
      throws InterruptedException {
    frame.serveUntilSignalled(
        () -> {
          LOG.info("reading keys, and asking primaries for all zones, as SIGHUP asks");
          readAgain(primaries);
        },
        announce);
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

  @Override
  public void close() {
    frame.close();
  }
}
