package zonetrail.zone;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Header;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// A name that exists in a zone, with the RRsets it owns; without any, an empty non-terminal. A
/// view of the zone's octets: each value is made when it is asked for.
///
/// It has at most one RRset of each type; but the signatures over each type are an RRset of type
/// RRSIG of their own, since they have that type's TTL (RFC 4035 §2.2).
@Rfc(number = 4592, section = "2.2.2")
public final class Node {
  private final WireName apex;
  private final byte[] octets;
  private final int at;
  private final int entry;
  private @Nullable WireName name;
  private @Nullable List<RRset> rrsets;

  /// @param entry the ref by which the zone knows it
  /// @param octets where the node lies, see [NodeLayout]
  /// @param at where it begins
  Node(WireName apex, int entry, byte[] octets, int at) {
    this.apex = apex;
    this.entry = entry;
    this.octets = octets;
    this.at = at;
  }

  /// The owner name, in the case it was first written; the zone's own name in it as at the apex.
  public WireName name() {
    WireName made = name;
    if (made == null) {
      int prefix = NodeLayout.prefixOctets(octets, at);
      made = prefix == 0 ? apex : WireName.join(octets, NodeLayout.prefix(at), prefix, apex);
      name = made;
    }
    return made;
  }

  /// The zone's number for it; no other node of the same version has it.
  int entry() {
    return entry;
  }

  /// Whether the labels before the apex are those that a name has before it.
  boolean beginsLike(WireName name, int prefix) {
    return NodeLayout.prefixOctets(octets, at) == prefix
        && name.startsLike(prefix, octets, NodeLayout.prefix(at));
  }

  /// In order of type, signatures in order of the type that they cover.
  public List<RRset> rrsets() {
    List<RRset> made = rrsets;
    if (made == null) {
      made = makeRRsets();
      rrsets = made;
    }
    return made;
  }

  private List<RRset> makeRRsets() {
    int count = NodeLayout.rrsets(octets, at);
    if (count == 0) {
      return List.of();
    }
    WireName owner = name();
    RRset[] all = new RRset[count];
    int rrset = NodeLayout.firstRRset(octets, at);
    for (int i = 0; i < count; i++) {
      all[i] = rrsetAt(owner, rrset);
      rrset = NodeLayout.nextRRset(octets, rrset);
    }
    return List.of(all);
  }

  /// Whether the name is a zone cut (RFC 1034 §4.2).
  boolean isCut() {
    return (NodeLayout.flags(octets, at) & NodeLayout.CUT) != 0;
  }

  /// The types of its RRsets, in order; RRSIG once for each type that is signed.
  public List<RRType> types() {
    int count = NodeLayout.rrsets(octets, at);
    List<RRType> types = new ArrayList<>(count);
    int rrset = NodeLayout.firstRRset(octets, at);
    for (int i = 0; i < count; i++) {
      types.add(RRType.of(NodeLayout.type(octets, rrset)));
      rrset = NodeLayout.nextRRset(octets, rrset);
    }
    return types;
  }

  /// Whether it has an RRset of a type.
  public boolean has(RRType type) {
    return NodeLayout.rrset(octets, at, type.value()) >= 0;
  }

  /// The RRset of a type, or null; of the signatures those over the lowest type.
  public @Nullable RRset rrset(RRType type) {
    int rrset = NodeLayout.rrset(octets, at, type.value());
    if (rrset < 0) {
      return null;
    }
    if (rrsets != null) {
      for (RRset made : rrsets) {
        if (made.type() == type) {
          return made;
        }
      }
    }
    return rrsetAt(name(), rrset);
  }

  /// The signatures over the RRset of a type, or null.
  @Rfc(number = 4035, section = "2.2")
  public @Nullable RRset signatures(RRType covered) {
    int rrset = NodeLayout.signatures(octets, at, covered.value());
    return rrset < 0 ? null : rrsetAt(name(), rrset);
  }

  /// The RRset of a kind, see [NodeLayout#kind], or null.
  @Nullable RRset rrsetOfKind(int kind) {
    int rrset = NodeLayout.rrsetOfKind(octets, at, kind);
    return rrset < 0 ? null : rrsetAt(name(), rrset);
  }

  /// Whether the name is nothing but the hash of another, with its NSEC3 record: no name of the
  /// zone as far as questions go (RFC 5155 §7.2.8).
  @Rfc(number = 5155, section = "7.2.8")
  public boolean isOnlyHash() {
    return (NodeLayout.flags(octets, at) & NodeLayout.ONLY_HASH) != 0;
  }

  /// Whether the name owns no record and exists only because names below it do (RFC 4592 §2.2.2).
  public boolean isEmptyNonTerminal() {
    return NodeLayout.rrsets(octets, at) == 0;
  }

  /// Whether both have the same records; the names they own them by aren't compared.
  boolean sameRecords(Node other) {
    if (equals(other)) {
      return true;
    }
    int from = NodeLayout.firstRRset(octets, at);
    int end = at + NodeLayout.octets(octets, at);
    int theirs = NodeLayout.firstRRset(other.octets, other.at);
    int theirEnd = other.at + NodeLayout.octets(other.octets, other.at);
    return Arrays.equals(octets, from, end, other.octets, theirs, theirEnd)
        || rrsets().equals(other.rrsets());
  }

  private RRset rrsetAt(WireName owner, int rrset) {
    int type = NodeLayout.type(octets, rrset);
    int records = NodeLayout.records(octets, rrset);
    List<Rdata> rdatas = new ArrayList<>(records);
    int record = NodeLayout.firstRecord(rrset);
    RdataReader reader = NodeLayout.names(type) == 0 ? null : new RdataReader(octets, rrset, owner);
    for (int i = 0; i < records; i++) {
      int length = Header.u16(octets, record);
      rdatas.add(reader == null ? Rdata.of(octets, record + 2, length) : reader.read(record));
      record += 2 + length;
    }
    return new RRset(owner, RRType.of(type), NodeLayout.ttl(octets, rrset), rdatas);
  }

  /// Whether both are views of the same octets.
  @Override
  @SuppressWarnings("ReferenceEquality") // a view is a place in one array, whatever others hold
  public boolean equals(Object other) {
    return other instanceof Node that && octets == that.octets && at == that.at;
  }

  @Override
  public int hashCode() {
    return at;
  }

  @Override
  public String toString() {
    return name() + " " + types();
  }
}
