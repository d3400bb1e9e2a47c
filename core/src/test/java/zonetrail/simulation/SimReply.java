package zonetrail.simulation;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Effect;
import zonetrail.authority.ReplyHandle;
import zonetrail.wire.Rcode;

/// The way back to who asked.
final class SimReply implements ReplyHandle {
  private final String what;
  private final @Nullable SimUpdate update;
  private final Consumer<Rcode> answer;
  private boolean isAnswered;

  SimReply(String what, @Nullable SimUpdate update, Consumer<Rcode> answer) {
    this.what = what;
    this.update = update;
    this.answer = answer;
  }

  /// The message that is answered, not signed.
  byte[] message() {
    return update == null ? new byte[0] : update.message;
  }

  boolean isAnswered() {
    return isAnswered;
  }

  @Nullable SimUpdate update() {
    return update;
  }

  @Override
  public InetSocketAddress client() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
  }

  @Override
  public void reply(Rcode rcode, Effect.@Nullable Reason reason) {
    end();
    answer.accept(rcode);
  }

  @Override
  public void replyBadTime() {
    end();
    answer.accept(Rcode.BADTIME);
  }

  @Override
  public void drop() {
    end();
  }

  private void end() {
    if (isAnswered) {
      throw new BrokenPromise("%s was answered twice", what);
    }
    isAnswered = true;
  }

  @Override
  public String toString() {
    return what;
  }
}
