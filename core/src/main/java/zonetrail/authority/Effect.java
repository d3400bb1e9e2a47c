package zonetrail.authority;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rcode;

/// What a [Primary] wants done, in the order given. The interpreter carries each out once.
public sealed interface Effect {
  /// Fetch the source, read what changed against `base`, and come back with [Input.SourceFetched]
  /// or [Input.FetchFailed]. At most one is under way.
  ///
  /// @param base what is served now
  /// @param scope what has to be looked at
  /// @param ours commits, oldest first, of which it has to be told which is the last one that the
  ///   source has
  record Fetch(ZoneFiles base, FetchScope scope, List<String> ours) implements Effect {
    /// Copies the list.
    public Fetch {
      ours = List.copyOf(ours);
    }
  }

  /// Make commits of these edits on top of `base`, and come back with [Input.Committed] or
  /// [Input.CommitFailed]. At most one is under way; it does not wait for a fetch or a push.
  ///
  /// @param edits none where nothing is left to do but to leave a line
  /// @param prepared what they come to on that base; null if it has to be worked out
  /// @param otherwise where `base` is not on the line that is served, what is served if no commit
  ///   comes of these; null where `base` is on that line. See [#servedAfter]
  record Commit(
      ZoneFiles base,
      List<ZoneEdit> edits,
      @Nullable PreparedEdits prepared,
      @Nullable ZoneFiles otherwise)
      implements Effect {
    /// Copies the list.
    public Commit {
      edits = List.copyOf(edits);
    }

    /// Commits on the line that is served.
    public Commit(ZoneFiles base, List<ZoneEdit> edits, @Nullable PreparedEdits prepared) {
      this(base, edits, prepared, null);
    }

    /// What is served once another line is gone over to. It is to be noted, like what is given to
    /// [Keep], before [Input.Committed] says what was made: a fetch that is under way may move the
    /// source off that line before the next note, and then only this one tells what that had.
    ///
    /// @param made what came of the edits
    /// @return null where `base` is on the line that is served
    @Nullable ZoneFiles servedAfter(GroupCommit.Result made) {
      return otherwise == null || made.advance() == null
          ? otherwise
          : ServedFloor.of(made.advance().files(), otherwise);
    }
  }

  /// Work out what these edits of one large zone come to on `base`, and come back with
  /// [Input.EditsPrepared]. At most one is under way; commits of other zones do not wait for it.
  record Prepare(ZoneFiles base, List<ZoneEdit> edits) implements Effect {
    /// Copies the list.
    public Prepare {
      edits = List.copyOf(edits);
    }
  }

  /// Find out what these commits of an earlier run did, and come back with [Input.CommitsRead] or
  /// [Input.CommitsNotRead]. At most one is under way, and no commit is made meanwhile.
  ///
  /// @param line versions that stand on each other, oldest first
  /// @param tip the files of the last one
  record ReadBack(List<String> line, ZoneFiles tip) implements Effect {
    /// Copies the list.
    public ReadBack {
      line = List.copyOf(line);
    }
  }

  /// Bring this commit of ours to the source, and come back with [Input.PushSettled]. At most one
  /// is under way, and none while a fetch is.
  record Push(String tip) implements Effect {}

  /// Forget a commit of ours that will not be pushed to the branch.
  ///
  /// @param isConflict whether it held what was acknowledged, and is to be kept on a branch of its
  ///   own for somebody to look at
  record GiveUp(String tip, boolean isConflict) implements Effect {}

  /// Let every reader see this from now on.
  record Publish(Publication publication) implements Effect {}

  /// Note what is served, so that a restart goes on from there; only a failure is told, by
  /// [Input.NotKept].
  ///
  /// The latest of these may be written for all before it, and may be put off: a restart finds what
  /// was served since in commits that wait, and in what was fetched since. So it is to be written
  /// before these become others, or a serial might go back ([ServedFloor]): before the next
  /// [Fetch], which may find another history; before a [Commit] that leaves the line that is
  /// served, and which is not made if that fails, and once more with what that comes to; and before
  /// the next [GiveUp], which is left as well.
  ///
  /// @param files what is served
  record Keep(ZoneFiles files) implements Effect {}

  /// Answer a request.
  ///
  /// @param reason what else to tell the client; null for nothing
  record Reply(ReplyHandle to, Rcode rcode, @Nullable Reason reason) implements Effect {
    /// An answer that the code says all of.
    public Reply(ReplyHandle to, Rcode rcode) {
      this(to, rcode, null);
    }
  }

  /// An extended error (RFC 8914).
  ///
  /// @param code the info-code
  /// @param text for people; nothing secret
  record Reason(int code, String text) {}

  /// Tell the sender that its message is too old or too new, and what time it is here (RFC 8945
  /// §5.2.3).
  record ReplyBadTime(ReplyHandle to) implements Effect {}

  /// Let a request go without an answer: the same one is being worked on already.
  record Drop(ReplyHandle to) implements Effect {}

  /// Tell the operator.
  record Report(Event event) implements Effect {}

  /// Come back with [Input.DeadlineReached] at this time; it replaces every earlier wish of the
  /// kind.
  record WakeAt(Instant time) implements Effect {}
}
