package zonetrail.transport;

import org.jspecify.annotations.Nullable;

/// The exchange that an answerer sees while it works, used again for each message of its loop.
///
/// Thread: its event loop. Allocation: only in `detach`.
abstract class ExchangeView implements Exchange {
  private @Nullable LateReply detached;

  /// Starts the next message.
  final void begin() {
    detached = null;
  }

  final boolean isDetached() {
    return detached != null;
  }

  /// Takes the answer back from the detached exchange, if there is one.
  ///
  /// @return whether the loop may reply now: nobody took the exchange, or nobody has used it yet
  final boolean reclaim() {
    return detached == null || detached.withdraw();
  }

  @Override
  public final Exchange detach() {
    LateReply late = detached;
    if (late == null) {
      late = newLateReply();
      detached = late;
    }
    return late;
  }

  /// A new exchange for the present message; takes a place for it.
  abstract LateReply newLateReply();

  @Override
  public final void reply(byte[] message, int length) {
    throw new IllegalStateException(
        "the reply is what the answerer returns; detach the exchange to reply later, to "
            + client());
  }

  @Override
  public final boolean send(byte[] message, int length) {
    throw new IllegalStateException("detach the exchange to send many messages, to " + client());
  }

  @Override
  public final boolean sendLast(byte[] message, int length) {
    return send(message, length);
  }
}
