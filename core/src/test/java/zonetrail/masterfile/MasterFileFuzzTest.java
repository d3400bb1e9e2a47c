package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import zonetrail.wire.WireName;

/// In a build this runs the seeds; CONTRIBUTING.md says how to search for more.
class MasterFileFuzzTest {
  private static final WireName APEX = WireName.parse("example.com");

  /// Reading back what is printed is only tried for this many records, since `$GENERATE` makes
  /// thousands that are alike.
  private static final int MAX_PRINTED = 500;

  /// Places are counted out from the file's beginning, so not for every record.
  private static final int MAX_PLACES = 10;

  @DictionaryFile(resourcePath = "master-file.dict")
  @FuzzTest(maxDuration = "60s")
  void anyOctets_parseWithoutException_andPrintAsTheyWere(byte[] text) {
    MasterFile file = MasterFile.parse("f", text, APEX, itselfThreeTimes(text));

    assertThat(file.print()).isEqualTo(text);
    ZoneReading reading = ZoneFileReader.read("f", APEX, text, IncludeSource.NONE);
    assertThat(reading.zone() == null || MasterFile.holdsSoa(text)).isTrue();
    AtomicInteger places = new AtomicInteger();
    file.forEachRecord((owner, type, ttl, rdata, offset) -> {
      if (places.getAndIncrement() < MAX_PLACES) {
        assertThat(file.position(offset).line()).isPositive();
      }
    });
    assertReadsBack(MasterFileLosslessTest.records(file));
  }

  private static void assertReadsBack(List<String> records) {
    List<String> some = records.subList(0, Math.min(MAX_PRINTED, records.size()));
    byte[] printed = (String.join("\n", some) + "\n").getBytes(StandardCharsets.US_ASCII);
    MasterFile again = MasterFile.parse("g", printed, WireName.ROOT, IncludeSource.NONE);

    assertThat(again.findings()).isEmpty();
    assertThat(MasterFileLosslessTest.records(again)).isEqualTo(some);
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
