package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;

class BrokenZonesTest {
  private static final WireName APEX = WireName.parse("example.com");

  static Stream<Arguments> cases() {
    return BrokenZones.CASES.stream().map(broken -> arguments(broken, broken.said()));
  }

  private static List<Finding> findings(BrokenZones.Case broken) {
    return ZoneFileReader.read("f", APEX, broken.octets(), IncludeSource.NONE).findings();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void whatIsWrong_isSaidAtItsLineAndColumn_byItsRule(BrokenZones.Case broken, String said) {
    String found =
        findings(broken).stream()
            .map(finding -> {
              String line = finding.where().toString().substring(2) + " " + finding.rule();
              return finding.isError() ? line : "(" + line + ")";
            })
            .collect(Collectors.joining("; "));

    assertThat(found).isEqualTo(said);
  }

  @Test
  void everyMessage_isOneLineOfModerateLength() {
    assertThat(BrokenZones.CASES).hasSizeGreaterThan(100);
    for (BrokenZones.Case broken : BrokenZones.CASES) {
      for (Finding finding : findings(broken)) {
        assertThat(finding.message()).hasSizeBetween(20, 320).doesNotContain("\n", "\r", "\0");
      }
    }
  }

  @Test
  void thousandsOfErrors_areCountedAndNotAllShown() {
    List<Finding> findings =
        findings(new BrokenZones.Case("x A 1\n".repeat(5_000), "not compared"));

    assertThat(findings).hasSize(MasterFile.MAX_FINDINGS + 1);
    assertThat(findings.getLast())
        .hasToString(
            "f:1:1: error: 4900 more findings are not shown; mend these first"
                + " [too-many-findings]");
  }

  @Test
  void warningsInNumbers_doNotHideAnErrorBehindThem() {
    String warnings = "x A 1.2.3.4\n".repeat(500);
    ZoneReading reading =
        ZoneFileReader.read(
            "f",
            APEX,
            new BrokenZones.Case(BrokenZones.GOOD_ZONE + warnings + "y CNAME z\ny A 1.2.3.4\n", "")
                .octets(),
            IncludeSource.NONE);

    assertThat(reading.zone()).isNull();
    assertThat(reading.findings()).extracting(Finding::rule).contains("cname-and-other-data");
  }
}
