package zonetrail.zone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// What a zone's octets say is what was put into them.
class ZoneBuilderTest {
  private static final RRType[] TYPES =
      List.of("NS", "CNAME", "MX", "MINFO", "PTR", "A", "TXT", "SRV", "MB", "TYPE65280").stream()
          .map(RRType::parse)
          .toArray(RRType[]::new);

  @ParameterizedTest
  @CsvSource({"1, example.com.", "2, example.com.", "3, .", "4, Org.", "5, a.b.c.example."})
  void givesBackEachRecord_asItWasAdded(long seed, String zoneName) {
    Random random = new Random(seed);
    WireName apex = WireName.parse(zoneName);
    ZoneBuilder builder = new ZoneBuilder(apex);
    Map<String, List<Rdata>> expected = new TreeMap<>();
    Rdata soa = soa(apex);
    builder.add(apex, RRType.SOA, 60, soa);
    expected.put(lower(apex) + " SOA", new ArrayList<>(List.of(soa)));
    for (int i = 0; i < 4_000; i++) {
      WireName owner = name(random, 3).append(apex);
      RRType type = TYPES[random.nextInt(TYPES.length)];
      Rdata rdata = rdata(random, type, apex);
      List<Rdata> before =
          expected.computeIfAbsent(
              WireName.parse(lower(owner)) + " " + type, any -> new ArrayList<>());
      if (builder.add(owner, type, 300, rdata) != ZoneBuilder.Added.DUPLICATE) {
        before.add(rdata);
      } else {
        assertThat(before.stream().map(ZoneBuilderTest::folded)).contains(folded(rdata));
      }
    }

    Zone zone = builder.build();

    Map<String, List<Rdata>> found = new TreeMap<>();
    for (Node node : zone.nodes()) {
      assertThat(zone.node(node.name())).isEqualTo(node);
      for (RRset rrset : node.rrsets()) {
        found.put(lower(node.name()) + " " + rrset.type(), rrset.rdatas());
      }
    }
    assertThat(found).isEqualTo(expected);
    assertThat(zone.recordCount()).isEqualTo(expected.values().stream().mapToInt(List::size).sum());
    assertThat(zone.sameRecords(zone)).isTrue();
  }

  private static String lower(WireName name) {
    return name.toString().toLowerCase(Locale.ROOT);
  }

