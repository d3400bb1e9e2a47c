package zonetrail.transfer;

import java.util.List;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.ZoneCheck;

/// A whole zone on its way in: the SOA, all else, the SOA again.
///
/// What our own `ozone` would refuse is not served here either, the last good version is. One
/// owner.
@Rfc(number = 5936, section = "2.2")
final class WholeInbound implements InboundZone {
  private final ZoneBuilder builder;
  private final WireName zone;
  private final Rdata soa;
  private final long room;

  WholeInbound(WireName zone, Rdata soa, int soaTtlSeconds, long room) {
    this.zone = zone;
    this.soa = soa;
    this.room = room;
    this.builder = new ZoneBuilder(zone);
    builder.add(zone, RRType.SOA, soaTtlSeconds, soa);
  }

  @Override
  public boolean add(WireName owner, RRType type, int ttlSeconds, Rdata rdata)
      throws RejectedException {
    if (type == RRType.SOA) {
      if (!rdata.equals(soa)) {
        throw new RejectedException(
            InboundFailure.BAD_ZONE,
            "the SOA at the end (serial %s) is not the one at the beginning (serial %s)"
                .formatted(TransferIn.serialOf(rdata), TransferIn.serialOf(soa)));
      }
      return true;
    }
    if (builder.add(owner, type, ttlSeconds, rdata) == ZoneBuilder.Added.TOO_MANY_TYPES) {
      throw new RejectedException(
          InboundFailure.TOO_MUCH,
          owner + " has more than " + ZoneBuilder.MAX_RRSETS + " types of records");
    }
    return false;
  }

  @Override
  public Zone finish() throws RejectedException {
    try {
      Zone version = builder.build(room);
      List<Finding> errors =
          ZoneCheck.check(version, (_, _) -> Position.ofFile(zone.toStringNoDot())).stream()
              .filter(Finding::isError)
              .toList();
      if (!errors.isEmpty()) {
        throw new RejectedException(
            InboundFailure.BAD_ZONE,
            "it has errors: %s [%s]"
                .formatted(errors.getFirst().message(), errors.getFirst().rule()));
      }
      return version;
    } catch (ZoneBuilder.TooLargeException tooLarge) {
      throw new RejectedException(
          InboundFailure.TOO_MUCH, "zone " + zone + " takes more memory than there is for it");
    }
  }
}
