package zonetrail.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Name;

class WireNameTest {
  private static final int ROUNDS = 20_000;

  @Nested
  @Rfc(number = 1035, section = "5.1")
  class PresentationForm {
    @Test
    void whatIsPrintedReadsBackAsTheSameOctets() {
      Random random = new Random(20261122);
      for (int i = 0; i < ROUNDS; i++) {
        WireName name = randomName(random);

        assertThat(WireName.parse(name.toString()).toWire()).isEqualTo(name.toWire());
        assertThat(WireName.parse(name.toStringNoDot()).toWire()).isEqualTo(name.toWire());
      }
    }

    @Test
    void whatIsPrintedIsPlainAscii() {
      Random random = new Random(2);
      for (int i = 0; i < ROUNDS; i++) {
        assertThat(randomName(random).toString()).matches("[!-~]+");
      }
    }

    @Test
    void dnsjavaReadsWhatIsPrinted() throws Exception {
      Random random = new Random(3);
      for (int i = 0; i < ROUNDS; i++) {
        WireName name = randomName(random);

        assertThat(Name.fromString(name.toString()).toWire()).isEqualTo(name.toWire());
      }
    }

    @Test
    void whatDnsjavaPrintsReadsBack() throws Exception {
      Random random = new Random(4);
      for (int i = 0; i < ROUNDS; i++) {
        WireName name = randomName(random);

        assertThat(WireName.parse(new Name(name.toWire()).toString()).toWire())
            .isEqualTo(name.toWire());
      }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
      "example.com,        example.com.",
      "example.com.,       example.com.",
      "Example.COM,        Example.COM.",
      "a\\.b.c,            a\\.b.c.",
      "a\\046b,            a\\.b.",
      "\\097,              a.",
      "\\000\\255,         \\000\\255.",
      "\\*.x,              *.x.",
      "a\\ b,              a\\032b.",
      "ä.x,                \\195\\164.x.",
      ".,                  .",
    })
    void isReadAndPrinted(String text, String printed) {
      assertThat(WireName.parse(text)).hasToString(printed);
    }

