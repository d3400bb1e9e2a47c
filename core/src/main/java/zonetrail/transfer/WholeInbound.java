package zonetrail.transfer;

import java.util.List;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;
import zonetrail.zone.Rdata;
import zonetrail.zone.SoaSerial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.ZoneCheck;

/// A whole zone on its way in: the SOA, all else, the SOA again.
///
/// What our own `ozone` would refuse is not served here either, the last good version is. Records
/// are gathered [#AT_ONCE], so that their owners are looked for together ([ZoneBuilder#expect]).
/// One owner.
@Rfc(number = 5936, section = "2.2")
final class WholeInbound implements InboundZone {
  private static final int AT_ONCE = 2_048;

  private final ZoneBuilder builder;
  private final WireName[] owners = new WireName[AT_ONCE];
  private final Gathered[] gathered = new Gathered[AT_ONCE];
  private int count;
  private final WireName zone;
  private final Rdata soa;
  private final long room;

  private record Gathered(RRType type, int ttlSeconds, Rdata rdata) {}

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
                .formatted(SoaSerial.of(rdata), SoaSerial.of(soa)));
      }
      return true;
    }
    owners[count] = owner;
    gathered[count++] = new Gathered(type, ttlSeconds, rdata);
    if (count == AT_ONCE) {
      addAll();
    }
    return false;
  }

  private void addAll() throws RejectedException {
    builder.expect(owners, 0, count);
    for (int i = 0; i < count; i++) {
      Gathered record = gathered[i];
      if (builder.add(owners[i], record.type, record.ttlSeconds, record.rdata)
          == ZoneBuilder.Added.TOO_MANY_TYPES) {
        throw new RejectedException(
            InboundFailure.TOO_MUCH,
            owners[i] + " has more than " + ZoneBuilder.MAX_RRSETS + " types of records");
      }
    }
    count = 0;
  }

  @Override
  public TransferIn.Progress.Complete finish() throws RejectedException {
    addAll();
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
      return new TransferIn.Progress.Complete(version, null);
    } catch (ZoneBuilder.TooLargeException tooLarge) {
      throw new RejectedException(
          InboundFailure.TOO_MUCH, "zone " + zone + " takes more memory than there is for it");
    }
  }
}
