package zonetrail.server.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.lib.ObjectId;
import zonetrail.authority.SourceTree;

/// The files of commits, listed when they are asked for and each time anew: of many files times
/// many commits not all fit into memory.
///
/// Asking throws an [UncheckedIOException] where a commit cannot be read.
final class TreesOfCommits extends AbstractList<SourceTree> {
  private final List<ObjectId> commits;
  private final Lister lister;
  private final AtomicBoolean damageSeen;

  /// Lists the files of a commit.
  @FunctionalInterface
  interface Lister {
    SourceTree tree(ObjectId commit) throws IOException;
  }

  /// @param damageSeen set where one cannot be read
  TreesOfCommits(List<ObjectId> commits, Lister lister, AtomicBoolean damageSeen) {
    this.commits = List.copyOf(commits);
    this.lister = lister;
    this.damageSeen = damageSeen;
  }

  @Override
  public SourceTree get(int index) {
    try {
      return lister.tree(commits.get(index));
    } catch (IOException e) {
      damageSeen.set(true);
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int size() {
    return commits.size();
  }
}
