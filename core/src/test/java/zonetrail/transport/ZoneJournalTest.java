package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import zonetrail.authority.Publication;
import zonetrail.authority.ZoneFiles;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

class ZoneJournalTest {
  private static final WireName APEX = WireName.parse("example.com.");

  /// More at once than may wait, prepared beforehand: some become one step, and the last is there.
  @Test
  @Rfc(number = 1995, section = "4")
  void ofVersionsPublishedFasterThanTheyAreNoted_theLastIsKnown() throws Exception {
    List<Publication> versions = new ArrayList<>();
    MemorySource source = new MemorySource();
    ZoneFiles files = ZoneFiles.NONE;
    for (int serial = 1; serial <= 10 * ZoneJournal.MAX_WAITING; serial++) {
      source.put("example.com", TestZones.zone(serial) + "n" + serial + " 300 A 192.0.2.8\n");
      files = files.advance(source.commit()).files();
      versions.add(files.publication());
    }

    try (ZoneJournal journal = new ZoneJournal(1L << 30, (_, _) -> Optional.empty())) {
      versions.forEach(journal::published);
      Zone first = zone(versions.getFirst());
      Zone last = zone(versions.getLast());
      ZoneChange change = journal.change(last, new Serial(1)).orElseThrow();

      assertThat(first.with(change).sameRecords(last)).isTrue();
      assertThat(journal.remembered.sum()).isEqualTo(1);
    }
  }

  private static Zone zone(Publication publication) {
    return (Zone) Objects.requireNonNull(publication.zones().zone(APEX));
  }
}
