package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.wire.Rfc;

/// The limits that are in force when nothing else is said; that each is kept is
/// [StreamListenerTest].
@Rfc(number = 7766, section = "6.2")
@Rfc(number = 9210, section = "4.2")
class StreamLimitsTest {
  @Test
  void theDefaultsAreThoseThatArePromised() {
    assertThat(StreamLimits.DEFAULT)
        .isEqualTo(
            new StreamLimits(
                1_000,
                50,
                32,
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                128 * 1024));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "49, 49", "50, 50", "1000, 50", "2000, 100", "100000, 5000"})
  void oneNetworkHasATwentieth_butNoFewerThanByDefault(int connections, int perNetwork) {
    StreamLimits limits = StreamLimits.DEFAULT.with(connections, Duration.ofSeconds(3));
    assertThat(limits.connections()).isEqualTo(connections);
    assertThat(limits.connectionsPerNetwork()).isEqualTo(perNetwork);
    assertThat(limits.idle()).isEqualTo(Duration.ofSeconds(3));
    assertThat(List.of(limits.wholeMessage(), limits.slowReader()))
        .containsExactly(StreamLimits.DEFAULT.wholeMessage(), StreamLimits.DEFAULT.slowReader());
  }
}
