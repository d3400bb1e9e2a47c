package zonetrail.update;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.masterfile.RecordText;
import zonetrail.tsig.KeyName;
import zonetrail.tsig.Operation;
import zonetrail.update.Prerequisite.NameIsInUse;
import zonetrail.update.Prerequisite.NameIsNotInUse;
import zonetrail.update.Prerequisite.RRsetEquals;
import zonetrail.update.Prerequisite.RRsetExists;
import zonetrail.update.Prerequisite.RRsetIsAbsent;
import zonetrail.update.RecordUpdate.Add;
import zonetrail.update.RecordUpdate.DeleteName;
import zonetrail.update.RecordUpdate.DeleteRRset;
import zonetrail.update.RecordUpdate.DeleteRecord;
import zonetrail.update.UpdateOutcome.Made;
import zonetrail.update.UpdateOutcome.Refusal;
import zonetrail.update.UpdateOutcome.Unchanged;
import zonetrail.wire.ExtendedError;
import zonetrail.wire.RRClass;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.ChangedZoneCheck;
import zonetrail.zone.Finding;
import zonetrail.zone.Node;
import zonetrail.zone.Position;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.ZoneChange;
import zonetrail.zone.ZoneCheck;
import zonetrail.zone.Zones;

/// Applies an update to the zones of a moment, as a whole or not at all.
///
/// The order is that of BIND 9.18, not of RFC 2136, which asks for the prerequisites first: who may
/// not do what the message says learns nothing by them. What a prerequisite may ask is not bound to
/// the key's scope, only to the zone: everybody may ask the server for these records anyway.
///
/// Costs what the message changes, whatever the size of the zone. Pure; any thread.
@Rfc(number = 2136, section = "3")
@Rfc(number = 3007, section = "3.1")
public final class UpdateProcessor {
  /// The most records that an RRset may grow to by updates; files may hold more.
  public static final int MAX_RECORDS_PER_RRSET = 100;

  /// What only whoever signs a zone can write, or take away. (BIND lets RRSIG pass at the apex, and
  /// NSEC3PARAM, since it can sign.)
  private static final Set<RRType> SIGNERS_OWN =
      Set.of(RRType.RRSIG, RRType.NSEC, RRType.NSEC3, RRType.NSEC3PARAM);

  private UpdateProcessor() {}

  /// What the update comes to.
  ///
  /// @param key who signed it; its signature was verified
  /// @param zones what the update is applied to
  /// @param style how the serial is raised if the client does not
  /// @param now for serials that tell the time
  public static UpdateOutcome apply(
      UpdateRequest request, KeyName key, Zones zones, SerialStyle style, Instant now) {
    if (request.zoneClass() != RRClass.IN) {
      return Refusal.notAuthoritative("there are zones of class IN only");
    }
    return switch (UpdateTarget.of(request, key, zones)) {
      case UpdateTarget.None(Refusal why) -> why;
      case UpdateTarget.Present(Zone zone) -> change(zone, request, key, style, now);
      case UpdateTarget.New(WireName apex) -> create(apex, request, key);
    };
  }

  private static UpdateOutcome change(
      Zone zone, UpdateRequest request, KeyName key, SerialStyle style, Instant now) {
    Refusal refusal = firstRefusal(request, key, zone.apex(), zone);
    if (refusal != null) {
      return refusal;
    }
    ZoneDraft draft = new ZoneDraft(zone);
    request.updates().forEach(draft::apply);
    if (draft.isRemoved()) {
      return draft.addsRecords()
          ? Refusal.prohibited(
              "deleting the SOA record removes the zone, and this adds records to it; do one or"
                  + " the other")
          : Made.removed(zone.apex());
    }
    Refusal tooMuch = tooMuch(draft);
    if (tooMuch != null) {
      return tooMuch;
    }
    ZoneChange change = draft.toChange(zone, style.next(zone.serial(), now));
    if (change.isEmpty()) {
      return new Unchanged(zone.apex());
    }
    Zone after = zone.with(change);
    String error = ChangedZoneCheck.firstError(after, change);
    return error == null ? Made.changed(change, after) : Refusal.invalidData(Rcode.REFUSED, error);
  }

  private static UpdateOutcome create(WireName apex, UpdateRequest request, KeyName key) {
    Refusal refusal = firstRefusal(request, key, apex, null);
    if (refusal != null) {
      return refusal;
    }
    ZoneDraft draft = new ZoneDraft(apex);
    request.updates().forEach(draft::apply);
    Refusal tooMuch = tooMuch(draft);
    if (tooMuch != null) {
      return tooMuch;
    }
    Zone zone = draft.toNewZone();
    for (Finding finding : ZoneCheck.check(zone, (_, _) -> Position.ofFile(""))) {
      if (finding.isError()) {
        return Refusal.invalidData(Rcode.REFUSED, finding.message());
      }
    }
    return Made.created(zone);
  }

  private static @Nullable Refusal tooMuch(ZoneDraft draft) {
    RRset outgrown = draft.outgrown(MAX_RECORDS_PER_RRSET);
    if (outgrown != null) {
      return tooMany(outgrown);
    }
    WireName crowded = draft.nameWithMoreTypesThan(ZoneBuilder.MAX_RRSETS);
    return crowded == null
        ? null
        : new Refusal(
            Rcode.REFUSED,
            ExtendedError.OVER_QUOTA,
            "more than "
                + ZoneBuilder.MAX_RRSETS
                + " types of records at "
                + crowded.toStringNoDot()
                + ", which no zone may have");
  }

