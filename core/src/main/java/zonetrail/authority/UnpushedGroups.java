package zonetrail.authority;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// The line of groups that are committed and not known to be at the source, oldest first.
///
/// Any number may wait, for days where the remote is away, so of each only what it changed is held:
/// the files are those of the last one, which the next is made on, and of the last one of an
/// earlier run until that is read. One owner, like [Primary].
final class UnpushedGroups {
  private final Deque<UnpushedGroup> groups = new ArrayDeque<>();

  boolean isEmpty() {
    return groups.isEmpty();
  }

  int size() {
    return groups.size();
  }

  /// The last commit of the line, of which there is one.
  String tip() {
    return groups.getLast().tip();
  }

  /// The files with all that the line has.
  ///
  /// @param source those of a line that has nothing
  ZoneFiles files(ZoneFiles source) {
    return groups.isEmpty()
        ? source
        : Objects.requireNonNull(groups.getLast().files(), "those of a line's last are known");
  }

  /// All of them.
  List<UnpushedGroup> all() {
    return List.copyOf(groups);
  }

  /// Whether one of them ends with this commit.
  boolean has(String tip) {
    return groups.stream().anyMatch(group -> group.tip().equals(tip));
  }

  /// Adds one at the end.
  void add(UnpushedGroup group) {
    UnpushedGroup last = groups.peekLast();
    if (last != null && last.isRead()) {
      groups.removeLast();
      groups.add(last.withoutFiles());
    }
    groups.add(group);
  }

  /// Takes the first ones out, as long as they are such.
  List<UnpushedGroup> takeWhile(Predicate<UnpushedGroup> isSuch) {
    List<UnpushedGroup> taken = new ArrayList<>();
    while (!groups.isEmpty() && isSuch.test(groups.getFirst())) {
      taken.add(groups.removeFirst());
    }
    return taken;
  }

  /// Takes those out that end with this commit; all, where none has it.
  List<UnpushedGroup> takeUpTo(String tip) {
    List<UnpushedGroup> taken = takeWhile(group -> !group.tip().equals(tip));
    if (!groups.isEmpty()) {
      taken.add(groups.removeFirst());
    }
    return taken;
  }

  /// Takes all out.
  List<UnpushedGroup> takeAll() {
    return takeWhile(_ -> true);
  }

  /// Each becomes another, in its place.
  void replaceAll(UnaryOperator<UnpushedGroup> change) {
    groups.addAll(takeAll().stream().map(change).toList());
  }
}
