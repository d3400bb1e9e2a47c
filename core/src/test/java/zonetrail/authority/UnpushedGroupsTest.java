package zonetrail.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Of the groups that wait for the source, which files are held, and in which order they are taken.
class UnpushedGroupsTest {
  private final UnpushedGroups groups = new UnpushedGroups();
  private final MemoryTree repository = new MemoryTree();

  private String add(@Nullable String pushing) {
    UnpushedGroup group = UnpushedGroup.of(files(), List.of(), List.of());
    groups.add(group, pushing);
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
  void theLastHasFiles_andWhatIsBeingPushed() {
    add(null);
    String pushed = add(null);
    assertThat(withFiles()).containsExactly(pushed);
    add(pushed);
    add(pushed);
    String last = add(pushed);
    assertThat(withFiles()).containsExactly(pushed, last);
    assertThat(groups.files(ZoneFiles.NONE).version()).isEqualTo(last);
    assertThat(groups.tip()).isEqualTo(last);
  }

  /// They are what it is read back from.
  @Test
  void theLastOfAnEarlierRun_hasFilesUntilItIsRead() {
    ZoneFiles files = files();
    groups.add(UnpushedGroup.ofEarlierRun("earlier", null), null);
    groups.add(UnpushedGroup.ofEarlierRun(files.version(), files), null);
    String last = add(null);
    assertThat(withFiles()).containsExactly(files.version(), last);
  }

  @Test
  void theFirstAreTaken_upToOne() {
    String first = add(null);
    String second = add(null);
    String third = add(null);
    assertThat(groups.of(second)).map(UnpushedGroup::tip).contains(second);
    assertThat(tips(groups.takeUpTo(second))).containsExactly(first, second);
    assertThat(tips()).containsExactly(third);
    assertThat(groups.of(second)).isEmpty();
    assertThat(tips(groups.takeUpTo(second))).containsExactly(third);
    assertThat(groups.isEmpty()).isTrue();
    assertThat(groups.files(ZoneFiles.NONE)).isSameAs(ZoneFiles.NONE);
  }

  @Test
  void eachMayBecomeAnother_inItsPlace() {
    String first = add(null);
    String second = add(null);
    groups.replaceAll(UnpushedGroup::withoutFiles);
    assertThat(tips()).containsExactly(first, second);
    assertThat(withFiles()).isEmpty();
  }
}
