package zonetrail.transport;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import zonetrail.answer.Responder;
import zonetrail.answer.guard.Cookies;
import zonetrail.wire.EdnsOption;
import zonetrail.wire.QueryCursor;

/// What the DNS cookie of a request says, and the one that goes back with the response (RFC 7873
/// §5.2).
///
/// Thread: one at a time; each lane has its own.
final class RequestCookie {
  private final @Nullable Cookies cookies;
  private final InstantSource timeOfDay;
  private final byte[] reply = new byte[Cookies.COOKIE_OCTETS];

  /// @param cookies null: there are none, and what clients send is not looked at
  /// @param timeOfDay the clock of cookies
  RequestCookie(@Nullable Cookies cookies, InstantSource timeOfDay) {
    this.cookies = cookies;
    this.timeOfDay = timeOfDay;
  }

  /// Judges a request, and sets what the responder sends back until it is set again.
  ///
  /// @param request one that was read; of EDNS versions beyond 0 the options are not looked at, as
  ///   they may be of another form
  Cookies.Verdict judge(QueryCursor request, Exchange exchange, Responder responder) {
    responder.setCookie(null);
    if (cookies == null || request.ednsVersion() > 0 || !request.hasOption(EdnsOption.COOKIE)) {
      return Cookies.Verdict.NONE;
    }
    Cookies.Verdict verdict =
        cookies.judge(request, exchange.clientOctets(), timeOfDay.millis() / 1_000, reply);
    if (verdict != Cookies.Verdict.NONE && verdict != Cookies.Verdict.MALFORMED) {
      responder.setCookie(reply);
    }
    return verdict;
  }
}
