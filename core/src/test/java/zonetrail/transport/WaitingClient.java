package zonetrail.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Effect;
import zonetrail.authority.ReplyHandle;
import zonetrail.wire.Rcode;

/// A client whose message is in time, and that waits for its answer.
class WaitingClient implements ReplyHandle {
  final CompletableFuture<Rcode> answer = new CompletableFuture<>();

  @Override
  public InetSocketAddress client() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
  }

  @Override
  public void reply(Rcode rcode, Effect.@Nullable Reason reason) {
    answer.complete(rcode);
  }

  @Override
  public void replyBadTime() {
    throw new AssertionError("every message here is in time");
  }

  @Override
  public void drop() {
    throw new AssertionError("every message here is answered");
  }

  Rcode awaitAnswer() throws Exception {
    return answer.get(10, TimeUnit.SECONDS);
  }
}
