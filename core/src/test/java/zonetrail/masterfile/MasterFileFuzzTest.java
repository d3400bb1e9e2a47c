package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.concurrent.atomic.AtomicInteger;
import zonetrail.wire.WireName;

/// In a build this runs the seeds, and with `JAZZER_FUZZ=1` it searches for more.
class MasterFileFuzzTest {
  private static final WireName APEX = WireName.parse("example.com");

  @FuzzTest(maxDuration = "60s")
  void anyOctets_parseWithoutException_andPrintAsTheyWere(byte[] text) {
    MasterFile file = MasterFile.parse("f", text, APEX, itselfThreeTimes(text));

    assertThat(file.print()).isEqualTo(text);
    MasterFile.holdsSoa(text);
    ZoneFileReader.read("f", APEX, text, IncludeSource.NONE);
    file.forEachRecord((owner, type, ttl, rdata, offset) -> {
      assertThat(RdataText.parse(type, RdataText.print(type, rdata), APEX)).isEqualTo(rdata);
      file.position(offset);
    });
  }

  /// The file itself under other names, three times at most: more only costs time.
  private static IncludeSource itselfThreeTimes(byte[] text) {
    AtomicInteger left = new AtomicInteger(3);
    return (from, path) ->
        left.getAndDecrement() > 0
            ? new IncludeSource.Found(from + "/" + path, text)
            : new IncludeSource.Refused("that is enough");
  }
}
