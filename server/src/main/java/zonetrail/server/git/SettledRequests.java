package zonetrail.server.git;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/// What became of requests beside the line of commits that was superseded: of them nothing has to
/// be made again.
///
/// @param made requests that were made
/// @param conflicts requests that did not fit any more
record SettledRequests(Set<String> made, Set<String> conflicts) {

  /// What commits tell of that are in the remote or on the current line, and not in the history of
  /// a superseded one; of very many the newest.
  ///
  /// @throws IOException if a commit is damaged
  static SettledRequests beside(
      Repository repository, ObjectId superseded, ObjectId fetched, @Nullable ObjectId current)
      throws IOException {
    Set<String> made = new HashSet<>();
    Set<String> conflicts = new HashSet<>();
    try (RevWalk walk = new RevWalk(repository)) {
      walk.markStart(walk.parseCommit(fetched));
      if (current != null) {
        walk.markStart(walk.parseCommit(current));
      }
      walk.markUninteresting(walk.parseCommit(superseded));
      RevCommit commit = walk.next();
      for (int looked = 0; commit != null && looked < RequestTrailers.MAX_COMMITS; looked++) {
        made.addAll(RequestTrailers.of(commit));
        conflicts.addAll(RequestTrailers.conflicts(commit));
        commit = walk.next();
      }
    }
    return new SettledRequests(made, conflicts);
  }

  /// Whether something became of all of these.
  boolean has(List<String> requests) {
    return requests.stream().allMatch(id -> made.contains(id) || conflicts.contains(id));
  }
}
