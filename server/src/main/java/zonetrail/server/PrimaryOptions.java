package zonetrail.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.slf4j.event.Level;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of `zonetrail primary`. Scripts rely on the names; an option whose work is not done
/// yet is absent and not accepted.
final class PrimaryOptions {
  /// What DNS uses (RFC 1035 §4.2).
  private static final int DNS_PORT = 53;

  private static final int MAX_THREADS = 1024;

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

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace (info). Logs go to standard error.")
  private Level logLevel = Level.INFO;

  SourceOptions source() {
    return source;
  }

  Level logLevel() {
    return logLevel;
  }

  /// How the server is to run.
  ///
  /// @throws IllegalArgumentException if a number is out of bounds
  PrimaryServer.Settings settings() {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("--threads is 1 to " + MAX_THREADS + ", not " + threads);
    }
    return new PrimaryServer.Settings(listen, threads, pollInterval);
  }
}
