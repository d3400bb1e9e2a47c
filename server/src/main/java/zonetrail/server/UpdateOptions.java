package zonetrail.server;

import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import zonetrail.authority.EditSettings;
import zonetrail.server.git.Committer;
import zonetrail.update.SerialStyle;

/// The options that say how the server changes zone files itself.
final class UpdateOptions {
  /// What becomes of a zone whose records changed without a newer serial.
  enum SerialPolicy {
    /// A commit of ours raises it.
    COMMIT,
    /// It is held back until somebody raises it.
    HOLD
  }

  @Option(
      names = "--ack",
      paramLabel = "WHEN",
      description = {
        "When an update is acknowledged: pushed, when the remote has its commit; or local, when the"
            + " commit is on this machine's disk, to be pushed as soon as the remote answers"
            + " (pushed)."
      })
  private EditSettings.Ack ack = EditSettings.Ack.PUSHED;

  @Option(
      names = "--update-timeout",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long an update waits for that; SERVFAIL then (10s).")
  private Duration timeout = EditSettings.DEFAULT_TIMEOUT;

  @Option(
      names = "--serial",
      paramLabel = "POLICY",
      description = {
        "What becomes of a push that changes a zone without raising its serial: hold, the version"
            + " before stays; or commit, the server raises it in a commit of its own (hold)."
      })
  private SerialPolicy serial = SerialPolicy.HOLD;

  @Option(
      names = "--serial-style",
      paramLabel = "STYLE",
      description =
          "How the server raises serials: increment, unixtime, or date for YYYYMMDDnn (increment).")
  private SerialStyle style = SerialStyle.INCREMENT;

  @Option(
      names = "--committer",
      paramLabel = "'NAME <ADDRESS>'",
      converter = CommitterConverter.class,
      description = {
        "Who commits updates and serials, as git shows it ('Zonetrail <zonetrail@HOST>'). The"
            + " author of an update is its key, with this address."
      })
  private Committer committer = Committer.ofThisHost();

  @Option(
      names = "--read-only",
      description = "Never commit nor push: updates are refused, serials are not raised.")
  private boolean readOnly;

  /// Reads `NAME <ADDRESS>`.
  static final class CommitterConverter implements ITypeConverter<Committer> {
    @Override
    public Committer convert(String text) {
      try {
        return Committer.parse(text);
      } catch (IllegalArgumentException unfit) {
        throw new TypeConversionException("'" + text + "': " + unfit.getMessage());
      }
    }
  }

  /// Who commits.
  Committer committer() {
    return committer;
  }

  /// How zone files are changed; empty if they are not.
  ///
  /// @throws IllegalArgumentException if options contradict each other
  Optional<EditSettings> settings() {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("--update-timeout is at least 1s, not 0");
    }
    if (readOnly) {
      if (serial == SerialPolicy.COMMIT) {
        throw new IllegalArgumentException("--serial commit does not go with --read-only");
      }
      return Optional.empty();
    }
    return Optional.of(new EditSettings(ack, timeout, style, serial == SerialPolicy.COMMIT));
  }
}
