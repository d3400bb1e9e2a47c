package zonetrail.transport;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.wire.Header;
import zonetrail.wire.Rfc;

/// One TCP connection: octets to messages, messages to the answerer, answers back, in whatever
/// order they come, and everything about when to stop.
///
/// ```text
///            last message, end of input,          all answers
///            bad length, shutdown                 are taken
///   OPEN ------------------------> FINISHING ------------------> LINGERING
///     |                               |     (input has ended: skip)   |
///     |  idle, evicted                |  slow reader, overdue         |  end of input,
///     |  message or reader too slow   |                               |  time is up
///     +---------------------------> CLOSED <--------------------------+
/// ```
///
/// In OPEN reading pauses while too many answers are outstanding or not taken. LINGERING reads and
/// throws away: to close a socket with unread input would reset the connection and destroy answers
/// that are still on their way.
///
/// A client that has closed its side (half-closed) still gets its answers, but on epoll no more
/// than the system buffers, some megabytes: Netty 4.2.18 forgets such a socket and cannot wait for
/// it to take more (`epoll_ctl` fails with ENOENT), which closes the connection.
///
/// Thread: its event loop, except what [ConnectionTable.Seat] asks for. Allocation: for each batch
/// of answers one pooled buffer; for a message that comes in pieces, another.
final class StreamConnection extends ChannelInboundHandlerAdapter implements ConnectionTable.Seat {
  /// How long a connection may be quiet whose client is told of changes by it. The client may say
  /// something before to prolong it, and comes again if it was cut.
  static final Duration KEPT_IDLE = Duration.ofHours(1);

  /// What precedes each message: its length.
  static final int LENGTH_OCTETS = 2;

  /// Answers are gathered up to this many octets before they are written.
  private static final int BATCH_OCTETS = 64 * 1024;

  /// What a buffer for answers has at first.
  private static final int FIRST_BATCH_OCTETS = 1024;

  /// How much of a long late reply the client has to take in [StreamLimits#slowReader].
  private static final int TAKEN_AT_ONCE_OCTETS = 72 * 1024;

  private static final int MOST_PARTS = 4;

  /// The most octets that [#sendPart] takes.
  static final int MOST_OCTETS_OF_PARTS = MOST_PARTS * TAKEN_AT_ONCE_OCTETS;

  /// When the last answer is this old it has arrived, or never will: no need to linger for it.
  private static final long SURELY_ARRIVED_NANOS = Duration.ofMillis(500).toNanos();

  private static final Logger LOG = LoggerFactory.getLogger(StreamConnection.class);

  private enum State {
    OPEN,
    FINISHING,
    LINGERING,
    CLOSED
  }

  private final Channel channel;
  private final AnswerLoop answerLoop;
  private final StreamLimits limits;
  private final TransportCounters counters;
  private final ConnectionTable<StreamConnection> table;
  private final InetSocketAddress client;
  private final InetSocketAddress local;
  private final View view = new View();
  private final StreamPeer peer;

  private State state = State.OPEN;

  /// Octets received and not yet answered: whole messages while reading pauses, and at most one
  /// that is not whole.
  private @Nullable ByteBuf input;

  /// Answers of the present batch, each behind its length.
  private @Nullable ByteBuf output;

  private boolean isAnswering;
  private boolean inputHasEnded;
  private boolean isLastInput;
  private boolean isKept;
  private int outstanding;
  private int unfinishedWrites;

  private long activeNanos = System.nanoTime();
  private long messageBeganNanos;
  private boolean isMessageBegun;
  private long writeBeganNanos;
  private long lingerBeganNanos;
  private volatile long idleSinceNanos = activeNanos;

  private @Nullable Future<?> alarm;
  private long alarmNanos;

