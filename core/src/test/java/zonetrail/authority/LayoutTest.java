package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.authority.Layout.Folders;
import zonetrail.masterfile.ZoneFilePattern;
import zonetrail.wire.WireName;

class LayoutTest {

  @Test
  void theFileOfANewZone_liesBesideTheKeyFileThatGrantsIt_whereFoldersCount() {
    WireName zone = WireName.parse("0/25.2.0.192.in-addr.arpa");
    Layout tree = new Layout(Folders.TREE, ZoneFilePattern.parse("db.{zone}"));
    assertThat(tree.fileOf(zone, "a/b/_keys")).contains("a/b/db.0%2F25.2.0.192.in-addr.arpa");
    assertThat(Layout.DEFAULT.fileOf(zone, "a/b/_keys")).contains("0%2F25.2.0.192.in-addr.arpa");
  }

  @ParameterizedTest
  @CsvSource({"{zone}, _keys", "{zone}, x._keys", "{zone}, x._KEYS", "db.{zone}, x._keys"})
  void aNameThatKeyFilesHave_isNoZoneFiles(String pattern, String zone) {
    Layout layout = new Layout(Folders.FLAT, ZoneFilePattern.parse(pattern));
    assertThat(layout.fileOf(WireName.parse(zone), "_keys")).isEmpty();
  }
}
