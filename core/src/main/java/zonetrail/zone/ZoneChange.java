package zonetrail.zone;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// What an edit does to a zone: for each RRset concerned, what it was and what it is afterwards.
///
/// It fits the version that it was made for, and every other one that has the same RRsets in these
/// places; [Zone#with] makes the next version of it. A zone keeps its one SOA record: a change may
/// replace it, not take it away. Immutable, safe on any thread; it holds the records concerned.
@Rfc(number = 1995, section = "4")
public final class ZoneChange {
  private static final int OCTETS_PER_REPLACEMENT = 24;
  private static final int OCTETS_PER_RRSET = 100;
  private static final int OCTETS_PER_RDATA = 44;

  private final WireName apex;
  private final List<Replacement> replacements;

  private ZoneChange(WireName apex, List<Replacement> replacements) {
    this.apex = apex;
    this.replacements = List.copyOf(replacements);
  }

  /// What becomes of one RRset; of signatures, of those over one type. One of the two may be null,
  /// when there was none or when there is none afterwards.
  ///
  /// @param before what it was
  /// @param after what it is afterwards
  public record Replacement(@Nullable RRset before, @Nullable RRset after) {
    private static final Comparator<Replacement> ORDER =
        Comparator.comparing(Replacement::owner)
            .thenComparing(Replacement::kind, Integer::compareUnsigned);

    /// Checks that there is an RRset.
    public Replacement {
      if (before == null && after == null) {
        throw new IllegalArgumentException("a replacement of nothing by nothing");
      }
    }

    /// The name that owns it.
    public WireName owner() {
      return either().owner();
    }

    /// Its type.
    public RRType type() {
      return either().type();
    }

    /// Type and type covered, see [NodeLayout#kind].
    int kind() {
      return ZoneChange.kind(either());
    }

    /// How many records the zone has more afterwards.
    int recordsMore() {
      return (after == null ? 0 : after.rdatas().size())
          - (before == null ? 0 : before.rdatas().size());
    }

    /// How many RRsets the name has more afterwards: one, none, or one less.
    int rrsetsMore() {
      return (after == null ? 0 : 1) - (before == null ? 0 : 1);
    }

    private boolean keepsOneRecord() {
      return before != null
          && after != null
          && before.rdatas().size() == 1
          && after.rdatas().size() == 1;
    }

    private RRset either() {
      return after == null ? requireNonNull(before) : after;
    }

    private Replacement inverse() {
      return new Replacement(after, before);
    }
  }

  /// What makes one version of a zone the other.
  ///
  /// Takes a look at each name of both; the names that the versions share cost least.
  ///
  /// @throws IllegalArgumentException if they are versions of different zones
  public static ZoneChange between(Zone before, Zone after) {
    return new ZoneChange(
        before.apex(),
        replacements(
            before,
            after,
            before.nodesUnlike(after, Integer.MAX_VALUE),
            after.nodesUnlike(before, Integer.MAX_VALUE)));
  }

  /// The same as [#between(Zone, Zone)] for who has no use for a large change; finding out that it
  /// is large takes little memory.
  ///
  /// @param maxRecords the most records that go and come
  /// @return null if there are more
  public static @Nullable ZoneChange between(Zone before, Zone after, int maxRecords) {
    // Each of these has at least one record that goes or comes.
    List<Node> gone = before.nodesUnlike(after, maxRecords);
    if (gone.size() > maxRecords) {
      return null;
    }
    List<Node> there = after.nodesUnlike(before, maxRecords);
    if (there.size() > maxRecords) {
      return null;
    }
    ZoneChange change = new ZoneChange(before.apex(), replacements(before, after, gone, there));
    return change.records() > maxRecords ? null : change;
  }

  private static List<Replacement> replacements(
      Zone before, Zone after, List<Node> gone, List<Node> there) {
    if (!before.apex().equals(after.apex())) {
      throw new IllegalArgumentException(
          before.apex() + " and " + after.apex() + " are different zones");
    }
    List<Replacement> replacements = new ArrayList<>();
    for (Node node : gone) {
      Node then = after.node(node.name());
      Map<Integer, RRset> now = new LinkedHashMap<>();
      if (then != null) {
        then.rrsets().forEach(rrset -> now.put(kind(rrset), rrset));
      }
      for (RRset rrset : node.rrsets()) {
        RRset successor = now.remove(kind(rrset));
        if (!rrset.equals(successor)) {
          replacements.add(new Replacement(rrset, successor));
        }
      }
      now.values().forEach(rrset -> replacements.add(new Replacement(null, rrset)));
    }
    for (Node node : there) {
      if (before.node(node.name()) == null) {
        node.rrsets().forEach(rrset -> replacements.add(new Replacement(null, rrset)));
      }
    }
    replacements.sort(Replacement.ORDER);
    return replacements;
  }

