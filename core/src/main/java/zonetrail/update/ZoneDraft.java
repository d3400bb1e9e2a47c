package zonetrail.update;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import zonetrail.update.RecordUpdate.Add;
import zonetrail.update.RecordUpdate.DeleteName;
import zonetrail.update.RecordUpdate.DeleteRRset;
import zonetrail.update.RecordUpdate.DeleteRecord;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Serial;
import zonetrail.zone.SoaSerial;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.ZoneChange;

/// A zone while the records of an update section are applied to it, one after the other. Only the
/// names concerned are held. One thread.
@Rfc(number = 2136, section = "3.4.2")
final class ZoneDraft {
  private static final RRType SIG = RRType.of(24);
  private static final RRType KEY = RRType.of(25);
  private static final RRType NXT = RRType.of(30);

  /// What may stand beside a CNAME (RFC 4034 §3, §4), as `ZoneCheck` has it.
  private static final Set<RRType> BESIDE_CNAME =
      Set.of(RRType.CNAME, RRType.RRSIG, RRType.NSEC, SIG, KEY, NXT);

  private final WireName apex;
  private final @Nullable Zone base;
  private final Map<WireName, NodeDraft> nodes = new LinkedHashMap<>();
  private boolean deletesSoa;
  private boolean addsSoa;
  private boolean addsOthers;

  /// A zone to be made.
  ZoneDraft(WireName apex) {
    this.apex = apex;
    this.base = null;
  }

  /// A zone to be changed.
  ZoneDraft(Zone base) {
    this.apex = base.apex();
    this.base = base;
  }

  /// A name while its records change.
  private static final class NodeDraft {
    final WireName owner;
    final Map<Integer, RRsetDraft> byKind = new TreeMap<>();
    final List<RRset> before;

    NodeDraft(WireName owner, List<RRset> before) {
      this.owner = owner;
      this.before = before;
      for (RRset rrset : before) {
        byKind.put(kind(rrset.type(), rrset.rdatas().getFirst()), new RRsetDraft(rrset));
      }
    }

    /// Signatures over each type are an RRset of their own.
    static int kind(RRType type, Rdata rdata) {
      return type.equals(RRType.RRSIG) ? type.value() << 16 | rdata.u16At(0) : type.value() << 16;
    }

    static RRType type(int kind) {
      return RRType.of(kind >>> 16);
    }

    boolean has(RRType type) {
      return byKind.keySet().stream().anyMatch(kind -> type(kind).equals(type));
    }

    boolean hasMoreThanAlias() {
      return byKind.keySet().stream()
          .map(NodeDraft::type)
          .anyMatch(type -> !BESIDE_CNAME.contains(type));
    }
  }

  /// Does what a record of the update section says.
  void apply(RecordUpdate update) {
    switch (update) {
      case Add add -> add(add);
      case DeleteRRset(WireName owner, RRType type) -> deleteRRset(owner, type);
      case DeleteName(WireName owner) -> deleteName(owner);
      case DeleteRecord(WireName owner, RRType type, Rdata rdata) ->
          deleteRecord(owner, type, rdata);
    }
  }

  @Rfc(number = 2136, section = "3.4.2.2")
  private void add(Add add) {
    NodeDraft node = node(add.owner());
    RRType type = add.type();
    if (type.equals(RRType.SOA)) {
      addsSoa |= isApex(add.owner());
      if (!isApex(add.owner()) || !isNewer(node, add.rdata())) {
        return;
      }
    } else {
      addsOthers = true;
    }
    // At the apex no CNAME comes first either: the SOA record of a zone to be made may follow it.
    boolean isBesideCname =
        type.equals(RRType.CNAME)
            ? isApex(add.owner()) || node.hasMoreThanAlias()
            : node.has(RRType.CNAME) && !BESIDE_CNAME.contains(type);
    if (isBesideCname) {
      return;
    }
    node.byKind
        .computeIfAbsent(NodeDraft.kind(type, add.rdata()), any -> new RRsetDraft(type))
        .add(add.rdata(), add.ttlSeconds());
  }

  /// Whether an SOA record may take the place of the one that is there.
  @Rfc(number = 1982, section = "3.2")
  private static boolean isNewer(NodeDraft top, Rdata soa) {
    RRset there = rrset(top, RRType.SOA);
    return there == null || SoaSerial.of(soa).isNewerThan(SoaSerial.of(there.rdatas().getFirst()));
  }

  private static @Nullable RRset rrset(NodeDraft node, RRType type) {
    RRsetDraft draft = node.byKind.get(type.value() << 16);
    return draft == null ? null : draft.toRRset(node.owner);
  }

  @Rfc(number = 2136, section = "3.4.2.3")
  private void deleteName(WireName owner) {
    node(owner).byKind.keySet().removeIf(kind -> !isKeptAtApex(owner, NodeDraft.type(kind)));
  }

