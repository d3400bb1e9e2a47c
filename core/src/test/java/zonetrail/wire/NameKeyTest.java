package zonetrail.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Keys against the names that they are made of.
class NameKeyTest {
  private static final List<String> LABELS =
      List.of(
          "a",
          "A",
          "b",
          "ab",
          "aB",
          "abc",
          "Z",
          "*",
          "\\000",
          "\\200",
          "\\255",
          "[",
          "12345678",
          "123456789");

  private static final WireName APEX = WireName.parse("eXample.org");

  private final Random random = new Random(1);

  private WireName name() {
    WireName name = APEX;
    for (int labels = random.nextInt(4); labels > 0; labels--) {
      String label = LABELS.get(random.nextInt(LABELS.size()));
      name = WireName.parse(label).append(name);
    }
    return name;
  }

  private static NameKey key(WireName name) {
    NameKey key = new NameKey();
    key.set(name);
    return key;
  }

  private static int prefix(WireName name) {
    return name.length() - APEX.length();
  }

  /// The example of RFC 4034 §6.1 is in `WireNameTest`, whose order this one has to be.
  @Test
  @Rfc(number = 4034, section = "6.1")
  void ordersAncestorsOfANameAmongOthers_canonically() {
    for (int i = 0; i < 20_000; i++) {
      WireName one = name();
      WireName other = name();
      int depth = 2 + random.nextInt(one.labelCount() - 1);
      int order = key(one).compare(depth, 2, other.toWire(), 0, prefix(other));
      assertThat(Integer.signum(order))
          .as("%s at %d, %s", one, depth, other)
          .isEqualTo(Integer.signum(one.ancestor(depth).compareTo(other)));
    }
  }

  @Test
  void knowsTheNearestAncestorInCommon() {
    for (int i = 0; i < 20_000; i++) {
      WireName one = name();
      WireName other = name();
      int depth = key(one).nearestCommon(2, other.toWire(), 0, prefix(other));
      assertThat(other.isAtOrBelow(one.ancestor(depth))).as("%s, %s", one, other).isTrue();
      if (depth < one.labelCount()) {
        assertThat(other.isAtOrBelow(one.ancestor(depth + 1))).as("%s, %s", one, other).isFalse();
      }
    }
  }

  @Test
  void takesNamesOfAnyNumberOfLabels_oneAfterTheOther() {
    NameKey used = new NameKey();
    for (int labels : new int[] {1, 15, 16, 3, 17, 127, 0, 126, 14}) {
      WireName name = WireName.parse(labels == 0 ? "." : "a.".repeat(labels));
      used.set(name);
      assertThat(used.depth()).isEqualTo(labels);
      for (int depth = 0; depth <= labels; depth++) {
        WireName ancestor = name.ancestor(depth);
        assertThat(used.matches(depth, ancestor)).isTrue();
        assertThat(used.hash(depth)).isEqualTo(ancestor.keyHash());
        int prefix = name.length() - ancestor.length();
        assertThat(new NameKey().compare(0, 0, name.toWire(), 0, prefix))
            .isEqualTo(Integer.compare(depth, labels));
        assertThat(used.compare(labels, depth, name.toWire(), 0, prefix)).isZero();
      }
    }
  }

  @Nested
  @Rfc(number = 4592, section = "3.3.1")
  class Wildcard {
    @Test
    void isBelowAnAncestor() {
      NameKey wildcard = new NameKey();
      assertThat(wildcard.setWildcard(key(WireName.parse("a.b.Example.org")), 3)).isTrue();
      assertThat(wildcard.depth()).isEqualTo(4);
      assertThat(wildcard.matches(4, WireName.parse("*.b.example.org"))).isTrue();
      assertThat(wildcard.hash(4)).isEqualTo(key(WireName.parse("*.b.example.org")).hash(4));
    }

    @Test
    void isNone_whereItWouldHaveMoreThan255Octets() {
      String label = "x".repeat(WireName.MAX_LABEL_OCTETS);
      WireName longest = WireName.parse((label + ".").repeat(3) + "x".repeat(59) + ".y");
      assertThat(longest.length()).isEqualTo(254 + 1);
      NameKey wildcard = new NameKey();
      assertThat(wildcard.setWildcard(key(longest), 5)).isFalse();
      assertThat(wildcard.setWildcard(key(longest), 4)).isTrue();
    }
  }
}
