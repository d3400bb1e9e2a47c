package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import zonetrail.fixtures.RdataTextGenerator;
import zonetrail.fixtures.ZoneTextGenerator;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataField;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// Octets and words without sense, of every type: an answer, never an exception of another kind.
class RdataHostileTest {
  private static final WireName ORIGIN = WireName.parse("example.com");

  @ParameterizedTest
  @MethodSource("zonetrail.masterfile.RdataTextTest#typesWithLayout")
  void anyOctets_areJudged_andPrintSoThatTheyReadBack(RRType type) {
    Random random = new Random(type.value());
    RdataLayout layout = requireNonNull(RdataLayout.of(type));
    for (int i = 0; i < 2_000; i++) {
      byte[] octets = octets(layout.fields(), random);
      Rdata rdata = Rdata.of(octets);
      String text = RdataText.print(type, rdata);
      if (layout.problemWith(octets) == null) {
        assertThat(RdataText.parse(type, text, ORIGIN)).as(text).isEqualTo(rdata);
        assertThat(layout.problemWith(layout.canonical(octets))).isNull();
      } else {
        assertThat(text).startsWith("\\# ");
      }
    }
  }

  /// Octets by chance, or right ones with some of them changed, cut off or doubled.
  private static byte[] octets(List<RdataField> fields, Random random) {
    if (random.nextInt(4) == 0) {
      byte[] octets = new byte[random.nextInt(40)];
      random.nextBytes(octets);
      return octets;
    }
    byte[] octets = RandomRdata.of(fields, random).toBytes();
    for (int i = random.nextInt(3); i > 0 && octets.length > 0; i--) {
      octets[random.nextInt(Math.min(octets.length, 30))] = (byte) random.nextInt();
    }
    return switch (random.nextInt(3)) {
      case 0 -> Arrays.copyOf(octets, random.nextInt(octets.length + 1));
      case 1 -> Arrays.copyOf(octets, octets.length + random.nextInt(3));
      default -> octets;
    };
  }

  @ParameterizedTest
  @MethodSource("zonetrail.masterfile.RdataTextTest#typesWithLayout")
  void anyText_isReadOrRefusedWithAFinding(RRType type) {
    ZoneTextGenerator damage = ZoneTextGenerator.of(type.value());
    for (long seed = 0; seed < 500; seed++) {
      String rdata = RdataTextGenerator.plain(seed).rdata(type.toString());
      byte[] text =
          damage.mutated(("@ 1 " + type + " " + rdata).getBytes(StandardCharsets.ISO_8859_1));

      MasterFile file = MasterFile.parse("f", text, ORIGIN, IncludeSource.NONE);

      file.forEachRecord((owner, read, ttl, octets, offset) -> {
        RdataLayout layout = RdataLayout.of(read);
        if (layout != null) {
          assertThat(layout.problemWith(octets.toBytes()))
              .as(new String(text, StandardCharsets.ISO_8859_1))
              .isNull();
        }
      });
    }
  }
}
