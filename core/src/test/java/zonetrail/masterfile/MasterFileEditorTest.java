package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.masterfile.ZoneFileEdit.Edited;
import zonetrail.masterfile.ZoneFileEdit.Refused;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Texts before and after, so that one can read what an edit does.
class MasterFileEditorTest {
  private static final WireName APEX = WireName.parse("example");

  private static final String HEAD =
      """
      $TTL 1h
      @       SOA     ns1 hostmaster 7 2h 15m 14d 1h
              NS      ns1
      ns1     A       192.0.2.53
      """;

  private static ZoneFileEdit edit(String text, Map<String, String> included, String... steps) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    IncludeSource includes =
        (from, path) ->
            included.containsKey(path)
                ? new IncludeSource.Found(
                    path, included.getOrDefault(path, "").getBytes(StandardCharsets.UTF_8))
                : new IncludeSource.Refused("there is none");
    Zone zone = ZoneFileReader.read("f", APEX, octets, includes).zone();
    assertThat(zone).isNotNull();
    ZoneChange change = ChangeText.of(zone, steps);
    return MasterFileEditor.edit("f", APEX, octets, includes, change);
  }

  private static Map<String, String> files(ZoneFileEdit edit) {
    assertThat(edit).isInstanceOf(Edited.class);
    Map<String, String> files = new TreeMap<>();
    ((Edited) edit)
        .files()
        .forEach((name, text) -> files.put(name, new String(text, StandardCharsets.UTF_8)));
    return files;
  }

  private static String edited(String text, String... steps) {
    return files(edit(text, Map.of(), steps)).getOrDefault("f", text);
  }

  private static String reason(ZoneFileEdit edit) {
    assertThat(edit).isInstanceOf(Refused.class);
    return ((Refused) edit).reason();
  }

  @Nested
  class ChangedRecord {
    @Test
    void serial_changesItsDigits_andTheCommentsStay() {
      String text =
          """
          $TTL 1h
          @ SOA ns1 hostmaster ( ; who is asked
                2026112201 ; serial
                2h 15m     ; refresh, retry
                14d 1h )   ; the rest
            NS  ns1
          ns1 A 192.0.2.53
          """;

      assertThat(edited(text, "serial 2026112202")).isEqualTo(text.replace("2201", "2202"));
    }

    @Test
    void address_changesInItsPlace_andItsCommentStays() {
      assertThat(
              edited(
                  HEAD + "www 300 IN a 192.0.2.1 ; the web\n", "- www A", "+ www 300 A 192.0.2.2"))
          .isEqualTo(HEAD + "www 300 IN a 192.0.2.2 ; the web\n");
    }
  }
}
