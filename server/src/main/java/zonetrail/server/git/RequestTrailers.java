package zonetrail.server.git;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import zonetrail.authority.Input.Unpushed;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.ZoneEdit.CommitOrigin;

/// The requests that a commit was made for, as the last paragraph of its message tells them.
final class RequestTrailers {
  /// So many commits at most are looked at for requests.
  static final int MAX_COMMITS = 100_000;

  /// After so many commits in a row that are too old, so are the rest: clocks differ.
  private static final int OLD_IN_A_ROW = 100;

  private RequestTrailers() {}

  /// The requests of a commit.
  ///
  /// @throws IOException if it is missing or damaged
  static List<String> of(Repository repository, ObjectId commit) throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      return of(RevCommit.parse(BranchTip.object(reader, commit, Constants.OBJ_COMMIT)));
    }
  }

  /// The requests of commits made since a time, among those in the history of a tip.
  ///
  /// @throws IOException if one of them is missing or damaged
  static List<KnownRequest> since(Repository repository, ObjectId tip, Instant time)
      throws IOException {
    List<KnownRequest> requests = new ArrayList<>();
    try (RevWalk walk = new RevWalk(repository)) {
      walk.markStart(walk.parseCommit(tip));
      int old = 0;
      RevCommit commit = walk.next();
      for (int looked = 0; commit != null && looked < MAX_COMMITS; looked++) {
        Instant made = Instant.ofEpochSecond(commit.getCommitTime());
        old = made.isBefore(time) ? old + 1 : 0;
        if (old == 0) {
          of(commit).forEach(id -> requests.add(new KnownRequest(id, made)));
        }
        commit = old < OLD_IN_A_ROW ? walk.next() : null;
      }
    }
    return requests;
  }

  /// The requests of which a commit tells that they did not fit any more.
  static List<String> conflicts(RevCommit commit) {
    return commit.getFooterLines(CommitOrigin.CONFLICT);
  }

  /// Who caused a commit, with all trailers.
  ///
  /// @throws IOException if it is missing or damaged
  static CommitOrigin origin(Repository repository, ObjectId commit) throws IOException {
    return unpushed(repository, List.of(commit)).getFirst().origin();
  }

  /// When commits were made, and who caused them.
  ///
  /// @throws IOException if one is missing or damaged
  static List<Unpushed> unpushed(Repository repository, List<ObjectId> commits) throws IOException {
    List<Unpushed> all = new ArrayList<>();
    try (ObjectReader reader = repository.newObjectReader()) {
      for (ObjectId commit : commits) {
        RevCommit parsed = RevCommit.parse(BranchTip.object(reader, commit, Constants.OBJ_COMMIT));
        List<String> trailers =
            parsed.getFooterLines().stream()
                .map(footer -> footer.getKey() + ": " + footer.getValue())
                .toList();
        all.add(
            new Unpushed(
                commit.name(),
                Instant.ofEpochSecond(parsed.getCommitTime()),
                new CommitOrigin(parsed.getAuthorIdent().getName(), trailers)));
      }
    }
    return all;
  }

  /// The requests of a commit that was read.
  static List<String> of(RevCommit commit) {
    return commit.getFooterLines(KnownRequest.TRAILER);
  }
}
