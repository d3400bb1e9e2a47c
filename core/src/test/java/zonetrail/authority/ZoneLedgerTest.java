package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a ledger answers by asking itself.
class ZoneLedgerTest {
  private static final int LENGTH = 2_000;

  private final Set<String> remote = new HashSet<>();
  private int asked;

  private final ZoneLedger ledger =
      new UnusedLedger() {
        @Override
        public SourceTree commit(String parent, ZoneCommit commit) {
          throw new AssertionError("not used here");
        }

        @Override
        public boolean isInRemote(String version) {
          asked++;
          return remote.contains(version);
        }
      };

  @Test
  void theLastOfALineThatIsThere_isFoundWithFewQuestions() {
    List<String> line = IntStream.range(0, LENGTH).mapToObj(i -> "v" + i).toList();
    assertThat(ledger.lastInRemote(List.of())).isNull();
    assertThat(ledger.lastInRemote(line)).isNull();
    for (String version : line) {
      remote.add(version);
      asked = 0;
      assertThat(ledger.lastInRemote(line)).isEqualTo(version);
      assertThat(asked).isLessThanOrEqualTo(11);
    }
  }
}
