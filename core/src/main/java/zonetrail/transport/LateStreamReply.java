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
/// writes; only the first message goes alone, at once. One waits to be taken by the client while
/// the next is made. A client that does not read is cut off by its connection
/// ([StreamLimits#slowReader]), which fails what waits and so ends [#send].
final class LateStreamReply extends LateReply {
  /// Sixteen messages of those that transfers are made of, which are a little longer than 16 KiB;
  /// and at least one of the largest that there can be. Fewer cost more, and not only by their
  /// writes: less is compiled of what writes, in the first transfer of a process.
  private static final int BATCH_OCTETS = StreamConnection.MOST_OCTETS_OF_PARTS;

  private final StreamConnection connection;
  private final AnswerLoop answerLoop;
  private final Semaphore room = new Semaphore(1);
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
    return awaitRoom() && execute(() -> sendHere(messages, octets));
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
    boolean arrived = send(message, length) && (batched == 0 || sendBatch()) && awaitRoom();
    reply(message, 0);
    return arrived;
  }

  /// Waits until no batch is on its way.
  private boolean awaitRoom() throws InterruptedException {
    long patienceNanos = connection.patience().toNanos();
    return room.tryAcquire(patienceNanos, TimeUnit.NANOSECONDS) && !isGone;
  }
}
