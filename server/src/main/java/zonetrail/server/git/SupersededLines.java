package zonetrail.server.git;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/// What became of lines that another one took the place of: which of their requests were made again
/// on that, and which did not fit any more.
///
/// What is asked has to be settled: it is read from the clone. Not for sharing between threads.
final class SupersededLines {
  private final CloneDirectory clone;
  private final PendingLine line;

  SupersededLines(CloneDirectory clone, PendingLine line) {
    this.clone = clone;
    this.line = line;
  }

  /// The last commits of all lines, oldest first; those of one second, which is as exact as git
  /// tells time, in no order.
  List<ObjectId> tips() throws IOException {
    List<RevCommit> tips = new ArrayList<>();
    try (RevWalk walk = new RevWalk(clone.repository())) {
      for (ObjectId tip : line.superseded()) {
        tips.add(walk.parseCommit(tip));
      }
    }
    return tips.stream()
        .sorted(Comparator.comparingInt(RevCommit::getCommitTime))
        .map(RevCommit::copy)
        .toList();
  }

  /// The commits of a line that were not made again as a whole, oldest first.
  ///
  /// @param tip the line's last commit
  /// @param fetched what is in the remote, as far as is known
  List<ObjectId> left(ObjectId tip, ObjectId fetched) throws IOException {
    List<ObjectId> left = new ArrayList<>();
    SettledRequests beside = beside(tip, fetched);
    for (ObjectId commit : line.line(tip, fetched)) {
      List<String> own = RequestTrailers.of(clone.repository(), commit);
      if (own.isEmpty() || !beside.has(own)) {
        left.add(commit);
      }
    }
    return left;
  }

  /// The requests of a commit that were made again, or did not fit any more; none before the first
  /// fetch.
  Set<String> settledOf(ObjectId commit) throws IOException {
    ObjectId fetched = clone.fetched();
    if (fetched == null) {
      return Set.of();
    }
    Set<String> own = new HashSet<>(RequestTrailers.of(clone.repository(), commit));
    SettledRequests beside = beside(commit, fetched);
    own.removeIf(id -> !beside.has(List.of(id)));
    return own;
  }

  /// Whether something of a line was found not to fit any more, by a process that ended before it
  /// kept the line for people.
  boolean hasConflict(ObjectId tip) throws IOException {
    ObjectId fetched = clone.fetched();
    if (fetched == null) {
      return false;
    }
    Set<String> conflicts = beside(tip, fetched).conflicts();
    if (conflicts.isEmpty()) {
      return false;
    }
    for (ObjectId commit : line.line(tip, fetched)) {
      if (RequestTrailers.of(clone.repository(), commit).stream().anyMatch(conflicts::contains)) {
        return true;
      }
    }
    return false;
  }

  private SettledRequests beside(ObjectId superseded, ObjectId fetched) throws IOException {
    return SettledRequests.beside(clone.repository(), superseded, fetched, line.current());
  }
}
