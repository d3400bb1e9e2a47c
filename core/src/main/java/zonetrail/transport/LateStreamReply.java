package zonetrail.transport;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import zonetrail.wire.Header;

/// The way back to the sender of a message on a stream: a place among the connection's outstanding
/// answers, for one message or for many.
///
/// Many go in batches of up to [#BATCH_OCTETS], for each write costs the same however much it
/// writes; only the first message goes alone, at once. At most [#BATCHES_ON_THEIR_WAY] wait to be
/// taken by the client, so that one is made while the other is sent. A client that does not read is
/// cut off by its connection ([StreamLimits#slowReader]), which fails what waits and so ends
/// [#send].
final class LateStreamReply extends LateReply {
  private static final int BATCHES_ON_THEIR_WAY = 2;

  /// Four messages of those that transfers are made of, which are a little longer than 16 KiB; and
  /// the largest that there can be.
  private static final int BATCH_OCTETS = 72 * 1024;

  private final StreamConnection connection;
  private final AnswerLoop answerLoop;
  private final Semaphore room = new Semaphore(BATCHES_ON_THEIR_WAY);
  private volatile boolean isGone;
  private byte[] batch = {};
  private int batched;
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
    if (!isBegun) {
      return begin(message, length);
    }
    if (batched + StreamConnection.LENGTH_OCTETS + length > BATCH_OCTETS && !sendBatch()) {
      return false;
    }
    if (batched == 0) {
      batch = new byte[BATCH_OCTETS];
    }
    add(message, length);
    return !isGone;
  }

  /// The first message goes at once, and is counted: this is one response, however many it has.
  private boolean begin(byte[] message, int length) throws InterruptedException {
    isBegun = true;
    byte[] first = Arrays.copyOf(message, length);
    batch = new byte[StreamConnection.LENGTH_OCTETS + length];
    add(message, length);
    return execute(() -> answerLoop.sends(first, length)) && sendBatch();
  }

  private void add(byte[] message, int length) {
    Header.putU16(batch, batched, length);
    System.arraycopy(message, 0, batch, batched + StreamConnection.LENGTH_OCTETS, length);
    batched += StreamConnection.LENGTH_OCTETS + length;
  }

  /// Sends what was put together when there is room for it.
  private boolean sendBatch() throws InterruptedException {
    byte[] messages = batch;
    int octets = batched;
    batched = 0;
    return awaitRoom(1) && execute(() -> sendHere(messages, octets));
  }

  private boolean execute(Runnable task) {
    try {
      answerLoop.eventLoop.execute(task);
    } catch (RejectedExecutionException _) { // The loop has ended: the server was closed.
      isGone = true;
    }
    return !isGone;
  }

  /// On the event loop.
  private void sendHere(byte[] messages, int octets) {
    connection
        .sendPart(messages, octets)
        .addListener(done -> {
          if (!done.isSuccess()) {
            isGone = true;
          }
          room.release();
        });
  }

  @Override
  public boolean sendLast(byte[] message, int length) throws InterruptedException {
    boolean arrived =
        send(message, length) && (batched == 0 || sendBatch()) && awaitRoom(BATCHES_ON_THEIR_WAY);
    reply(message, 0);
    return arrived;
  }

  /// Waits until so many more batches may be on their way.
  private boolean awaitRoom(int batches) throws InterruptedException {
    long patienceNanos = connection.patience().toNanos();
    return room.tryAcquire(batches, patienceNanos, TimeUnit.NANOSECONDS) && !isGone;
  }
}
