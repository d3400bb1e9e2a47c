package zonetrail.authority;

import java.time.Instant;
import java.util.List;
import java.util.Map;
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
  ///   [ZoneFiles#resume]; without what waits
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

  /// Commits of an earlier run that the remote may not have. Where an update is acknowledged when
  /// it is committed they were; else nobody knows.
  ///
  /// @param remote the files of the commit that they were made on
  /// @param served what is served where they were acknowledged
  /// @param tip the files of the last one of the line; `remote` where there is none
  /// @param line those that stand on each other, oldest first
  /// @param again what was to be made again on their line and was not yet
  /// @param superseded the tips of the lines that `again` is from
  record Waiting(
      ZoneFiles remote,
      ZoneFiles.Advance served,
      ZoneFiles tip,
      List<Unpushed> line,
      List<ZoneEdit> again,
      List<String> superseded) {
    /// Copies the lists.
    public Waiting {
      line = List.copyOf(line);
      again = List.copyOf(again);
      superseded = List.copyOf(superseded);
    }
  }

  /// A commit of an earlier run; what it did is read where it has to be made again.
  ///
  /// @param time when it was made
  /// @param origin who caused it
  record Unpushed(String version, Instant time, ZoneEdit.CommitOrigin origin) {}

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

  /// What [Effect.Prepare] asked for was done.
  ///
  /// @param prepared null if it could not be; then they are committed without
  record EditsPrepared(@Nullable PreparedEdits prepared) implements Input {}

  /// What [Effect.ReadBack] asked for was read.
  ///
  /// @param edits what each commit did to the files before it, by its version; those that the
  ///   source has by now are left out
  record CommitsRead(Map<String, List<ZoneEdit>> edits) implements Input {
    /// Copies the map.
    public CommitsRead {
      edits = Map.copyOf(edits);
    }
  }

  /// What [Effect.ReadBack] asked for could not be read.
  ///
  /// @param reason why, in one line, with what to do
  record CommitsNotRead(String reason) implements Input {}

  /// What became of the push that [Effect.Push] asked for.
  record PushSettled(String tip, PushOutcome outcome) implements Input {}

  /// Somebody on this machine wants the source looked at now.
  record LookWanted() implements Input {}

  /// The fetch that [Effect.Fetch] asked for succeeded.
  ///
  /// @param advance what its files came to
  /// @param ours the last of the commits that [Effect.Fetch] asked about that is in it; null if
  ///   none is
  /// @param requests those that the commits fetched tell of, and maybe older ones: by whichever
  ///   server they were made, they are not made again
  record SourceFetched(
      ZoneFiles.Advance advance, @Nullable String ours, List<KnownRequest> requests)
      implements Input {
    /// Copies the list.
    public SourceFetched {
      requests = List.copyOf(requests);
    }

    /// A fetch by who makes no commits.
    public SourceFetched(ZoneFiles.Advance advance) {
      this(advance, null, List.of());
    }
  }

  /// The fetch that [Effect.Fetch] asked for failed.
  ///
  /// @param reason why, in one line, with what to do
  /// @param outlook what may end it
  record FetchFailed(String reason, ZoneSource.Outlook outlook) implements Input {
    /// A failure that may pass by itself.
    public FetchFailed(String reason) {
      this(reason, ZoneSource.Outlook.MAY_PASS);
    }

    /// Whether trying again alone cannot help.
    boolean operatorMustAct() {
      return outlook != ZoneSource.Outlook.MAY_PASS;
    }
  }

  /// What is served could not be noted as [Effect.Keep] asked.
  ///
  /// @param reason why, in one line, with what to do
  record NotKept(String reason) implements Input {}

  /// The process is about to end: what waits for nothing but its time is done now.
  record StopWanted() implements Input {}

  /// The time of the last [Effect.WakeAt] has come.
  record DeadlineReached() implements Input {}
}
