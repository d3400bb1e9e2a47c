package zonetrail.transport;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The way back to the sender of a message on a stream: a place among the connection's outstanding
/// answers, for one message or for many.
///
/// Of many, at most [#MESSAGES_ON_THEIR_WAY] wait to be taken by the client, so that one is made
/// while the other is sent. A client that does not read is cut off by its connection
/// ([StreamLimits#slowReader]), which fails what waits and so ends [#send].
final class LateStreamReply extends LateReply {
  private static final int MESSAGES_ON_THEIR_WAY = 4;

  private final StreamConnection connection;
  private final AnswerLoop answerLoop;
  private final Semaphore room = new Semaphore(MESSAGES_ON_THEIR_WAY);
  private volatile boolean isGone;
  private boolean isBegun;

  LateStreamReply(
      StreamConnection connection,
      AnswerLoop answerLoop,
      TransportCounters counters,
      InetSocketAddress client,
      InetSocketAddress local) {
    super(answerLoop, counters, client, local);
    this.connection = connection;
    this.answerLoop = answerLoop;
  }

  @Override
  public boolean isStream() {
    return true;
  }

  @Override
  public StreamPeer peer() {
    return connection.peer();
  }

  @Override
  int maxReplyOctets() {
    return Answerer.MAX_REPLY_OCTETS;
  }

  @Override
  boolean deliver(byte[] reply) {
    return connection.deliver(reply);
  }

  @Override
  void release() {
    connection.releasePlace();
  }

  @Override
  public boolean send(byte[] message, int length) throws InterruptedException {
    checkLength(message, length);
    if (isSpent()) {
      throw new IllegalStateException("already replied to " + client());
    }
    byte[] part = Arrays.copyOf(message, length);
    if (!awaitRoom(1)) {
      return false;
    }
    try {
      answerLoop.eventLoop.execute(() -> sendHere(part));
    } catch (RejectedExecutionException _) { // The loop has ended: the server was closed.
      isGone = true;
    }
    return !isGone;
  }

  /// On the event loop.
  private void sendHere(byte[] part) {
    if (!isBegun) { // One response, however many messages it has.
      isBegun = true;
      answerLoop.sends(part, part.length);
    }
    connection
        .sendPart(part)
        .addListener(done -> {
          if (!done.isSuccess()) {
            isGone = true;
          }
          room.release();
        });
  }

  @Override
  public boolean sendLast(byte[] message, int length) throws InterruptedException {
    boolean arrived = send(message, length) && awaitRoom(MESSAGES_ON_THEIR_WAY);
    reply(message, 0);
    return arrived;
  }

  /// Waits until so many more messages may be on their way.
  private boolean awaitRoom(int messages) throws InterruptedException {
    long patienceNanos = connection.patience().toNanos();
    return room.tryAcquire(messages, patienceNanos, TimeUnit.NANOSECONDS) && !isGone;
  }
}
