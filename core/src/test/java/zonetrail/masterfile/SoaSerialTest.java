package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoaSerialTest {
  private static OptionalLong serialIn(String text) {
    return MasterFile.serialIn(text.getBytes(StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@ SOA ns h 2026112201 1 2 3 4\n",
        "; SOA a b 1\n$TTL 1h\n@ IN SOA ns. h. (\n 2026112201 ; serial: 5\n 1h 1 1 1 )\n",
        "example.org. 300 IN SOA ns.example.org. h.example.org. ( 2026112201\n1 1 1 1)\n",
        "@ SOA ns (h\n\t; 7\n\t2026112201\n1 1 1 1)\n",
        "@ 1h IN SOA ns. h. (2026112201 1 1 1 1)",
        "( @ IN SOA(ns. h. 2026112201 1 1 1 1)",
      })
  void isSeenWithoutParsing(String text) {
    assertThat(serialIn(text)).hasValue(2026112201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$INCLUDE head\nwww A 192.0.2.1\n",
        "@ SOA ns h x 1 2 3 4\n",
        "@ SOA ns h. ( )\n",
        "@ TYPE6 \\# 22 00 00 00000001 00000002 00000003 00000004 00000005\n",
        "@ SOA ns h. 4294967296 1 1 1 1\n",
        "@ IN SOA ns. h. 20261122", // may go on
        "",
      })
  void isNotGuessed(String text) {
    assertThat(serialIn(text)).isEmpty();
  }
}
