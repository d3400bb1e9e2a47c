package zonetrail.transport;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Header;

/// One socket for datagrams, which belongs to one event loop, and how many of its datagrams are to
/// be answered later.
///
/// Thread: the event loop, but for [#drain] and [#close].
abstract class LoopDatagrams {
  /// What a datagram over IPv4 can carry.
  static final int MAX_REPLY_OCTETS = 65_507;

  final AnswerLoop answerLoop;
  final TransportCounters counters;
  private int deferred;
  private @Nullable Promise<Void> drained;

  LoopDatagrams(AnswerLoop answerLoop, TransportCounters counters) {
    this.answerLoop = answerLoop;
    this.counters = counters;
  }

  /// Whether a datagram of this length goes to the answerer; counts it if not.
  final boolean hasRightLength(int octets) {
    if (octets < Header.OCTETS) {
      counters.datagramsTooShort.increment();
      return false;
    }
    if (octets > DatagramListener.MAX_DATAGRAM_OCTETS) {
      counters.datagramsTooLong.increment();
      return false;
    }
    return true;
  }

  /// A datagram will be answered later.
  final void deferred() {
    deferred++;
  }

  /// A datagram that was to be answered later was, or will not be.
  final void released() {
    deferred--;
    if (deferred == 0 && drained != null) {
      drained.trySuccess(null);
    }
  }

  /// Reads no more. Any thread.
  ///
  /// @return done when all late replies are out
  final Future<Void> drain() {
    Promise<Void> done = answerLoop.eventLoop.newPromise();
    answerLoop.eventLoop.execute(() -> {
      drained = done;
      stopReading();
      if (deferred == 0) {
        done.trySuccess(null);
      }
    });
    return done;
  }

  /// Closes the socket; replies that are not out yet are dropped when they come. Any thread.
  final Future<?> close() {
    return answerLoop.eventLoop.submit(this::closeHere);
  }

  abstract void stopReading();

  abstract void closeHere();
}
