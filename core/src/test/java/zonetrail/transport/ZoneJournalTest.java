package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import zonetrail.authority.ExpireTimers;
import zonetrail.authority.Publication;
import zonetrail.authority.PublishedSource;
import zonetrail.authority.RemotePrimaries;
import zonetrail.authority.Secondary;
import zonetrail.authority.SecondaryEffect;
import zonetrail.authority.SecondaryInput;
import zonetrail.authority.SecondaryInput.Answer;
import zonetrail.authority.StoredVersion;
import zonetrail.authority.VersionStore;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneStatus;
import zonetrail.tsig.KeyRing;
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

  /// One version after the other of a zone, the second with a record more.
  private static final class Versions {
    private final MemorySource source = new MemorySource();
    private ZoneFiles files = ZoneFiles.NONE;

    Publication publication(int serial) {
      String more = serial == 1 ? "" : "n 300 A 192.0.2.8\n";
      files =
          files.advance(source.put("example.com", TestZones.zone(serial) + more).commit()).files();
      return files.publication();
    }
  }

  @Test
  @Rfc(number = 1995, section = "4")
  void whatThePublicationKnowsIsNotLookedFor() throws Exception {
    Versions versions = new Versions();
    Publication before = versions.publication(1);
    Publication next = versions.publication(2);
    Zone was = zone(before);
    ZoneChange known = ZoneChange.between(was, zone(next));
    Publication knowing =
        new Publication(next.version(), next.zones(), next.keys(), new Knowing(known));
    try (ZoneJournal journal = new ZoneJournal(1L << 30, (_, _) -> Optional.empty())) {
      journal.published(before);
      journal.published(knowing);

      assertThat(journal.change(zone(next), was.serial())).containsSame(known);
      assertThat(journal.small(zone(next), was.serial(), 10)).containsSame(known);
      assertThat(journal.steps()).isEqualTo(1);
    }
  }

  /// A secondary that has a version and gets the next one, as its interpreter sees it.
  private static final class Following {
    private final Secondary secondary =
        new Secondary(
            new RemotePrimaries(
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53)),
                KeyRing.EMPTY,
                List.of(APEX)),
            () -> 0.5,
            new ExpireTimers(() -> TestZones.NOW));

    private List<SecondaryEffect> effects = List.of();

    Following(Zone first) {
      Instant later = TestZones.NOW.plusSeconds(604_800);
      StoredVersion kept = new StoredVersion(first, TestZones.NOW, later);
      step(
          new SecondaryInput.Started(new VersionStore.Loaded(List.of(kept), List.of(), List.of())));
    }

    private void step(SecondaryInput input) {
      effects = secondary.step(input, TestZones.NOW);
    }

    private <T extends SecondaryEffect> T only(Class<T> kind) {
      List<T> all = effects.stream().filter(kind::isInstance).map(kind::cast).toList();
      assertThat(all).hasSize(1);
      return all.getFirst();
    }

    Publication published() {
      return only(SecondaryEffect.Publish.class).publication();
    }

    void receive(Zone next, ZoneChange change) {
      long probe = only(SecondaryEffect.Probe.class).attempt();
      Answer newer = new Answer.HasSerial(next.serial(), OptionalInt.empty());
      step(new SecondaryInput.Answered(APEX, probe, newer));
      long transfer = only(SecondaryEffect.Transfer.class).attempt();
      Answer brought =
          new Answer.Brought(next, change, OptionalInt.empty(), new SecondaryInput.Size(1, 100, 1));
      step(new SecondaryInput.Answered(APEX, transfer, brought));
    }
  }

  /// It is noted by who publishes it, not by the thread that compares.
  @Test
  @Rfc(number = 1995, section = "4")
  void whatASecondaryGotByIxfrIsNotLookedFor() throws Exception {
    Versions versions = new Versions();
    Zone was = zone(versions.publication(1));
    Zone next = zone(versions.publication(2));
    ZoneChange change = ZoneChange.between(was, next);
    Following secondary = new Following(was);
    try (ZoneJournal journal = new ZoneJournal(1L << 30, (_, _) -> Optional.empty())) {
      journal.published(secondary.published());
      secondary.receive(next, change);
      journal.published(secondary.published());

      assertThat(journal.small(next, was.serial(), 10)).containsSame(change);
      assertThat(journal.change(next, was.serial())).containsSame(change);
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
