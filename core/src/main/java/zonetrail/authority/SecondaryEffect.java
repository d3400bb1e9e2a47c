package zonetrail.authority;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What a [Secondary] wants done, in the order given. The interpreter carries each out once.
public sealed interface SecondaryEffect {
  /// Ask a primary for the zone's SOA, and come back with [SecondaryInput.Answered].
  record Probe(WireName zone, long attempt, RemotePrimary primary) implements SecondaryEffect {}

  /// Have a primary send the zone, and come back with [SecondaryInput.Answered].
  ///
  /// @param base the version whose changes are asked for; null: the whole zone
  record Transfer(WireName zone, long attempt, RemotePrimary primary, @Nullable Zone base)
      implements SecondaryEffect {}

  /// Keep a version on disk; only a failure is told, by [SecondaryInput.NotKept].
  ///
  /// @param before the one that it comes after; null: it is the first
  /// @param change what made it of that one; null where that is not known
  record Keep(StoredVersion version, @Nullable Zone before, @Nullable ZoneChange change)
      implements SecondaryEffect {}

  /// Note on disk that a version that is kept is still the primary's, by its times.
  record Confirm(StoredVersion version) implements SecondaryEffect {}

  /// Note on disk that a zone is wanted of which there is no version yet; then answer the request
  /// that spoke of it: NOERROR, or SERVFAIL where the disk did not take it, so that it is said
  /// again.
  record Want(WireName zone, ReplyHandle reply) implements SecondaryEffect {}

  /// Remove a zone from the disk.
  record Forget(WireName zone) implements SecondaryEffect {}

  /// Let every reader see this from now on.
  record Publish(Publication publication) implements SecondaryEffect {}

  /// Answer a request.
  record Reply(ReplyHandle to, Rcode rcode) implements SecondaryEffect {}

  /// Tell the operator.
  record Report(Event event) implements SecondaryEffect {}

  /// Come back with [SecondaryInput.DeadlineReached] at this time; it replaces every earlier wish
  /// of the kind.
  record WakeAt(Instant time) implements SecondaryEffect {}
}
