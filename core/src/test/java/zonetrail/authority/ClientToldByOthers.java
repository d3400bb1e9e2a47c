package zonetrail.authority;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rcode;

/// A way back to a client that nobody may take but the interpreter of effects: in tests of what
/// decides there is none.
record ClientToldByOthers(InetSocketAddress client) implements ReplyHandle {
  ClientToldByOthers() {
    this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000));
  }

  @Override
  public void reply(Rcode rcode, Effect.@Nullable Reason reason) {
    throw new AssertionError("only the interpreter replies");
  }

  @Override
  public void replyBadTime() {
    throw new AssertionError("only the interpreter replies");
  }

  @Override
  public void drop() {
    throw new AssertionError("only the interpreter replies");
  }
}