    @ParameterizedTest(name = "[{0}]")
    @ValueSource(
        strings = {
          "", "..", ".a", "a..b", "a..", "\\", "a\\", "a\\1", "a\\12", "a\\12x", "a\\256", "a\\999"
        })
    void whatIsNoNameIsRejected(String text) {
      assertThatThrownBy(() -> WireName.parse(text)).isInstanceOf(BadNameException.class);
    }
  }

  @Nested
  @Rfc(number = 1035, section = "2.3.4")
  class Lengths {
    @Test
    void aLabelHasAtMost63Octets() {
      assertThat(WireName.parse("x".repeat(63)).length()).isEqualTo(65);
      assertThatThrownBy(() -> WireName.parse("x".repeat(64)))
          .isInstanceOf(BadNameException.class)
          .hasMessageContaining("63");
    }

    @Test
    void aNameHasAtMost255Octets() {
      String l63 = "x".repeat(63) + ".";

      assertThat(WireName.parse(l63 + l63 + l63 + "x".repeat(61)).length()).isEqualTo(255);
      assertThatThrownBy(() -> WireName.parse(l63 + l63 + l63 + "x".repeat(62)))
          .isInstanceOf(BadNameException.class)
          .hasMessageContaining("255");
      assertThat(WireName.parse("a.".repeat(127)).length()).isEqualTo(255);
      assertThatThrownBy(() -> WireName.parse("a.".repeat(128)))
          .isInstanceOf(BadNameException.class);
    }

    @Test
    void joiningKeepsTheBounds() {
      WireName long254 = WireName.parse("a.".repeat(126));
      assertThat(long254.child(new byte[] {'b'}).length()).isEqualTo(255);
      assertThatThrownBy(() -> long254.child(new byte[] {'b', 'c'}))
          .isInstanceOf(BadNameException.class);
      assertThatThrownBy(() -> long254.child(new byte[0])).isInstanceOf(BadNameException.class);
      assertThatThrownBy(() -> long254.child(new byte[64])).isInstanceOf(BadNameException.class);
      assertThatThrownBy(() -> WireName.parse("b.c").append(long254))
          .isInstanceOf(BadNameException.class);
      assertThat(WireName.parse("b").append(long254).labelCount()).isEqualTo(127);
    }
  }

  @Nested
  @Rfc(number = 1035, section = "3.1")
  class WireForm {
    @Test
    void everyOctetOfANameIsNeeded() {
      Random random = new Random(5);
      for (int i = 0; i < 1000; i++) {
        byte[] wire = randomName(random).toWire();
        assertThat(WireName.endOf(wire, 0, wire.length)).isEqualTo(wire.length);
        for (int cut = 0; cut < wire.length; cut++) {
          assertThat(WireName.endOf(wire, 0, cut)).isEqualTo(-1);
        }
      }
    }

    @ParameterizedTest(name = "label type {0}")
    @ValueSource(ints = {0x40, 0x80, 0xc0, 0xff})
    void pointersAndReservedLabelTypesAreNoPlainName(int lengthOctet) {
      byte[] wire = new byte[300];
      wire[0] = (byte) lengthOctet;

      assertThat(WireName.endOf(wire, 0, wire.length)).isEqualTo(-1);
      assertThatThrownBy(() -> WireName.fromWire(wire, 0)).isInstanceOf(BadNameException.class);
    }

    @Test
    void aNameThatGoesOnTooLongIsNone() {
      byte[] wire = new byte[600];
      for (int at = 0; at < 599; at += 2) {
        wire[at] = 1;
      }
      assertThat(WireName.endOf(wire, 0, wire.length)).isEqualTo(-1);
    }
  }

  @Nested
  @Rfc(number = 4343, section = "3")
  class Equality {
    @Test
    void disregardsTheCaseOfAsciiLettersAndOfNothingElse() {
      for (int octet = 0; octet < 256; octet++) {
        for (int other = 0; other < 256; other++) {
          WireName one = WireName.ROOT.child(new byte[] {(byte) octet});
          WireName two = WireName.ROOT.child(new byte[] {(byte) other});
          boolean same =
              octet == other
                  || ((octet | 0x20) == (other | 0x20)
                      && (octet | 0x20) >= 'a'
                      && (octet | 0x20) <= 'z');

          assertThat(one.equals(two)).as("%d and %d", octet, other).isEqualTo(same);
          assertThat(one.compareTo(two) == 0).isEqualTo(same);
          if (same) {
            assertThat(one).hasSameHashCodeAs(two);
          }
        }
      }
    }

    @Test
    void distinguishesNamesByWhereTheirLabelsEnd() {
      assertThat(WireName.parse("a\\.b")).isNotEqualTo(WireName.parse("a.b"));
      assertThat(WireName.parse("ab.c")).isNotEqualTo(WireName.parse("a.bc"));
    }
  }

  @Nested
  @Rfc(number = 4034, section = "6.1")
  class CanonicalOrder {
    private final List<WireName> inOrder =
        java.util.stream.Stream.of(
                "example",
                "a.example",
                "yljkjljk.a.example",
                "Z.a.example",
                "zABC.a.EXAMPLE",
                "z.example",
                "\\001.z.example",
                "*.z.example",
                "\\200.z.example")
            .map(WireName::parse)
            .toList();

    @Test
    void isThatOfTheRfcsExample() {
      List<WireName> shuffled = new ArrayList<>(inOrder);
      Collections.shuffle(shuffled, new Random(6));
      Collections.sort(shuffled);

      assertThat(shuffled).containsExactlyElementsOf(inOrder);
    }

    @Test
    void isThatOfDnsjava() throws Exception {
      Random random = new Random(7);
      for (int i = 0; i < ROUNDS; i++) {
        WireName one = randomName(random);
        WireName two = random.nextBoolean() ? randomName(random) : one.parent();

        assertThat(Integer.signum(one.compareTo(two)))
            .as("%s and %s", one, two)
            .isEqualTo(Integer.signum(new Name(one.toWire()).compareTo(new Name(two.toWire()))))
            .isEqualTo(-Integer.signum(two.compareTo(one)));
      }
    }
  }

  @Nested
  class Ancestry {
    @Test
    void goesByWholeLabels() {
      WireName name = WireName.parse("www.Example.com");

      assertThat(name.isAtOrBelow(WireName.parse("example.COM"))).isTrue();
      assertThat(name.isAtOrBelow(name)).isTrue();
      assertThat(name.isBelow(name)).isFalse();
      assertThat(name.isBelow(WireName.ROOT)).isTrue();
      assertThat(WireName.parse("badexample.com").isAtOrBelow(WireName.parse("example.com")))
          .isFalse();
      // The octets of "example.com." lie at the end of this one, and yet no label begins there.
      assertThat(WireName.parse("x\\007example.com").isAtOrBelow(WireName.parse("example.com")))
          .isFalse();
    }

    @Test
    void isThatOfDnsjava() throws Exception {
      Random random = new Random(8);
      for (int i = 0; i < ROUNDS; i++) {
        WireName name = randomName(random);
        WireName other =
            random.nextInt(3) == 0
                ? randomName(random)
                : name.ancestor(random.nextInt(name.labelCount() + 1));

        assertThat(name.isAtOrBelow(other))
            .isEqualTo(new Name(name.toWire()).subdomain(new Name(other.toWire())));
      }
    }

    @Test
    void anAncestorIsCountedFromTheRoot() {
      WireName name = WireName.parse("a.b.c");

      assertThat(name.labelCount()).isEqualTo(3);
      assertThat(name.ancestor(3)).isEqualTo(name);
      assertThat(name.ancestor(1)).hasToString("c.");
      assertThat(name.ancestor(0)).isSameAs(WireName.ROOT);
      assertThatThrownBy(() -> name.ancestor(4)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(WireName.ROOT::parent).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Rfc(number = 4592, section = "2.1.1")
    void aWildcardHasAnAsteriskAsItsWholeFirstLabel() {
      assertThat(WireName.parse("*.example").isWildcard()).isTrue();
      assertThat(WireName.parse("example").wildcardChild()).hasToString("*.example.");
      assertThat(WireName.parse("*a.example").isWildcard()).isFalse();
      assertThat(WireName.parse("a.*.example").isWildcard()).isFalse();
      assertThat(WireName.ROOT.wildcardChild().isWildcard()).isTrue();
    }
  }

  /// One to six labels of any octets, short ones more often than long ones; at least one label.
  static WireName randomName(Random random) {
    WireName name = WireName.ROOT;
    int labels = 1 + random.nextInt(6);
    for (int i = 0; i < labels; i++) {
      byte[] label = new byte[1 + random.nextInt(random.nextInt(8) == 0 ? 63 : 4)];
      for (int at = 0; at < label.length; at++) {
        label[at] =
            (byte)
                (random.nextInt(4) == 0
                    ? random.nextInt(256)
                    : "aAbBzZ09.*\\-".charAt(random.nextInt(12)));
      }
      if (name.length() + 1 + label.length <= WireName.MAX_OCTETS) {
        name = name.child(label);
      }
    }
    return name;
  }
}
