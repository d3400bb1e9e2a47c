package zonetrail.server.git;

import java.io.IOException;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.ZoneEdit.CommitOrigin;

/// The requests that a commit was made for, as the last paragraph of its message tells them.
final class RequestTrailers {
  private RequestTrailers() {}

  /// The requests of a commit.
  ///
  /// @throws IOException if it is missing or damaged
  static List<String> of(Repository repository, ObjectId commit) throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      return of(RevCommit.parse(BranchTip.object(reader, commit, Constants.OBJ_COMMIT)));
    }
  }

  /// The requests of which a commit tells that they did not fit any more.
  static List<String> conflicts(RevCommit commit) {
    return commit.getFooterLines(CommitOrigin.CONFLICT);
  }

  /// Who caused a commit, with all trailers.
  ///
  /// @throws IOException if it is missing or damaged
  static CommitOrigin origin(Repository repository, ObjectId commit) throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      RevCommit parsed = RevCommit.parse(BranchTip.object(reader, commit, Constants.OBJ_COMMIT));
      List<String> trailers =
          parsed.getFooterLines().stream()
              .map(footer -> footer.getKey() + ": " + footer.getValue())
              .toList();
      return new CommitOrigin(parsed.getAuthorIdent().getName(), trailers);
    }
  }

  /// The requests of a commit that was read.
  static List<String> of(RevCommit commit) {
    return commit.getFooterLines(KnownRequest.TRAILER);
  }
}
