package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import zonetrail.wire.WireName;

/// The orders in which names stand in zone files.
class NameOrderTest {
  /// As they come, digits being numbers.
  private static final List<String> IN_ORDER =
      List.of(
          "example",
          "*.example",
          "-.example",
          "1.example",
          "b.1.example",
          "01.example",
          "9.example",
          "10.example",
          "9999999999.example",
          "10000000000.example",
          "1a.example",
          "_t.example",
          "a.example",
          "b.a.example",
          "aa.example",
          "zone");

  @Test
  void digitsAreNumbers_inFrontOfLetters() {
    NameOrder order = new NameOrder(true);
    List<WireName> names = new ArrayList<>(IN_ORDER.stream().map(WireName::parse).toList());
    names.sort((a, b) -> order.compare(a, b));
    assertThat(names).map(WireName::toStringNoDot).isEqualTo(expected());
  }

  private static List<String> expected() {
    List<String> names = new ArrayList<>(IN_ORDER);
    names.remove("01.example");
    names.add(names.indexOf("1.example"), "01.example");
    return names;
  }

  @Test
  void ofAnyThreeNames_theOrderIsOne_andANameIsFollowedByThoseBelowIt() {
    Random random = new Random(1);
    for (NameOrder order : List.of(new NameOrder(true), new NameOrder(false))) {
      for (int i = 0; i < 20_000; i++) {
        WireName a = name(random);
        WireName b = name(random);
        WireName c = name(random);
        assertThat(Integer.signum(order.compare(a, b)))
            .isEqualTo(-Integer.signum(order.compare(b, a)));
        if (order.compare(a, b) <= 0 && order.compare(b, c) <= 0) {
          assertThat(order.compare(a, c)).as("%s %s %s", a, b, c).isNotPositive();
          assertThat(!c.isAtOrBelow(a) || b.isAtOrBelow(a)).as("%s %s %s", a, b, c).isTrue();
        }
      }
    }
  }

  private static WireName name(Random random) {
    List<String> labels =
        List.of("1", "9", "10", "01", "1a", "*", "-", "a", "A", "b", "99999999999", "_");
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      name.append(labels.get(random.nextInt(labels.size()))).append('.');
    }
    return WireName.parse(name.toString());
  }
}
