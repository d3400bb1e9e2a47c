package zonetrail.zone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zonetrail.wire.WireName;

class ZonesTest {
  private static WireName name(String text) {
    return WireName.parse(text);
  }

  private static ServedZone zone(String apex) {
    return new UnavailableZone(name(apex));
  }

  @Test
  void oneMoreAndOneLess_leaveTheVersionBeforeAsItIs() {
    ServedZone example = zone("example.");
    ServedZone child = zone("child.example.");
    Zones one = Zones.NONE.with(example);
    Zones two = one.with(child);
    Zones without = two.without(name("EXAMPLE."));
    assertThat(Zones.NONE.size()).isZero();
    assertThat(one.all()).containsExactly(example);
    assertThat(two.all()).containsExactlyInAnyOrder(example, child);
    assertThat(without.all()).containsExactly(child);
    assertThat(two.enclosing(name("www.CHILD.example."))).isSameAs(child);
    assertThat(two.enclosing(name("www.example."))).isSameAs(example);
    assertThat(without.enclosing(name("www.example."))).isNull();
    assertThat(without.without(name("example."))).isSameAs(without);
  }

  @Test
  void anotherVersionOfAZone_takesItsPlace() {
    Zones zones = Zones.of(List.of(zone("example."), zone("other.")));
    ServedZone next = zone("Example.");
    Zones after = zones.with(next);
    assertThat(after.size()).isEqualTo(2);
    assertThat(after.zone(name("example."))).isSameAs(next);
    assertThat(zones.zone(name("example."))).isNotSameAs(next);
  }

  @Test
  void anySequence_holdsWhatAMapHolds() {
    Random random = new Random(2136);
    Map<WireName, ServedZone> expected = new HashMap<>();
    Zones zones = Zones.NONE;
    for (int step = 0; step < 20_000; step++) {
      // Few names, so that places are taken, given up and moved to.
      int number = random.nextInt(step < 10_000 ? 3_000 : 300);
      String apex = "z" + number + (number % 3 == 0 ? ".example." : ".");
      if (random.nextInt(5) < 3) {
        ServedZone zone = zone(apex);
        zones = zones.with(zone);
        expected.put(zone.apex(), zone);
      } else {
        zones = zones.without(name(apex));
        expected.remove(name(apex));
      }
      @Nullable ServedZone there = zones.zone(name(apex));
      assertThat(there).isSameAs(expected.get(name(apex)));
      if (step % 500 == 0) {
        assertThat(zones.all()).containsExactlyInAnyOrderElementsOf(expected.values());
        assertThat(zones.size()).isEqualTo(expected.size());
      }
    }
    for (Map.Entry<WireName, ServedZone> each : expected.entrySet()) {
      assertThat(zones.enclosing(each.getKey().child(new byte[] {'w'}))).isSameAs(each.getValue());
    }
  }
}
