package zonetrail.transport;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A detached exchange: any thread may hand in one reply, which then travels to the event loop.
abstract class LateReply implements Exchange {
  private final AnswerLoop answerLoop;
  private final TransportCounters counters;
  private final InetSocketAddress client;
  private final InetSocketAddress local;
  private final AtomicBoolean spent = new AtomicBoolean();

  LateReply(
      AnswerLoop answerLoop,
      TransportCounters counters,
      InetSocketAddress client,
      InetSocketAddress local) {
    this.answerLoop = answerLoop;
    this.counters = counters;
    this.client = client;
    this.local = local;
  }

  /// The most octets that the transport can carry.
  abstract int maxReplyOctets();

  /// Sends the reply if there still is somebody to send it to, and gives the place back. Called
  /// once, on the event loop.
  ///
  /// @param reply the message; empty if there is none
  /// @return false if nobody is there any more
  abstract boolean deliver(byte[] reply);

  /// Gives the place back without a reply. Called on the event loop, instead of [#deliver].
  abstract void release();

  /// Takes the exchange from whoever has it, on the event loop.
  ///
  /// @return false if it was used already
  final boolean withdraw() {
    if (!spent.compareAndSet(false, true)) {
      return false;
    }
    release();
    return true;
  }

  /// Whether it was replied to, or taken back.
  final boolean isSpent() {
    return spent.get();
  }

  /// @throws IllegalArgumentException if the length is negative or more than fits
  final void checkLength(byte[] message, int length) {
    if (length < 0 || length > maxReplyOctets() || length > message.length) {
      throw new IllegalArgumentException("a reply of " + length + " octets to " + client);
    }
  }

  @Override
  public final void reply(byte[] message, int length) {
    checkLength(message, length);
    if (!spent.compareAndSet(false, true)) {
      if (length > 0) {
        counters.repeatedReplies.increment();
      }
      return;
    }
    byte[] reply = Arrays.copyOf(message, length);
    try {
      answerLoop.eventLoop.execute(() -> {
        if (deliver(reply)) {
          answerLoop.sends(reply, reply.length);
        } else {
          counters.lateReplies.increment();
        }
      });
    } catch (RejectedExecutionException _) { // The loop has ended: the server was closed.
      counters.lateReplies.increment();
    }
  }

  @Override
  public final InetSocketAddress client() {
    return client;
  }

  @Override
  public final InetSocketAddress local() {
    return local;
  }

  @Override
  public final Exchange detach() {
    return this;
  }
}
