package zonetrail.authority;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import zonetrail.transfer.InboundFailure;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.Verdict;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What can happen to a [Secondary].
public sealed interface SecondaryInput {
  /// The process is up.
  ///
  /// @param kept what an earlier run left behind
  record Started(VersionStore.Loaded kept) implements SecondaryInput {}

  /// A NOTIFY came whose signature verified.
  ///
  /// @param zone the zone it speaks of
  /// @param request the proof of who sent it
  /// @param verifiedAt the time of day at which the proof held; the clock of steps is another one
  /// @param reply the way back
  record NotifyReceived(
      WireName zone, Verdict.Verified request, Instant verifiedAt, ReplyHandle reply)
      implements SecondaryInput {
    /// The key it was signed with.
    TsigKey key() {
      return request.key();
    }

    /// Who sent it.
    InetSocketAddress client() {
      return reply.client();
    }
  }

  /// Somebody on this machine wants all zones looked at now.
  record RefreshWanted() implements SecondaryInput {}

  /// The keys, or where zones come from, are others now.
  record PrimariesChanged(RemotePrimaries primaries) implements SecondaryInput {}

  /// What [SecondaryEffect.Probe] or [SecondaryEffect.Transfer] asked for has ended.
  ///
  /// @param zone the zone
  /// @param attempt the attempt's number; of an earlier one it means nothing any more
  /// @param answer how it ended
  record Answered(WireName zone, long attempt, Answer answer) implements SecondaryInput {}

  /// A version could not be kept on disk.
  ///
  /// @param reason why, in one line, with what to do
  record NotKept(WireName zone, String reason) implements SecondaryInput {}

  /// The time of the last [SecondaryEffect.WakeAt] has come.
  record DeadlineReached() implements SecondaryInput {}

  /// What a primary said, or failed to say.
  sealed interface Answer {
    /// It has this version, be it that it was asked for the SOA or for changes.
    ///
    /// @param expireSeconds how long it may serve that itself, if it said so (RFC 7314 §4)
    record HasSerial(Serial serial, OptionalInt expireSeconds) implements Answer {}

    /// It sent a version, whole and checked.
    ///
    /// @param change what made it of the one whose changes were asked for; null if it came whole
    /// @param expireSeconds how long it may serve that itself, if it said so (RFC 7314 §4)
    /// @param size what came
    record Brought(Zone zone, @Nullable ZoneChange change, OptionalInt expireSeconds, Size size)
        implements Answer {
      /// Whether it is made of changes of the one that we had.
      public boolean isIncremental() {
        return change != null;
      }
    }

    /// It sent nothing that we could use.
    ///
    /// @param why by kind
    /// @param text for people to read
    record Failed(InboundFailure why, String text) implements Answer {}
  }

  /// What came in a transfer, and in which time.
  record Size(int messages, long octets, long millis) {}
}
