package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import zonetrail.masterfile.ZoneFileEdit.Edited;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// In a build this runs the seeds; CONTRIBUTING.md says how to search for more.
class MasterFileEditorFuzzTest {
  private static final WireName APEX = WireName.parse("example.com");

  /// A zone that most texts are not.
  private static final Zone OTHER = zone("@ 60 SOA a b 1 2 3 4 5\n@ 60 NS a.org.\n");

  private static Zone zone(String text) {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    Zone zone = ZoneFileReader.read("f", APEX, octets, IncludeSource.NONE).zone();
    if (zone == null) {
      throw new IllegalArgumentException(text);
    }
    return zone;
  }

  /// The first octet chooses the change, the others are the zone file.
  @DictionaryFile(resourcePath = "master-file.dict")
  @FuzzTest(maxDuration = "60s")
  void anyZoneFile_isEditedAsTheChangeSays_orNotAtAll(byte[] input) {
    int seed = input.length == 0 ? 0 : input[0];
    byte[] text = input.length == 0 ? input : Arrays.copyOfRange(input, 1, input.length);
    Zone zone = ZoneFileReader.read("f", APEX, text, IncludeSource.NONE).zone();
    ZoneChange change = RandomChange.of(zone == null ? OTHER : zone, new Random(seed));
    ZoneFileEdit edit = MasterFileEditor.edit("f", APEX, text, IncludeSource.NONE, change);

    if (zone != null && edit instanceof Edited edited) {
      byte[] after = edited.files().getOrDefault("f", FileText.of(text)).octets();
      Zone read = ZoneFileReader.read("f", APEX, after, IncludeSource.NONE).zone();
      // The changed zone may be one that is not served, as without a name server.
      assertThat(read == null || read.sameRecords(zone.with(change))).isTrue();
    }
  }
}
