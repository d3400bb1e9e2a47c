package zonetrail.secondary;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import zonetrail.authority.RemotePrimaries;
import zonetrail.server.ProgramVersion;
import zonetrail.server.ServingOptions.Serving;
import zonetrail.server.StartException;

/// `zonetrail secondary`: options in, a running server out.
@Command(
    name = "zonetrail secondary",
    mixinStandardHelpOptions = true,
    versionProvider = ProgramVersion.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Serves the zones of other servers, which it gets by transfer and keeps on disk.",
    footer = {
      "",
      "Examples:",
      "  zonetrail secondary --key-file s2.key --primary 192.0.2.1 \\",
      "      --state-dir /var/lib/zonetrail-secondary",
      "",
      "With a key named 192.0.2.1.192.0.2.2._transfer.example.org no --primary is",
      "needed, and with one named s2._transfer each zone comes with the first NOTIFY",
      "that tells of it.",
      "When it answers, one line that begins with 'ready' goes to standard output.",
      "",
      "Exit codes: 0 stopped by a signal; 2 wrong usage or I/O."
    })
final class SecondaryCommand implements Callable<Integer> {
  @Mixin private final SecondaryOptions options = new SecondaryOptions();

  private final Map<String, String> environment;

  SecondaryCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws StartException, InterruptedException {
    options.serving().configureLog();
    SecondaryServer server = start();
    server.serveUntilSignalled(
        () -> {
          System.out.println(server.readyLine());
          System.out.flush();
        },
        () -> options.remotePrimaries(environment));
    return 0;
  }

  private SecondaryServer start() throws StartException {
    try {
      Serving serving = options.serving().serving();
      RemotePrimaries primaries = options.remotePrimaries(environment);
      return SecondaryServer.start(primaries, ZoneStore.open(options.stateDir()), serving);
    } catch (IllegalArgumentException | IOException wrong) {
      throw StartException.local(String.valueOf(wrong.getMessage()), wrong);
    }
  }
}
