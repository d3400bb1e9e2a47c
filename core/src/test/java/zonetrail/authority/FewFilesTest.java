package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.masterfile.ZoneReading;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;

/// A look at the files that are others comes to the same as a look at all of them.
class FewFilesTest {
  private static final String[] NAMES = {
    "a.example",
    "b.example",
    "c.example",
    "d.example",
    "e.example",
    "README",
    "hosts",
    "more",
    "a.example._keys",
    "_keys"
  };

  private final MemoryTree repository = new MemoryTree();

  private static String zone(int serial, String more) {
    return "$TTL 300\n@ SOA ns.x. h.x. " + serial + " 1 1 1 1\n NS ns.x.\n" + more;
  }

  private static String keys(int number) {
    return "a%d._update.a.example. DNSKEY 0 3 163 cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n\n"
        .formatted(number);
  }

  private static String text(String name, int serial, Random random) {
    if (name.endsWith("_keys")) {
      return random.nextInt(4) == 0 ? "broken" : keys(random.nextInt(9));
    }
    if (!name.endsWith(".example")) {
      return "w%d A 192.0.2.1\n".formatted(random.nextInt(9));
    }
    return switch (random.nextInt(8)) {
      case 0 -> "no zone\n";
      case 1 -> zone(serial, "broken (\n");
      case 2 -> zone(1 + random.nextInt(serial), "");
      case 3 -> zone(serial, "$INCLUDE hosts\n");
      case 4 -> zone(serial, "$INCLUDE more\n$INCLUDE hosts\n");
      case 5 -> "unreadable";
      default -> zone(serial, "x%d A 192.0.2.2\n".formatted(random.nextInt(9)));
    };
  }

  private SourceTree commit(Random random) {
    SourceTree made =
        repository.commit(
            switch (random.nextInt(5)) {
              case 0 -> Acceptance.NOTHING;
              case 1 -> Acceptance.of(Set.of(MemoryTree.version(1 + random.nextInt(20))));
              default -> Acceptance.of(Set.of(Acceptance.THIS));
            });
    return new SourceTree(
        made.version(),
        made.time(),
        made.acceptance(),
        made.layout(),
        VersionedMap.of(made.files()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void whateverHappensToFiles(int seed) {
    Random random = new Random(seed);
    for (String name : NAMES) {
      if (random.nextInt(4) > 0) {
        repository.put(name, text(name, 1, random));
      }
    }
    ZoneFiles now = ZoneFiles.NONE.advance(commit(random)).files();
    for (int serial = 2; serial < 60; serial++) {
      Set<String> names = new HashSet<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        String name = NAMES[random.nextInt(random.nextInt(3) == 0 ? NAMES.length : 5)];
        names.add(name);
        if (random.nextInt(4) == 0) {
          repository.remove(name);
        } else {
          repository.put(name, text(name, serial, random));
        }
      }
      SourceTree tree = commit(random);
      Map<WireName, ZoneReading> written = written(now, tree, names);
      ZoneFiles all = new TreeReading(now, tree, false, List.of(), 0, written).read();
      ZoneFiles few = now.advance(tree, written, names).files();
      expectSame(few, all);
      now = random.nextBoolean() ? few : all;
    }
  }

  /// As of our own edits: those zones need not be read.
  private static Map<WireName, ZoneReading> written(
      ZoneFiles before, SourceTree tree, Set<String> names) {
    Map<WireName, ZoneReading> written = new HashMap<>();
    ZoneFiles alone = ZoneFiles.NONE.advance(tree).files();
    for (String name : names) {
      WireName apex = WireName.parse(name);
      ZoneState state = alone.state(apex);
      ZoneState was = before.state(apex);
      if (state != null
          && state.problem() == null
          && state.served() != null
          && state.served().includes().isEmpty()
          && (was == null || was.problem() == null)) {
        written.put(apex, new ZoneReading(state.served().zone(), List.of()));
      }
    }
    return written;
  }

  private static void expectSame(ZoneFiles few, ZoneFiles all) {
    assertThat(few.version()).isEqualTo(all.version());
    assertThat(few.entries()).isEqualTo(all.entries());
    assertThat(few.floors()).isEqualTo(all.floors());
    assertThat(few.states().keySet()).isEqualTo(all.states().keySet());
    few.states()
        .forEach((apex, state) -> expectSame(state, Objects.requireNonNull(all.state(apex))));
    assertThat(few.zones().size()).isEqualTo(all.zones().size());
    few.states()
        .forEach((apex, state) ->
            assertThat(few.zones().zone(apex) instanceof Zone).isEqualTo(state.isServed()));
    assertThat(few.keys().files()).isEqualTo(all.keys().files());
    assertThat(few.tally()).isEqualTo(FileTally.of(few.entries(), few.states()));
    assertThat(few.heldBack().withheld()).isEqualTo(all.heldBack().withheld());
    assertThat(few.heldBack().instead()).isEqualTo(all.heldBack().instead());
    assertThat(few.heldBack().marks()).hasSameElementsAs(all.heldBack().marks());
  }

  private static void expectSame(ZoneState few, ZoneState all) {
    assertThat(few.problem()).isEqualTo(all.problem());
    assertThat(few.asOf()).isEqualTo(all.asOf());
    assertThat(few.serial()).isEqualTo(all.serial());
    assertThat(few.served() == null).isEqualTo(all.served() == null);
    if (few.served() != null && all.served() != null) {
      assertThat(few.served().zone().sameRecords(all.served().zone())).isTrue();
      assertThat(few.served().fileName()).isEqualTo(all.served().fileName());
      assertThat(few.served().includes()).isEqualTo(all.served().includes());
    }
  }

  @Test
  void filesThatAreNotOthersAreNotLookedAt() {
    for (int i = 0; i < 50; i++) {
      repository.put("z" + i + ".example", zone(1, ""));
    }
    ZoneFiles before = ZoneFiles.NONE.advance(repository.commit()).files();
    repository.put("z7.example", zone(2, ""));
    Map<String, SourceFile> onlyThis =
        Map.of("z7.example", Objects.requireNonNull(repository.commit().files().get("z7.example")));
    SourceTree tree =
        new SourceTree(
            MemoryTree.version(9), MemoryTree.TIME, Acceptance.NOTHING, Layout.DEFAULT, onlyThis);
    ZoneFiles after = before.advance(tree, Map.of(), Set.of("z7.example")).files();
    assertThat(after.states()).hasSize(50);
    assertThat(after.zones().otherThanIn(before.zones()))
        .containsExactly(after.zones().zone(WireName.parse("z7.example")));
  }
}
