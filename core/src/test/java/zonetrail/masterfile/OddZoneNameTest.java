package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

class OddZoneNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "com",
        "Example.com",
        "xn--mnchen-3ya.de",
        "0/25.2.0.192.in-addr.arpa",
        "_x.y"
      })
  void anOrdinaryNameIsNotOdd(String name) {
    assertThat(OddZoneName.complaint(WireName.parse(name))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b.example", "example.com ", "*.example", "a%2eb", "a\u001b.example"})
  void aNameWithOtherCharactersMayBeASlip(String name) {
    assertThat(OddZoneName.complaint(WireName.parse(name)).orElse(""))
        .contains("is it a slip?")
        .doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  @Rfc(number = 2181, section = "11")
  void aNameInUtf8WantsALabels() {
    assertThat(OddZoneName.complaint(WireName.parse("m\u00fcnchen.de")).orElse(""))
        .contains("m\\195\\188nchen.de", "A-labels", "rename the file");
  }
}
