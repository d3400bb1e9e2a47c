package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import zonetrail.authority.Publication;
import zonetrail.authority.ZoneFiles;

class PublishedZonesTest {
  private final PublishedZones published = new PublishedZones();
  private final List<String> told = new ArrayList<>();

  private static Publication version(String name) {
    Publication none = ZoneFiles.NONE.publication();
    return new Publication(name, none.zones(), none.keys(), none.files());
  }

  @Test
  void whoIsToldLaterIsToldTheLastAlone_andOnce() {
    published.watch(publication -> told.add("at once " + publication.version()));
    published.watchLater(publication -> told.add("later " + publication.version()));
    published.publish(version("1"));
    published.publish(version("2"));
    assertThat(published.current().version()).isEqualTo("2");
    published.tell();
    published.tell();
    published.publish(version("3"));
    published.tell();
    assertThat(told).containsExactly("at once 1", "at once 2", "later 2", "at once 3", "later 3");
  }
}
