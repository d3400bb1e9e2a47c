package zonetrail.zone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The index against a map of Java's, through many versions, each of which must stay as it was.
class NameIndexTest {
  @ParameterizedTest
  @CsvSource({"1, 32", "2, 32", "3, 3", "4, 12"})
  void holdsWhatWasPutIn_inEachVersion(long seed, int hashBits) {
    Random random = new Random(seed);
    List<NameIndex> versions = new ArrayList<>();
    List<Map<Integer, Integer>> expected = new ArrayList<>();
    NameIndex index = NameIndex.NONE;
    Map<Integer, Integer> hashes = new HashMap<>(); // by ref
    List<Integer> live = new ArrayList<>();
    int nextRef = 0;
    for (int version = 0; version < 40; version++) {
      NameIndex.Editor editor = new NameIndex.Editor(index);
      for (int change = 0; change < 100; change++) {
        int kind = random.nextInt(10);
        if (kind < 6 || hashes.isEmpty()) {
          int hash = (random.nextInt() >>> (32 - hashBits)) << (random.nextInt(2) * 20);
          editor.add(hash, nextRef);
          live.add(nextRef);
          hashes.put(nextRef++, hash);
        } else {
          int chosen = random.nextInt(live.size());
          int ref = live.get(chosen);
          live.subList(chosen, chosen + 1).clear();
          int hash = requireNonNull(hashes.remove(ref));
          if (kind < 8) {
            editor.remove(hash, ref);
          } else {
            editor.replace(hash, ref, nextRef);
            live.add(nextRef);
            hashes.put(nextRef++, hash);
          }
        }
      }
      index = editor.toIndex();
      versions.add(index);
      expected.add(new HashMap<>(hashes));
    }
    for (int version = 0; version < versions.size(); version++) {
      NameIndex then = versions.get(version);
      assertThat(then.count()).isEqualTo(expected.get(version).size());
      Map<Integer, List<Integer>> refsByHash = new HashMap<>();
      expected
          .get(version)
          .forEach(
              (ref, hash) -> refsByHash.computeIfAbsent(hash, any -> new ArrayList<>()).add(ref));
      refsByHash.forEach(
          (hash, refs) -> assertThat(refs(then, hash)).containsExactlyInAnyOrderElementsOf(refs));
      assertThat(refs(then, 0x5a5a5a5a)).as("a hash that no name has").isEmpty();
    }
  }

  private static List<Integer> refs(NameIndex index, int hash) {
    List<Integer> refs = new ArrayList<>();
    long[] page = index.page(hash);
    int place = -1;
    while ((place = NameIndex.search(page, hash, place)) >= 0) {
      refs.add(NameIndex.refAt(page, place));
    }
    return refs;
  }
}
