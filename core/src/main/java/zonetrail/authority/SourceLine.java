package zonetrail.authority;

import java.util.List;

/// The versions of a source that are to be looked at in turn: the first-parent line of a git
/// branch, from the commit after the one looked at last to its tip.
///
/// Each version counts, also one that was pushed together with its successor: of two commits with
/// one serial the first is what that serial stands for, at every server that follows the branch.
///
/// @param trees oldest first, never empty; the last is the source as it is now
/// @param isRewritten whether the version looked at last is no longer in the source's history
public record SourceLine(List<SourceTree> trees, boolean isRewritten) {
  /// Copies the list.
  ///
  /// @throws IllegalArgumentException if it is empty
  public SourceLine {
    trees = List.copyOf(trees);
    if (trees.isEmpty()) {
      throw new IllegalArgumentException("a line has at least the source's present version");
    }
  }

  /// The source as it is now and nothing before.
  public static SourceLine of(SourceTree now) {
    return new SourceLine(List.of(now), false);
  }

  /// The source as it is now.
  public SourceTree now() {
    return trees.getLast();
  }
}
