package zonetrail.authority;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Commits of an earlier run that wait for the remote, as long as nobody has read what they did: to
/// serve their last version, and to push them, takes no more than their names.
///
/// Only where they have to be made again, since the remote has moved on, each is compared with the
/// one before it. With thousands that takes seconds, in which no commit is made. One owner, like
/// [Primary].
final class UnreadCommits {
  private boolean areWanted;
  private boolean areBeingRead;

  /// Has those read that are not.
  ///
  /// @return whether there are any
  boolean want(Collection<UnpushedGroup> pending) {
    areWanted = pending.stream().anyMatch(group -> !group.isRead());
    return areWanted;
  }

  /// Whether no commit may be made for now.
  boolean areWaitedFor() {
    return areWanted || areBeingRead;
  }

  /// What is to be read now.
  ///
  /// @return null if there is nothing, or it is under way
  Effect.@Nullable ReadBack begin(Collection<UnpushedGroup> pending) {
    if (!areWanted || areBeingRead) {
      return null;
    }
    List<UnpushedGroup> unread = pending.stream().filter(group -> !group.isRead()).toList();
    if (unread.isEmpty()) {
      areWanted = false; // the remote has them by now
      return null;
    }
    areBeingRead = true;
    return new Effect.ReadBack(
        unread.stream().map(UnpushedGroup::tip).toList(),
        Objects.requireNonNull(unread.getLast().files(), "the last one's files are known"));
  }

  /// Puts what was read into its place.
  ///
  /// @param edits by version; what is not among them did not wait any more, and did nothing
  void read(Map<String, List<ZoneEdit>> edits, Deque<UnpushedGroup> pending) {
    areWanted = false;
    areBeingRead = false;
    List<UnpushedGroup> groups = new ArrayList<>(pending);
    pending.clear();
    for (UnpushedGroup group : groups) {
      pending.add(group.isRead() ? group : group.read(edits.getOrDefault(group.tip(), List.of())));
    }
  }

  /// It could not be read, and is to be tried again.
  void notRead() {
    areBeingRead = false;
  }
}
