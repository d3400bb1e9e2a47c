package zonetrail.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

/// What is passed as sound by its octets is what the check, which looks at everything, has nothing
/// to say about.
class SoundNamesTest {
  private static final RecordLocator NOWHERE = (_, _) -> Position.ofFile("zone");
  private static final RRType[] TYPES = {
    RRType.A,
    RRType.A,
    RRType.AAAA,
    RRType.NS,
    RRType.NS,
    RRType.NS,
    RRType.MX,
    RRType.TXT,
    RRType.DS,
    RRType.CNAME,
    RRType.DNAME,
    RRType.TLSA,
    RRType.of(65_280)
  };

  private final Random random = new Random(42);
  private int passed;
  private int passedApexes;
  private int complained;

  private void isAlike(Zone zone) {
    List<Finding> inFull = ZoneCheck.check(zone, NOWHERE, Integer.MAX_VALUE);
    assertThat(ZoneCheck.check(zone, NOWHERE, 0)).isEqualTo(inFull);
    complained += inFull.size();
    NearbyNames names = new NearbyNames(zone);
    SoundNames sound = new SoundNames(zone, names);
    for (int entry = names.next(); entry != Zone.NONE; entry = names.next()) {
      int isPassed = sound.isSound(entry) ? 1 : 0;
      passed += isPassed;
      passedApexes += entry == zone.topEntry() ? isPassed : 0;
    }
  }

  @Test
  void zonesOfAllKinds() {
    for (String apex : List.of("example.", "a.b.", ".")) {
      for (int seed = 0; seed < 150; seed++) {
        RandomZone random = new RandomZone(seed, WireName.parse(apex), 40);
        Zone zone = random.build();
        for (int i = 0; i < 20; i++) {
          zone = zone.with(random.change(zone));
        }
        isAlike(zone);
        isAlike(random.build());
      }
    }
    assertThat(passed).isGreaterThan(500);
    assertThat(complained).isGreaterThan(500);
  }

  private WireName name(WireName apex, int labels) {
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(labels); i >= 0; i--) {
      name.append(
          List.of("ns1", "NS1", "sub", "Sub", "mail", "*", "example", "bexample")
              .get(random.nextInt(8)));
      name.append('.');
    }
    return WireName.parse(name.toString()).append(apex);
  }

  private Rdata rdata(RRType type, WireName host) {
    byte[] name = host.toWire();
    return switch (type.toString()) {
      case "A" -> Rdata.of(new byte[] {10, 0, 0, (byte) random.nextInt(3)});
      case "AAAA" -> Rdata.of(new byte[16]);
      case "NS", "CNAME", "DNAME" -> Rdata.of(name);
      case "MX" -> {
        byte[] octets = new byte[2 + name.length];
        System.arraycopy(name, 0, octets, 2, name.length);
        yield Rdata.of(octets);
      }
      case "TLSA" -> Rdata.of(new byte[] {3, 1, 1, 4});
      default -> Rdata.of(new byte[] {1, 'x'});
    };
  }

  private int ttl() {
    return random.nextInt(20) == 0 ? ZoneCheck.LONG_TTL_SECONDS + 1 : 60;
  }

  private Rdata soa(WireName primary, WireName mailbox) {
    byte[] octets = Arrays.copyOf(primary.toWire(), primary.length() + mailbox.length() + 20);
    mailbox.copyTo(octets, primary.length());
    return Rdata.of(octets);
  }

  /// Delegations with and without glue, hosts of other zones whose names end alike, names in the
  /// zone's own name twice, long TTLs, capitals; at the apex, too.
  @Test
  void zonesThatHaveWhatZonesHave() {
    for (int i = 0; i < 3_000; i++) {
      WireName apex = WireName.parse(random.nextBoolean() ? "example." : "sub.example.");
      ZoneBuilder builder = new ZoneBuilder(apex);
      boolean isPlain = random.nextBoolean();
      WireName primary = isPlain ? WireName.ROOT : name(apex, 2);
      WireName mailbox = isPlain ? WireName.ROOT : name(WireName.ROOT, 4);
      builder.add(apex, RRType.SOA, ttl(), soa(primary, mailbox));
      if (random.nextInt(8) > 0) {
        WireName server = random.nextBoolean() ? WireName.parse("ns1.other.") : name(apex, 2);
        builder.add(apex, RRType.NS, ttl(), Rdata.of(server.toWire()));
      }
      if (random.nextInt(3) == 0) {
        RRType type = TYPES[random.nextInt(TYPES.length)];
        builder.add(apex, type, ttl(), rdata(type, name(apex, 2)));
      }
      for (int records = 1 + random.nextInt(14); records > 0; records--) {
        RRType type = TYPES[random.nextInt(TYPES.length)];
        WireName owner = name(apex, 2);
        WireName host =
            switch (random.nextInt(4)) {
              case 0 -> name(owner, 1);
              case 1 -> owner;
              case 2 -> name(apex, 2);
              default -> name(WireName.ROOT, 2);
            };
        builder.add(owner, type, ttl(), rdata(type, host));
        if (random.nextBoolean()) {
          builder.add(host.isAtOrBelow(apex) ? host : owner, RRType.A, 60, rdata(RRType.A, host));
        }
      }
      isAlike(builder.build());
    }
    assertThat(passed).isGreaterThan(3_000);
    assertThat(passedApexes).isBetween(300, 2_700);
    assertThat(complained).isGreaterThan(3_000);
  }
}
