package zonetrail.transport;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/// What the listeners did, and how often each of their bounds was hit. Any thread may read it.
///
/// Each field is a count since the start, except [#connectionsOpen], which also goes down. What is
/// counted for every message lies with each event loop, and is summed up by [#sum] and
/// [#responses].
public final class TransportCounters {
  private final List<LoopCounters> loops = new CopyOnWriteArrayList<>();

  /// Creates counters that all say 0.
  public TransportCounters() {}

  /// Counters for one more thread to write.
  LoopCounters newLoop() {
    LoopCounters loop = new LoopCounters();
    loops.add(loop);
    return loop;
  }

  /// How often this happened, on all event loops.
  public long sum(LoopCounters.What what) {
    return loops.stream().mapToLong(loop -> loop.get(what)).sum();
  }

  /// How many responses had this rcode.
  ///
  /// @param rcode 0 to [LoopCounters#RCODES] - 1, which stands for all others
  public long responses(int rcode) {
    return loops.stream().mapToLong(loop -> loop.responses(rcode)).sum();
  }

  /// Datagrams that went to an answerer.
  public final LongAdder datagrams = new LongAdder();

  /// Messages on streams that went to an answerer.
  public final LongAdder streamMessages = new LongAdder();

  /// Calls to an answerer that threw, or returned what it must not.
  public final LongAdder answererFailures = new LongAdder();

  /// Replies that came when the connection or the server was gone.
  public final LongAdder lateReplies = new LongAdder();

  /// Second and further replies to one message.
  public final LongAdder repeatedReplies = new LongAdder();

  /// Datagrams without room for a header, dropped.
  public final LongAdder datagramsTooShort = new LongAdder();

  /// Datagrams of more than [DatagramListener#MAX_DATAGRAM_OCTETS], dropped.
  public final LongAdder datagramsTooLong = new LongAdder();

  /// Datagrams that nobody may answer: from port 0, or to a broadcast or multicast address.
  public final LongAdder datagramsNotAnswerable = new LongAdder();

  /// Replies dropped because the system had no room for them.
  public final LongAdder datagramRepliesDropped = new LongAdder();

  /// Datagrams that the system refused to send or to hand over.
  public final LongAdder datagramFailures = new LongAdder();

  /// Datagrams whose reply left from an address that the system chose, because it did not tell
  /// which one was asked.
  public final LongAdder replySourceUnknown = new LongAdder();

  /// Connections that are open now.
  public final LongAdder connectionsOpen = new LongAdder();

  /// Connections that were let in.
  public final LongAdder connectionsAccepted = new LongAdder();

  /// Connections refused because all places were taken and nobody was idle.
  public final LongAdder connectionsRefused = new LongAdder();

  /// Connections refused because their network had all its places taken and nobody in it was idle.
  public final LongAdder connectionsRefusedByNetwork = new LongAdder();

  /// Idle connections closed to make room for a new one.
  public final LongAdder connectionsEvicted = new LongAdder();

  /// Connections closed after [StreamLimits#idle].
  public final LongAdder idleTimeouts = new LongAdder();

  /// Connections closed because a message was not whole within [StreamLimits#wholeMessage].
  public final LongAdder messageTimeouts = new LongAdder();

  /// Connections cut because the client did not read for [StreamLimits#slowReader].
  public final LongAdder slowReaders = new LongAdder();

  /// Connections cut because an answer did not come within [StreamLimits#answer].
  public final LongAdder answersOverdue = new LongAdder();

  /// Connections closed because a length field left no room for a header; zero is such a length.
  public final LongAdder badLengths = new LongAdder();

  /// How often reading paused at [StreamLimits#outstanding].
  public final LongAdder outstandingPauses = new LongAdder();

  /// How often reading paused because the client did not take its answers
  /// ([StreamLimits#highWaterOctets]).
  public final LongAdder writePauses = new LongAdder();
}
