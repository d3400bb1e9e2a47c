package zonetrail.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import zonetrail.transport.status.ServerStatus;
import zonetrail.transport.status.StatusEndpoint;
import zonetrail.transport.status.StatusPage;

/// `zonetrail status`: asks a running server how it is, over its HTTP endpoint.
@Command(
    name = "zonetrail status",
    mixinStandardHelpOptions = true,
    versionProvider = Keygen.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Says how a server is that was started with --http: commit, remote, and every zone with its"
          + " serial and state; what needs an operator comes first."
    },
    footer = {
      "",
      "Exit codes: 0 all is well; 1 something needs an operator; 2 wrong usage, or",
      "no such server; 3 the server could not be reached."
    })
public final class Status implements Callable<Integer> {
  /// Where the address is taken from if the option is absent.
  static final String VARIABLE = "ZONETRAIL_HTTP";

  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
  private static final Duration READ_PATIENCE = Duration.ofSeconds(20);

  /// A list of [StatusPage#MAX_ZONES_LISTED] zones has some 3 MB.
  private static final int MAX_OCTETS = 64 * 1024 * 1024;

  @Spec private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

  @Option(
      names = "--http",
      paramLabel = "ADDR:PORT",
      description =
          "Where the server tells of itself ($"
              + VARIABLE
              + ", else "
              + StatusEndpoint.DEFAULT_ADDRESS
              + ").")
  private @Nullable String address;

  @Option(names = "--json", description = "Print what the server says, as it is.")
  private boolean json;

  private final Map<String, String> environment;

  Status(Map<String, String> environment) {
    this.environment = environment;
  }

  /// Runs the command and ends with its exit code.
  public static void main(String[] arguments) {
    Keygen.main(new Status(System.getenv()), arguments);
  }

  @Override
  public Integer call() throws Keygen.RefusedException {
    PrintWriter out = spec.commandLine().getOut();
    URI page = page();
    try {
      String body = fetch(page);
      ServerStatus status = StatusPage.JSON.readValue(body, ServerStatus.class);
      if (json) {
        out.println(body);
      } else {
        StatusReport.print(status, page.getAuthority(), Instant.now(), out);
      }
      out.flush();
      return StatusReport.needsOperator(status) ? ExitCode.NO : ExitCode.DONE;
    } catch (JacksonException notOurs) {
      throw new Keygen.RefusedException(
          "what answers at "
              + page.getAuthority()
              + " is no Zonetrail server: its page is not ours");
    } catch (IOException away) {
      spec.commandLine()
          .getErr()
          .println(
              "zonetrail status: cannot reach "
                  + page.getAuthority()
                  + " ("
                  + away.getMessage()
                  + "); does the server run, with --http "
                  + page.getAuthority()
                  + "?");
      return ExitCode.UNREACHABLE;
    }
  }

  private URI page() throws Keygen.RefusedException {
    String asked =
        address != null
            ? address
            : environment.getOrDefault(VARIABLE, StatusEndpoint.DEFAULT_ADDRESS);
    try {
      URI page = new URI("http://" + asked + "/status");
      if (page.getHost() != null && page.getPort() > 0 && page.getUserInfo() == null) {
        return page;
      }
    } catch (URISyntaxException notOne) {
      // said below
    }
    throw new Keygen.RefusedException(
        "'" + asked + "' is not ADDR:PORT; write for example " + StatusEndpoint.DEFAULT_ADDRESS);
  }

  private static String fetch(URI page) throws IOException, Keygen.RefusedException {
    HttpURLConnection connection = (HttpURLConnection) page.toURL().openConnection();
    connection.setConnectTimeout((int) CONNECT_PATIENCE.toMillis());
    connection.setReadTimeout((int) READ_PATIENCE.toMillis());
    connection.setInstanceFollowRedirects(false);
    try {
      int status = connection.getResponseCode();
      if (status != HttpURLConnection.HTTP_OK) {
        throw new Keygen.RefusedException(
            "what answers at "
                + page.getAuthority()
                + " is no Zonetrail server: it says "
                + status
                + " to /status");
      }
      try (InputStream body = connection.getInputStream()) {
        return new String(body.readNBytes(MAX_OCTETS), StandardCharsets.UTF_8);
      }
    } finally {
      connection.disconnect();
    }
  }
}
