package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnAddressesTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  @Test
  void neverWeOurselves_norStrangersWhereWeListenOnLoopbackAlone() {
    OwnAddresses wildcard =
        new OwnAddresses(List.of(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 53)));
    assertThat(wildcard.mayComeHere(new InetSocketAddress(LOOPBACK, 53))).isFalse();
    assertThat(wildcard.mayComeHere(new InetSocketAddress(LOOPBACK, 54))).isTrue();
    assertThat(wildcard.mayComeHere(at("203.0.113.2"))).isTrue();
    assertThat(wildcard.mayComeHere(at("224.0.0.1"))).isFalse();
    OwnAddresses one = new OwnAddresses(List.of(at("192.0.2.1")));
    assertThat(one.mayComeHere(at("192.0.2.1"))).isFalse();
    assertThat(one.mayComeHere(at("192.0.2.2"))).isTrue();
    assertThat(one.sourceFor(InetAddress.ofLiteral("192.0.2.2")))
        .contains(InetAddress.ofLiteral("192.0.2.1"));
    assertThat(one.sourceFor(InetAddress.ofLiteral("2001:db8::2"))).isEmpty();
  }

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 53);
  }
}
