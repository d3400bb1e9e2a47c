package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import zonetrail.authority.Publication;
import zonetrail.authority.PublishedSource;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneStatus;
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

  /// A source that knows what changed.
  private record Knowing(ZoneChange known) implements PublishedSource {
    @Override
    public Instant time() {
      return Instant.EPOCH;
    }

    @Override
    public Stream<ZoneStatus> statuses() {
      return Stream.empty();
    }

    @Override
    public ZoneChange change(Zone before, Zone after) {
      return known;
    }
  }

  @Test
  @Rfc(number = 1995, section = "4")
  void whatThePublicationKnowsIsNotLookedFor() throws Exception {
    MemorySource source = new MemorySource();
    source.put("example.com", TestZones.zone(1));
    ZoneFiles before = ZoneFiles.NONE.advance(source.commit()).files();
    source.put("example.com", TestZones.zone(2) + "n 300 A 192.0.2.8\n");
    Publication next = before.advance(source.commit()).files().publication();
    Zone was = zone(before.publication());
    ZoneChange known = ZoneChange.between(was, zone(next));
    Publication knowing =
        new Publication(next.version(), next.zones(), next.keys(), new Knowing(known));
    try (ZoneJournal journal = new ZoneJournal(1L << 30, (_, _) -> Optional.empty())) {
      journal.published(before.publication());
      journal.published(knowing);

      assertThat(journal.change(zone(next), was.serial())).containsSame(known);
      assertThat(journal.small(zone(next), was.serial(), 10)).containsSame(known);
      assertThat(journal.steps()).isEqualTo(1);
    }
  }

  @Test
  @Rfc(number = 1995, section = "4")
  void aKnownChangeOfMoreRecordsThanTheZoneHas_isNoneForIxfr() throws Exception {
    MemorySource source = new MemorySource();
    StringBuilder many = new StringBuilder(TestZones.zone(1));
    for (int i = 0; i < 50; i++) {
      many.append("n").append(i).append(" 300 A 192.0.2.8\n");
    }
    source.put("example.com", many.toString());
    ZoneFiles before = ZoneFiles.NONE.advance(source.commit()).files();
    source.put("example.com", TestZones.zone(2));
    Publication next = before.advance(source.commit()).files().publication();
    Zone was = zone(before.publication());
    Knowing knowing = new Knowing(ZoneChange.between(was, zone(next)));
    try (ZoneJournal journal = new ZoneJournal(1L << 30, (_, _) -> Optional.empty())) {
      journal.published(before.publication());
      journal.published(new Publication(next.version(), next.zones(), next.keys(), knowing));

      assertThat(journal.change(zone(next), was.serial())).isEmpty();
      assertThat(journal.tooLarge.sum()).isEqualTo(1);
    }
  }
}
