package zonetrail.server.git;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import zonetrail.authority.Acceptance;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.SourceTree;
import zonetrail.server.git.FetchException.Reason;

/// What a rewritten branch lacks of the updates that it had. They were acknowledged, so such a
/// branch is not followed before somebody says that they are to go.
///
/// A commit that was made again elsewhere, by a rebase or in one with others, is there if its
/// `Zonetrail-Request` is: the id of the message, which no other update has.
///
/// @param newest the newest commit with such an update
/// @param updates how many there are
record LostUpdates(ObjectId newest, int updates) {
  /// So many commits of a rewritten line are looked at, the newest first.
  static final int MAX_COMMITS = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(LostUpdates.class);

  private static final String TRAILER = KnownRequest.TRAILER + ":";

  /// Why the branch is not followed: it lacks updates of the line that was followed so far.
  ///
  /// @param clone has both lines
  /// @param fetched the end of the line that was followed so far
  /// @param now what the branch has now
  /// @return empty if it lacks none, or those are to go
  /// @throws IOException if a commit is damaged
  static Optional<FetchException> refusal(
      CloneDirectory clone, RemoteAddress remote, ObjectId fetched, SourceTree now)
      throws IOException {
    ObjectId tip = ObjectId.fromString(now.version());
    Repository repository = clone.repository();
    Optional<LostUpdates> lost = between(repository, fetched, tip);
    if (lost.isEmpty() || lost.get().isAccepted(repository, fetched, tip, now.acceptance())) {
      return Optional.empty();
    }
    return Optional.of(
        new FetchException(Reason.LOST_UPDATES, lost.get().remedy(clone, remote, tip)));
  }

  private String remedy(CloneDirectory clone, RemoteAddress remote, ObjectId tip) {
    return "the branch of "
        + remote
        + " was rewritten (commit "
        + tip.abbreviate(7).name()
        + ") and lacks "
        + updates
        + " updates that were acknowledged, up to commit "
        + newest.name()
        + ". Bring them back: git fetch "
        + clone.directory()
        + " fetched && git merge "
        + newest.abbreviate(10).name()
        + ", and push; or, if they are to go, push a commit, it may be empty, whose message"
        + " ends in the line 'Zonetrail-Accept: "
        + tip.name()
        + "'";
  }

  /// The same of a branch that was fetched into a clone of its own, since the one so far is
  /// damaged: as far as that still can tell. If the branch lacks updates, the new clone has them
  /// afterwards, and goes on from where the old one was.
  static Optional<FetchException> knownTo(
      CloneDirectory damaged, CloneDirectory fresh, RemoteAddress remote, SourceTree now)
      throws IOException {
    ObjectId fetched = null;
    try (ObjectCopy copy = new ObjectCopy(damaged.repository(), fresh.repository())) {
      fetched = damaged.fetched();
      if (fetched == null) {
        return Optional.empty();
      }
      copy.commits(fetched);
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "{} is damaged ({}), so nobody can tell whether the branch lacks updates that were"
              + " acknowledged; the commit that was fetched last is {}",
          damaged.directory(),
          RemoteText.oneLine(String.valueOf(e.getMessage())),
          fetched == null ? "not known" : fetched.name());
      return Optional.empty();
    }
    Optional<FetchException> refusal = refusal(fresh, remote, fetched, now);
    if (refusal.isPresent()) {
      fresh.syncLooseObjects();
      fresh.markFetched(fetched);
    }
    return refusal;
  }

  /// Compares two lines.
  ///
  /// @param from the end of the line that was followed so far
  /// @param tip the end of the one that took its place
  /// @return empty if it lacks none, or the clone has not both lines
  /// @throws IOException if a commit is damaged
  static Optional<LostUpdates> between(Repository repository, ObjectId from, ObjectId tip)
      throws IOException {
    if (!repository.getObjectDatabase().has(from)) {
      return Optional.empty();
    }
    Set<String> lost = new HashSet<>();
    ObjectId newest = null;
    try (RevWalk before = only(repository, from, tip);
        RevWalk now = only(repository, tip, from)) {
      RevCommit there = now.next();
      Set<String> kept = new HashSet<>();
      for (int looked = 0; there != null && looked < MAX_COMMITS; looked++) {
        kept.addAll(requestsAnywhere(there.getFullMessage()));
        there = now.next();
      }
      RevCommit commit = before.next();
      for (int looked = 0; commit != null && looked < MAX_COMMITS; looked++) {
        List<String> missing =
            RequestTrailers.of(commit).stream().filter(id -> !kept.contains(id)).toList();
        if (newest == null && !missing.isEmpty()) {
          newest = commit.copy();
        }
        lost.addAll(missing);
        commit = before.next();
      }
    }
    return newest == null ? Optional.empty() : Optional.of(new LostUpdates(newest, lost.size()));
  }

  /// Whether what took the place of a line says that its updates are to go: it names the newest of
  /// them, or a commit of its own or what that stands on. The latter means the same to every
  /// server, also to one that had not fetched all of the line.
  ///
  /// @param accepted what the commits of the new line accept
  boolean isAccepted(Repository repository, ObjectId from, ObjectId tip, Acceptance accepted)
      throws IOException {
    if (accepted.covers(newest.name())) {
      return true;
    }
    try (RevWalk now = only(repository, tip, from)) {
      RevCommit commit = now.next();
      for (int looked = 0; commit != null && looked < MAX_COMMITS; looked++) {
        if (accepted.covers(commit.name())) {
          return true;
        }
        for (RevCommit parent : commit.getParents()) {
          if (accepted.covers(parent.name())) {
            return true;
          }
        }
        commit = now.next();
      }
    }
    return false;
  }

  /// The commits of one line that the other has not, the newest first.
  private static RevWalk only(Repository repository, ObjectId line, ObjectId other)
      throws IOException {
    RevWalk walk = new RevWalk(repository);
    walk.markStart(walk.parseCommit(line));
    walk.markUninteresting(walk.parseCommit(other));
    return walk;
  }

  /// Where git makes one commit of several, what was a last paragraph stands in the middle.
  private static List<String> requestsAnywhere(String message) {
    return message
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith(TRAILER))
        .map(line -> line.substring(TRAILER.length()).strip())
        .toList();
  }
}
