package zonetrail.authority;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.Acknowledged;
import zonetrail.update.Alteration;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateOutcome;
import zonetrail.update.UpdateOutcome.Refusal;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Serial;
import zonetrail.zone.SoaSerial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.ZoneChange.Replacement;
import zonetrail.zone.ZoneCheck;
import zonetrail.zone.Zones;

/// Makes an acknowledged change again on zones that have moved on: the records that it took away
/// are taken away where they still are, those that it brought are brought, and the serial is newer
/// than any that was served.
final class Remake {
  private Remake() {}

  /// What the change comes to on these zones.
  static UpdateOutcome of(Acknowledged edit, Zones zones, SerialStyle style, Instant now) {
    WireName apex = edit.alteration().apex();
    Zone zone = zones.zone(apex) instanceof Zone there ? there : null;
    UpdateOutcome outcome = of(edit, zone, style, now);
    return zone != null && zone.isSealed() && outcome instanceof UpdateOutcome.Made
        ? conflict("the zone is signed by now, and an edit would make it bogus")
        : outcome;
  }

  private static UpdateOutcome of(
      Acknowledged edit, @Nullable Zone zone, SerialStyle style, Instant now) {
    WireName apex = edit.alteration().apex();
    return switch (edit.alteration()) {
      case Alteration.Created created ->
          zone == null
              ? UpdateOutcome.Made.created(created.zone())
              : zone.sameRecords(created.zone())
                  ? new UpdateOutcome.Unchanged(apex)
                  : conflict("somebody else has made the zone in the meantime");
      case Alteration.Removed _ ->
          zone == null ? new UpdateOutcome.Unchanged(apex) : UpdateOutcome.Made.removed(apex);
      case Alteration.Changed changed ->
          zone == null
              ? conflict("the zone is gone")
              : changed(changed.change(), zone, edit.floor(), style, now);
    };
  }

  private static Refusal conflict(String reason) {
    return Refusal.of(Rcode.SERVFAIL, reason);
  }

  private static UpdateOutcome changed(
      ZoneChange change, Zone zone, Serial floor, SerialStyle style, Instant now) {
    ZoneChange.Builder builder = new ZoneChange.Builder(zone);
    for (Replacement replacement : change.replacements()) {
      if (isSoaOf(zone, replacement)) {
        continue;
      }
      RRset next = replaced(replacement, there(zone, replacement));
      if (next != null) {
        builder.put(next);
      } else if (replacement.type().equals(RRType.RRSIG)) {
        builder.removeSignatures(replacement.owner(), either(replacement).typeCovered());
      } else {
        builder.remove(replacement.owner(), replacement.type());
      }
    }
    boolean isNothing = builder.build().isEmpty();
    if (isNothing && zone.serial().isNewerThan(floor)) {
      return new UpdateOutcome.Unchanged(zone.apex());
    }
    Serial newest = floor.isNewerThan(zone.serial()) ? floor : zone.serial();
    ZoneChange made = builder.put(SoaSerial.set(zone.soa(), style.next(newest, now))).build();
    Zone after = zone.with(made);
    for (Finding finding : ZoneCheck.check(after, (_, _) -> Position.ofFile(""))) {
      if (finding.isError()) {
        return conflict(finding.message());
      }
    }
    return UpdateOutcome.Made.changed(made, after);
  }

  private static boolean isSoaOf(Zone zone, Replacement replacement) {
    return replacement.type().equals(RRType.SOA) && replacement.owner().equals(zone.apex());
  }

  private static @Nullable RRset there(Zone zone, Replacement replacement) {
    RRset wanted = either(replacement);
    var node = zone.node(replacement.owner());
    if (node == null) {
      return null;
    }
    for (RRset rrset : node.rrsets()) {
      boolean isSame =
          rrset.type().equals(wanted.type())
              && (!wanted.type().equals(RRType.RRSIG)
                  || rrset.typeCovered().equals(wanted.typeCovered()));
      if (isSame) {
        return rrset;
      }
    }
    return null;
  }

  private static RRset either(Replacement replacement) {
    RRset before = replacement.before();
    RRset after = replacement.after();
    if (after != null) {
      return after;
    }
    if (before != null) {
      return before;
    }
    throw new IllegalStateException("a replacement of nothing by nothing");
  }

  /// What is there, without what went and with what came; null for nothing.
  private static @Nullable RRset replaced(Replacement replacement, @Nullable RRset there) {
    RRset before = replacement.before();
    RRset after = replacement.after();
    Set<Rdata> records = new LinkedHashSet<>(there == null ? List.of() : there.rdatas());
    if (before != null) {
      before.rdatas().stream()
          .filter(rdata -> after == null || !after.rdatas().contains(rdata))
          .forEach(records::remove);
    }
    if (after != null) {
      after.rdatas().stream()
          .filter(rdata -> before == null || !before.rdatas().contains(rdata))
          .forEach(records::add);
    }
    if (records.isEmpty()) {
      return null;
    }
    boolean setsTtl =
        after != null && (before == null || before.ttlSeconds() != after.ttlSeconds());
    int ttlSeconds =
        setsTtl || there == null ? either(replacement).ttlSeconds() : there.ttlSeconds();
    return new RRset(replacement.owner(), replacement.type(), ttlSeconds, new ArrayList<>(records));
  }

  /// The change of a zone that only makes its serial another.
  static UpdateOutcome withSerial(Zone zone, Serial serial) {
    ZoneChange change = new ZoneChange.Builder(zone).put(SoaSerial.set(zone.soa(), serial)).build();
    return UpdateOutcome.Made.changed(change, zone.with(change));
  }

  /// The same zone with another serial.
  static Zone at(Zone zone, Serial serial) {
    return zone.with(new ZoneChange.Builder(zone).put(SoaSerial.set(zone.soa(), serial)).build());
  }
}
