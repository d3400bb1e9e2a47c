package zonetrail.update;

import org.jspecify.annotations.Nullable;
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
  ///
  /// @param alteration what is done
  /// @param after the zone as it is then; null if it is no more
  record Made(Alteration alteration, @Nullable Zone after) implements UpdateOutcome {
    /// Checks that there is a zone, or none if it is removed.
    public Made {
      if ((after == null) != (alteration instanceof Alteration.Removed)) {
        throw new IllegalArgumentException("a removal leaves no zone, and nothing else does");
      }
    }

    /// A new version of a zone.
    public static Made changed(ZoneChange change, Zone after) {
      return new Made(new Alteration.Changed(change), after);
    }

    /// A new zone.
    public static Made created(Zone zone) {
      return new Made(new Alteration.Created(zone), zone);
    }

    /// A zone that is no more.
    public static Made removed(WireName apex) {
      return new Made(new Alteration.Removed(apex), null);
    }

    /// The name of the zone.
    public WireName apex() {
      return alteration.apex();
    }
  }
}
