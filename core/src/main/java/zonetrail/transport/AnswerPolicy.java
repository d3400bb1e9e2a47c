package zonetrail.transport;

import org.jspecify.annotations.Nullable;
import zonetrail.answer.ServerIdentity;
import zonetrail.answer.guard.Cookies;
import zonetrail.answer.guard.RateLimit;

/// How much a server answers, and what it says of itself; one for all event loops.
///
/// @param rateLimit what answers over UDP may be sent; null: all
/// @param cookies exempt from that limit who sends one of ours; null: there are none
/// @param identity what it says of itself
public record AnswerPolicy(
    @Nullable RateLimit rateLimit, @Nullable Cookies cookies, ServerIdentity identity) {
  /// Answers all, without cookies, and says nothing of itself.
  public static final AnswerPolicy PLAIN = new AnswerPolicy(null, null, ServerIdentity.NONE);
}
