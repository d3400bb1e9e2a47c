package zonetrail.authority;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.Acknowledged;

/// A group of edits that is committed and not known to be at the source.
///
/// @param tip the last of its commits
/// @param files the files with what was made; null where nobody needs them, see [UnpushedGroups]
/// @param members none where nobody has read yet what was made
/// @param verdicts one for each member, in their order
/// @param isRead whether it is known what was made
record UnpushedGroup(
    String tip,
    @Nullable ZoneFiles files,
    List<GroupMember> members,
    List<EditVerdict> verdicts,
    boolean isRead) {

  /// One that was committed just now.
  static UnpushedGroup of(ZoneFiles files, List<GroupMember> members, List<EditVerdict> verdicts) {
    return new UnpushedGroup(files.version(), files, members, verdicts, true);
  }

  /// One that an earlier run left; of its clients nobody waits any more.
  ///
  /// @param files its files, if they are known
  static UnpushedGroup ofEarlierRun(String version, @Nullable ZoneFiles files) {
    return new UnpushedGroup(version, files, List.of(), List.of(), false);
  }

  /// The same, when its files are not needed any more.
  UnpushedGroup withoutFiles() {
    return new UnpushedGroup(tip, null, members, verdicts, isRead);
  }

  /// The same, of which it is known by now what was made.
  UnpushedGroup read(List<ZoneEdit> edits) {
    List<GroupMember> made = new ArrayList<>();
    List<EditVerdict> outcomes = new ArrayList<>();
    for (ZoneEdit edit : edits) {
      made.add(GroupMember.of(edit));
      outcomes.add(
          edit instanceof Acknowledged acknowledged
              ? new EditVerdict.Made(acknowledged, acknowledged.alteration().text().summary())
              : new EditVerdict.Unchanged());
    }
    return new UnpushedGroup(tip, files, made, outcomes, true);
  }
}
