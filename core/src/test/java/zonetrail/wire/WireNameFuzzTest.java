package zonetrail.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/// In a build this runs the seeds; CONTRIBUTING.md says how to search for more.
class WireNameFuzzTest {
  private static final WireName OTHER = WireName.parse("a.Example.com");

  @FuzzTest(maxDuration = "60s")
  void anyText_isTheNameThatDnsjavaReads_orIsRefused(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    WireName name;
    try {
      name = WireName.parse(text);
    } catch (BadNameException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    assertHoldsTogether(name);
    Name theirs = dnsjava(text);
    if (theirs != null && text.chars().allMatch(c -> c < 0x80)) {
      assertThat(name.toWire()).isEqualTo(theirs.toWire());
    }
  }

  @FuzzTest(maxDuration = "60s")
  void anyOctets_areANameOrNone(byte[] octets) {
    int end = WireName.endOf(octets, 0, octets.length);
    WireName name;
    try {
      name = WireName.fromWire(octets, 0);
    } catch (BadNameException none) {
      assertThat(end).isNegative();
      return;
    }
    assertThat(name.length()).isEqualTo(end).isLessThanOrEqualTo(WireName.MAX_OCTETS);
    assertHoldsTogether(name);
  }

  private static void assertHoldsTogether(WireName name) {
    assertThat(WireName.parse(name.toString()).toWire()).isEqualTo(name.toWire());
    assertThat(WireName.parse(name.toStringNoDot()).toWire()).isEqualTo(name.toWire());
    WireName lower = WireName.fromWire(name.toCanonicalWire(), 0);
    assertThat(lower).isEqualTo(name).hasSameHashCodeAs(name).isEqualByComparingTo(name);
    assertThat(name.isAtOrBelow(WireName.ROOT)).isTrue();
    assertThat(Integer.signum(name.compareTo(OTHER)))
        .isEqualTo(-Integer.signum(OTHER.compareTo(name)));
    if (!name.isRoot()) {
      assertThat(name.isBelow(name.parent())).isTrue();
      assertThat(name.ancestor(name.labelCount() - 1)).isEqualTo(name.parent());
    }
  }

  private static @Nullable Name dnsjava(String text) {
    if (text.equals("@")) {
      return null; // To dnsjava this is the origin; here a name has none.
    }
    try {
      return Name.fromString(text, Name.root);
    } catch (TextParseException refused) {
      return null;
    }
  }
}
