package zonetrail.zone;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// One version of a zone: its apex, and every name at or below it that exists.
///
/// A zone has exactly one SOA record, at its apex; [Builder] makes nothing else. Whether the rest
/// of it makes sense is `ZoneCheck`'s to say. Immutable, safe on any thread.
@Rfc(number = 1034, section = "4.2.1")
public final class Zone implements ServedZone {
  // What a zone takes of the heap, measured over 20,000 to 50,000 records of several kinds with
  // compact object headers.
  private static final int OCTETS_PER_NODE = 110;
  private static final int OCTETS_PER_RRSET = 30;
  private static final int OCTETS_PER_RECORD = 40;
  private static final int OCTETS_PER_ZONE = 1_000;

  private final Node top;
  private final RRset soa;
  private final Map<WireName, Node> nodes;
  private final int recordCount;
  private final long heapOctets;
  private final @Nullable DenialChain denialChain;

  private Zone(Node top, RRset soa, Map<WireName, Node> nodes, int recordCount, long heapOctets) {
    this.top = top;
    this.soa = soa;
    this.nodes = nodes;
    this.recordCount = recordCount;
    this.heapOctets = heapOctets;
    this.denialChain = DenialChain.of(top, nodes.values());
  }

  @Override
  public WireName apex() {
    return top.name();
  }

  /// The node at the apex.
  public Node top() {
    return top;
  }

  /// The RRset that holds the one SOA record.
  public RRset soa() {
    return soa;
  }

  /// The serial in the SOA.
  public Serial serial() {
    Rdata rdata = soa.rdatas().getFirst();
    return new Serial(rdata.u32At(rdata.length() - 20));
  }

  /// How long a secondary may serve the zone without hearing of its primary, in seconds, as an
  /// unsigned number (RFC 1035 §3.3.13).
  @Rfc(number = 1035, section = "3.3.13")
  public int expireSeconds() {
    Rdata rdata = soa.rdatas().getFirst();
    return rdata.u32At(rdata.length() - 8);
  }

  /// The TTL of negative answers: the lesser of the SOA's own TTL and its MINIMUM, in seconds (RFC
  /// 2308 §5).
  @Rfc(number = 2308, section = "5")
  public int negativeTtlSeconds() {
    Rdata rdata = soa.rdatas().getFirst();
    int minimum = rdata.u32At(rdata.length() - 4);
    return minimum < 0 ? soa.ttlSeconds() : Math.min(soa.ttlSeconds(), minimum);
  }

  /// The node at a name, or null if the name does not exist in this zone's data.
  public @Nullable Node node(WireName name) {
    return nodes.get(name);
  }

  /// Every node, empty non-terminals too, in no particular order; unmodifiable.
  public Collection<Node> nodes() {
    return nodes.values();
  }

  /// What proves to a validator that a name or a type does not exist; null in a zone that has no
  /// such records.
  public @Nullable DenialChain denialChain() {
    return denialChain;
  }

  /// How many records the zone has.
  public int recordCount() {
    return recordCount;
  }

  /// About how much of the heap the zone takes, in octets.
  public long heapOctets() {
    return heapOctets;
  }

  /// Whether both zones hold the same records, the SOA included.
  public boolean sameRecords(Zone other) {
    return recordCount == other.recordCount
        && apex().equals(other.apex())
        && nodes.size() == other.nodes.size()
        && nodes.entrySet().stream()
            .allMatch(entry -> {
              Node theirs = other.nodes.get(entry.getKey());
              return theirs != null && entry.getValue().rrsets().equals(theirs.rrsets());
            });
  }

  /// Puts a zone together record by record.
  ///
  /// Duplicate records are dropped (RFC 2181 §5); an RRset gets the TTL of its first record (RFC
  /// 2181 §5.2 asks for equal ones, `ZoneCheck` reports others). Not for sharing between threads.
  public static final class Builder {
    private final WireName apex;
    private final Map<WireName, PendingNode> owners = new HashMap<>();

    /// Begins a zone.
    public Builder(WireName apex) {
      this.apex = apex;
    }

    /// The name of the zone begun.
    public WireName apex() {
      return apex;
    }

    /// Adds a record. It is a duplicate, too, of one that differs in the case of names within its
    /// rdata, where the type says that this does not count (RFC 3597 §6, RFC 4034 §6.2).
    ///
    /// @return what became of it
    /// @throws IllegalArgumentException if the owner lies outside the zone
    public Added add(WireName owner, RRType type, int ttlSeconds, Rdata rdata) {
      if (!owner.isAtOrBelow(apex)) {
        throw new IllegalArgumentException(owner + " is not in zone " + apex);
      }
      PendingSet set =
          owners
              .computeIfAbsent(owner, any -> new PendingNode())
              .of(type)
              .computeIfAbsent(
                  type == RRType.RRSIG ? rdata.typeCovered() : type,
                  any -> new PendingSet(owner, ttlSeconds));
      if (!set.add(type, rdata)) {
        return Added.DUPLICATE;
      }
      return set.ttlSeconds == ttlSeconds ? Added.ADDED : Added.ADDED_WITH_OTHER_TTL;
    }

    /// How many SOA records the apex has so far.
    public int soaCount() {
      PendingNode top = owners.get(apex);
      PendingSet soa = top == null ? null : top.sets.get(RRType.SOA);
      return soa == null ? 0 : soa.rdatas.size();
    }

