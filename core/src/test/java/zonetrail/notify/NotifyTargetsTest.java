package zonetrail.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.masterfile.IncludeSource;
import zonetrail.masterfile.ZoneFileReader;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

class NotifyTargetsTest {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";

  private final Zone example =
      zone(
          "example.org",
          "@ 300 SOA ns1 hostmaster 7 3600 900 604800 60",
          "@ 300 NS ns1",
          "@ 300 NS ns2",
          "@ 300 NS ns.other.example.",
          "@ 300 NS ns.elsewhere.test.",
          "ns1 300 A 192.0.2.1",
          "ns2 300 A 192.0.2.2",
          "ns2 300 AAAA 2001:db8::2");
  private final Zone other =
      zone(
          "other.example",
          "@ 300 SOA ns hostmaster 7 3600 900 604800 60",
          "@ 300 NS ns",
          "ns 300 A 198.51.100.3");
  private final Zones zones = Zones.of(List.of(example, other));

  static Zone zone(String apex, String... lines) {
    byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    var reading = ZoneFileReader.read(apex, WireName.parse(apex), text, IncludeSource.NONE);
    return Objects.requireNonNull(reading.zone(), () -> reading.findings().toString());
  }

  static TsigKey key(String name) {
    return TsigKey.parse(name + ":SHA256:" + SECRET);
  }

  private static KeyRing ring(String... names) {
    List<TsigKey> keys = new ArrayList<>();
    for (String name : names) {
      keys.add(key(name));
    }
    return KeyRing.of(Map.of("_keys", keys));
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static NotifyTarget target(String address, @Nullable String key) {
    return new NotifyTarget(at(address, 53), key == null ? null : key(key));
  }

  private NotifyTargets targets(KeyRing keys, NotifyPolicy policy) {
    return new NotifyTargets(policy, keys, any -> true);
  }

  @Nested
  @Rfc(number = 1996, section = "2.1")
  class Section2_1_NotifySet {
    @Test
    void isTheAddressesOfTheNameServers_butOfThePrimary_thatZonesOfOursHave() {
      assertThat(targets(KeyRing.EMPTY, NotifyPolicy.DEFAULT).of(example, zones))
          .containsExactlyInAnyOrder(
              target("192.0.2.2", null), target("2001:db8::2", null), target("198.51.100.3", null));
    }

    @Test
    void isNobody_whereItIsOff() {
      KeyRing ring = ring("192.0.2.1.192.0.2.9._transfer");
      assertThat(targets(ring, NotifyPolicy.OFF).of(example, zones)).isEmpty();
      assertThat(targets(ring, NotifyPolicy.OFF).since(KeyRing.EMPTY)).isEmpty();
    }

    @Test
    void hasTheOnesThatTheOperatorNames_signedWithTheKeyTheyAreNamedWith() {
      NotifyPolicy policy =
          new NotifyPolicy(
              true,
              5353,
              List.of(
                  new NotifyPolicy.Named(at("203.0.113.1", 53), null),
                  new NotifyPolicy.Named(
                      at("203.0.113.2", 99), WireName.parse("n._notify.example.org"))));
      assertThat(targets(ring("n._notify.example.org"), policy).of(other, zones))
          .containsExactly(
              target("203.0.113.1", null),
              new NotifyTarget(at("203.0.113.2", 99), key("n._notify.example.org")));
    }

    @Test
    void leavesOutWhomTheServerMayNotTell() {
      Predicate<InetSocketAddress> notOurselves =
          address -> !address.getAddress().getHostAddress().equals("192.0.2.2");
      assertThat(
              new NotifyTargets(NotifyPolicy.DEFAULT, KeyRing.EMPTY, notOurselves)
                  .of(example, zones))
          .doesNotContain(target("192.0.2.2", null))
          .hasSize(2);
    }
  }

  @Nested
  class TransferKeys {
    @Test
    void nameTheSecondaryOfTheirScopeAndBelow() {
      KeyRing ring =
          ring(
              "192.0.2.1.203.0.113.1._transfer.example.org",
              "192.0.2.1.203.0.113.2._transfer.org",
              "192.0.2.1.203.0.113.3._transfer",
              "192.0.2.1.203.0.113.4._transfer.www.example.org",
              "192.0.2.1.203.0.113.5._transfer.example",
              "192.0.2.1._transfer.example.org",
              "192.0.2.1.203.0.113.7._notify.example.org");
      assertThat(targets(ring, NotifyPolicy.DEFAULT).of(example, Zones.NONE))
          .containsExactly(
              target("203.0.113.1", "192.0.2.1.203.0.113.1._transfer.example.org"),
              target("203.0.113.2", "192.0.2.1.203.0.113.2._transfer.org"),
              target("203.0.113.3", "192.0.2.1.203.0.113.3._transfer"));
    }

    @Test
    void signForAnAddressThatANameServerHasToo_theOneNearestTheZone() {
      KeyRing ring =
          ring("192.0.2.1.192.0.2.2._transfer", "192.0.2.1.192.0.2.2._transfer.example.org");
      assertThat(targets(ring, NotifyPolicy.DEFAULT).of(example, zones))
          .contains(target("192.0.2.2", "192.0.2.1.192.0.2.2._transfer.example.org"))
          .doesNotContain(target("192.0.2.2", null))
          .hasSize(3);
    }

    @Test
    void areToldOfTheirScope_whenTheyAreNew() {
      KeyRing before = ring("192.0.2.1.203.0.113.1._transfer.example.org");
      KeyRing after =
          ring(
              "192.0.2.1.203.0.113.1._transfer.example.org",
              "192.0.2.1.203.0.113.2._transfer.example");
      assertThat(targets(after, NotifyPolicy.DEFAULT).since(before))
          .containsExactly(
              Map.entry(
                  target("203.0.113.2", "192.0.2.1.203.0.113.2._transfer.example"),
                  WireName.parse("example")));
    }
  }
}
