package zonetrail.server;

import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import zonetrail.authority.ZoneSource;

/// The options of `zonetrail primary`. Scripts rely on the names; an option whose work is not done
/// yet is absent and not accepted.
final class PrimaryOptions {
  @Mixin private final SourceOptions source = new SourceOptions();

  @Option(
      names = "--poll-interval",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How often the source is looked at without being told (5m). 0 means never.")
  private Duration pollInterval = Duration.ofMinutes(5);

  @Option(
      names = "--wait-for-remote",
      description =
          "At the very first start, keep trying while the remote is away, instead of ending with"
              + " exit code 3.")
  private boolean waitForRemote;

  @Mixin private final UpdateOptions updates = new UpdateOptions();

  @Mixin private final ServingOptions serving = new ServingOptions();

  /// Opens the source; asks no remote yet.
  ///
  /// @throws IllegalArgumentException if the options do not fit together; says which and why
  /// @throws StartException if a file or folder cannot be used
  ZoneSource openSource() throws StartException {
    return source.open(updates.committer());
  }

  FirstFetch firstFetch() {
    return waitForRemote ? FirstFetch.patient() : FirstFetch.ONCE;
  }

  void configureLog() {
    serving.configureLog();
  }

  /// How the server is to run.
  ///
  /// @throws IllegalArgumentException if a number is out of bounds
  PrimaryServer.Settings settings() {
    ServingOptions.Serving how = serving.serving();
    return new PrimaryServer.Settings(
        how.listen(),
        how.threads(),
        pollInterval,
        how.streams(),
        how.answers(),
        how.transfers(),
        how.notifies(),
        updates.settings(),
        how.http(),
        source.describe());
  }
}
