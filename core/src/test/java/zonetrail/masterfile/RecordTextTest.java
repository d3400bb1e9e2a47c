package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

class RecordTextTest {
  private record Line(WireName owner, RRType type, int ttlSeconds, Rdata rdata) {}

  /// Owners of any octets, so that some look like directives, numbers or classes.
  @ParameterizedTest
  @MethodSource("zonetrail.masterfile.RdataTextTest#typesWithLayout")
  void whatSurvives_isWhatTheParserReadsToo(RRType type) {
    Random random = new Random(type.value());
    List<WireName> owners =
        new ArrayList<>(List.of(WireName.ROOT, WireName.parse("IN"), WireName.parse("300")));
    for (String odd :
        List.of("\\$TTL", "\\@", "\\;", "\\ ", "\\(x", "\\\"q\\\"", "\\239\\187\\191")) {
      owners.add(WireName.parse(odd + ".example"));
    }
    for (int octet = 0; octet < 256; octet++) {
      owners.add(WireName.parse("\\%03d\\%03d.example".formatted(octet, random.nextInt(256))));
    }
    for (WireName owner : owners) {
      int ttlSeconds = random.nextInt(Integer.MAX_VALUE);
      Rdata rdata = RandomRdata.of(requireNonNull(RdataLayout.of(type)).fields(), random);
      boolean isRead = isReadBack(new Line(owner, type, ttlSeconds, rdata));
      assertThat(RecordText.survives(owner, type, ttlSeconds, rdata))
          .as("%s %s %s", owner, type, rdata)
          .isEqualTo(isRead);
      assertThat(isRead).isNotEqualTo(type == RRType.MD || type == RRType.MF);
    }
  }

  /// Of any octets, also of types that no zone has.
  @Test
  void whatDoesNot_theParserDoesNotReadBackEither() {
    Random random = new Random(2136);
    WireName owner = WireName.parse("a.example");
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      RRType type = RRType.of(random.nextInt(300));
      byte[] octets = new byte[random.nextInt(40)];
      random.nextBytes(octets);
      Line line = new Line(owner, type, random.nextInt(), Rdata.of(octets));
      boolean isRead = isReadBack(line);
      assertThat(RecordText.survives(owner, type, line.ttlSeconds, line.rdata))
          .as("%s", line)
          .isEqualTo(isRead);
      refused += isRead ? 0 : 1;
    }
    assertThat(refused).isBetween(1_000, 19_000);
  }

  @Test
  void whatIsNoRdataOfItsType_doesNotSurvive() {
    Rdata threeOctets = Rdata.of(new byte[] {1, 2, 3});
    WireName owner = WireName.parse("a.example");
    assertThat(RecordText.survives(owner, RRType.A, 60, threeOctets)).isFalse();
    assertThat(RecordText.survives(owner, RRType.of(65_280), 60, threeOctets)).isTrue();
  }

  private static boolean isReadBack(Line line) {
    String text =
        line.owner
            + " "
            + line.ttlSeconds
            + " IN "
            + line.type
            + " "
            + RdataText.print(line.type, line.rdata)
            + "\n";
    List<Line> read = new ArrayList<>();
    MasterFile file =
        MasterFile.parse(
            "", text.getBytes(StandardCharsets.UTF_8), WireName.ROOT, IncludeSource.NONE);
    file.forEachRecord(
        (owner, type, ttlSeconds, rdata, _) -> read.add(new Line(owner, type, ttlSeconds, rdata)));
    return !file.hasErrors() && read.equals(List.of(line));
  }
}
