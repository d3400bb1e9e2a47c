package zonetrail.zone;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.WireName;

/// A name as the next version of a zone will have it, or will not. Used by one [ZoneRevision].
final class NodeDraft {
  private final WireName name;
  private final boolean isApex;

  /// Its entry in the version before, or [Zone#NONE].
  private final int entry;

  private final byte[] octets;
  private final int at;
  private final List<ZoneChange.Replacement> replacements = new ArrayList<>();
  private int rrsets;
  private int children;
  private boolean hasWildcardChild;
  private boolean exists;

  private NodeDraft(Zone base, WireName name, int entry) {
    this.name = name;
    this.isApex = name.length() == base.apex().length();
    this.entry = entry;
    this.octets = entry == Zone.NONE ? new byte[0] : base.octets(entry);
    this.at = Zone.offset(entry);
  }

  /// A name that is in the version before.
  static NodeDraft ofEntry(Zone base, int entry) {
    NodeDraft draft = new NodeDraft(base, base.view(entry).name(), entry);
    draft.rrsets = NodeLayout.rrsets(draft.octets, draft.at);
    draft.children = NodeLayout.children(draft.octets, draft.at);
    draft.hasWildcardChild = (draft.flagsBefore() & NodeLayout.WILDCARD_CHILD) != 0;
    draft.exists = true;
    return draft;
  }

  /// A name that is not.
  static NodeDraft ofNewName(Zone base, WireName name) {
    return new NodeDraft(base, name, Zone.NONE);
  }

  /// The name as it is spelt in the zone.
  WireName name() {
    return name;
  }

  /// Its entry in the version before, or [Zone#NONE].
  int entry() {
    return entry;
  }

  /// How many octets that entry has.
  int octetsBefore() {
    return NodeLayout.octets(octets, at);
  }

  /// Which flags it had.
  int flagsBefore() {
    return NodeLayout.flags(octets, at);
  }

  /// Whether the next version has it, as far as has been found out.
  boolean exists() {
    return exists;
  }

  void setExists(boolean nowExists) {
    exists = nowExists;
  }

  /// Whether there is a reason for it to exist (RFC 4592 §2.2.2).
  boolean hasReason() {
    return isApex || rrsets > 0 || children > 0;
  }

  /// How many RRsets it has, the signatures over each type counted as one.
  int rrsets() {
    return rrsets;
  }

  /// The RRset of a kind in the version before, or null.
  @Nullable RRset rrsetBefore(Zone base, int kind) {
    return entry == Zone.NONE ? null : base.view(entry).rrsetOfKind(kind);
  }

  /// Takes a replacement; the caller keeps them in order.
  void replace(ZoneChange.Replacement replacement) {
    replacements.add(replacement);
    rrsets += replacement.rrsetsMore();
  }

  /// Says that a name one label longer came.
  void gain(WireName child) {
    children++;
    hasWildcardChild |= child.isWildcard();
  }

  /// Says that a name one label longer went.
  void lose(WireName child) {
    children--;
    hasWildcardChild &= !child.isWildcard();
  }

  /// Puts it into octets. RRsets that stay are copied as they are: in them names say which part of
  /// the owner or of their own RRset they share, and neither changes.
  void encode(NodeEncoder encoder) {
    encoder.begin(name, hasWildcardChild ? NodeLayout.WILDCARD_CHILD : 0, children);
    int left = entry == Zone.NONE ? 0 : NodeLayout.rrsets(octets, at);
    int rrset = left == 0 ? 0 : NodeLayout.firstRRset(octets, at);
    for (ZoneChange.Replacement replacement : replacements) {
      int kind = replacement.kind();
      while (left > 0 && Integer.compareUnsigned(NodeLayout.kind(octets, rrset), kind) < 0) {
        encoder.copy(octets, rrset);
        rrset = NodeLayout.nextRRset(octets, rrset);
        left--;
      }
      if (replacement.before() != null) {
        rrset = NodeLayout.nextRRset(octets, rrset);
        left--;
      }
      RRset after = replacement.after();
      if (after != null) {
        encoder.add(name, after.type(), kind & 0xffff, after.ttlSeconds(), after.rdatas());
      }
    }
    for (; left > 0; left--) {
      encoder.copy(octets, rrset);
      rrset = NodeLayout.nextRRset(octets, rrset);
    }
    encoder.finish();
  }
}