  private static String folded(Rdata rdata) {
    return new String(rdata.toBytes(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
  }

  /// Few labels, so that names share their ends, in any case.
  private static WireName name(Random random, int labels) {
    WireName name = WireName.ROOT;
    for (int i = random.nextInt(labels + 1); i >= 0; i--) {
      String label = List.of("a", "A", "b", "ns1", "*", "host").get(random.nextInt(6));
      name = name.child(label.getBytes(StandardCharsets.US_ASCII));
    }
    return name;
  }

  private static Rdata rdata(Random random, RRType type, WireName apex) {
    WireName target = name(random, 2);
    target = random.nextInt(4) == 0 ? target : target.append(apex);
    target = random.nextInt(20) == 0 ? apex : target;
    return switch (type.toString()) {
      case "NS", "CNAME", "PTR", "MB" -> Rdata.of(target.toWire());
      case "MX" -> joined(new byte[] {0, (byte) random.nextInt(3)}, target.toWire());
      case "SRV" -> joined(new byte[] {0, 1, 0, 2, 0, 3}, target.toWire());
      case "MINFO" -> joined(target.toWire(), name(random, 2).append(apex).toWire());
      default -> Rdata.of(new byte[] {(byte) random.nextInt(30), 1, 2, 3});
    };
  }

  private static Rdata joined(byte[]... parts) {
    byte[] all = new byte[List.of(parts).stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return Rdata.of(all);
  }

  private static Rdata soa(WireName apex) {
    return joined(apex.toWire(), apex.toWire(), new byte[20]);
  }

  private static ZoneBuilder example() {
    WireName apex = WireName.parse("example.");
    ZoneBuilder builder = new ZoneBuilder(apex);
    builder.add(apex, RRType.SOA, 60, soa(apex));
    return builder;
  }

  @Test
  @Rfc(number = 4592, section = "2.2.2")
  void namesBetweenTheApexAndAName_exist() {
    ZoneBuilder builder = example();
    builder.add(WireName.parse("a.b.c.example."), RRType.A, 60, Rdata.of(new byte[4]));
    Zone zone = builder.build();
    for (String name : List.of("b.c.example.", "c.example.")) {
      assertThat(requireNonNull(zone.node(WireName.parse(name))).isEmptyNonTerminal()).isTrue();
    }
    assertThat(zone.node(WireName.parse("b.example."))).isNull();
    assertThat(zone.nodes()).hasSize(4);
  }

  @Test
  @Rfc(number = 2181, section = "5.2")
  void aSetHasTheTtlOfItsFirstRecord() {
    ZoneBuilder builder = example();
    WireName owner = WireName.parse("a.example.");
    builder.add(owner, RRType.A, 60, Rdata.of(new byte[] {1, 2, 3, 4}));
    assertThat(builder.add(owner, RRType.A, 70, Rdata.of(new byte[] {1, 2, 3, 5})))
        .isEqualTo(ZoneBuilder.Added.ADDED_WITH_OTHER_TTL);
    Node node = requireNonNull(builder.build().node(owner));
    assertThat(requireNonNull(node.rrset(RRType.A)).ttlSeconds()).isEqualTo(60);
  }

  @Test
  void manyRecordsOfOneName_andOneType_takeNoLongerEach() {
    ZoneBuilder builder = example();
    WireName owner = WireName.parse("a.example.");
    for (int i = 0; i < 50_000; i++) {
      byte[] octets = {1, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
      builder.add(owner, RRType.A, 60, Rdata.of(octets));
      builder.add(owner, RRType.of(256 + i % 900), 60, Rdata.of(octets));
      assertThat(builder.add(owner, RRType.A, 60, Rdata.of(octets)))
          .isEqualTo(ZoneBuilder.Added.DUPLICATE);
    }
    Node node = requireNonNull(builder.build().node(owner));
    assertThat(node.types()).hasSize(901);
    assertThat(requireNonNull(node.rrset(RRType.A)).rdatas()).hasSize(50_000);
  }

  @Test
  void aNameHasAThousandSets_andNoMore() {
    ZoneBuilder builder = example();
    WireName owner = WireName.parse("a.example.");
    for (int i = 0; i < ZoneBuilder.MAX_RRSETS; i++) {
      byte[] signature = new byte[20];
      signature[0] = (byte) (i >> 8);
      signature[1] = (byte) i;
      assertThat(builder.add(owner, RRType.RRSIG, 60, Rdata.of(signature)))
          .isEqualTo(ZoneBuilder.Added.ADDED);
    }
    assertThat(builder.add(owner, RRType.A, 60, Rdata.of(new byte[4])))
        .isEqualTo(ZoneBuilder.Added.TOO_MANY_TYPES);
    assertThat(builder.add(owner, RRType.RRSIG, 60, Rdata.of(new byte[21])))
        .as("a set that is there may grow")
        .isEqualTo(ZoneBuilder.Added.ADDED);
    Zone zone = builder.build();
    assertThat(requireNonNull(zone.node(owner)).types()).hasSize(ZoneBuilder.MAX_RRSETS);
    assertThat(zone.recordCount()).isEqualTo(ZoneBuilder.MAX_RRSETS + 2);
  }

  /// Whoever writes a zone can choose octets that hash alike.
  @Test
  void recordsWithHashesAlike_takeNoLongerEach() {
    ZoneBuilder builder = example();
    WireName owner = WireName.parse("a.example.");
    int sameHash = Arrays.hashCode(new byte[32]);
    for (int i = 0; i < 1 << 16; i++) {
      byte[] octets = new byte[32];
      for (int bit = 0; bit < 16; bit++) {
        // Adding 1 to an octet and taking 31 from the next leaves the hash as it is.
        octets[2 * bit] = (byte) (i >> bit & 1);
        octets[2 * bit + 1] = (byte) (-31 * (i >> bit & 1));
      }
      Rdata rdata = Rdata.of(octets);
      assertThat(rdata.hashCode()).isEqualTo(sameHash);
      assertThat(builder.add(owner, RRType.of(65_280), 60, rdata))
          .isEqualTo(ZoneBuilder.Added.ADDED);
    }
    assertThat(requireNonNull(builder.build().node(owner)).rrsets()).hasSize(1);
  }

  @Test
  void aNameOutsideOfTheZone_isNotTaken() {
    assertThatThrownBy(
            () -> example().add(WireName.parse("a.test."), RRType.A, 60, Rdata.of(new byte[4])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a.test. is not in zone example.");
  }
}
