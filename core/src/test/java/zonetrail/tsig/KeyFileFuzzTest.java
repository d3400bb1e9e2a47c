package zonetrail.tsig;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;

/// In a build this runs the seeds; CONTRIBUTING.md says how to search for more.
class KeyFileFuzzTest {
  private static final WireName ZONE = WireName.parse("example.com");

  @DictionaryEntries({
    " DNSKEY ",
    " 0 3 163 ",
    " 0 3 165 ",
    "_update",
    "_notify",
    "_transfer",
    ".example.com",
    "2001-db8--1",
    "192.0.2.1",
    "c2VjcmV0IHNlY3JldCBzZWNyZXQ=",
    "\\# "
  })
  @FuzzTest(maxDuration = "60s")
  void anyOctets_giveKeysForTheZoneAlone_orFindings(byte[] text) {
    KeyFile file = KeyFile.read("example.com._keys", text);

    assertThat(file.hasErrors() && !file.keys().isEmpty()).isFalse();
    for (TsigKey key : file.keys()) {
      assertThat(key.name().scope().orElseThrow().isAtOrBelow(ZONE)).isTrue();
      assertThat(AlgorithmPolicy.STRONG.allows(key.algorithm())).isTrue();
      assertThat(key.toString()).contains("***");
      key.name().primary();
      key.name().secondary();
    }
    for (Finding finding : file.findings()) {
      assertThat(finding.message()).hasSizeLessThan(400).matches("[ -~]+");
      assertThat(finding.where().column()).as("tells of the text").isLessThanOrEqualTo(1);
    }
  }
}
