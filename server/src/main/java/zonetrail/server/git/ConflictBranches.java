package zonetrail.server.git;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.PushOutcome;

/// Brings commits that were given up into branches of their own at the remote, where people find
/// them: `zonetrail/conflict-` and the beginning of the commit's id. Until one is there it is kept
/// in the clone.
///
/// Thread: the network lane.
final class ConflictBranches {
  private static final String PREFIX = "refs/heads/zonetrail/conflict-";
  private static final int DIGITS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(ConflictBranches.class);

  private final LocalCommits commits;
  private final RemotePush pushing;

  /// Commits that could not be pushed, and of which that was said.
  private final Set<ObjectId> said = new HashSet<>();

  ConflictBranches(LocalCommits commits, RemotePush pushing) {
    this.commits = commits;
    this.pushing = pushing;
  }

  /// Pushes what is not there yet.
  void push(CloneRepository clone) {
    List<ObjectId> conflicts = commits.conflicts();
    said.retainAll(conflicts);
    for (ObjectId commit : conflicts) {
      String branch = PREFIX + commit.abbreviate(DIGITS).name();
      switch (pushing.push(clone, branch, commit, at -> at == null)) {
        case PushOutcome.Pushed _ -> forget(commit);
        case PushOutcome.Superseded _ -> say(commit, branch, "it is there, and is another commit");
        case PushOutcome.Failed(String reason, _, _) -> say(commit, branch, reason);
        case PushOutcome.Unknown(String reason) -> say(commit, branch, reason);
      }
    }
  }

  private void forget(ObjectId commit) {
    try {
      commits.removeConflict(commit);
    } catch (IOException e) {
      LOG.warn("cannot note that commit {} is in the remote ({})", commit.name(), e.getMessage());
    }
  }

  private void say(ObjectId commit, String branch, String why) {
    if (said.add(commit)) {
      LOG.warn(
          "commit {} is not yet in the remote's {} ({}); it is kept in the clone and tried again"
              + " after each push",
          commit.name(),
          branch,
          why);
    }
  }
}
