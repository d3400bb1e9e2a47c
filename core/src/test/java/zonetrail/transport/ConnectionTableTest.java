package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Rfc;

@Rfc(number = 9210, section = "4.2")
class ConnectionTableTest {
  private final TransportCounters counters = new TransportCounters();

  private static final class Client implements ConnectionTable.Seat {
    private final InetAddress address;
    private final long idleSince;
    private boolean evicted;

    Client(String address, long idleSince) {
      this.address = InetAddress.ofLiteral(address);
      this.idleSince = idleSince;
    }

    @Override
    public InetAddress client() {
      return address;
    }

    @Override
    public long idleSinceNanos() {
      return idleSince;
    }

    @Override
    public void evict() {
      evicted = true;
    }
  }

  private ConnectionTable<Client> table(int connections, int perNetwork) {
    Duration any = Duration.ofSeconds(1);
    return new ConnectionTable<>(
        new StreamLimits(connections, perNetwork, 1, any, any, any, any, any, 1), counters);
  }

  private static Client busy(String address) {
    return new Client(address, ConnectionTable.Seat.BUSY);
  }

  @Test
  void oneThatIsIdleLongest_makesRoom() {
    ConnectionTable<Client> table = table(3, 3);
    Client younger = new Client("192.0.2.1", 200);
    Client oldest = new Client("198.51.100.1", 100);
    Client busy = busy("203.0.113.1");
    assertThat(table.admit(younger)).isTrue();
    assertThat(table.admit(oldest)).isTrue();
    assertThat(table.admit(busy)).isTrue();
    Client newcomer = busy("192.0.2.9");
    assertThat(table.admit(newcomer)).isTrue();
    assertThat(oldest.evicted).isTrue();
    assertThat(younger.evicted).isFalse();
    assertThat(table.snapshot()).containsExactlyInAnyOrder(younger, busy, newcomer);
  }

  @Test
  void clockThatWrapsAround_doesNotConfuseAges() {
    ConnectionTable<Client> table = table(2, 2);
    Client older = new Client("192.0.2.1", Long.MAX_VALUE - 10);
    Client younger = new Client("192.0.2.2", Long.MIN_VALUE + 10);
    table.admit(younger);
    table.admit(older);
    table.admit(busy("192.0.2.3"));
    assertThat(older.evicted).isTrue();
    assertThat(younger.evicted).isFalse();
  }

  @Test
  void newcomerIsRefused_whenAllAreBusy() {
    ConnectionTable<Client> table = table(1, 1);
    assertThat(table.admit(busy("192.0.2.1"))).isTrue();
    assertThat(table.admit(busy("198.51.100.1"))).isFalse();
    assertThat(counters.connectionsRefused.sum()).isEqualTo(1);
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void networkThatIsFull_makesRoomAmongItsOwn_notAmongOthers() {
    ConnectionTable<Client> table = table(10, 2);
    Client stranger = new Client("198.51.100.1", 1);
    Client neighbour = new Client("192.0.2.1", 500);
    table.admit(stranger);
    table.admit(neighbour);
    table.admit(busy("192.0.2.77"));
    assertThat(table.admit(busy("192.0.2.255"))).isTrue();
    assertThat(neighbour.evicted).isTrue();
    assertThat(stranger.evicted).isFalse();
    assertThat(table.admit(busy("192.0.2.3"))).isFalse();
    assertThat(counters.connectionsRefusedByNetwork.sum()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "::1"})
  void loopbackIsNoNetworkOfItsOwn_butCountsAmongAll(String loopback) {
    ConnectionTable<Client> table = table(3, 1);
    assertThat(table.admit(busy(loopback))).isTrue();
    assertThat(table.admit(busy(loopback))).isTrue();
    assertThat(table.admit(busy("192.0.2.1"))).isTrue();
    assertThat(table.admit(busy(loopback))).isFalse();
    assertThat(counters.connectionsRefusedByNetwork.sum()).isZero();
    assertThat(counters.connectionsRefused.sum()).isEqualTo(1);
  }

  @Test
  void networkOfIpv4_has24Bits() {
    ConnectionTable<Client> table = table(10, 1);
    assertThat(table.admit(busy("192.0.2.1"))).isTrue();
    assertThat(table.admit(busy("192.0.2.200"))).isFalse();
    assertThat(table.admit(busy("192.0.3.1"))).isTrue();
  }

  @Test
  void networkOfIpv6_has56Bits() {
    ConnectionTable<Client> table = table(10, 1);
    assertThat(table.admit(busy("2001:db8:0:1200::1"))).isTrue();
    assertThat(table.admit(busy("2001:db8:0:12ff::1"))).isFalse();
    assertThat(table.admit(busy("2001:db8:0:1300::1"))).isTrue();
  }

  @Test
  void placeIsGivenBack_once() {
    ConnectionTable<Client> table = table(1, 1);
    Client one = busy("192.0.2.1");
    table.admit(one);
    table.remove(one);
    table.remove(one);
    assertThat(table.size()).isZero();
    assertThat(table.admit(busy("192.0.2.2"))).isTrue();
    assertThat(table.admit(busy("192.0.2.3"))).isFalse();
  }
}
