package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Rfc;

@Rfc(number = 8945, section = "5.2.3")
class ClockSkewTest {
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.ofLiteral("2001:db8::7"), 40_000);

  private final LogLines lines = new LogLines();
  private final ClockSkew skew = new ClockSkew();

  @AfterEach
  void stopListening() {
    lines.close();
  }

  private Verdict look(String secret, long secondsAhead) throws IOException {
    Message message = TestZones.notify("example.com.", Type.SOA, DClass.IN);
    TestZones.tsig(TestZones.KEY_NAME, secret, TestZones.NOW.plusSeconds(secondsAhead))
        .apply(message, null);
    byte[] octets = message.toWire();
    Verdict verdict =
        TsigVerifier.verify(
            octets,
            octets.length,
            KeyRing.of(Map.of("_keys", List.of(TestZones.KEY))),
            TestZones.NOW);
    skew.look(verdict, CLIENT, TestZones.NOW);
    return verdict;
  }

  @ParameterizedTest
  @CsvSource({
    "-400, 400 s behind our clock and was refused with BADTIME",
    "4000, 4000 s ahead of our clock and was refused with BADTIME",
    "61, 61 s ahead of our clock and was still accepted",
    "-200, 200 s behind our clock and was still accepted"
  })
  void aClockThatIsOffIsTold_withWhoseAndByHowMuch(long secondsAhead, String says)
      throws IOException {
    look(TestZones.SECRET, secondsAhead);
    assertThat(lines.from(Level.WARN))
        .singleElement()
        .asString()
        .contains("[2001:db8::7]:40000", "hook._notify.example.com", says, "NTP");
  }

  @ParameterizedTest
  @ValueSource(longs = {-60, 0, 60})
  void clocksThatAgreeAreNot(long secondsAhead) throws IOException {
    assertThat(look(TestZones.SECRET, secondsAhead)).isInstanceOf(Verdict.Verified.class);
    assertThat(lines.from(Level.WARN)).isEmpty();
  }

  @Test
  void whoDoesNotProveAKeyMaySayAnyTime() throws IOException {
    look("YW5vdGhlciBzZWNyZXQgb2Ygd2hvIGtub3dzIHdobw==", 4_000);
    assertThat(lines.from(Level.WARN)).isEmpty();
  }

  @Test
  void aFloodOfThemIsOneLine() throws IOException {
    for (int i = 0; i < 100; i++) {
      look(TestZones.SECRET, 1_000 + i);
    }
    assertThat(lines.from(Level.WARN)).hasSize(1);
  }
}
