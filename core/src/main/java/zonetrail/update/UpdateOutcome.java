package zonetrail.update;

import java.util.List;
import zonetrail.wire.ExtendedError;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What an update comes to.
public sealed interface UpdateOutcome {

  /// Nothing is changed, for a reason.
  ///
  /// @param rcode what the client is told
  /// @param edeCode what it is told besides, if it has EDNS (RFC 8914 §4); -1 for nothing
  /// @param reason for people to read; it tells nothing out of the zone but to a key that may
  ///   change it
  record Refusal(Rcode rcode, int edeCode, String reason) implements UpdateOutcome {
    private static final int NO_EXTENDED_ERROR = -1;

    /// One that the code alone tells to the client.
    public static Refusal of(Rcode rcode, String reason) {
      return new Refusal(rcode, NO_EXTENDED_ERROR, reason);
    }

    @Rfc(number = 8914, section = "4.19")
    static Refusal prohibited(String reason) {
      return new Refusal(Rcode.REFUSED, ExtendedError.PROHIBITED, reason);
    }

    @Rfc(number = 8914, section = "4.21")
    static Refusal notAuthoritative(String reason) {
      return new Refusal(Rcode.NOTAUTH, ExtendedError.NOT_AUTHORITATIVE, reason);
    }

    @Rfc(number = 8914, section = "4.22")
    static Refusal notSupported(String reason) {
      return new Refusal(Rcode.REFUSED, ExtendedError.NOT_SUPPORTED, reason);
    }

    @Rfc(number = 8914, section = "4.25")
    static Refusal invalidData(Rcode rcode, String reason) {
      return new Refusal(rcode, ExtendedError.INVALID_DATA, reason);
    }
  }

  /// NOERROR: the zone is as the client wants it, and its serial is not raised.
  ///
  /// @param apex the zone's name
  record Unchanged(WireName apex) implements UpdateOutcome {}

  /// NOERROR, once it is durable.
  sealed interface Made extends UpdateOutcome {
    /// The name of the zone.
    WireName apex();

    /// What was done, in one line: `example.com: add www A 192.0.2.1 (ttl 300)`.
    default String summary() {
      return ChangeText.of(this).summary();
    }

    /// All that was done, a line for each record or TTL: `add www A 192.0.2.1 (ttl 300)`.
    default List<String> details() {
      return ChangeText.of(this).lines();
    }
  }

  /// A new version of a zone.
  ///
  /// @param change what makes it of the one before, its serial included
  /// @param after the new version
  record Changed(ZoneChange change, Zone after) implements Made {
    @Override
    public WireName apex() {
      return change.apex();
    }
  }

  /// A new zone.
  record Created(Zone zone) implements Made {
    @Override
    public WireName apex() {
      return zone.apex();
    }
  }

  /// A zone that is no more.
  record Removed(WireName apex) implements Made {}
}
