package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.params.provider.MethodSource;
import zonetrail.fixtures.RdataTextGenerator;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// Rdata of every type that has a text form; the first octet of an input chooses the type.
///
/// In a build this runs the seeds; CONTRIBUTING.md says how to search for more.
class RdataFuzzTest {
  private static final WireName ORIGIN = WireName.parse("example.com");
  private static final List<RRType> TYPES = RdataTextTest.typesWithLayout();

  static List<byte[]> seedOctets() {
    return seeds(type -> RandomRdata.of(layout(type).fields(), new Random(1)).toBytes());
  }

  /// Octets to text and back.
  @MethodSource("seedOctets")
  @FuzzTest(maxDuration = "60s")
  void anyOctets_areJudged_andPrintSoThatTheyReadBack(byte[] input) {
    if (input.length == 0) {
      return;
    }
    RRType type = type(input);
    byte[] octets = Arrays.copyOfRange(input, 1, input.length);
    Rdata rdata = Rdata.of(octets);
    RdataLayout layout = layout(type);
    String text = RdataText.print(type, rdata);
    if (layout.problemWith(octets) == null) {
      assertThat(RdataText.parse(type, text, ORIGIN)).as("%s %s", type, text).isEqualTo(rdata);
      byte[] canonical = layout.canonical(octets);
      assertThat(layout.problemWith(canonical)).isNull();
      assertThat(layout.canonical(canonical)).isEqualTo(canonical);
    } else {
      assertThat(text).startsWith("\\# ");
    }
  }

  static List<byte[]> seedTexts() {
    return seeds(type ->
        RdataTextGenerator.plain(1).rdata(type.toString()).getBytes(StandardCharsets.UTF_8));
  }

  /// Text to octets, to text, and to the same octets.
  @MethodSource("seedTexts")
  @DictionaryFile(resourcePath = "master-file.dict")
  @FuzzTest(maxDuration = "60s")
  void anyText_isReadOrRefused_andWhatIsReadIsGood(byte[] input) {
    if (input.length == 0) {
      return;
    }
    RRType type = type(input);
    String text = new String(input, 1, input.length - 1, StandardCharsets.UTF_8);
    Rdata rdata;
    try {
      rdata = RdataText.parse(type, text, ORIGIN);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    byte[] octets = rdata.toBytes();
    assertThat(layout(type).problemWith(octets)).isNull();
    String printed = RdataText.print(type, rdata);
    assertThat(RdataText.parse(type, printed, ORIGIN)).as("%s %s", type, printed).isEqualTo(rdata);
  }

  /// A search begins with all types; in a build [RdataHostileTest] has them, and some are enough.
  private static List<byte[]> seeds(Function<RRType, byte[]> rdata) {
    int step = System.getenv("JAZZER_FUZZ") == null ? 10 : 1;
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < TYPES.size(); i += step) {
      ByteArrayOutputStream seed = new ByteArrayOutputStream();
      seed.write(i);
      seed.writeBytes(rdata.apply(TYPES.get(i)));
      seeds.add(seed.toByteArray());
    }
    return seeds;
  }

  private static RdataLayout layout(RRType type) {
    return requireNonNull(RdataLayout.of(type));
  }

  private static RRType type(byte[] input) {
    return TYPES.get((input[0] & 0xff) % TYPES.size());
  }
}
