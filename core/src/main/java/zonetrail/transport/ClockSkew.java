package zonetrail.transport;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigRecord;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;

/// Warns that a client whose key is proved and this server do not agree on the time, before and
/// after it gets so bad that its messages are refused. Any thread.
@Rfc(number = 8945, section = "5.2.3")
final class ClockSkew {
  /// Clocks that are kept by NTP differ by less than a second, and a message is seldom older.
  static final Duration TOLERANCE = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(ClockSkew.class);

  private final RareWarning warning = new RareWarning(LOG);

  /// Looks at the time of a message.
  ///
  /// @param verdict only one that proves the key is looked at: anybody else may say any time
  /// @param now the time of day
  void look(Verdict verdict, InetSocketAddress client, Instant now) {
    switch (verdict) {
      case Verdict.Verified(TsigKey key, TsigRecord record, int _) ->
          warnIfOff(key, record, client, now, "still accepted");
      case Verdict.RefusedSigned(Rcode error, TsigKey key, TsigRecord record, int _) ->
          warnIfOff(key, record, client, now, "refused with " + error);
      default -> {}
    }
  }

  private void warnIfOff(
      TsigKey key, TsigRecord record, InetSocketAddress client, Instant now, String outcome) {
    long secondsAhead = record.timeSigned().getEpochSecond() - now.getEpochSecond();
    if (Math.abs(secondsAhead) < TOLERANCE.toSeconds()) {
      return; // nearly always, and sooner known than by durations
    }
    Duration ahead = Duration.between(now, record.timeSigned());
    if (ahead.abs().compareTo(TOLERANCE) <= 0) {
      return;
    }
    warning.warn(
        "a message from %s, signed with key %s, is dated %d s %s our clock and was %s."
                .formatted(
                    NetUtil.toSocketAddressString(client),
                    key.name().wire().toStringNoDot(),
                    ahead.abs().toSeconds(),
                    ahead.isNegative() ? "behind" : "ahead of",
                    outcome)
            + " One of the two clocks is wrong: look at NTP on both machines",
        null);
  }
}