  private static Refusal tooMany(RRset rrset) {
    return new Refusal(
        Rcode.REFUSED,
        ExtendedError.OVER_QUOTA,
        "more than "
            + MAX_RECORDS_PER_RRSET
            + " "
            + rrset.type()
            + " records at "
            + rrset.owner().toStringNoDot()
            + "; more than that only the zone file may hold");
  }

  private static @Nullable Refusal firstRefusal(
      UpdateRequest request, KeyName key, WireName apex, @Nullable Zone zone) {
    for (RecordUpdate update : request.updates()) {
      Refusal refusal = prescan(update, request.zoneName(), apex, key);
      if (refusal != null) {
        return refusal;
      }
    }
    for (Prerequisite prerequisite : request.prerequisites()) {
      if (!prerequisite.owner().isAtOrBelow(request.zoneName())) {
        return notInZone(prerequisite.owner(), request.zoneName());
      }
    }
    for (Prerequisite prerequisite : request.prerequisites()) {
      Refusal refusal = test(prerequisite, zone);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  @Rfc(number = 2136, section = "3.4.1")
  @Rfc(number = 2136, section = "3.3")
  private static @Nullable Refusal prescan(
      RecordUpdate update, WireName zoneName, WireName apex, KeyName key) {
    WireName owner = update.owner();
    if (!owner.isAtOrBelow(zoneName)) {
      return notInZone(owner, zoneName);
    }
    if (!key.permits(Operation.UPDATE, owner)) {
      return Refusal.prohibited("key " + key + " may not update " + owner.toStringNoDot());
    }
    RRType type = type(update);
    boolean isAdded = update instanceof Add;
    if (SIGNERS_OWN.contains(type) || (isAdded && sealsZones(type) && owner.equals(apex))) {
      return Refusal.notSupported(
          type + " records are made by whoever signs the zone; sign it and push the new version");
    }
    return update instanceof Add add && !survivesText(add)
        ? Refusal.invalidData(
            Rcode.REFUSED,
            "a " + type + " record that cannot be written to a master file and read again")
        : null;
  }

  private static RRType type(RecordUpdate update) {
    return switch (update) {
      case Add add -> add.type();
      case DeleteRRset(_, RRType type) -> type;
      case DeleteRecord(_, RRType type, _) -> type;
      case DeleteName _ -> RRType.ANY;
    };
  }

  private static boolean sealsZones(RRType type) {
    return type.equals(RRType.DNSKEY) || type.equals(RRType.ZONEMD);
  }

  /// So that the zone of a file is the zone that was acknowledged.
  private static boolean survivesText(Add add) {
    return RecordText.survives(add.owner(), add.type(), add.ttlSeconds(), add.rdata());
  }

  private static Refusal notInZone(WireName owner, WireName zoneName) {
    return Refusal.of(
        Rcode.NOTZONE, owner.toStringNoDot() + " is not in " + zoneName.toStringNoDot());
  }

  /// @param zone what it is tested on; null for a zone to be made, which holds nothing
  @Rfc(number = 2136, section = "3.2")
  private static @Nullable Refusal test(Prerequisite prerequisite, @Nullable Zone zone) {
    WireName owner = prerequisite.owner();
    Node node = zone == null ? null : zone.node(owner);
    return switch (prerequisite) {
      case NameIsInUse _ when isEmpty(node) -> unmet(Rcode.NXDOMAIN, owner, "has no records");
      case NameIsNotInUse _ when !isEmpty(node) -> unmet(Rcode.YXDOMAIN, owner, "has records");
      case RRsetExists(_, RRType type) when node == null || !node.has(type) ->
          unmet(Rcode.NXRRSET, owner, "has no " + type + " records");
      case RRsetIsAbsent(_, RRType type) when node != null && node.has(type) ->
          unmet(Rcode.YXRRSET, owner, "has " + type + " records");
      case RRsetEquals(_, RRType type, List<Rdata> rdatas)
          when !records(node, type).equals(canonical(type, rdatas)) ->
          unmet(Rcode.NXRRSET, owner, "has other " + type + " records");
      case NameIsInUse _, NameIsNotInUse _, RRsetExists _, RRsetIsAbsent _, RRsetEquals _ -> null;
    };
  }

  private static Refusal unmet(Rcode rcode, WireName owner, String what) {
    return Refusal.of(rcode, "prerequisite not met: " + owner.toStringNoDot() + " " + what);
  }

  private static boolean isEmpty(@Nullable Node node) {
    return node == null || node.isEmptyNonTerminal();
  }

  private static Set<Rdata> records(@Nullable Node node, RRType type) {
    Set<Rdata> records = new HashSet<>();
    for (RRset rrset : node == null ? List.<RRset>of() : node.rrsets()) {
      if (rrset.type().equals(type)) {
        records.addAll(canonical(type, rrset.rdatas()));
      }
    }
    return records;
  }

  private static Set<Rdata> canonical(RRType type, List<Rdata> rdatas) {
    Set<Rdata> canonical = new HashSet<>();
    rdatas.forEach(rdata -> canonical.add(RRsetDraft.canonical(type, rdata)));
    return canonical;
  }
}
