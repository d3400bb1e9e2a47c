package zonetrail.transport;

import zonetrail.answer.Responder;
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

  /// Creates a lane for one event loop.
  public FastLane(PublishedZones published, SlowLane slowLane, TransportCounters counters) {
    this.published = published;
    this.slowLane = slowLane;
    this.counters = counters.newLoop();
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
    if (outcome == Outcome.OK && cursor.opcode() == Opcode.NOTIFY) {
      // A NOTIFY makes us fetch, so we want to know who asks: no signature, no fetch.
      counters.count(LoopCounters.What.UNSIGNED_NOTIFY);
      return responder.respondOnly(cursor, Rcode.REFUSED, response, limit);
    }
    return responder.respond(cursor, outcome, published.current().zones(), response, limit);
  }

  /// The most octets a response to this request may have on its way back (RFC 6891 §6.2.5).
  static int limitOctets(QueryCursor request, Exchange exchange) {
    return exchange.isStream()
        ? ResponseWriter.MAX_MESSAGE_OCTETS
        : Math.min(request.udpPayloadOctets(), ResponseWriter.MAX_UDP_PAYLOAD_OCTETS);
  }
}
