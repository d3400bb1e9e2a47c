package zonetrail.zone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.ZoneHistory.Difference;

@Rfc(number = 1995, section = "5")
class ZoneHistoryTest {
  private static final long MUCH = 1L << 30;

  private static Serial serial(long value) {
    return Serial.of(value);
  }

  private static ZoneChange noChange() {
    Zone zone = new RandomZone(1, WireName.parse("example."), 5).build();
    return ZoneChange.between(zone, zone);
  }

  /// Versions of a random zone, and how each became the next.
  private record Versions(List<Zone> zones, List<ZoneChange> changes) {
    static Versions of(long seed, int count) {
      RandomZone model = new RandomZone(seed, WireName.parse("example."), 20);
      List<Zone> zones = new ArrayList<>(List.of(model.build()));
      List<ZoneChange> changes = new ArrayList<>();
      while (changes.size() < count) {
        ZoneChange change = model.change(zones.getLast());
        changes.add(change);
        zones.add(zones.getLast().with(change));
      }
      return new Versions(zones, changes);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  @Rfc(number = 1995, section = "6")
  void whatLiesBetweenTwoVersions_makesTheOneTheOther(long seed) {
    Versions versions = Versions.of(seed, 40);
    ZoneHistory history = new ZoneHistory();
    for (int i = 0; i < versions.changes().size(); i++) {
      history.add(serial(i), serial(i + 1), versions.changes().get(i), MUCH);
    }
    for (int from = 0; from < 40; from++) {
      for (int to = from + 1; to <= 40; to++) {
        Difference found = history.between(serial(from), serial(to));
        assertThat(found).isInstanceOf(Difference.Known.class);
        ZoneChange change = ((Difference.Known) found).change();
        Zone older = versions.zones().get(from);
        Zone newer = versions.zones().get(to);
        assertThat(older.with(change).sameRecords(newer)).isTrue();
        assertThat(change.replacements())
            .isEqualTo(ZoneChange.between(older, newer).replacements());
      }
    }
  }

  @Test
  void anUnknownSerialIsForgotten() {
    ZoneHistory history = new ZoneHistory();
    history.add(serial(5), serial(6), noChange(), MUCH);
    for (long unknown : new long[] {4, 6, 7}) {
      assertThat(history.between(serial(unknown), serial(6))).isEqualTo(new Difference.Forgotten());
    }
    assertThat(history.between(serial(5), serial(7))).isEqualTo(new Difference.Forgotten());
  }

  @Test
  void aStepThatIsTooLarge_makesAllOverItTooLarge() {
    ZoneHistory history = new ZoneHistory();
    history.add(serial(1), serial(2), noChange(), MUCH);
    history.add(serial(2), serial(3), null, MUCH);
    history.add(serial(3), serial(4), noChange(), MUCH);
    assertThat(history.between(serial(1), serial(4))).isEqualTo(new Difference.TooLarge());
    assertThat(history.between(serial(3), serial(4))).isInstanceOf(Difference.Known.class);
    assertThat(history.cost(serial(1), serial(4))).isZero();
  }

  @Test
  void aStepOverManyVersions_leadsToWhereTheOthersGoOn() {
    ZoneHistory history = new ZoneHistory();
    history.add(serial(8), serial(9), noChange(), MUCH);
    history.add(serial(2), serial(8), noChange(), MUCH);
    assertThat(history.between(serial(2), serial(9))).isInstanceOf(Difference.Known.class);
  }

  @Test
  void theOldestStepsAreForgotten_whereThereAreTooMany() {
    ZoneHistory history = new ZoneHistory();
    int last = ZoneHistory.MAX_STEPS + 10;
    for (int i = 0; i < last; i++) {
      history.add(serial(i), serial(i + 1), noChange(), MUCH);
    }
    assertThat(history.steps()).isEqualTo(ZoneHistory.MAX_STEPS);
    assertThat(history.between(serial(9), serial(last))).isEqualTo(new Difference.Forgotten());
    assertThat(history.between(serial(10), serial(last))).isInstanceOf(Difference.Known.class);
  }

  @Test
  void theOldestStepsAreForgotten_whereTheyTakeTooMuch() {
    Versions versions = Versions.of(5, 30);
    long most = 5_000;
    ZoneHistory history = new ZoneHistory();
    for (int i = 0; i < 30; i++) {
      history.add(serial(i), serial(i + 1), versions.changes().get(i), most);
      assertThat(history.heapOctets()).isLessThanOrEqualTo(most);
    }
    assertThat(history.steps()).isBetween(1, 29);
    assertThat(history.between(serial(29), serial(30))).isInstanceOf(Difference.Known.class);
  }

  @Test
  void aChangeLargerThanWanted_isNotMade() {
    Versions versions = Versions.of(3, 30);
    Zone first = versions.zones().getFirst();
    Zone last = versions.zones().getLast();
    int records = (int) ZoneChange.between(first, last).records();
    assertThat(ZoneChange.between(first, last, records - 1)).isNull();
    assertThat(ZoneChange.between(first, last, 0)).isNull();
    assertThat(requireNonNull(ZoneChange.between(first, last, records)).replacements())
        .isEqualTo(ZoneChange.between(first, last).replacements());
  }
}
