package zonetrail.zone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownNameTest {
  @ParameterizedTest
  @CsvSource({
    "example.com,             example.com",
    "'a b',                   'a b'",
    "'a\nb',                  a<U+000A>b",
    "'\u001b[2J',             <U+001B>[2J",
    "'\u202eabc',             <U+202E>abc",
    "'\u2028x',               <U+2028>x",
    "'\ud83dx',               <U+D83D>x",
    "m\u00fcnchen,            m\u00fcnchen",
    "\ud83d\ude00.example,    \ud83d\ude00.example",
  })
  void whatCouldForgeALineOrChangeTheTerminalIsWrittenAsItsNumber(String name, String shown) {
    assertThat(ShownName.of(name)).isEqualTo(shown);
  }
}
