package zonetrail.transport;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import zonetrail.answer.Responder;
import zonetrail.answer.guard.Cookies;
import zonetrail.answer.guard.RateLimit;
import zonetrail.transfer.TransferRequest;
import zonetrail.wire.Opcode;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.QueryCursor.Outcome;
import zonetrail.wire.Rcode;
import zonetrail.wire.ResponseWriter;
import zonetrail.zone.Zones;

/// Answers what can be answered at once, on the event loop; one per loop, with its own cursor and
/// writer.
public final class FastLane implements Answerer {
  private final PublishedZones published;
  private final SlowLane slowLane;
  private final QueryCursor cursor = new QueryCursor();
  private final Responder responder;
  private final LoopCounters counters;
  private final @Nullable RateLimit rateLimit;
  private final RequestCookie requestCookie;

  /// Creates a lane for one event loop.
  ///
  /// @param policy how much it answers, and what of the server; the same for all lanes
  /// @param timeOfDay the clock of cookies
  public FastLane(
      PublishedZones published,
      SlowLane slowLane,
      TransportCounters counters,
      AnswerPolicy policy,
      InstantSource timeOfDay) {
    this.published = published;
    this.slowLane = slowLane;
    this.counters = counters.newLoop();
    this.rateLimit = policy.rateLimit();
    this.requestCookie = new RequestCookie(policy.cookies(), timeOfDay);
    this.responder = new Responder(policy.identity());
  }

  @Override
  public int answer(byte[] message, int length, byte[] response, Exchange exchange) {
    Outcome outcome = cursor.wrap(message, length);
    if (outcome == Outcome.DROP) {
      slowLane.takeResponse(message, length, exchange);
      counters.count(LoopCounters.What.NO_REQUEST);
      return NO_REPLY;
    }
    if (outcome == Outcome.FORMERR) {
      counters.count(LoopCounters.What.MALFORMED);
    }
    if (outcome == Outcome.OK && cursor.hasTsig()) {
      return slowLane.take(message, length, exchange) ? DEFERRED : NO_REPLY;
    }
    int limit = limitOctets(cursor, exchange);
    Cookies.Verdict cookie = judgeCookie(outcome, exchange);
    int octets = respond(outcome, cookie, response, limit, exchange);
    return rateLimit == null || exchange.isStream() || cookie == Cookies.Verdict.GOOD
        ? octets
        : limited(rateLimit, exchange, response, octets, limit);
  }

  private Cookies.Verdict judgeCookie(Outcome outcome, Exchange exchange) {
    if (outcome == Outcome.OK || outcome == Outcome.ONLY_COOKIE) {
      return requestCookie.judge(cursor, exchange, responder);
    }
    responder.setCookie(null);
    return Cookies.Verdict.NONE;
  }

  private int respond(
      Outcome outcome, Cookies.Verdict cookie, byte[] response, int limit, Exchange exchange) {
    if (cookie == Cookies.Verdict.MALFORMED) {
      return responder.respondOnly(cursor, Rcode.FORMERR, response, limit); // RFC 7873 §5.2.2
    }
    if (outcome == Outcome.ONLY_COOKIE && cookie == Cookies.Verdict.BAD) {
      return responder.respondOnly(cursor, Rcode.BADCOOKIE, response, limit); // RFC 7873 §5.4
    }
    if (outcome == Outcome.OK && TransferRequest.isAskedBy(cursor)) {
      Zones zones = published.current().zones();
      return slowLane.transfers().answer(cursor, null, zones, exchange, response, limit);
    }
    if (outcome == Outcome.OK && cursor.ednsVersion() > 0) {
      return responder.respondOnly(cursor, Rcode.BADVERS, response, limit); // RFC 6891 §6.1.3
    }
    if (outcome == Outcome.OK && cursor.opcode() == Opcode.NOTIFY) {
      // A NOTIFY makes us fetch, so we want to know who asks: no signature, no fetch.
      counters.count(LoopCounters.What.UNSIGNED_NOTIFY);
      return responder.respondOnly(cursor, Rcode.REFUSED, response, limit);
    }
    if (outcome == Outcome.OK && cursor.opcode() == Opcode.UPDATE) {
      // RFC 3007 §3: what changes a zone is signed.
      counters.count(LoopCounters.What.UNSIGNED_UPDATE);
      return responder.respondOnly(cursor, Rcode.REFUSED, response, limit);
    }
    return responder.respond(cursor, outcome, published.current().zones(), response, limit);
  }

  /// Sends the answer, or less of it, if its network gets too many.
  private int limited(RateLimit rule, Exchange exchange, byte[] response, int octets, int limit) {
    return switch (rule.judge(
        exchange.clientOctets(), response, octets, exchange.receivedNanos())) {
      case SEND -> octets;
      case TRUNCATE -> {
        counters.count(LoopCounters.What.RATE_LIMITED_TRUNCATED);
        yield responder.respondTruncated(cursor, response, limit);
      }
      case DROP -> {
        counters.count(LoopCounters.What.RATE_LIMITED_DROPPED);
        yield NO_REPLY;
      }
    };
  }

  /// The most octets a response to this request may have on its way back (RFC 6891 §6.2.5).
  static int limitOctets(QueryCursor request, Exchange exchange) {
    return exchange.isStream()
        ? ResponseWriter.MAX_MESSAGE_OCTETS
        : Math.min(request.udpPayloadOctets(), ResponseWriter.MAX_UDP_PAYLOAD_OCTETS);
  }
}
