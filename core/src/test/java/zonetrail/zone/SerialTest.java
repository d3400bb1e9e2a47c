package zonetrail.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Rfc;

class SerialTest {
  private static final long HALF = 1L << 31;

  private static boolean isNewer(long one, long other) {
    return Serial.of(one).isNewerThan(Serial.of(other));
  }

  @Nested
  @Rfc(number = 1982, section = "3.2")
  class Section3_2_Comparison {
    /// The definition of "greater than", word for word, in integers that do not wrap.
    private static boolean isGreater(long i1, long i2) {
      return (i1 < i2 && i2 - i1 > HALF) || (i1 > i2 && i1 - i2 < HALF);
    }

    @ParameterizedTest(name = "{0} is newer than {1}: {2}")
    @CsvSource({
      "1, 0, true",
      "0, 1, false",
      "7, 7, false",
      "0, 4294967295, true",
      "4294967295, 0, false",
      "2147483647, 0, true",
      "2147483649, 0, false",
      "0, 2147483649, true",
      "2147483748, 101, true"
    })
    void numbersThatWrapAreCompared(long one, long other, boolean isNewer) {
      assertThat(isNewer(one, other)).isEqualTo(isNewer);
    }

    @Test
    void anyTwoNumbersCompareAsTheDefinitionSays() {
      Random random = new Random(1982);
      for (int i = 0; i < 10_000; i++) {
        long one = Integer.toUnsignedLong(random.nextInt());
        long near = one + (random.nextBoolean() ? 0 : HALF) + random.nextInt(5) - 2;
        long other = random.nextBoolean() ? near & 0xffff_ffffL : random.nextInt() & 0xffff_ffffL;

        assertThat(isNewer(one, other)).as(one + " " + other).isEqualTo(isGreater(one, other));
      }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 5, 2147483647L, 2147483648L, 4294967295L})
    void ofTwoThatLieHalfTheCircleApartNeitherIsNewer(long one) {
      long opposite = (one + HALF) & 0xffff_ffffL;

      assertThat(isNewer(one, opposite)).isFalse();
      assertThat(isNewer(opposite, one)).isFalse();
    }
  }

  @Test
  void aSerialHas32BitsWithoutASign() {
    assertThat(Serial.of(4_294_967_295L)).hasToString("4294967295");
    assertThat(Serial.of(4_294_967_295L).value()).isEqualTo(4_294_967_295L);
    assertThatThrownBy(() -> Serial.of(4_294_967_296L)).hasMessageContaining("not 4294967296");
    assertThatThrownBy(() -> Serial.of(-1)).hasMessageContaining("not -1");
  }
}
