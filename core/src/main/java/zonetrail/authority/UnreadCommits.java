package zonetrail.authority;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Commits of an earlier run that wait for the remote, as long as nobody has read what they did: to
/// serve their last version, and to push them, takes no more than their names.
///
/// Only where they have to be made again, since the remote has moved on, each is compared with the
/// one before it. With thousands that takes seconds, in which no commit is made. One owner, like
/// [Primary].
final class UnreadCommits {
  /// After so many tries in vain they are left to people: a disk may fail for a moment, but what a
  /// damaged clone has lost does not come back.
  static final int MAX_TRIES = 20;

  private boolean areWanted;
  private boolean areBeingRead;
  private int triesInVain;

  /// Has those read that are not.
  ///
  /// @return whether there are any
  boolean want(UnpushedGroups pending) {
    areWanted = isSomeUnread(pending);
    return areWanted;
  }

  private static boolean isSomeUnread(UnpushedGroups pending) {
    return pending.all().stream().anyMatch(group -> !group.isRead());
  }

  /// Whether no commit may be made for now.
  boolean areWaitedFor() {
    return areWanted || areBeingRead;
  }

  /// Whether those that were wanted have gone before they were read, to the source or to people.
  /// Once: then nothing is wanted any more.
  boolean takeAreGone(UnpushedGroups pending) {
    boolean areGone = areWanted && !areBeingRead && !isSomeUnread(pending);
    areWanted &= !areGone;
    return areGone;
  }

  /// Sets off the reading of what is wanted, if that is not under way.
  ///
  /// @param isPaused whether nothing is to be tried now
  void begin(UnpushedGroups pending, boolean isPaused, List<Effect> effects) {
    if (areWanted && !areBeingRead && !isPaused) {
      List<UnpushedGroup> unread = pending.all().stream().filter(group -> !group.isRead()).toList();
      areBeingRead = true;
      effects.add(
          new Effect.ReadBack(
              unread.stream().map(UnpushedGroup::tip).toList(),
              Objects.requireNonNull(unread.getLast().files(), "the last one's files are known")));
    }
  }

  /// Puts what was read into its place.
  ///
  /// @param edits by version; what is not among them the source has by now
  void read(Map<String, List<ZoneEdit>> edits, UnpushedGroups pending) {
    areWanted = false;
    areBeingRead = false;
    triesInVain = 0;
    pending.replaceAll(
        group -> group.isRead() ? group : group.read(edits.getOrDefault(group.tip(), List.of())));
  }

  /// They could not be read, which is tried again; in the end they are taken out of what waits.
  ///
  /// @param again lets people have them then
  /// @return whether they were
  boolean areLeft(UnpushedGroups pending, EditsAgain again) {
    areBeingRead = false;
    if (++triesInVain < MAX_TRIES || !isSomeUnread(pending)) {
      return false;
    }
    again.leaveToPeople(pending.takeWhile(group -> !group.isRead()).getLast().tip());
    areWanted = false;
    triesInVain = 0;
    return true;
  }
}
