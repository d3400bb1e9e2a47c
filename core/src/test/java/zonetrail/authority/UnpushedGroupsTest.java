package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Of the groups that wait for the source, which files are held, and in which order they are taken.
class UnpushedGroupsTest {
  private final UnpushedGroups groups = new UnpushedGroups();
  private final MemoryTree repository = new MemoryTree();

  private String add() {
    UnpushedGroup group = UnpushedGroup.of(files(), List.of(), List.of());
    groups.add(group);
    return group.tip();
  }

  private ZoneFiles files() {
    repository.put("readme", "version " + groups.size());
    return ZoneFiles.NONE.advance(repository.commit()).files();
  }

  private List<String> tips() {
    return tips(groups.all());
  }

  private static List<String> tips(List<UnpushedGroup> some) {
    return some.stream().map(UnpushedGroup::tip).toList();
  }

  private List<String> withFiles() {
    return tips(groups.all().stream().filter(group -> group.files() != null).toList());
  }

  @Test
  void theLastHasFiles() {
    add();
    assertThat(withFiles()).hasSize(1);
    add();
    String last = add();
    assertThat(withFiles()).containsExactly(last);
    assertThat(groups.files(ZoneFiles.NONE).version()).isEqualTo(last);
    assertThat(groups.tip()).isEqualTo(last);
  }

  /// They are what it is read back from.
  @Test
  void theLastOfAnEarlierRun_hasFilesUntilItIsRead() {
    ZoneFiles files = files();
    groups.add(UnpushedGroup.ofEarlierRun("earlier", null));
    groups.add(UnpushedGroup.ofEarlierRun(files.version(), files));
    String last = add();
    assertThat(withFiles()).containsExactly(files.version(), last);
  }

  @Test
  void theFirstAreTaken_upToOne() {
    String first = add();
    String second = add();
    String third = add();
    assertThat(groups.has(second)).isTrue();
    assertThat(tips(groups.takeUpTo(second))).containsExactly(first, second);
    assertThat(tips()).containsExactly(third);
    assertThat(groups.has(second)).isFalse();
    assertThat(tips(groups.takeUpTo(second))).containsExactly(third);
    assertThat(groups.isEmpty()).isTrue();
    assertThat(groups.files(ZoneFiles.NONE)).isSameAs(ZoneFiles.NONE);
  }

  @Test
  void eachMayBecomeAnother_inItsPlace() {
    String first = add();
    String second = add();
    groups.replaceAll(UnpushedGroup::withoutFiles);
    assertThat(tips()).containsExactly(first, second);
    assertThat(withFiles()).isEmpty();
  }
}
