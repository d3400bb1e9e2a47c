package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

class StatusTableTest {
  private static ZoneStatus status(int number) {
    return new ZoneStatus(
        WireName.parse("z" + number + ".example"),
        Serial.of(1),
        2,
        ZoneStatus.State.CURRENT,
        "-",
        Instant.EPOCH,
        null,
        List.of());
  }

  @Test
  void holdsWhatAMapHolds_andEarlierVersionsStayAsTheyWere() {
    Random random = new Random(1);
    Map<Integer, ZoneStatus> map = new HashMap<>();
    StatusTable table = StatusTable.EMPTY;
    for (int i = 0; i < 5_000; i++) {
      StatusTable before = table;
      List<ZoneStatus> were = i % 500 == 0 ? before.all().toList() : List.of();
      int place = random.nextInt(3_000);
      if (random.nextInt(4) == 0) {
        map.remove(place);
        table = table.with(place, null);
      } else {
        map.put(place, status(i));
        table = table.with(place, status(i));
      }
      if (i % 500 == 0) {
        assertThat(before.all()).containsExactlyElementsOf(were);
        assertThat(table.all()).containsExactlyInAnyOrderElementsOf(map.values());
      }
    }
  }
}
