package zonetrail.authority;

import java.time.Instant;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.Verdict;
import zonetrail.wire.WireName;

/// What can happen to a [Primary].
public sealed interface Input {
  /// The process is up; the first look at the source is due.
  ///
  /// @param known what was served before and has been fetched since came to, as by
  ///   [ZoneFiles#resume]
  record Started(ZoneFiles.Advance known) implements Input {}

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

  /// Somebody on this machine wants the source looked at now.
  record LookWanted() implements Input {}

  /// The fetch that [Effect.Fetch] asked for succeeded.
  ///
  /// @param advance what its files came to
  record SourceFetched(ZoneFiles.Advance advance) implements Input {}

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
