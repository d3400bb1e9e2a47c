package zonetrail.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

@DisplayName("A walk over a zone")
class ZoneWalkTest {
  private static final WireName APEX = WireName.parse("example.com");
  private static final Rdata SOA =
      Rdata.of(new byte[] {0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5});
  private static final Rdata ADDRESS = Rdata.of(new byte[] {(byte) 192, 0, 2, 1});

  private static Zone zone(int names, IntFunction<String> label) {
    ZoneBuilder builder = new ZoneBuilder(APEX);
    builder.add(APEX, RRType.SOA, 300, SOA);
    for (int i = 0; i < names; i++) {
      builder.add(WireName.parse(label.apply(i) + ".example.com"), RRType.A, 300, ADDRESS);
    }
    return builder.build();
  }

  private static List<WireName> walked(Zone zone) {
    List<WireName> names = new ArrayList<>();
    ZoneWalk walk = new ZoneWalk(zone);
    while (walk.next()) {
      byte[] name = new byte[WireName.MAX_OCTETS];
      int prefix = NodeLayout.prefixOctets(walk.octets(), walk.node());
      System.arraycopy(walk.octets(), NodeLayout.prefix(walk.node()), name, 0, prefix);
      zone.apex().copyTo(name, prefix);
      names.add(WireName.fromWire(name, 0));
    }
    assertThat(walk.next()).isFalse();
    return names;
  }

  private static List<WireName> canonical(Zone zone) {
    return zone.nodes().stream().map(Node::name).sorted().toList();
  }

  private static void comesToAllAboutInOrder(Zone zone) {
    List<WireName> walked = walked(zone);
    List<WireName> sorted = canonical(zone);
    assertThat(walked).hasSameSizeAs(sorted).containsAll(sorted);
    for (int i = 0; i < sorted.size(); i++) {
      int from = Math.max(0, i - ZoneWalk.FEW_ALIKE);
      int to = Math.min(sorted.size(), i + ZoneWalk.FEW_ALIKE + 1);
      assertThat(walked.subList(from, to)).contains(sorted.get(i));
    }
  }

  @Test
  void comesToTheApexFirst() {
    assertThat(walked(zone(100, i -> "n" + i)).getFirst()).isEqualTo(APEX);
  }

  @Test
  void comesToEachNameOnceAboutInCanonicalOrder_inAnyZone() {
    for (int seed = 0; seed < 20; seed++) {
      RandomZone model = new RandomZone(seed, APEX, 40);
      Zone zone = model.build();
      for (int i = 0; i < 20; i++) {
        zone = zone.with(model.change(zone));
        comesToAllAboutInOrder(zone);
      }
    }
  }

  @Test
  @Rfc(number = 4034, section = "6.1")
  void comesToEachNameOnceAboutInCanonicalOrder_whereThereAreManyHeaps() {
    Random random = new Random(1);
    comesToAllAboutInOrder(
        zone(
            3 * ZoneWalk.ONE_HEAP,
            i -> "ns." + Long.toString(random.nextLong(Long.MAX_VALUE), Character.MAX_RADIX)));
  }

  @Test
  void comesToThemSo_whereAllBeginAlike() {
    comesToAllAboutInOrder(
        zone(2 * ZoneWalk.ONE_HEAP, i -> "A-Rather-Long-Beginning-" + i * 7919 % 4099));
    comesToAllAboutInOrder(
        zone(2 * ZoneWalk.ONE_HEAP, i -> "host-" + i * 7919 % 4099 + ".down.here.below"));
  }

  @Test
  void comesToWhatAChangeMade_andNotToWhatWasBefore() {
    Zone before = zone(100, i -> "n" + i);
    Zone after =
        before.with(ZoneChange.between(before, zone(101, i -> "n" + (i == 50 ? 1000 : i))));
    assertThat(walked(after)).containsExactlyInAnyOrderElementsOf(canonical(after));
  }

  /// What the walk's sorting comes to, said without its bits, its heaps and its batches.
  private static List<WireName> inExpectedOrder(Zone zone) {
    List<WireName> names = new ArrayList<>(zone.nodes().stream().map(Node::name).toList());
    return names.size() <= ZoneWalk.ONE_HEAP
        ? sorted(names, 0, 4)
        : grouped(sorted(names, 0, 2), 0, 2).stream()
            .flatMap(heap -> sorted(heap, 2, 4).stream())
            .toList();
  }

  private static List<WireName> sorted(List<WireName> names, int skipped, int octets) {
    List<WireName> sorted = new ArrayList<>(names);
    sorted.sort(Comparator.comparing(name -> key(name, skipped, octets)));
    if (octets == 2) {
      return sorted;
    }
    return grouped(sorted, skipped, octets).stream()
        .flatMap(alike ->
            alike.size() <= ZoneWalk.FEW_ALIKE
                ? alike.stream()
                : sorted(alike, skipped + octets, octets).stream())
        .toList();
  }

  private static List<List<WireName>> grouped(List<WireName> sorted, int skipped, int octets) {
    List<List<WireName>> groups = new ArrayList<>();
    String before = null;
    for (WireName name : sorted) {
      String key = key(name, skipped, octets);
      if (!key.equals(before)) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(name);
      before = key;
    }
    return groups;
  }

  /// Octets of a name as characters: labels from the apex down in small letters, a zero behind
  /// each.
  private static String key(WireName name, int skipped, int octets) {
    StringBuilder key = new StringBuilder();
    for (int at = 0; at < name.length() - APEX.length(); at += 1 + name.octetAt(at)) {
      StringBuilder label = new StringBuilder();
      for (int i = 1; i <= name.octetAt(at); i++) {
        int octet = name.octetAt(at + i) & 0xff;
        label.append((char) (octet >= 'A' && octet <= 'Z' ? octet + 32 : octet));
      }
      key.insert(0, label.append('\0'));
    }
    key.append("\0".repeat(300));
    return key.substring(skipped, skipped + octets);
  }

  private static Zone zoneOfChance(Random random, int names, int kinds) {
    byte[] octets = {'a', 'Z', 'z', 'A', '@', '[', '`', '{', 0, (byte) 0xc1, (byte) 0xe1, '-', '7'};
    ZoneBuilder builder = new ZoneBuilder(APEX);
    builder.add(APEX, RRType.SOA, 300, SOA);
    for (int i = 0; i < names; i++) {
      byte[] name = new byte[WireName.MAX_OCTETS];
      int at = 0;
      for (int labels = 1 + random.nextInt(3); labels > 0; labels--) {
        int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 60 : 6);
        name[at++] = (byte) length;
        for (int end = at + length; at < end; at++) {
          name[at] = octets[random.nextInt(kinds)];
        }
      }
      APEX.copyTo(name, at);
      builder.add(WireName.fromWire(name, 0), RRType.A, 300, ADDRESS);
    }
    return builder.build();
  }

  @Test
  void hasTheOrderThatIsSaid_octetForOctet_inZonesOfChance() {
    for (int seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      int names = seed % 4 == 0 ? 3 * ZoneWalk.ONE_HEAP : random.nextInt(1, ZoneWalk.ONE_HEAP);
      Zone zone = zoneOfChance(random, names, 1 + seed);
      assertThat(walked(zone)).as("seed %d", seed).isEqualTo(inExpectedOrder(zone));
    }
  }
}
