package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import zonetrail.authority.RemotePrimary;
import zonetrail.authority.SecondaryInput.Answer;
import zonetrail.transfer.InboundFailure;
import zonetrail.transfer.InboundLimits;
import zonetrail.wire.WireName;

/// What a secondary's client makes of primaries that do not send what they should, in time.
class PrimaryClientTest {
  private static final WireName APEX = WireName.parse("example.com");
  private static final int MOST_OCTETS = 200;

  /// Promises a long message, sends an octet of it every few milliseconds, and at last closes.
  private static void dribble(ServerSocket listener) {
    try (Socket client = listener.accept()) {
      OutputStream out = client.getOutputStream();
      out.write(new byte[] {(byte) 0xff, (byte) 0xff});
      for (int i = 0; i < MOST_OCTETS; i++) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        out.write(0);
      }
    } catch (IOException gone) {
      // The client has given up.
    }
  }

  @Test
  void messageThatComesOctetByOctet_isNotWaitedForLongerThanASilentPrimary() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.ofVirtual().start(() -> dribble(listener));
      InboundLimits limits =
          new InboundLimits(1 << 20, 1_000, 1 << 20, Duration.ofHours(2), Duration.ofMillis(500));
      PrimaryClient client = new PrimaryClient(limits, InstantSource.system());
      RemotePrimary primary =
          new RemotePrimary((InetSocketAddress) listener.getLocalSocketAddress(), null);
      Answer answer = client.transfer(primary, APEX, null);
      assertThat(answer)
          .isInstanceOfSatisfying(
              Answer.Failed.class,
              failed -> {
                assertThat(failed.why()).isEqualTo(InboundFailure.UNREACHABLE);
                assertThat(failed.text()).startsWith("no whole message came");
              });
    }
  }
}
