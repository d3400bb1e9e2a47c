package zonetrail.authority;

import java.time.Duration;
import zonetrail.update.SerialStyle;

/// How a primary makes changes of its own in its source.
///
/// @param ack when an update is acknowledged
/// @param timeout how long an update waits for its commit and push; SERVFAIL then
/// @param style how serials are raised that the client did not raise
/// @param raisesSerials whether a zone whose records changed without a newer serial gets one in a
///   commit of ours (`--serial commit`), or is held back
/// @param largeZoneRecords how many records a zone has at least whose updates are prepared beside
///   the commits of other zones
public record EditSettings(
    Ack ack, Duration timeout, SerialStyle style, boolean raisesSerials, int largeZoneRecords) {
  /// An update of a zone of so many records takes about 10 ms, which the others may wait for.
  public static final int LARGE_ZONE_RECORDS = 50_000;

  /// How long an update waits unless said otherwise: UDP clients give up after 10 to 12 seconds.
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  /// Acknowledge when the remote has it, raise the serial by one with each update, and hold back
  /// what others did not raise.
  public static final EditSettings DEFAULT =
      new EditSettings(Ack.PUSHED, DEFAULT_TIMEOUT, SerialStyle.INCREMENT, false);

  /// The same for zones that are large from [#LARGE_ZONE_RECORDS] on.
  public EditSettings(Ack ack, Duration timeout, SerialStyle style, boolean raisesSerials) {
    this(ack, timeout, style, raisesSerials, LARGE_ZONE_RECORDS);
  }

  /// When an update is acknowledged.
  public enum Ack {
    /// When the remote has the commit.
    PUSHED,
    /// When the commit is on this machine's disk; it is pushed as soon as the remote answers.
    LOCAL
  }
}
