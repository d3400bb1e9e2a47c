package zonetrail.zone;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import zonetrail.wire.NameKey;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// Makes the next version of a zone from a change: which names are concerned, which of them come
/// and go, then their octets. One thread, used once.
final class ZoneRevision {
  private final Zone base;
  private final ZoneChange change;
  private final NameKey key = new NameKey();

  /// All names whose octets will be others, by name.
  private final Map<WireName, NodeDraft> drafts = new LinkedHashMap<>();

  private int recordsMore;

  ZoneRevision(Zone base, ZoneChange change) {
    if (!change.apex().equals(base.apex())) {
      throw new IllegalArgumentException(
          "a change of zone " + change.apex() + " is none of zone " + base.apex());
    }
    this.base = base;
    this.change = change;
  }

  Zone zone() {
    List<NodeDraft> owners = draftOwners();
    owners.forEach(this::addAncestors);
    owners.forEach(this::removeIfEmpty);
    return write();
  }

  private List<NodeDraft> draftOwners() {
    for (ZoneChange.Replacement replacement : change.replacements()) {
      NodeDraft owner = draft(replacement.owner());
      RRset there = owner.rrsetBefore(base, replacement.kind());
      if (!Objects.equals(there, replacement.before())) {
        throw new IllegalArgumentException(
            "the change is of another version of zone "
                + base.apex()
                + ": "
                + replacement.owner()
                + " has other records of type "
                + replacement.type());
      }
      owner.replace(replacement);
      recordsMore += replacement.recordsMore();
    }
    for (NodeDraft owner : drafts.values()) {
      if (owner.rrsets() > ZoneBuilder.MAX_RRSETS) {
        throw new IllegalArgumentException(
            owner.name() + " would have more than " + ZoneBuilder.MAX_RRSETS + " RRsets");
      }
    }
    return new ArrayList<>(drafts.values());
  }

  private NodeDraft draft(WireName name) {
    return drafts.computeIfAbsent(name, this::newDraft);
  }

  private NodeDraft newDraft(WireName name) {
    key.set(name);
    int entry = base.find(key, key.depth());
    return entry == Zone.NONE
        ? NodeDraft.ofNewName(base, spelt(name))
        : NodeDraft.ofEntry(base, entry);
  }

  /// The name with the zone's own name in it as at the apex: entries don't repeat that.
  private WireName spelt(WireName name) {
    byte[] octets = name.toWire();
    base.apex().copyTo(octets, octets.length - base.apex().length());
    return WireName.fromWire(octets, 0);
  }

  /// A name that comes lets those above it exist.
  @Rfc(number = 4592, section = "2.2.2")
  private void addAncestors(NodeDraft owner) {
    NodeDraft at = owner;
    while (!at.exists() && at.hasReason()) {
      at.setExists(true);
      NodeDraft parent = draft(at.name().parent());
      parent.gain(at.name());
      at = parent;
    }
  }

  /// A name whose last record and last child went is gone, and so perhaps the one above it.
  @Rfc(number = 4592, section = "2.2.2")
  private void removeIfEmpty(NodeDraft owner) {
    NodeDraft at = owner;
    while (at.exists() && !at.hasReason()) {
      at.setExists(false);
      NodeDraft parent = draft(at.name().parent());
      parent.lose(at.name());
      at = parent;
    }
  }

  private Zone write() {
    Arena.Writer arena = new Arena.Writer(base.arena());
    NameIndex.Editor index = new NameIndex.Editor(base.index());
    Barriers.Counter barriers = new Barriers.Counter(base.barriers());
    NodeEncoder encoder = new NodeEncoder(base.apex());
    for (NodeDraft draft : drafts.values()) {
      key.set(draft.name());
      int depth = key.depth();
      int hash = key.hash(depth);
      int before = draft.entry();
      if (before != Zone.NONE) {
        barriers.add(draft.flagsBefore(), depth, -1);
        arena.release(before, draft.octetsBefore());
      }
      if (draft.exists()) {
        draft.encode(encoder);
        barriers.add(NodeLayout.flags(encoder.octets(), 0), depth, 1);
        int after = arena.append(encoder.octets(), encoder.end());
        if (before == Zone.NONE) {
          index.add(hash, after);
        } else {
          index.replace(hash, before, after);
        }
      } else if (before != Zone.NONE) {
        index.remove(hash, before);
      }
    }
    new Compaction(base, arena, index).run();
    return new Zone(
        base.apex(),
        arena.toArena(),
        index.toIndex(),
        base.recordCount() + recordsMore,
        barriers.toBarriers());
  }
}