  /// A change of which only this is left, such as one that was written down.
  ///
  /// @param replacements as [#replacements()] had them
  /// @throws IllegalArgumentException if no change of such a zone has these
  public static ZoneChange of(WireName apex, List<Replacement> replacements) {
    Replacement last = null;
    for (Replacement each : replacements) {
      if (!each.owner().isAtOrBelow(apex)) {
        throw new IllegalArgumentException(each.owner() + " is not in zone " + apex);
      }
      if (last != null && Replacement.ORDER.compare(last, each) >= 0) {
        throw new IllegalArgumentException("RRsets of " + each.owner() + " are out of order");
      }
      if (each.type().equals(RRType.SOA) && each.owner().equals(apex) && !each.keepsOneRecord()) {
        throw new IllegalArgumentException("zone " + apex + " has one SOA record");
      }
      last = each;
    }
    return new ZoneChange(apex, replacements);
  }

  /// What changes that follow one another come to: what one of them brings and a later one takes is
  /// no part of it (RFC 1995 §6).
  ///
  /// @param changes at least one, of one zone, each of the version that the one before makes
  @Rfc(number = 1995, section = "6")
  public static ZoneChange condensed(List<ZoneChange> changes) {
    if (changes.size() == 1) {
      return changes.getFirst();
    }
    Map<Place, Replacement> first = new HashMap<>();
    Map<Place, Replacement> last = new HashMap<>();
    for (ZoneChange change : changes) {
      for (Replacement each : change.replacements) {
        Place place = new Place(each.owner(), each.kind());
        first.putIfAbsent(place, each);
        last.put(place, each);
      }
    }
    List<Replacement> replacements = new ArrayList<>();
    first.forEach((place, from) -> {
      RRset before = from.before();
      RRset after = requireNonNull(last.get(place)).after();
      if (before == null ? after != null : !before.equals(after)) {
        replacements.add(new Replacement(before, after));
      }
    });
    replacements.sort(Replacement.ORDER);
    return new ZoneChange(changes.getFirst().apex, replacements);
  }

  private record Place(WireName owner, int kind) {}

  private static int kind(RRset rrset) {
    return NodeLayout.kind(rrset.type(), rrset.rdatas().getFirst());
  }

  /// The zone's name.
  public WireName apex() {
    return apex;
  }

  /// Each RRset that becomes another one, in canonical order of the owners (RFC 4034 §6.1) and in
  /// order of type.
  public List<Replacement> replacements() {
    return replacements;
  }

  /// Whether nothing changes.
  public boolean isEmpty() {
    return replacements.isEmpty();
  }

  /// How many records go and come.
  public long records() {
    long records = 0;
    for (Replacement each : replacements) {
      for (RRset part : without(each.before(), each.after())) {
        records += part.rdatas().size();
      }
      for (RRset part : without(each.after(), each.before())) {
        records += part.rdatas().size();
      }
    }
    return records;
  }

  /// About how much of the heap it takes, in octets.
  public long heapOctets() {
    long octets = 0;
    for (Replacement each : replacements) {
      octets += OCTETS_PER_REPLACEMENT + heapOctets(each.before()) + heapOctets(each.after());
    }
    return octets;
  }

  private static long heapOctets(@Nullable RRset rrset) {
    if (rrset == null) {
      return 0;
    }
    long octets = (long) OCTETS_PER_RRSET + rrset.owner().length();
    for (Rdata rdata : rrset.rdatas()) {
      octets += OCTETS_PER_RDATA + rdata.length();
    }
    return octets;
  }

  /// The records that go, gathered by owner and type: first the old SOA record, if it is replaced,
  /// then the others. Where a TTL changes, all records of the RRset go and come again.
  @Rfc(number = 1995, section = "4")
  public List<RRset> removed() {
    return soaFirst(
        replacements.stream().map(each -> without(each.before(), each.after())).toList());
  }

  /// The records that come, as [#removed()] has those that go.
  @Rfc(number = 1995, section = "4")
  public List<RRset> added() {
    return soaFirst(
        replacements.stream().map(each -> without(each.after(), each.before())).toList());
  }

  private List<RRset> soaFirst(List<List<RRset>> parts) {
    List<RRset> ordered = new ArrayList<>(parts.size());
    parts.forEach(part -> part.stream().filter(this::isSoa).forEach(ordered::add));
    parts.forEach(part -> part.stream().filter(each -> !isSoa(each)).forEach(ordered::add));
    return ordered;
  }

  private boolean isSoa(RRset rrset) {
    return isSoa(rrset.owner(), rrset.type());
  }

  private boolean isSoa(WireName owner, RRType type) {
    return type.equals(RRType.SOA) && owner.equals(apex);
  }

