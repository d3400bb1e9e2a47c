package zonetrail.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import zonetrail.answer.guard.AddressRange;
import zonetrail.answer.guard.RateLimit;

/// The options of response rate limiting.
///
/// Loopback is exempt. Nobody outside can forge it (the kernel drops such packets from a network
/// card), so there is no one to protect; and whoever tries the server with a load generator on the
/// same machine wants to see the server's speed and not 200 answers a second.
final class RateLimitOptions {
  private static final String OFF = "off";

  @Option(
      names = "--rate-limit",
      paramLabel = "N|off",
      description = {
        "Like answers a second that one network (/24, /56) may get over UDP (200), and five times"
            + " as many of all kinds; each second one beyond is sent truncated, the others not.",
        "Over TCP, to loopback, and to who signs: no limit."
      })
  private String rateLimit = Integer.toString(RateLimit.DEFAULT_PER_SECOND);

  @Option(
      names = "--rate-limit-exempt",
      paramLabel = "NET",
      description = "A network without that limit, as 192.0.2.0/24; may be given more than once.")
  private List<String> exempt = List.of();

  /// The limit; empty if it is off.
  ///
  /// @throws IllegalArgumentException if a number or network is none
  Optional<PrimaryServer.AnswerRate> answerRate() {
    List<AddressRange> ranges =
        new ArrayList<>(List.of(AddressRange.LOOPBACK_IPV4, AddressRange.LOOPBACK_IPV6));
    exempt.stream().map(AddressRange::parse).forEach(ranges::add);
    if (rateLimit.equals(OFF)) {
      return Optional.empty();
    }
    int perSecond = rateLimit.matches("\\d{1,6}") ? Integer.parseInt(rateLimit) : 0;
    if (perSecond < 1 || perSecond > RateLimit.MAX_PER_SECOND) {
      throw new IllegalArgumentException(
          "--rate-limit is off or 1 to "
              + RateLimit.MAX_PER_SECOND
              + " answers a second, not '"
              + rateLimit
              + "'");
    }
    return Optional.of(new PrimaryServer.AnswerRate(perSecond, ranges));
  }
}
