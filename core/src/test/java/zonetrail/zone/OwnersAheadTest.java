package zonetrail.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

/// What is said of owners before their records are added makes no difference to the zone, be it
/// right or wrong.
class OwnersAheadTest {
  private static final WireName APEX = WireName.parse("example.");

  private final Random random = new Random(42);

  private record Added(WireName owner, Rdata address) {}

  private List<Added> records() {
    List<Added> records = new ArrayList<>();
    WireName owner = APEX;
    // Few, and so many that they are looked for ahead.
    for (int i = random.nextInt(2_500); i >= 0; i--) {
      if (random.nextInt(3) > 0) {
        // The same name comes again now and then, also in capitals and as another object.
        String label = random.nextBoolean() ? "h" : "H";
        owner = WireName.parse(label + random.nextInt(1_500) + ".sub.example.");
      }
      records.add(new Added(owner, Rdata.of(new byte[] {1, 2, 3, (byte) random.nextInt(3)})));
    }
    return records;
  }

  private static ZoneBuilder begun() {
    ZoneBuilder builder = new ZoneBuilder(APEX);
    builder.add(APEX, RRType.SOA, 60, Rdata.of(new byte[22]));
    return builder;
  }

  private static List<ZoneBuilder.Added> add(ZoneBuilder builder, List<Added> records) {
    return records.stream()
        .map(record -> builder.add(record.owner, RRType.A, 60, record.address))
        .toList();
  }

  private static List<String> nodes(Zone zone) {
    List<String> nodes = new ArrayList<>();
    for (Zone.Entries entries = zone.entries(); entries.next() != Zone.NONE; entries.advance()) {
      byte[] octets = zone.octets(entries.next());
      int at = Zone.offset(entries.next());
      nodes.add(HexFormat.of().formatHex(octets, at, at + NodeLayout.octets(octets, at)));
    }
    return nodes;
  }

  /// Some are left out, some come that don't, and some are in another place.
  private WireName[] almost(List<Added> records) {
    List<WireName> owners = new ArrayList<>();
    for (Added record : records) {
      if (random.nextInt(10) > 0) {
        owners.add(record.owner);
      }
      if (random.nextInt(10) == 0) {
        owners.add(WireName.parse("other.test."));
      }
      if (random.nextInt(10) == 0) {
        owners.add(records.get(random.nextInt(records.size())).owner);
      }
    }
    return owners.toArray(WireName[]::new);
  }

  @Test
  void theZoneIsTheSame_whateverWasExpected() {
    for (int round = 0; round < 100; round++) {
      ZoneBuilder plain = begun();
      ZoneBuilder told = begun();
      ZoneBuilder toldWrong = begun();
      for (int slice = random.nextInt(4); slice >= 0; slice--) {
        List<Added> records = records();
        WireName[] owners = records.stream().map(Added::owner).toArray(WireName[]::new);
        told.expect(owners, 0, owners.length);
        WireName[] wrong = almost(records);
        toldWrong.expect(wrong, wrong.length / 10, wrong.length);
        List<ZoneBuilder.Added> added = add(plain, records);
        assertThat(add(told, records)).isEqualTo(added);
        assertThat(add(toldWrong, records)).isEqualTo(added);
      }
      Zone zone = plain.build();
      assertThat(nodes(told.build())).isEqualTo(nodes(zone));
      Zone other = toldWrong.build();
      assertThat(nodes(other)).isEqualTo(nodes(zone));
      assertThat(other.sameRecords(zone)).isTrue();
    }
  }

  @Test
  void whatLiesOutsideIsRefused_alsoIfItWasExpected() {
    ZoneBuilder builder = begun();
    WireName outside = WireName.parse("www.other.");
    builder.expect(new WireName[] {outside}, 0, 1);
    Rdata address = Rdata.of(new byte[4]);
    assertThatThrownBy(() -> builder.add(outside, RRType.A, 60, address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not in zone");
  }
}
