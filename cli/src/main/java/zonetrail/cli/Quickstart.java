package zonetrail.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import zonetrail.authority.ZoneSource;
import zonetrail.server.CommandRunner;
import zonetrail.server.LogOutput;
import zonetrail.server.PrimaryServer;
import zonetrail.server.ProgramVersion;
import zonetrail.server.StartException;
import zonetrail.server.git.FetchException;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.ZoneRepository;

/// `zonetrail quickstart`: a primary on loopback with a git repository of its own, made out of the
/// sample zones, whose hook tells it about every push. Nothing has to be set up first.
@Command(
    name = "zonetrail quickstart",
    mixinStandardHelpOptions = true,
    versionProvider = ProgramVersion.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Makes a git repository out of the sample zones, serves it on 127.0.0.1 over UDP and TCP, and"
          + " prints what to try next.",
      "Ctrl-C ends it; the next start goes on from where it was."
    })
public final class Quickstart implements Callable<Integer> {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration POLL_INTERVAL = Duration.ofMinutes(5);

  @Option(names = "--port", paramLabel = "PORT", description = "The port to answer on (5300).")
  private int port = 5300;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description =
          "Where the repository and the server's copy of it lie (./zonetrail-quickstart).")
  private Path stateDir = Path.of("zonetrail-quickstart");

  private Quickstart() {}

  /// The command.
  public static void main(String[] arguments) {
    System.exit(CommandRunner.run(new Quickstart(), arguments));
  }

  @Override
  public Integer call() throws StartException, InterruptedException {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("--port is 1 to 65535, not " + port);
    }
    LogOutput.configure(Level.INFO);
    QuickstartRepository repository = repository();
    InetSocketAddress address = new InetSocketAddress(LOOPBACK, port);
    PrimaryServer.Settings settings =
        new PrimaryServer.Settings(
            List.of(address), Runtime.getRuntime().availableProcessors(), POLL_INTERVAL);
    PrimaryServer server = PrimaryServer.start(source(repository), settings);
    InetSocketAddress bound = server.boundAddresses().getFirst();
    installHook(repository, bound);
    server.serveUntilSignalled(() -> {
      System.out.println(server.readyLine());
      printTour(System.out, repository, bound.getPort());
    });
    return 0;
  }

  private ZoneSource source(QuickstartRepository repository) throws StartException {
    try {
      RemoteAddress remote = RemoteAddress.parse(repository.path().toUri().toString());
      Path copy = absoluteStateDir().resolve("server");
      return new GitSource(ZoneRepository.open(remote, Optional.empty(), copy, Optional.empty()));
    } catch (FetchException unusable) {
      throw StartException.local(String.valueOf(unusable.getMessage()), unusable);
    }
  }

  private Path absoluteStateDir() {
    return stateDir.toAbsolutePath().normalize();
  }

  private QuickstartRepository repository() throws StartException {
    try {
      return QuickstartRepository.openOrCreate(absoluteStateDir());
    } catch (IOException failed) {
      throw StartException.local(
          "cannot make the repository in "
              + stateDir
              + " ("
              + failed.getMessage()
              + "); choose another folder with --state-dir",
          failed);
    }
  }

  private void installHook(QuickstartRepository repository, InetSocketAddress server)
      throws StartException {
    try {
      repository.installHook(launcher(), server.getAddress().getHostAddress(), server.getPort());
    } catch (IOException failed) {
      throw StartException.local("cannot install the hook: " + failed.getMessage(), failed);
    }
  }

  private static String launcher() {
    return System.getProperty("zonetrail.launcher", "zonetrail");
  }

  private void printTour(PrintStream out, QuickstartRepository repository, int boundPort) {
    out.printf(
        """

        Zonetrail serves the zones of %1$s on 127.0.0.1:%2$d, over UDP and TCP.
        Try it, in another terminal:

          dig @127.0.0.1 -p %2$d www.example.org +short
          git clone %1$s zones && cd zones

        Edit example.org: give www another address and raise the serial. Or let sed do it:

          sed -i 's/192.0.2.80/192.0.2.99/; s/2026112201/2026112202/' example.org

        Push, and ask again. The answer is new before git push returns:

          git commit -am 'www moves' && git push
          dig @127.0.0.1 -p %2$d www.example.org +short

        Or change a record without an editor; the answer comes when it is committed and pushed:

          %3$s oupdate 127.0.0.1 --port %2$d --key-file %4$s home.example.org 192.0.2.77
          dig @127.0.0.1 -p %2$d home.example.org +short
          git pull && git log -1 -p

        Ctrl-C ends the server; the next quickstart goes on from here.
        """,
        quoted(repository.path()),
        boundPort,
        quoted(Path.of(launcher())),
        quoted(repository.updateKey()));
    out.flush();
  }

  private static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[\\w./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
