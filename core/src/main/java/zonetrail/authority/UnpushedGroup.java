package zonetrail.authority;

import java.util.ArrayList;
import java.util.List;
import zonetrail.authority.ZoneEdit.Acknowledged;

/// A group of edits that is committed and not known to be at the source.
///
/// @param verdicts one for each member, in their order
/// @param advance the files with what was made
record UnpushedGroup(
    List<GroupMember> members, List<EditVerdict> verdicts, ZoneFiles.Advance advance) {
  /// One that an earlier run left; of its clients nobody waits any more.
  static UnpushedGroup ofEarlierRun(Input.Unpushed unpushed) {
    List<GroupMember> members = new ArrayList<>();
    List<EditVerdict> verdicts = new ArrayList<>();
    for (ZoneEdit edit : unpushed.edits()) {
      members.add(GroupMember.of(edit));
      verdicts.add(
          edit instanceof Acknowledged made
              ? new EditVerdict.Made(made, made.made().summary())
              : new EditVerdict.Unchanged());
    }
    return new UnpushedGroup(
        members, verdicts, new ZoneFiles.Advance(unpushed.files(), true, List.of()));
  }

  /// The last of its commits.
  String tip() {
    return advance.files().version();
  }
}
