package zonetrail.authority;

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
import org.junit.jupiter.params.provider.ValueSource;

/// Versions of a map, beside plain maps.
class VersionedMapTest {
  /// A key of which many have one hash.
  private record Key(int number) {
    @Override
    public int hashCode() {
      return number / 3;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 40, 4_000})
  void eachVersionIsWhatAPlainMapIs_andEarlierOnesStay(int keys) {
    Random random = new Random(keys);
    Map<Key, String> plain = new HashMap<>();
    VersionedMap<Key, String> now = VersionedMap.empty();
    List<VersionedMap<Key, String>> versions = new ArrayList<>();
    List<Map<Key, String>> expected = new ArrayList<>();
    for (int version = 0; version < 60; version++) {
      VersionedMap.Editor<Key, String> edit = now.edit();
      for (int i = random.nextInt(1 + keys / 10); i >= 0; i--) {
        Key key = new Key(random.nextInt(keys));
        if (random.nextInt(3) == 0) {
          edit.remove(key);
          plain.remove(key);
        } else {
          String value = "v" + random.nextInt();
          edit.put(key, value);
          plain.put(key, value);
        }
        assertThat(edit.size()).isEqualTo(plain.size());
        assertThat(edit.get(key)).isEqualTo(plain.get(key));
      }
      now = edit.build();
      versions.add(now);
      expected.add(new HashMap<>(plain));
    }
    for (int version = 0; version < versions.size(); version++) {
      assertThat(versions.get(version)).isEqualTo(expected.get(version));
      assertThat(new HashMap<>(versions.get(version))).isEqualTo(expected.get(version));
    }
    for (int i = 0; i < 200; i++) {
      int from = random.nextInt(versions.size());
      int to = random.nextInt(versions.size());
      List<Key> changed = VersionedMap.changedKeys(versions.get(from), versions.get(to));
      assertThat(new HashSet<>(changed))
          .hasSize(changed.size())
          .isEqualTo(changed(expected.get(from), expected.get(to)));
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very same value is meant
  private static Set<Key> changed(Map<Key, String> before, Map<Key, String> after) {
    Set<Key> changed = new HashSet<>(before.keySet());
    changed.addAll(after.keySet());
    changed.removeIf(key -> before.get(key) == after.get(key));
    return changed;
  }

  @Test
  void aPlainMapIsTakenOver_andOneOfTheseIsTheSame() {
    VersionedMap<String, Integer> map = VersionedMap.of(Map.of("a", 1, "b", 2));
    assertThat(map).isEqualTo(Map.of("a", 1, "b", 2)).hasSize(2);
    assertThat(VersionedMap.of(map)).isSameAs(map);
    assertThat(map.get("c")).isNull();
  }
}
