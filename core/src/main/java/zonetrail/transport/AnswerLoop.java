package zonetrail.transport;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.wire.Header;
import zonetrail.wire.Rcode;

/// One event loop's answerer and its scratch space, and the guard around both: whatever the
/// answerer does, [#answer] returns normally with something that may be done.
///
/// Thread: the event loop, except the constructor. Allocation: none after construction.
final class AnswerLoop {
  /// What a response array has beyond the largest reply.
  private static final int RESPONSE_SLACK_OCTETS = 512;

  private static final Logger LOG = LoggerFactory.getLogger(AnswerLoop.class);
  private static final RareWarning FAILURES = new RareWarning(LOG);

  /// The loop that owns all this.
  final EventLoop eventLoop;

  /// Where a listener puts the message.
  final byte[] message = new byte[Answerer.MAX_REPLY_OCTETS];

  /// Where the reply is, after [#answer].
  final byte[] response = new byte[Answerer.MAX_REPLY_OCTETS + RESPONSE_SLACK_OCTETS];

  private final Answerer answerer;
  private final TransportCounters counters;
  private final LoopCounters perMessage;
  private @Nullable DatagramBatch batch;

  AnswerLoop(EventLoop eventLoop, Answerer answerer, TransportCounters counters) {
    this.eventLoop = eventLoop;
    this.answerer = answerer;
    this.counters = counters;
    this.perMessage = counters.newLoop();
  }

  /// Where the loop's sockets on Linux read their datagrams and put their replies, one at a time.
  /// Called on the thread that starts the listeners.
  DatagramBatch batch() {
    DatagramBatch made = batch;
    if (made == null) {
      made = new DatagramBatch(counters);
      batch = made;
    }
    return made;
  }

  /// Has the message in [#message] answered.
  ///
  /// @param length octets of the message, at least a header
  /// @param exchange the view of the message
  /// @param maxReplyOctets what the transport can carry
  /// @return octets in [#response], from 0 to `maxReplyOctets`, or [Answerer#DEFERRED], this only
  ///   if the exchange was detached
  int answer(int length, ExchangeView exchange, int maxReplyOctets) {
    perMessage.request(exchange);
    try {
      int octets = answerer.answer(message, length, response, exchange);
      if ((octets == Answerer.DEFERRED && exchange.isDetached())
          || (octets >= Answerer.NO_REPLY && octets <= maxReplyOctets)) {
        return octets;
      }
      throw new IllegalStateException(
          octets == Answerer.DEFERRED
              ? "deferred without a detached exchange"
              : "returned a reply of " + octets + " octets, at most " + maxReplyOctets + " fit");
    } catch (Throwable failure) { // An Error too: one message never takes the loop with it.
      counters.answererFailures.increment();
      FAILURES.warn(
          "A message of "
              + length
              + " octets from "
              + NetUtil.toSocketAddressString(exchange.client())
              + " could not be answered; it got SERVFAIL. This is a fault of the server: report it",
          failure);
      return servfail(length);
    }
  }

  /// Counts a reply that goes out. Called on the event loop.
  void sends(byte[] reply, int length) {
    perMessage.response(reply, length);
  }

  /// Twelve octets that say SERVFAIL; nothing to a message that is a response itself, else two
  /// servers could keep each other busy.
  private int servfail(int length) {
    int flags = Header.u16(message, Header.FLAGS);
    if (length < Header.OCTETS || (flags & Header.QR) != 0) {
      return Answerer.NO_REPLY;
    }
    int kept = flags & (Header.withOpcode(0xf) | Header.RD);
    Header.putU16(response, Header.ID, Header.u16(message, Header.ID));
    Header.putU16(response, Header.FLAGS, Header.QR | kept | Rcode.SERVFAIL.value());
    Header.putU32(response, Header.QDCOUNT, 0);
    Header.putU32(response, Header.NSCOUNT, 0);
    return Header.OCTETS;
  }
}