    /// The zone, however large.
    ///
    /// @throws IllegalStateException unless [#soaCount()] is 1
    public Zone build() {
      try {
        return build(Long.MAX_VALUE);
      } catch (TooLargeException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    /// The zone, if there is memory for it. A few records may ask for much: the names between the
    /// apex and a name of 120 labels are nodes of the zone too.
    ///
    /// @param room how many octets of the heap it may take besides those of its records
    /// @throws IllegalStateException unless [#soaCount()] is 1
    /// @throws TooLargeException if it takes more
    public Zone build(long room) throws TooLargeException {
      if (soaCount() != 1) {
        throw new IllegalStateException("zone " + apex + " has " + soaCount() + " SOA records");
      }
      Map<WireName, Node> nodes = new HashMap<>(owners.size() * 2);
      int records = 0;
      long octets = OCTETS_PER_ZONE;
      for (PendingNode pending : owners.values()) {
        List<RRset> rrsets = pending.toRRsets();
        WireName owner = rrsets.getFirst().owner();
        nodes.put(owner, new Node(owner, rrsets));
        octets += OCTETS_PER_NODE + owner.length();
        for (RRset rrset : rrsets) {
          records += rrset.rdatas().size();
          octets += OCTETS_PER_RRSET;
          for (Rdata rdata : rrset.rdatas()) {
            octets += OCTETS_PER_RECORD + rdata.length();
          }
        }
      }
      long octetsBetween = 0;
      for (WireName owner : owners.keySet()) {
        octetsBetween += addEmptyNonTerminals(nodes, owner);
        if (octetsBetween > room) {
          throw new TooLargeException();
        }
      }
      Node top = nodes.get(apex);
      RRset soa = top == null ? null : top.rrset(RRType.SOA);
      if (top == null || soa == null) {
        throw new IllegalStateException("zone " + apex + " has no SOA record");
      }
      return new Zone(
          top, soa, Collections.unmodifiableMap(nodes), records, octets + octetsBetween);
    }

    /// @return how many octets they take
    @Rfc(number = 4592, section = "2.2.2")
    private long addEmptyNonTerminals(Map<WireName, Node> nodes, WireName owner) {
      long octets = 0;
      WireName name = owner;
      while (!name.equals(apex)) {
        name = name.parent();
        if (nodes.containsKey(name)) {
          break;
        }
        nodes.put(name, new Node(name, List.of()));
        octets += OCTETS_PER_NODE + name.length();
      }
      return octets;
    }

    /// The zone takes more memory than there is for it.
    public static final class TooLargeException extends Exception {
      private static final long serialVersionUID = 1L;

      private TooLargeException() {
        super("the zone takes more memory than there is for it");
      }
    }

    /// What became of a record that was added.
    public enum Added {
      /// It is in the zone.
      ADDED,
      /// It is in the zone, with the TTL of its RRset's first record and not its own.
      ADDED_WITH_OTHER_TTL,
      /// It was there already.
      DUPLICATE
    }

    private static final class PendingNode {
      private final Map<RRType, PendingSet> sets = new HashMap<>(4);

      /// By the type that they cover.
      private @Nullable Map<RRType, PendingSet> signatures;

      Map<RRType, PendingSet> of(RRType type) {
        if (type != RRType.RRSIG) {
          return sets;
        }
        if (signatures == null) {
          signatures = new HashMap<>(4);
        }
        return signatures;
      }

      List<RRset> toRRsets() {
        List<RRset> rrsets = new ArrayList<>(sets.size() + 2);
        sets.forEach((type, set) -> rrsets.add(set.toRRset(type)));
        if (signatures != null) {
          signatures.values().forEach(set -> rrsets.add(set.toRRset(RRType.RRSIG)));
        }
        rrsets.sort(PendingNode::inOrder);
        return rrsets;
      }

      private static int inOrder(RRset one, RRset other) {
        int byType = one.type().compareTo(other.type());
        return byType == 0 ? one.typeCovered().compareTo(other.typeCovered()) : byType;
      }
    }

    private static final class PendingSet {
      private final WireName owner;
      private final int ttlSeconds;
      private final Set<Rdata> rdatas = new LinkedHashSet<>(2);

      /// The same in their canonical form; empty while there is one record, and for types in whose
      /// rdata case counts.
      private Set<Rdata> folded = Set.of();

      PendingSet(WireName owner, int ttlSeconds) {
        this.owner = owner;
        this.ttlSeconds = ttlSeconds;
      }

      @Rfc(number = 2181, section = "5")
      @Rfc(number = 3597, section = "6")
      boolean add(RRType type, Rdata rdata) {
        RdataLayout layout = RdataLayout.of(type);
        if (rdatas.isEmpty() || layout == null || !layout.foldsNames()) {
          return rdatas.add(rdata);
        }
        if (folded.isEmpty()) {
          folded = new HashSet<>();
          rdatas.forEach(other -> folded.add(other.canonical(layout)));
        }
        return folded.add(rdata.canonical(layout)) && rdatas.add(rdata);
      }

      RRset toRRset(RRType type) {
        return new RRset(owner, type, ttlSeconds, List.copyOf(rdatas));
      }
    }
  }
}
