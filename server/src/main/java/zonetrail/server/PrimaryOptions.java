package zonetrail.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import zonetrail.transport.StreamLimits;

/// The options of `zonetrail primary`. Scripts rely on the names; an option whose work is not done
/// yet is absent and not accepted.
final class PrimaryOptions {
  /// What DNS uses (RFC 1035 §4.2).
  private static final int DNS_PORT = 53;

  private static final int MAX_THREADS = 1024;

  /// Each connection is an open file, and up to some 130 KiB.
  private static final int MAX_TCP_CLIENTS = 100_000;

  @Mixin private final SourceOptions source = new SourceOptions();

  @Option(
      names = "--listen",
      paramLabel = "ADDR:PORT",
      converter = SocketAddressConverter.class,
      description = {
        "An address to answer on, over UDP and TCP; may be given more than once.",
        "Default: 0.0.0.0:53 and [::]:53."
      })
  private List<InetSocketAddress> listen =
      List.of(new InetSocketAddress("0.0.0.0", DNS_PORT), new InetSocketAddress("::", DNS_PORT));

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many threads answer (as many as there are cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--poll-interval",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How often the source is looked at without being told (5m). 0 means never.")
  private Duration pollInterval = Duration.ofMinutes(5);

  @Mixin private final RateLimitOptions rateLimit = new RateLimitOptions();

  @Mixin private final IdentityOptions identity = new IdentityOptions();

  @Mixin private final TransferOptions transfers = new TransferOptions();

  @Mixin private final NotifyOptions notifies = new NotifyOptions();

  @Mixin private final UpdateOptions updates = new UpdateOptions();

  @Option(
      names = "--http",
      paramLabel = "ADDR:PORT",
      converter = SocketAddressConverter.class,
      description = {
        "Where to tell of itself over HTTP (nowhere): /livez, /readyz, /metrics for Prometheus, and"
            + " /status, which 'zonetrail status' reads.",
        "Usually 127.0.0.1:8053."
      })
  private @Nullable InetSocketAddress http;

  @Option(
      names = "--tcp-clients",
      paramLabel = "N",
      description =
          "How many TCP connections may be open (1000); at most a twentieth of them from one client"
              + " network, but at least 50.")
  private int tcpClients = StreamLimits.DEFAULT.connections();

  @Option(
      names = "--tcp-idle-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long a TCP connection may say nothing (10s).")
  private Duration tcpIdle = StreamLimits.DEFAULT.idle();

  @Option(
      names = "--wait-for-remote",
      description =
          "At the very first start, keep trying while the remote is away, instead of ending with"
              + " exit code 3.")
  private boolean waitForRemote;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace (info). Logs go to standard error.")
  private Level logLevel = Level.INFO;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "text, or json with an object in each line (text).")
  private LogFormat logFormat = LogFormat.TEXT;

  SourceOptions source() {
    return source;
  }

  FirstFetch firstFetch() {
    return waitForRemote ? FirstFetch.patient() : FirstFetch.ONCE;
  }

  Level logLevel() {
    return logLevel;
  }

  LogFormat logFormat() {
    return logFormat;
  }

  /// How the server is to run.
  ///
  /// @throws IllegalArgumentException if a number is out of bounds
  PrimaryServer.Settings settings() {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("--threads is 1 to " + MAX_THREADS + ", not " + threads);
    }
    return new PrimaryServer.Settings(
        listen,
        threads,
        pollInterval,
        streamLimits(),
        identity.answers(rateLimit.answerRate()),
        transfers.rights(),
        notifies.policy(),
        updates.settings(),
        Optional.ofNullable(http),
        source.describe());
  }

  private StreamLimits streamLimits() {
    if (tcpClients < 1 || tcpClients > MAX_TCP_CLIENTS) {
      throw new IllegalArgumentException(
          "--tcp-clients is 1 to " + MAX_TCP_CLIENTS + ", not " + tcpClients);
    }
    if (!tcpIdle.isPositive()) {
      throw new IllegalArgumentException("--tcp-idle-timeout is at least 1s, not 0");
    }
    return StreamLimits.DEFAULT.with(tcpClients, tcpIdle);
  }
}
