package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TSIG;
import zonetrail.authority.Primary;

/// What tests say to a primary after they changed its source.
final class SignedNotify {
  private SignedNotify() {}

  /// Says that there was a push. On a machine so slow that the reply is due before the fetch has
  /// ended, the reply says nothing, so it is said again.
  ///
  /// @return how long the first reply took
  static Duration untilServed(DnsClient client, String zone, TSIG key, boolean tcp)
      throws IOException {
    List<Duration> took = new ArrayList<>();
    do {
      long begin = System.nanoTime();
      Message reply = tcp ? client.notifyTcp(zone, key) : client.notifyUdp(zone, key);
      took.add(Duration.ofNanos(System.nanoTime() - begin));
      assertAnswer(reply, Rcode.NOERROR);
    } while (took.getLast().compareTo(Primary.MAX_REPLY_DELAY) >= 0 && took.size() < 10);
    return took.getFirst();
  }

  static void assertAnswer(Message reply, int rcode) {
    assertThat(Rcode.string(reply.getRcode())).isEqualTo(Rcode.string(rcode));
    assertThat(reply.isVerified()).as("the reply's signature is good").isTrue();
  }
}