  /// The records of an RRset that another one has not; none or one RRset.
  private static List<RRset> without(@Nullable RRset rrset, @Nullable RRset other) {
    if (rrset == null) {
      return List.of();
    }
    if (other == null || other.ttlSeconds() != rrset.ttlSeconds()) {
      return List.of(rrset);
    }
    Set<Rdata> there = new TreeSet<>(other.rdatas());
    List<Rdata> rest = rrset.rdatas().stream().filter(rdata -> !there.contains(rdata)).toList();
    return rest.isEmpty()
        ? List.of()
        : List.of(new RRset(rrset.owner(), rrset.type(), rrset.ttlSeconds(), rest));
  }

  /// What undoes this change.
  public ZoneChange inverse() {
    return new ZoneChange(apex, replacements.stream().map(Replacement::inverse).toList());
  }

  @Override
  public String toString() {
    return apex + ": " + replacements.size() + " RRsets replaced";
  }

  /// Gathers a change of a version of a zone, RRset by RRset; of several words about one RRset the
  /// last one counts. One thread.
  public static final class Builder {
    private final Zone base;
    private final Map<WireName, Map<Integer, Replacement>> byOwner = new TreeMap<>();

    /// Begins a change.
    ///
    /// @param base the version that is to be changed
    public Builder(Zone base) {
      this.base = base;
    }

    /// Says what an RRset is afterwards, whether there was one or not. Duplicates are dropped, and
    /// what a duplicate is [ZoneBuilder#add] says.
    ///
    /// @return this builder
    /// @throws IllegalArgumentException if the owner lies outside the zone, if it is the apex and
    ///   would have two SOA records, or if signatures are over more than one type
    public Builder put(RRset rrset) {
      if (!rrset.owner().isAtOrBelow(base.apex())) {
        throw new IllegalArgumentException(rrset.owner() + " is not in zone " + base.apex());
      }
      RRset after = withoutDuplicates(rrset);
      if (isSoaOfZone(after.owner(), after.type()) && after.rdatas().size() != 1) {
        throw new IllegalArgumentException(
            "zone " + base.apex() + " would have " + after.rdatas().size() + " SOA records");
      }
      int kind = kind(after);
      for (Rdata rdata : after.rdatas()) {
        if (NodeLayout.kind(after.type(), rdata) != kind) {
          throw new IllegalArgumentException(
              "signatures of " + after.owner() + " over more than one type");
        }
      }
      replace(after.owner(), kind, after);
      return this;
    }

    private static RRset withoutDuplicates(RRset rrset) {
      Set<Rdata> there = new TreeSet<>();
      List<Rdata> rdatas =
          rrset.rdatas().stream()
              .filter(rdata -> there.add(ZoneBuilder.canonical(rrset.type(), rdata)))
              .toList();
      return rdatas.size() == rrset.rdatas().size()
          ? rrset
          : new RRset(rrset.owner(), rrset.type(), rrset.ttlSeconds(), rdatas);
    }

    /// Says that there is no RRset of a type afterwards; of type RRSIG, no signatures at all.
    ///
    /// @return this builder
    /// @throws IllegalArgumentException if it is the zone's SOA
    public Builder remove(WireName owner, RRType type) {
      if (isSoaOfZone(owner, type)) {
        throw new IllegalArgumentException("zone " + base.apex() + " would have no SOA record");
      }
      Node node = base.node(owner);
      List<RRset> there = new ArrayList<>(node == null ? List.of() : node.rrsets());
      Map<Integer, Replacement> said = byOwner.getOrDefault(owner, Map.of());
      said.values().forEach(each -> there.add(each.either()));
      for (RRset rrset : there) {
        if (rrset.type().equals(type)) {
          replace(owner, kind(rrset), null);
        }
      }
      return this;
    }

    /// Says that there are no signatures over a type afterwards.
    ///
    /// @return this builder
    public Builder removeSignatures(WireName owner, RRType covered) {
      replace(owner, NodeLayout.kind(RRType.RRSIG, covered), null);
      return this;
    }

    private boolean isSoaOfZone(WireName owner, RRType type) {
      return type.equals(RRType.SOA) && owner.equals(base.apex());
    }

    private void replace(WireName owner, int kind, @Nullable RRset after) {
      RRset before = base.rrset(owner, kind);
      Map<Integer, Replacement> ofOwner =
          byOwner.computeIfAbsent(owner, any -> new TreeMap<>(Integer::compareUnsigned));
      if (before == null ? after == null : before.equals(after)) {
        ofOwner.remove(kind);
      } else {
        ofOwner.put(kind, new Replacement(before, after));
      }
    }

    /// The change; RRsets that stay what they are are no part of it.
    public ZoneChange build() {
      List<Replacement> replacements = new ArrayList<>();
      byOwner.values().forEach(ofOwner -> replacements.addAll(ofOwner.values()));
      return new ZoneChange(base.apex(), replacements);
    }
  }
}
