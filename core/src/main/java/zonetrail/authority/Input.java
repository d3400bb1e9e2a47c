package zonetrail.authority;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.Verdict;
import zonetrail.update.UpdateRequest;
import zonetrail.wire.WireName;

/// What can happen to a [Primary].
public sealed interface Input {
  /// The process is up; the first look at the source is due.
  ///
  /// @param known what was served before and has been fetched since came to, as by
  ///   [ZoneFiles#resume]
  /// @param waiting commits of an earlier run that the remote may not have; null if there are none
  /// @param requests those that earlier runs committed and that may still be valid
  /// @param startedAt the time of day at which the process began
  record Started(
      ZoneFiles.Advance known,
      @Nullable Waiting waiting,
      List<KnownRequest> requests,
      Instant startedAt)
      implements Input {
    /// Copies the list.
    public Started {
      requests = List.copyOf(requests);
    }

    /// A start with nothing left to push and no requests to remember.
    public Started(ZoneFiles.Advance known) {
      this(known, null, List.of(), Instant.EPOCH);
    }
  }

  /// Commits of an earlier run that were acknowledged before the remote had them.
  ///
  /// @param remote the files of the commit that the remote had last, on which they were made
  /// @param tip the last of them, which is served
  record Waiting(ZoneFiles remote, String tip) {}

  /// A NOTIFY came whose signature verified.
  ///
  /// @param zone the zone it speaks of
  /// @param request the proof of who sent it
  /// @param verifiedAt the time of day at which the proof held; the clock of steps is another one
  /// @param reply the way back
  record NotifyReceived(
      WireName zone, Verdict.Verified request, Instant verifiedAt, ReplyHandle reply)
      implements Input {
    /// The key it was signed with.
    TsigKey key() {
      return request.key();
    }
  }

  /// An UPDATE came whose signature verified.
  ///
  /// @param update what it asks for
  /// @param request the proof of who sent it
  /// @param verifiedAt the time of day at which the proof held; the clock of steps is another one
  /// @param reply the way back
  record UpdateReceived(
      UpdateRequest update, Verdict.Verified request, Instant verifiedAt, ReplyHandle reply)
      implements Input {
    /// The key it was signed with.
    TsigKey key() {
      return request.key();
    }
  }

  /// The commits that [Effect.Commit] asked for were made.
  record Committed(GroupCommit.Result result) implements Input {}

  /// The commits that [Effect.Commit] asked for could not be made.
  ///
  /// @param reason why, in one line, with what to do
  record CommitFailed(String reason) implements Input {}

  /// What became of the push that [Effect.Push] asked for.
  record PushSettled(String tip, PushOutcome outcome) implements Input {}

  /// Somebody on this machine wants the source looked at now.
  record LookWanted() implements Input {}

  /// The fetch that [Effect.Fetch] asked for succeeded.
  ///
  /// @param advance what its files came to
  /// @param hasOurs whether the commit that [Effect.Fetch] asked about is in it
  record SourceFetched(ZoneFiles.Advance advance, boolean hasOurs) implements Input {
    /// A fetch by who waits for no commit.
    public SourceFetched(ZoneFiles.Advance advance) {
      this(advance, false);
    }
  }

  /// The fetch that [Effect.Fetch] asked for failed.
  ///
  /// @param reason why, in one line, with what to do
  /// @param operatorMustAct whether trying again alone cannot help
  record FetchFailed(String reason, boolean operatorMustAct) implements Input {
    /// A failure that may pass by itself.
    public FetchFailed(String reason) {
      this(reason, false);
    }
  }

  /// What is served could not be noted as [Effect.Keep] asked.
  ///
  /// @param reason why, in one line, with what to do
  record NotKept(String reason) implements Input {}

  /// The time of the last [Effect.WakeAt] has come.
  record DeadlineReached() implements Input {}
}
