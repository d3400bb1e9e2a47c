package zonetrail.server.git;

import java.io.File;
import java.io.IOException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache.FileKey;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/// Whether a branch is the one that somebody works on, in a repository at a path of this machine.
///
/// git refuses to move such a branch: the work tree would stay behind, and the next commit from
/// there would undo what was pushed. Over SSH and HTTPS git sees to it; at a path JGit may move the
/// branch itself ([LocalGit]), and does not ask.
final class CheckedOutBranch {
  private CheckedOutBranch() {}

  /// Whether a push to the branch is one that git would refuse; its `receive.denyCurrentBranch` may
  /// allow it.
  ///
  /// @param branch whole, as `refs/heads/main`
  static boolean isAt(URIish remote, String branch) throws IOException {
    File directory = remote.isRemote() ? null : FileKey.resolve(file(remote), FS.DETECTED);
    if (directory == null) {
      return false;
    }
    try (Repository repository = new FileRepositoryBuilder().setGitDir(directory).build()) {
      return !repository.isBare()
          && branch.equals(repository.getFullBranch())
          && !isAllowed(repository.getConfig().getString("receive", null, "denyCurrentBranch"));
    }
  }

  private static File file(URIish remote) {
    return new File(remote.getPath());
  }

  private static boolean isAllowed(@Nullable String policy) {
    return "ignore".equalsIgnoreCase(policy)
        || "warn".equalsIgnoreCase(policy)
        || "false".equalsIgnoreCase(policy);
  }
}
