package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

class ZoneFilePatternTest {
  private static final List<String> PATTERNS =
      List.of("{zone}", "{zone}.zone", "db.{zone}", "pri.{zone}.hosts", "{zone}.", "zone-{zone}!");

  private static WireName name(String text) {
    return WireName.parse(text);
  }

  @Nested
  class AFileName {
    @ParameterizedTest
    @CsvSource({
      "{zone},      example.com,                     example.com.",
      "{zone},      com,                             com.",
      "{zone},      @,                               .",
      "{zone},      0%2F25.2.0.192.in-addr.arpa,     0/25.2.0.192.in-addr.arpa.",
      "{zone},      0%2f25.2.0.192.in-addr.arpa,     0/25.2.0.192.in-addr.arpa.",
      "{zone}.zone, example.com.zone,                example.com.",
      "{zone}.zone, example.zone.zone,               example.zone.",
      "{zone}.zone, @.zone,                          .",
      "{zone}.zone, 0%2F25.2.0.192.in-addr.arpa.zone, 0/25.2.0.192.in-addr.arpa.",
      "db.{zone},   db.example.com,                  example.com.",
      "db.{zone},   db.db.example.com,               db.example.com.",
      "db.{zone},   db.@,                            .",
      "p.{zone}.q,  p.x.q,                           x.",
      "{zone}.,     example.com.,                    example.com.",
    })
    void givesTheZoneInPlaceOfThePlaceholder(String pattern, String file, String zone) {
      assertThat(ZoneFilePattern.parse(pattern).zoneOf(file)).contains(name(zone));
    }

    @ParameterizedTest
    @CsvSource({
      "{zone},      example.com.",
      "{zone},      ..",
      "{zone},      .example.com",
      "{zone},      example..com",
      "{zone},      ''",
      "{zone},      @.",
      "{zone},      %2F..x",
      "{zone}.zone, example.com",
      "{zone}.zone, .zone",
      "{zone}.zone, zone",
      "{zone}.zone, example.com..zone",
      "{zone}.zone, example.com.zone.bak",
      "{zone}.zone, example.comzone",
      "db.{zone},   example.com",
      "db.{zone},   db.",
      "db.{zone},   db",
      "db.{zone},   dbexample.com",
      "p.{zone}.q,  p.q",
      "ab{zone}ba,  aba",
    })
    void thatDoesNotFit_isNoZones(String pattern, String file) {
      assertThat(ZoneFilePattern.parse(pattern).zoneOf(file)).isEmpty();
    }

    @Test
    @Rfc(number = 4343, section = "3")
    void isComparedInAnyCase_ofAsciiLettersAlone() {
      ZoneFilePattern pattern = ZoneFilePattern.parse("DB.{zone}.Zone");
      assertThat(pattern.zoneOf("db.EXAMPLE.com.ZONE")).contains(name("example.com"));
      // U+212A, the Kelvin sign, is a k in lower case, elsewhere.
      assertThat(ZoneFilePattern.NAME_ALONE.zoneOf("\u212aelvin.example"))
          .isNotEqualTo(ZoneFilePattern.NAME_ALONE.zoneOf("kelvin.example"))
          .isPresent();
    }

    @Test
    @Rfc(number = 1035, section = "2.3.4")
    void givesAZone_ifLabelsAndNameAreShortEnough() {
      String label = "a".repeat(63);
      String longest = label + "." + label + "." + label + "." + "b".repeat(61);
      for (String text : PATTERNS) {
        ZoneFilePattern pattern = ZoneFilePattern.parse(text);
        assertThat(pattern.zoneOf(file(text, longest))).contains(name(longest));
        assertThat(pattern.zoneOf(file(text, longest + "b"))).isEmpty();
        assertThat(pattern.zoneOf(file(text, label + "a.example"))).isEmpty();
      }
    }

    @Test
    void ofAnyZone_givesThatZone() {
      Random random = new Random(20261122);
      for (int i = 0; i < 2_000; i++) {
        String zone = zone(random);
        String text = PATTERNS.get(random.nextInt(PATTERNS.size()));
        assertThat(ZoneFilePattern.parse(text).zoneOf(file(text, zone.replace("/", "%2F"))))
            .as("%s by %s", zone, text)
            .contains(name(zone));
      }
    }

    private static String file(String pattern, String zone) {
      return pattern.replace("{zone}", zone);
    }

    private static String zone(Random random) {
      String letters = "abcdefghijklmnopqrstuvwxyz0123456789-_/*%@{}+";
      StringBuilder zone = new StringBuilder();
      int labels = 2 + random.nextInt(4);
      for (int label = 0; label < labels; label++) {
        zone.append(label == 0 ? "" : ".");
        for (int i = random.nextInt(12); i >= 0; i--) {
          zone.append(letters.charAt(random.nextInt(letters.length())));
        }
      }
      return zone.toString().replace("%2f", "x");
    }
  }

  @Nested
  class APattern {
    @ParameterizedTest
    @ValueSource(strings = {"{zone}", "{zone}.zone", "db.{zone}", "a b{zone}%", "{{zone}}"})
    void withOnePlaceholder_isTaken(String text) {
      ZoneFilePattern pattern = ZoneFilePattern.parse(text);
      assertThat(pattern).hasToString(text).isEqualTo(ZoneFilePattern.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
      "'',                lacks {zone}",
      "zone,              lacks {zone}",
      "{Zone}.zone,       lacks {zone}",
      "{zone}.{zone},     has more than one {zone}",
      "zones/{zone},      names a folder",
      "{zone}/db,         names a folder",
      ".{zone},           begins with a dot",
      "{zone}._keys,      ends as the names of key files do",
      "{zone}._KEYS,      ends as the names of key files do",
      "'{zone}\t',        holds a control character",
    })
    void byWhichNoZoneCouldBeTold_isRefused_withWhatToWrite(String text, String why) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ZoneFilePattern.parse(text))
          .withMessageContaining(why)
          .withMessageContaining("such as '{zone}.zone' or 'db.{zone}'");
    }
  }
}
