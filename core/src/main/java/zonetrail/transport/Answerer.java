package zonetrail.transport;

/// What turns a message into its reply: the one thing the listeners know about DNS answers.
///
/// There is one answerer per event loop, made by a `Supplier` on the thread that starts the
/// listeners and from then on called on its loop only. So it may keep cursors, writers and other
/// scratch space in fields, and it must not block: while it works, its loop serves nobody else.
///
/// An exception costs the client its answer and nobody else anything: it is counted, logged at most
/// once in ten seconds, and the client is told SERVFAIL.
@FunctionalInterface
public interface Answerer {
  /// The answerer took the message: it copied what it needs and [detached][Exchange#detach] the
  /// exchange, through which the reply comes later.
  int DEFERRED = -1;

  /// There is no reply to this message; it is dropped.
  int NO_REPLY = 0;

  /// The most octets that a reply can have: the length field of a stream has two octets.
  int MAX_REPLY_OCTETS = 65_535;

  /// Answers one message.
  ///
  /// @param message the message, from index 0; overwritten by the next one as soon as this returns.
  ///   The listeners pass on only what has room for a header
  /// @param length how many octets the message has
  /// @param response where the reply is written, from index 0. It is longer than
  ///   [#MAX_REPLY_OCTETS], so that a writer may look at its bound after the fact
  /// @param exchange who asks and where; valid until this returns, unless detached
  /// @return the octets written to `response`, [#NO_REPLY], or [#DEFERRED]
  int answer(byte[] message, int length, byte[] response, Exchange exchange);
}
