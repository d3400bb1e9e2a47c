package zonetrail.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Rfc(number = 6895, section = "2.3")
class RcodeTest {
  /// The table of the RFC, and BADCOOKIE (RFC 7873 §8).
  @ParameterizedTest
  @CsvSource({
    "NOERROR, 0",
    "FORMERR, 1",
    "SERVFAIL, 2",
    "NXDOMAIN, 3",
    "NOTIMP, 4",
    "REFUSED, 5",
    "YXDOMAIN, 6",
    "YXRRSET, 7",
    "NXRRSET, 8",
    "NOTAUTH, 9",
    "NOTZONE, 10",
    "BADVERS, 16",
    "BADSIG, 16",
    "BADKEY, 17",
    "BADTIME, 18",
    "BADTRUNC, 22",
    "BADCOOKIE, 23"
  })
  void aCodeHasTheNumberOfTheRegistry(Rcode rcode, int number) {
    assertThat(rcode.value()).isEqualTo(number);
  }

  @Test
  void noTwoCodesShareANumberBut16() {
    Map<Integer, Long> uses = new TreeMap<>();
    for (Rcode rcode : Rcode.values()) {
      uses.merge(rcode.value(), 1L, Long::sum);
    }

    assertThat(uses.remove(16)).isEqualTo(2);
    assertThat(uses.values()).containsOnly(1L);
  }

  @Test
  void ofAnOptRecord16IsTheVersion_andAnUnassignedNumberHasNoName() {
    assertThat(Rcode.describe(16)).isEqualTo("BADVERS");
    assertThat(Rcode.describe(11)).isEqualTo("RCODE11");
    assertThat(Rcode.describe(5)).isEqualTo("REFUSED");
  }
}
