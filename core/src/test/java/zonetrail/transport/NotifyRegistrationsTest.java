package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import zonetrail.notify.NotifyTarget;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.WireName;

/// Who is told of changes over its connection, and the bounds of it.
class NotifyRegistrationsTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final TsigKey KEY = TsigKey.parse("s._transfer:" + TestZones.SECRET);
  private static final KeyRing KEYS = KeyRing.of(Map.of("_keys", List.of(KEY)));
  private static final WireName ZONE = WireName.parse("example.com");

  private final NotifyRegistrations registrations = new NotifyRegistrations();

  static final class Peer implements StreamPeer {
    private final InetSocketAddress client;
    private boolean isOpen = true;
    private boolean isKept;

    Peer(int port) {
      client = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), port);
    }

    @Override
    public InetSocketAddress client() {
      return client;
    }

    @Override
    public boolean isOpen() {
      return isOpen;
    }

    @Override
    public void send(byte[] message) {
      throw new AssertionError("nobody sends here");
    }

    @Override
    public void keep(boolean kept) {
      isKept = kept;
    }
  }

  @Test
  void connectionIsKept_untilItsKeyIsGone() {
    Peer peer = new Peer(1);
    assertThat(registrations.add(peer, KEY, ZONE, NOW)).isTrue();
    assertThat(peer.isKept).isTrue();
    assertThat(registrations.of(ZONE)).containsExactly(new NotifyTarget(peer.client, KEY));
    assertThat(registrations.of(WireName.parse("example.net"))).isEmpty();
    assertThat(registrations.forgetGone(KEYS)).isEmpty();
    assertThat(registrations.forgetGone(KeyRing.EMPTY)).containsExactly(peer.client);
    assertThat(peer.isKept).isFalse();
    assertThat(registrations.of(ZONE)).isEmpty();
  }

  @Test
  void nothingIsSaidInTheFirstSecond() {
    Peer peer = new Peer(1);
    registrations.add(peer, KEY, ZONE, NOW);
    Instant settled = NOW.plus(NotifyRegistrations.SETTLING);
    assertThat(registrations.due(peer.client, NOW)).isEqualTo(settled);
    assertThat(registrations.due(peer.client, settled.plusMillis(1)))
        .isEqualTo(settled.plusMillis(1));
    assertThat(registrations.due(new Peer(2).client, NOW)).isEqualTo(NOW);
  }

  @Test
  void oneConnectionTooMany_isNotTold_untilAnotherIsGone() {
    Peer first = new Peer(1);
    registrations.add(first, KEY, ZONE, NOW);
    for (int i = 2; i <= NotifyRegistrations.MAX_CONNECTIONS; i++) {
      assertThat(registrations.add(new Peer(i), KEY, ZONE, NOW)).isTrue();
    }
    Peer late = new Peer(1 + NotifyRegistrations.MAX_CONNECTIONS);
    assertThat(registrations.add(late, KEY, ZONE, NOW)).isFalse();
    assertThat(late.isKept).isFalse();
    first.isOpen = false;
    assertThat(registrations.forgetGone(KEYS)).containsExactly(first.client);
    assertThat(registrations.add(late, KEY, ZONE, NOW)).isTrue();
  }

  @Test
  void oneZoneTooMany_ofAConnection_isNotTold() {
    Peer peer = new Peer(1);
    for (int i = 0; i < NotifyRegistrations.MAX_ZONES; i++) {
      assertThat(registrations.add(peer, KEY, WireName.parse("z" + i + ".example"), NOW)).isTrue();
    }
    assertThat(registrations.add(peer, KEY, ZONE, NOW)).isFalse();
    assertThat(registrations.add(peer, KEY, WireName.parse("z0.example"), NOW)).isTrue();
  }
}
