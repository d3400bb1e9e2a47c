package zonetrail.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import zonetrail.notify.NotifyPolicy;
import zonetrail.transfer.TransferRights;
import zonetrail.transport.StreamLimits;

/// The options of every server that answers, wherever its zones come from.
public final class ServingOptions {
  /// What DNS uses (RFC 1035 §4.2).
  private static final int DNS_PORT = 53;

  private static final int MAX_THREADS = 1024;

  /// Each connection is an open file, and up to some 130 KiB.
  private static final int MAX_TCP_CLIENTS = 100_000;

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

  @Mixin private final RateLimitOptions rateLimit = new RateLimitOptions();

  @Mixin private final IdentityOptions identity = new IdentityOptions();

  @Mixin private final TransferOptions transfers = new TransferOptions();

  @Mixin private final NotifyOptions notifies = new NotifyOptions();

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
              + " network, but at least 50. Loopback may have all.")
  private int tcpClients = StreamLimits.DEFAULT.connections();

  @Option(
      names = "--tcp-idle-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long a TCP connection may say nothing (10s).")
  private Duration tcpIdle = StreamLimits.DEFAULT.idle();

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

  /// The command line makes one.
  public ServingOptions() {}

  /// Where and how a server answers.
  ///
  /// @param listen where, over UDP and TCP; port 0 takes a free one
  /// @param threads how many event loops, at least 1
  /// @param streams the bounds of TCP
  /// @param answers how much it answers, and what it says of itself
  /// @param transfers who may transfer zones besides those with a key
  /// @param notifies who is told of changes
  /// @param http where it tells of itself over HTTP; empty: nowhere
  public record Serving(
      List<InetSocketAddress> listen,
      int threads,
      StreamLimits streams,
      PrimaryServer.Answers answers,
      TransferRights transfers,
      NotifyPolicy notifies,
      Optional<InetSocketAddress> http) {
    /// Copies the list.
    public Serving {
      listen = List.copyOf(listen);
    }
  }

  /// Sets up the log as asked for.
  public void configureLog() {
    LogOutput.configure(logLevel, logFormat);
  }

  /// Where and how to answer.
  ///
  /// @throws IllegalArgumentException if a number is out of bounds
  public Serving serving() {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("--threads is 1 to " + MAX_THREADS + ", not " + threads);
    }
    return new Serving(
        listen,
        threads,
        streamLimits(),
        identity.answers(rateLimit.answerRate()),
        transfers.rights(),
        notifies.policy(),
        Optional.ofNullable(http));
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
