package zonetrail.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The remote: commits, one branch, and what has ever been in it.
final class SimRemote {
  private final Map<String, SimCommit> commits = new HashMap<>();
  private final Map<String, Set<String>> requests = new HashMap<>();
  private final Set<String> everRequests = new HashSet<>();
  private final Set<String> conflictRequests = new HashSet<>();
  private final List<BiConsumer<String, String>> hooks = new ArrayList<>();
  private String tip = "";
  boolean isAway;
  boolean isRefusing;

  /// Whether somebody ever took commits out of the branch.
  boolean wasRewritten;

  /// Whether somebody ever said that updates are to go that the branch had.
  boolean wasLossAccepted;

  /// Calls this with the branch's old and new tip whenever it moved.
  void onMove(BiConsumer<String, String> hook) {
    hooks.add(hook);
  }

  /// Takes a commit into the store of all; which branch has it is another question.
  void store(SimCommit commit) {
    commits.put(commit.id(), commit);
  }

  SimCommit commit(String id) {
    return Objects.requireNonNull(commits.get(id), id);
  }

  String tip() {
    return tip;
  }

  SimCommit tipCommit() {
    return commit(tip);
  }

  void moveTo(String next) {
    String last = tip;
    tip = next;
    everRequests.addAll(requests(next));
    hooks.forEach(hook -> hook.accept(last, next));
  }

  /// Whether a request is or was in the branch.
  boolean hasEverHad(String request) {
    return everRequests.contains(request);
  }

  void keepForPeople(SimCommit commit) {
    conflictRequests.addAll(commit.requests());
  }

  boolean isKeptForPeople(String request) {
    return conflictRequests.contains(request);
  }

  boolean isAncestor(String ancestor, String of) {
    for (@Nullable String id = of; id != null && !id.isEmpty(); id = commit(id).parent()) {
      if (id.equals(ancestor)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a branch lacks updates that it had, and nobody said that they are to go.
  boolean losesUpdates(String from, String to) {
    if (isAncestor(from, to)) {
      return false;
    }
    Set<String> kept = requests(to);
    boolean isLoss =
        only(from, to).stream().anyMatch(commit -> !kept.containsAll(commit.requests()));
    return isLoss && !isAccepted(only(to, from));
  }

  /// A commit of the new line says so, naming one of that line or what it stands on.
  private static boolean isAccepted(List<SimCommit> line) {
    Set<String> ids = new HashSet<>();
    for (SimCommit commit : line) {
      ids.add(commit.id());
      ids.add(String.valueOf(commit.parent()));
    }
    return line.stream().anyMatch(commit -> commit.accepts().stream().anyMatch(ids::contains));
  }

  private List<SimCommit> only(String line, String other) {
    return line(line).stream().filter(commit -> !isAncestor(commit.id(), other)).toList();
  }

  /// The commits up to this one, newest first.
  List<SimCommit> line(String upTo) {
    List<SimCommit> line = new ArrayList<>();
    for (@Nullable String id = upTo; id != null && !id.isEmpty(); id = commit(id).parent()) {
      line.add(commit(id));
    }
    return line;
  }

  /// The requests told of by the commits up to this one; not to be changed.
  Set<String> requests(String upTo) {
    Set<String> known = requests.get(upTo);
    if (known == null) {
      SimCommit commit = commit(upTo);
      String parent = commit.parent();
      Set<String> before = parent == null ? Set.of() : requests(parent);
      known = commit.requests().isEmpty() ? before : union(before, commit.requests());
      requests.put(upTo, known);
    }
    return known;
  }

  private static Set<String> union(Set<String> some, Set<String> more) {
    Set<String> all = new HashSet<>(some);
    all.addAll(more);
    return all;
  }
}
