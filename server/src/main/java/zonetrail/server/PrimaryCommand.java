package zonetrail.server;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import zonetrail.authority.ZoneSource;

/// `zonetrail primary`: options in, a running server out.
@Command(
    name = "zonetrail primary",
    mixinStandardHelpOptions = true,
    versionProvider = ProgramVersion.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = "Serves the zones of a git repository, or of a plain folder.",
    footer = {
      "",
      "Examples:",
      "  zonetrail primary --zones /srv/zones --listen 127.0.0.1:5300",
      "  zonetrail primary --remote git@git.example.org:ops/zones.git#main \\",
      "      --ssh-key /etc/zonetrail/id_ed25519 --authenticator SHA256:... \\",
      "      --state-dir /var/lib/zonetrail",
      "",
      "When it answers, one line that begins with 'ready' goes to standard output.",
      "",
      "Exit codes: 0 stopped by a signal; 2 wrong usage or I/O; 3 the remote could not",
      "be reached."
    })
final class PrimaryCommand implements Callable<Integer> {
  @Mixin private final PrimaryOptions options = new PrimaryOptions();

  @Override
  public Integer call() throws StartException, InterruptedException {
    options.configureLog();
    PrimaryServer.Settings settings;
    ZoneSource source;
    try {
      settings = options.settings();
      source = options.openSource();
    } catch (IllegalArgumentException wrong) {
      throw StartException.local(String.valueOf(wrong.getMessage()), wrong);
    }
    PrimaryServer server = PrimaryServer.start(source, settings, options.firstFetch());
    server.serveUntilSignalled(() -> {
      System.out.println(server.readyLine());
      System.out.flush();
    });
    return 0;
  }
}
