package zonetrail.authority;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where edits of zone files are made to last: commits on top of the source's tip, and their way to
/// the remote.
///
/// A commit waits from [#commit] until the remote has it or it is given up. What waits outlives the
/// process. Of the lines of commits that wait one is current: the one that was added to last. A
/// commit whose parent is not the current line's tip begins another line, and the one before is
/// superseded, as when edits are made again on what the remote has now; it waits on until it is
/// given up, so that a process that ends in the middle loses nothing.
///
/// Threads: three at a time. The commit lane calls [#commit], a lane beside it [#prepare]; the
/// network lane calls [#push] and [#giveUp], and [ZoneSource#fetch] of the same source. The others
/// may be called from either.
public interface ZoneLedger {
  /// Makes a commit that differs from its first parent only in these files. It is on the disk when
  /// this returns, and is from then on what waits to be pushed. Does not talk to the remote, and
  /// never waits for the network lane.
  ///
  /// @param parent a version handed out by a fetch or by an earlier commit
  /// @throws ZoneSource.AwayException if the disk is full, a file cannot be written, or the source
  ///   does not have the parent any more; nothing has changed then
  SourceTree commit(String parent, ZoneCommit commit) throws ZoneSource.AwayException;

  /// Takes commits back that nobody was told of, since the group that they are of could not be made
  /// whole, or not be noted: what waits ends where they began. Where the disk does not take that
  /// now it is done before the next commit is made or fetched past; only a process that ends before
  /// it, too, leaves them to be pushed by the next one. On the thread of [#commit].
  ///
  /// @param tip the last of them
  /// @param parent what the first was made on
  void takeBack(String tip, String parent);

  /// Does beforehand what takes long of commits that are to be made with these very octets: hashes
  /// and writes their large files. Nothing is lost where none of them is ever made. May be called
  /// while others call anything of this.
  ///
  /// @param commits each on top of the one before; those of an earlier call need not be kept
  /// @throws ZoneSource.AwayException if the disk is full or a file cannot be written
  default void prepare(List<ZoneCommit> commits) throws ZoneSource.AwayException {}

  /// Brings a commit to the remote's branch, and those before it; fast-forward only. Settled by the
  /// remote's report, not by the end of its hooks.
  ///
  /// @param tip a version that waits; later ones may be waiting behind it
  PushOutcome push(String tip);

  /// Requests that commits made since then tell of in their trailers ([KnownRequest#TRAILER]),
  /// among those that the remote is known to have.
  List<KnownRequest> requestsSince(Instant time);

  /// The current line of commits that wait, those that are not known to be in the remote, oldest
  /// first; [#push] of the last one brings all of them there.
  List<SourceTree> pending();

  /// The same commits without their files, which takes far less where there are many of both.
  ///
  /// @throws ZoneSource.AwayException if one cannot be read
  default List<Input.Unpushed> unpushed() throws ZoneSource.AwayException {
    List<Input.Unpushed> commits = new ArrayList<>();
    for (SourceTree tree : pending()) {
      commits.add(new Input.Unpushed(tree.version(), tree.time(), originOf(tree.version())));
    }
    return commits;
  }

  /// Commits of superseded lines that are not known to be in the remote, oldest first, but for
  /// those whose requests were all made again since: what has still to be.
  List<SourceTree> superseded();

  /// The tips of the lines that [#superseded] commits are on: what is to be given up once these are
  /// made again.
  List<String> supersededLines();

  /// Of the requests of a superseded commit those that the remote or the current line tells of by
  /// now, as made or as not fitting any more: by another server that got the same message, say.
  ///
  /// @throws ZoneSource.AwayException if that cannot be read
  Set<String> settledOf(String version) throws ZoneSource.AwayException;

  /// The files of a commit that waits, on whichever line.
  ///
  /// @throws ZoneSource.AwayException if it cannot be read
  SourceTree tree(String version) throws ZoneSource.AwayException;

  /// Who caused a commit that waits.
  ///
  /// @throws ZoneSource.AwayException if it cannot be read
  ZoneEdit.CommitOrigin originOf(String version) throws ZoneSource.AwayException;

  /// What a commit was made on: the same files before it. Where it changed nothing else, the two
  /// differ in its edit only.
  ///
  /// @return empty if it has no parent, or that has no zones folder
  /// @throws ZoneSource.AwayException if it cannot be read
  Optional<SourceTree> before(String version) throws ZoneSource.AwayException;

  /// The versions on the first-parent line that leads to one from what it has in common with
  /// another, oldest first.
  ///
  /// @param version the last of them
  /// @param since what may be on another line, such as a commit of ours that was made again
  /// @throws ZoneSource.AwayException if one cannot be read
  List<SourceTree> lineTo(String version, String since) throws ZoneSource.AwayException;

  /// Whether a commit is in the history of what was fetched or pushed last.
  boolean isInRemote(String version);

  /// The last commit of a line that is there. Asks of a few of them, since each may cost as much as
  /// the line is long, and thousands may have waited while the remote was away.
  ///
  /// @param line versions, each made on the one before
  /// @return null if none is
  default @Nullable String lastInRemote(List<String> line) {
    int there = 0;
    int end = line.size();
    while (there < end) {
      int middle = (there + end) >>> 1;
      if (isInRemote(line.get(middle))) {
        there = middle + 1;
      } else {
        end = middle;
      }
    }
    return there == 0 ? null : line.get(there - 1);
  }

  /// Gives a commit up: its edit was made again on top of what the remote has now, or cannot be. A
  /// line is forgotten when the last commit on it is given up; until then all of it waits, so that
  /// a commit that was added meanwhile is not lost.
  ///
  /// @param tip a version that waits
  /// @param conflict whether it is to be kept for people, with those before it, in a branch of its
  ///   own of the remote, `zonetrail/conflict-` and the abbreviated id; [#pushConflict] brings it
  ///   there
  /// @throws ZoneSource.AwayException if it cannot be noted; it waits on then
  void giveUp(String tip, boolean conflict) throws ZoneSource.AwayException;

  /// Brings a commit that was given up and is kept for people to its branch, if there is one and it
  /// is time: where the remote did not take one, the next try has a pause. To be called after a
  /// push, a fetch and [#giveUp], when what these came to is told. On the thread of [#push].
  ///
  /// @return whether it got there, and another one may be tried at once
  default boolean pushConflict() {
    return false;
  }
}
