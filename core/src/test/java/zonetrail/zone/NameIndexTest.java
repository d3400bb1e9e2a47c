package zonetrail.zone;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
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
      for (int of = 0; of < versions.size(); of += 7) {
        Set<Integer> onlyThen = new HashSet<>(expected.get(version).keySet());
        onlyThen.removeAll(expected.get(of).keySet());
        List<Integer> shown = notShared(then, versions.get(of));
        Set<Integer> distinct = new HashSet<>(shown);
        assertThat(distinct).hasSameSizeAs(shown);
        assertThat(distinct.containsAll(onlyThen)).isTrue();
        assertThat(expected.get(version).keySet().containsAll(distinct)).isTrue();
      }
    }
  }

  @Test
  void oneChangeOfManyNamesLeavesAllPagesButOneShared() {
    NameIndex.Editor names = new NameIndex.Editor(NameIndex.NONE);
    Random random = new Random(1);
    for (int ref = 0; ref < 100_000; ref++) {
      names.add(random.nextInt(), ref);
    }
    NameIndex before = names.toIndex();
    NameIndex.Editor one = new NameIndex.Editor(before);
    one.add(0x1234_5678, 100_000);
    NameIndex after = one.toIndex();
    assertThat(notShared(after, after)).isEmpty();
    assertThat(notShared(after, before)).contains(100_000).hasSizeLessThan(1_000);
    assertThat(notShared(before, after)).hasSize(notShared(after, before).size() - 1);
  }

  private static List<Integer> notShared(NameIndex index, NameIndex other) {
    List<Integer> refs = new ArrayList<>();
    index.forEachNotShared(other, refs::add);
    return refs;
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