  @Rfc(number = 2136, section = "3.4.2.3")
  private void deleteRRset(WireName owner, RRType type) {
    if (isApex(owner) && type.equals(RRType.SOA)) {
      deletesSoa = true;
    }
    if (!isKeptAtApex(owner, type)) {
      node(owner).byKind.keySet().removeIf(kind -> NodeDraft.type(kind).equals(type));
    }
  }

  private boolean isKeptAtApex(WireName owner, RRType type) {
    return isApex(owner) && (type.equals(RRType.SOA) || type.equals(RRType.NS));
  }

  @Rfc(number = 2136, section = "3.4.2.4")
  private void deleteRecord(WireName owner, RRType type, Rdata rdata) {
    NodeDraft node = node(owner);
    int kind = NodeDraft.kind(type, rdata);
    RRsetDraft rrset = node.byKind.get(kind);
    if (rrset == null || !rrset.has(rdata)) {
      return;
    }
    if (isApex(owner) && type.equals(RRType.SOA)) {
      deletesSoa = true;
      return;
    }
    if (isApex(owner) && type.equals(RRType.NS) && rrset.size() == 1) {
      return; // the last one stays
    }
    rrset.remove(rdata);
    if (rrset.size() == 0) {
      node.byKind.remove(kind);
    }
  }

  private boolean isApex(WireName owner) {
    return owner.equals(apex);
  }

  private NodeDraft node(WireName owner) {
    return nodes.computeIfAbsent(
        owner,
        name -> {
          Node there = base == null ? null : base.node(name);
          return there == null
              ? new NodeDraft(name, List.of())
              : new NodeDraft(there.name(), there.rrsets());
        });
  }

  /// Whether the zone is to go: its SOA record is deleted and the message has no other. A client
  /// that deletes the SOA record it knows and adds the next one (RFC 2136 §5.7) means something
  /// else.
  boolean isRemoved() {
    return base != null && deletesSoa && !addsSoa;
  }

  /// Whether records other than the SOA were to be added.
  boolean addsRecords() {
    return addsOthers;
  }

  /// An RRset that grew beyond a bound; null if none did.
  @Nullable RRset outgrown(int maxRecords) {
    for (NodeDraft node : nodes.values()) {
      for (RRsetDraft draft : node.byKind.values()) {
        if (draft.size() > maxRecords && draft.size() > draft.sizeBefore()) {
          return draft.toRRset(node.owner);
        }
      }
    }
    return null;
  }

  /// A name that has more RRsets than a bound; null if none has.
  @Nullable WireName nameWithMoreTypesThan(int maxRRsets) {
    for (NodeDraft node : nodes.values()) {
      if (node.byKind.size() > maxRRsets) {
        return node.owner;
      }
    }
    return null;
  }

  /// The change so far. The serial is raised if something changes and the client did not raise it.
  ///
  /// @param raised what the serial is then
  @Rfc(number = 2136, section = "3.6")
  ZoneChange toChange(Zone zone, Serial raised) {
    ZoneChange.Builder builder = new ZoneChange.Builder(zone);
    nodes.values().forEach(node -> say(node, builder));
    ZoneChange change = builder.build();
    RRset soa = soaAfter(zone);
    if (change.isEmpty() || SoaSerial.of(soa.rdatas().getFirst()).isNewerThan(zone.serial())) {
      return change;
    }
    return builder.put(SoaSerial.set(soa, raised)).build();
  }

  private RRset soaAfter(Zone zone) {
    NodeDraft top = nodes.get(apex);
    return top == null ? zone.soa() : Objects.requireNonNull(rrset(top, RRType.SOA));
  }

  private static void say(NodeDraft node, ZoneChange.Builder builder) {
    for (RRset rrset : node.before) {
      if (!node.byKind.containsKey(NodeDraft.kind(rrset.type(), rrset.rdatas().getFirst()))) {
        if (rrset.type().equals(RRType.RRSIG)) {
          builder.removeSignatures(rrset.owner(), rrset.typeCovered());
        } else {
          builder.remove(rrset.owner(), rrset.type());
        }
      }
    }
    rrsets(node).forEach(builder::put);
  }

  private static List<RRset> rrsets(NodeDraft node) {
    List<RRset> rrsets = new ArrayList<>();
    for (RRsetDraft draft : node.byKind.values()) {
      RRset rrset = draft.toRRset(node.owner);
      if (rrset != null) {
        rrsets.add(rrset);
      }
    }
    return rrsets;
  }

  /// The new zone.
  ///
  /// @throws IllegalStateException if it has no SOA record
  Zone toNewZone() {
    ZoneBuilder builder = new ZoneBuilder(apex);
    for (NodeDraft node : nodes.values()) {
      for (RRset rrset : rrsets(node)) {
        for (Rdata rdata : rrset.rdatas()) {
          builder.add(rrset.owner(), rrset.type(), rrset.ttlSeconds(), rdata);
        }
      }
    }
    return builder.build();
  }
}
