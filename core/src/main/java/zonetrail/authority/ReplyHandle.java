package zonetrail.authority;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rcode;

/// The way back to whoever sent a request; opaque to the authority, which only holds it until it
/// knows the answer.
public interface ReplyHandle {
  /// Where the request came from.
  InetSocketAddress client();

  /// Sends the answer, signed if the request was. Called once, by the interpreter of
  /// [Effect.Reply]; an answer to a client that has gone is dropped.
  void reply(Rcode rcode, Effect.@Nullable Reason reason);

  /// Says, signed, that the message was not signed at this time (BADTIME), and what time it is.
  void replyBadTime();

  /// Lets the request go without an answer.
  void drop();
}
