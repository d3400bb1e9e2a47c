package zonetrail.transport;

import org.jspecify.annotations.Nullable;
import zonetrail.answer.Responder;
import zonetrail.answer.guard.RateLimit;
import zonetrail.wire.Opcode;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.QueryCursor.Outcome;
import zonetrail.wire.Rcode;
import zonetrail.wire.ResponseWriter;

/// Answers what can be answered at once, on the event loop; one per loop, with its own cursor and
/// writer.
public final class FastLane implements Answerer {
  private final PublishedZones published;
  private final SlowLane slowLane;
  private final QueryCursor cursor = new QueryCursor();
  private final Responder responder = new Responder();
  private final LoopCounters counters;
  private final @Nullable RateLimit rateLimit;

  /// Creates a lane for one event loop, without a rate limit.
  public FastLane(PublishedZones published, SlowLane slowLane, TransportCounters counters) {
    this(published, slowLane, counters, null);
  }

  /// Creates a lane for one event loop.
  ///
  /// @param rateLimit what answers over UDP may be sent, the same for all lanes; null: all
  public FastLane(
      PublishedZones published,
      SlowLane slowLane,
      TransportCounters counters,
      @Nullable RateLimit rateLimit) {
    this.published = published;
    this.slowLane = slowLane;
    this.counters = counters.newLoop();
    this.rateLimit = rateLimit;
  }

  @Override
  public int answer(byte[] message, int length, byte[] response, Exchange exchange) {
    Outcome outcome = cursor.wrap(message, length);
    if (outcome == Outcome.DROP) {
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
    int octets = respond(outcome, response, limit);
    return rateLimit == null || exchange.isStream()
        ? octets
        : limited(rateLimit, exchange, response, octets, limit);
  }

  private int respond(Outcome outcome, byte[] response, int limit) {
    if (outcome == Outcome.OK && cursor.opcode() == Opcode.NOTIFY) {
      // A NOTIFY makes us fetch, so we want to know who asks: no signature, no fetch.
      counters.count(LoopCounters.What.UNSIGNED_NOTIFY);
      return responder.respondOnly(cursor, Rcode.REFUSED, response, limit);
    }
    return responder.respond(cursor, outcome, published.current().zones(), response, limit);
  }

  /// Sends the answer, or less of it, if its network gets too many.
  private int limited(RateLimit rule, Exchange exchange, byte[] response, int octets, int limit) {
    return switch (rule.judge(
        exchange.client().getAddress(), response, octets, System.nanoTime())) {
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
