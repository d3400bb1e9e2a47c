package zonetrail.authority;

import java.util.List;

/// A group of edits that is committed and not known to be at the source.
///
/// @param verdicts one for each member, in their order
/// @param advance the files with what was made
record UnpushedGroup(
    List<GroupMember> members, List<EditVerdict> verdicts, ZoneFiles.Advance advance) {
  /// The last of its commits.
  String tip() {
    return advance.files().version();
  }
}