  StreamConnection(
      Channel channel,
      AnswerLoop answerLoop,
      StreamLimits limits,
      TransportCounters counters,
      ConnectionTable<StreamConnection> table) {
    this.channel = channel;
    this.answerLoop = answerLoop;
    this.limits = limits;
    this.counters = counters;
    this.table = table;
    this.client = (InetSocketAddress) channel.remoteAddress();
    this.local = (InetSocketAddress) channel.localAddress();
    this.peer = new ConnectedPeer(this, channel, client);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!table.admit(this)) {
      reset();
      return;
    }
    counters.connectionsAccepted.increment();
    counters.connectionsOpen.increment();
    channel
        .closeFuture()
        .addListener(_ -> {
          table.remove(this);
          counters.connectionsOpen.decrement();
        });
    settle();
  }

  // ---- octets to messages ----

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object received) {
    ByteBuf octets = (ByteBuf) received;
    idleSinceNanos = BUSY; // Before anybody hears of the message; settle() says how it ended.
    if (state != State.OPEN || isLastInput) {
      octets.release();
      return;
    }
    input =
        input == null
            ? octets
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), input, octets);
    answerInput();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    flush();
    settle();
  }

  /// Takes whole messages from the input until there is none, or reading must pause.
  private void answerInput() {
    if (isAnswering) { // A write made room while we are at it: the loop below goes on by itself.
      return;
    }
    isAnswering = true;
    boolean gotOne = false;
    while (state == State.OPEN && input != null && mayTakeMore()) {
      int length = nextLength(input);
      if (length >= 0 && length < Header.OCTETS) {
        // A zero length, or one that can't hold a header: whoever says so has lost the thread.
        counters.badLengths.increment();
        finish();
      } else if (length < 0 || input.readableBytes() < LENGTH_OCTETS + length) {
        break;
      } else {
        gotOne = true;
        takeMessage(input, length);
      }
    }
    isAnswering = false;
    noteWhereMessageBegan(gotOne);
    if (isLastInput && state == State.OPEN && mayTakeMore()) {
      finish();
    }
  }

  /// The length of the message in front, or -1 if it is not there yet.
  @Rfc(number = 7766, section = "8")
  private static int nextLength(ByteBuf input) {
    return input.readableBytes() < LENGTH_OCTETS ? -1 : input.getUnsignedShort(input.readerIndex());
  }

  private boolean mayTakeMore() {
    return outstanding < limits.outstanding() && channel.isWritable();
  }

  private void takeMessage(ByteBuf from, int length) {
    from.skipBytes(LENGTH_OCTETS).readBytes(answerLoop.message, 0, length);
    if (!from.isReadable()) {
      dropInput();
    }
    // Only a whole message counts as activity (RFC 7766 §6.2.3).
    activeNanos = System.nanoTime();
    counters.streamMessages.increment();
    view.begin();
    int octets = answerLoop.answer(length, view, Answerer.MAX_REPLY_OCTETS);
    if (octets == Answerer.DEFERRED) {
      if (outstanding >= limits.outstanding()) {
        counters.outstandingPauses.increment();
      }
      return;
    }
    if (view.reclaim() && octets != Answerer.NO_REPLY) {
      answerLoop.sends(answerLoop.response, octets);
      append(answerLoop.response, octets);
    }
  }

  private void noteWhereMessageBegan(boolean gotOne) {
    boolean isPartial = state == State.OPEN && input != null && mayTakeMore();
    if (isPartial && (gotOne || !isMessageBegun)) {
      messageBeganNanos = System.nanoTime();
    }
    // While we pause it is not the client's fault that the message does not get on.
    isMessageBegun = isPartial;
  }

  private void dropInput() {
    if (input != null) {
      input.release();
      input = null;
    }
  }

  // ---- answers to octets ----

  private void append(byte[] answer, int length) {
    if (output != null && output.readableBytes() + LENGTH_OCTETS + length > BATCH_OCTETS) {
      write();
    }
    ByteBuf batch = output;
    if (batch == null) {
      batch = channel.alloc().directBuffer(Math.max(FIRST_BATCH_OCTETS, LENGTH_OCTETS + length));
      output = batch;
    }
    batch.writeShort(length).writeBytes(answer, 0, length);
  }

  private void write() {
    ByteBuf batch = requireNonNull(output);
    output = null;
    var _ = write(batch);
    if (!channel.isWritable()) {
      counters.writePauses.increment();
    }
  }

  private ChannelFuture write(ByteBuf octets) {
    if (unfinishedWrites++ == 0) {
      writeBeganNanos = System.nanoTime();
    }
    ChannelFuture written = channel.write(octets);
    written.addListener(done -> written(done.isSuccess()));
    return written;
  }

  private void flush() {
    if (output != null) {
      write();
      channel.flush();
    }
  }

  private void written(boolean success) {
    unfinishedWrites--;
    long now = System.nanoTime();
    writeBeganNanos = now;
    activeNanos = now;
    if (!success) {
      close();
      return;
    }
    lingerIfAllIsTaken();
    if (unfinishedWrites == 0) {
      settle();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    resume();
  }

  /// Goes on with what came in while reading paused.
  private void resume() {
    answerInput();
    flush();
    settle();
  }

  // ---- late replies ----

  /// Sends a late reply, if it is not empty, and takes its place back.
  ///
  /// @return false if the connection is closed
  boolean deliver(byte[] reply) {
    releasePlace();
    // RFC 7766 §6.2.4: once the client has closed, pending responses are not sent.
    if (state == State.CLOSED) {
      return false;
    }
    activeNanos = System.nanoTime();
    if (reply.length > 0) {
      append(reply, reply.length);
    }
    resume();
    lingerIfAllIsTaken(); // No write is left that would do so, if this was the end of many parts.
    return true;
  }

  /// A late reply will not come.
  void releasePlace() {
    outstanding--;
  }

  /// Sends messages of a late reply that has more, each behind its length; its place stays taken.
  /// They are one write, but the client has its time for each [#TAKEN_AT_ONCE_OCTETS] of them.
  ///
  /// @param octets how many octets the array has of them
  /// @return done when the system has all of it; failed if the connection is or gets closed
  ChannelFuture sendPart(byte[] messages, int octets) {
    if (state == State.CLOSED) {
      return channel.newFailedFuture(new ClosedChannelException());
    }
    activeNanos = System.nanoTime();
    flush(); // What was answered before goes first.
    ByteBuf all = channel.alloc().directBuffer(octets).writeBytes(messages, 0, octets);
    while (all.readableBytes() > TAKEN_AT_ONCE_OCTETS) {
      var _ = write(all.readRetainedSlice(TAKEN_AT_ONCE_OCTETS));
    }
    ChannelFuture written = write(all);
    channel.flush();
    settle();
    return written;
  }

  /// Who is at the other end; any thread may have it.
  StreamPeer peer() {
    return peer;
  }

  /// Sends a message that is no answer; not while an answer is on its way, of which a transfer has
  /// many: the client would take it for one of them.
  void push(byte[] message) {
    if (state == State.OPEN && outstanding == 0) {
      activeNanos = System.nanoTime();
      append(message, message.length);
      flush();
      settle();
    }
  }

  /// Lets the client be quiet for [#KEPT_IDLE], or no longer than others.
  void keep(boolean kept) {
    isKept = kept;
    settle();
  }

  /// How long it takes at most until messages of a late reply were taken, or the connection is
  /// closed because the client takes none: there may be others in front.
  Duration patience() {
    return limits
        .answer()
        .plus(limits.slowReader().multipliedBy(MOST_PARTS * (long) limits.outstanding()));
  }

  // ---- the end ----

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      return;
    }
    inputHasEnded = true;
    if (state == State.LINGERING) {
      close();
    } else {
      takeNoMoreInput();
    }
  }

  /// Answers what is here, and closes then.
  private void takeNoMoreInput() {
    isLastInput = true;
    resume();
  }

  private void finish() {
    state = State.FINISHING;
    dropInput();
    lingerIfAllIsTaken();
  }

  private void lingerIfAllIsTaken() {
    if (state != State.FINISHING || outstanding > 0 || unfinishedWrites > 0 || output != null) {
      return;
    }
    if (inputHasEnded) {
      close();
      return;
    }
    state = State.LINGERING;
    lingerBeganNanos = System.nanoTime();
    var _ = ((DuplexChannel) channel).shutdownOutput();
    settle();
  }

  private void close() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      var _ = channel.close();
    }
  }

  /// Closes without waiting for the client to take anything.
  private void reset() {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    state = State.CLOSED;
    dropInput();
    if (output != null) {
      output.release();
      output = null;
    }
    if (alarm != null) {
      alarm.cancel(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("connection of {} broke", client, cause);
    close();
  }

  // ---- time, and who is idle ----

  /// Brings what depends on the present state up to date: whether we read, when to look at the
  /// clock again, and whether we count as idle. Ends every event.
  private void settle() {
    if (state == State.CLOSED) {
      return;
    }
    boolean reads =
        state == State.LINGERING || (state == State.OPEN && !isLastInput && mayTakeMore());
    if (channel.config().isAutoRead() != reads) {
      channel.config().setAutoRead(reads);
    }
    boolean idle =
        state == State.OPEN && outstanding == 0 && unfinishedWrites == 0 && input == null;
    idleSinceNanos = idle ? activeNanos : BUSY;
    setAlarm(nextDeadlineNanos());
  }

  private long nextDeadlineNanos() {
    if (state == State.LINGERING) {
      return lingerBeganNanos + limits.linger().toNanos();
    }
    if (unfinishedWrites > 0) {
      return writeBeganNanos + limits.slowReader().toNanos();
    }
    if (isMessageBegun) {
      return messageBeganNanos + limits.wholeMessage().toNanos();
    }
    Duration quiet = isKept ? KEPT_IDLE : limits.idle();
    return activeNanos + (outstanding > 0 ? limits.answer() : quiet).toNanos();
  }

  /// The alarm only ever moves forward when it rings: so a busy connection sets it once, not once
  /// per message.
  private void setAlarm(long deadlineNanos) {
    if (alarm != null) {
      if (alarmNanos - deadlineNanos <= 0) {
        return;
      }
      alarm.cancel(false);
    }
    alarmNanos = deadlineNanos;
    long delay = Math.max(0, deadlineNanos - System.nanoTime());
    alarm = channel.eventLoop().schedule(this::alarmRings, delay, TimeUnit.NANOSECONDS);
  }

  private void alarmRings() {
    alarm = null;
    if (state == State.CLOSED) {
      return;
    }
    if (System.nanoTime() - nextDeadlineNanos() < 0) {
      settle();
    } else if (state == State.LINGERING) {
      reset();
    } else if (unfinishedWrites > 0) {
      giveUp(counters.slowReaders);
    } else if (isMessageBegun) {
      giveUp(counters.messageTimeouts);
    } else if (outstanding > 0) {
      giveUp(counters.answersOverdue);
    } else {
      counters.idleTimeouts.increment();
      close();
    }
  }

  private void giveUp(LongAdder counter) {
    counter.increment();
    reset();
  }

  @Override
  public InetAddress client() {
    return client.getAddress();
  }

  @Override
  public long idleSinceNanos() {
    return idleSinceNanos;
  }

  @Override
  public void evict() {
    answerLoop.eventLoop.execute(() -> closeOrTakeNoMore(0));
  }

  /// Ends as soon as what was received is answered, and the answers have had time to arrive. Any
  /// thread.
  Future<?> shutDown() {
    answerLoop.eventLoop.execute(() -> closeOrTakeNoMore(SURELY_ARRIVED_NANOS));
    return channel.closeFuture();
  }

  private void closeOrTakeNoMore(long quietNanos) {
    if (state != State.OPEN) {
      return;
    }
    if (idleSinceNanos != BUSY && System.nanoTime() - idleSinceNanos >= quietNanos) {
      close();
    } else {
      takeNoMoreInput();
    }
  }

  /// The message that is being answered.
  final class View extends ExchangeView {
    @Override
    LateReply newLateReply() {
      outstanding++;
      return new LateStreamReply(StreamConnection.this, answerLoop, counters, client, local);
    }

    @Override
    public InetSocketAddress client() {
      return client;
    }

    @Override
    public InetSocketAddress local() {
      return local;
    }

    @Override
    public boolean isStream() {
      return true;
    }
  }
}
