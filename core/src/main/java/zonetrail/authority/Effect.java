package zonetrail.authority;

import java.time.Instant;
import zonetrail.wire.Rcode;

/// What a [Primary] wants done, in the order given. The interpreter carries each out once.
public sealed interface Effect {
  /// Fetch the source, read what changed against `base`, and come back with [Input.SourceFetched]
  /// or [Input.FetchFailed]. At most one is under way.
  ///
  /// @param base what is served now
  /// @param scope what has to be looked at
  record Fetch(ZoneFiles base, FetchScope scope) implements Effect {}

  /// Let every reader see this from now on.
  record Publish(Publication publication) implements Effect {}

  /// Note what is served, so that a restart goes on from there; only a failure is told, by
  /// [Input.NotKept].
  ///
  /// @param files what is served
  record Keep(ZoneFiles files) implements Effect {}

  /// Answer a request.
  record Reply(ReplyHandle to, Rcode rcode) implements Effect {}

  /// Tell the operator.
  record Report(Event event) implements Effect {}

  /// Come back with [Input.DeadlineReached] at this time; it replaces every earlier wish of the
  /// kind.
  record WakeAt(Instant time) implements Effect {}
}
