package zonetrail.transfer;

import zonetrail.wire.Rfc;
import zonetrail.zone.Serial;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// What a request for a transfer gets.
///
/// ```text
/// no right ───────────────────────────▶ REFUSED
/// no zone of that name ───────────────▶ NOTAUTH
/// the zone has no good version ───────▶ SERVFAIL
/// AXFR    over UDP ───────────────────▶ NOTIMP
///         over TCP ───────────────────▶ the whole zone
/// IXFR    without the client's SOA ───▶ FORMERR
///         the client has it, or newer ▶ the SOA
///         else ───────────────────────▶ the difference, where it is known and less than the zone:
///                                       over UDP if it fits into one message, else the SOA;
///                                       over TCP, else the whole zone
/// ```
public sealed interface TransferAnswer {
  /// The whole zone, in as many messages as it takes.
  record Whole(Zone zone) implements TransferAnswer {}

  /// What makes the client's version ours, if that can be told; else the whole zone over TCP, and
  /// the SOA over UDP.
  record Difference(Zone zone, Serial since) implements TransferAnswer {}

  /// One message with the SOA record and nothing else.
  record SoaOnly(Zone zone) implements TransferAnswer {}

  /// One message that says no.
  record Refused(TransferRefusal why) implements TransferAnswer {}

  /// What this request gets.
  ///
  /// @param isPermitted whether who asks may have this zone
  /// @param isStream whether the request came over TCP
  /// @param zones the zones served
  static TransferAnswer to(
      TransferRequest request, boolean isPermitted, boolean isStream, Zones zones) {
    if (!isPermitted) {
      return new Refused(TransferRefusal.NOT_PERMITTED);
    }
    return switch (zones.zone(request.zone())) {
      case null -> new Refused(TransferRefusal.NOT_AUTHORITATIVE);
      case UnavailableZone _ -> new Refused(TransferRefusal.UNAVAILABLE);
      case Zone zone ->
          switch (request.kind()) {
            case FULL -> isStream ? new Whole(zone) : new Refused(TransferRefusal.NOT_OVER_UDP);
            case INCREMENTAL -> incremental(request, zone);
          };
    };
  }

  @Rfc(number = 1995, section = "2")
  private static TransferAnswer incremental(TransferRequest request, Zone zone) {
    if (request.clientSerial().isEmpty()) {
      return new Refused(TransferRefusal.NO_CLIENT_SOA);
    }
    Serial theirs = request.clientSerial().get();
    boolean isCurrent = theirs.equals(zone.serial()) || theirs.isNewerThan(zone.serial());
    return isCurrent ? new SoaOnly(zone) : new Difference(zone, theirs);
  }
}
