package zonetrail.server.git;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.eclipse.jgit.lib.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.PushOutcome;

/// Brings commits that were given up into branches of their own at the remote, where people find
/// them: `zonetrail/conflict-` and the beginning of the commit's id. Until one is there it is kept
/// in the clone.
///
/// A remote may refuse them for good, as where it takes nothing but its main branch. It is asked
/// for one commit at a time, and after a failure not before a pause, which doubles as long as
/// nothing gets there. Those that failed least often come first, so that one that is refused keeps
/// no other from its branch.
///
/// Thread: the network lane.
final class ConflictBranches {
  /// How long nothing is tried after the first failure.
  static final Duration FIRST_PAUSE = Duration.ofMinutes(1);

  /// How long at most.
  static final Duration MAX_PAUSE = Duration.ofHours(1);

  private static final String PREFIX = "refs/heads/zonetrail/conflict-";
  private static final int DIGITS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(ConflictBranches.class);

  private final LocalCommits commits;
  private final RemotePush pushing;
  private final LongSupplier nanoClock;

  /// How often each of those that wait could not be pushed.
  private final Map<ObjectId, Integer> failures = new HashMap<>();

  private Duration pause = FIRST_PAUSE;

  /// Not before then is anything tried.
  private long fromNanos;

  /// @param nanoClock as [System#nanoTime]
  ConflictBranches(LocalCommits commits, RemotePush pushing, LongSupplier nanoClock) {
    this.commits = commits;
    this.pushing = pushing;
    this.nanoClock = nanoClock;
    this.fromNanos = nanoClock.getAsLong();
  }

  /// Pushes one that is not there yet, if it is time.
  ///
  /// @return whether it got there, and another one may be tried at once
  boolean pushNext(CloneRepository clone) {
    if (nanoClock.getAsLong() - fromNanos < 0) {
      return false;
    }
    List<ObjectId> conflicts = commits.conflicts();
    failures.keySet().retainAll(conflicts);
    Optional<ObjectId> next = conflicts.stream().min(Comparator.comparingInt(this::failuresOf));
    return next.isPresent() && push(clone, next.get());
  }

  private int failuresOf(ObjectId commit) {
    return failures.getOrDefault(commit, 0);
  }

  private boolean push(CloneRepository clone, ObjectId commit) {
    String branch = PREFIX + commit.abbreviate(DIGITS).name();
    return switch (pushing.push(clone, branch, commit, at -> at == null)) {
      case PushOutcome.Pushed _ -> forget(commit);
      case PushOutcome.Superseded _ -> failed(commit, branch, "it is there, and another commit");
      case PushOutcome.Failed(String reason, _, _) -> failed(commit, branch, reason);
      case PushOutcome.Unknown(String reason) -> failed(commit, branch, reason);
    };
  }

  private boolean forget(ObjectId commit) {
    try {
      commits.removeConflict(commit);
      pause = FIRST_PAUSE;
      return true;
    } catch (IOException e) {
      LOG.warn("cannot note that commit {} is in the remote ({})", commit.name(), e.getMessage());
      pauseAfter(commit);
      return false;
    }
  }

  private boolean failed(ObjectId commit, String branch, String why) {
    if (failuresOf(commit) == 0) {
      LOG.warn(
          "commit {} is not yet in the remote's {} ({}); it is kept in the clone and tried again"
              + " after pushes and fetches, in {} s at the earliest, and each {} s in the end",
          commit.name(),
          branch,
          why,
          pause.toSeconds(),
          MAX_PAUSE.toSeconds());
    }
    pauseAfter(commit);
    return false;
  }

  private void pauseAfter(ObjectId commit) {
    failures.merge(commit, 1, Integer::sum);
    fromNanos = nanoClock.getAsLong() + pause.toNanos();
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(MAX_PAUSE) < 0 ? doubled : MAX_PAUSE;
  }
}
