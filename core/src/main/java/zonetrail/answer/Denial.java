package zonetrail.answer;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.Nsec3Chain;
import zonetrail.zone.NsecChain;
import zonetrail.zone.Zone;

/// Which records of a signed zone prove that an answer is right in what it does not hold.
///
/// Each method gives the nodes whose record of [#type()] goes into the authority section, none of
/// them twice. A chain with gaps gives what it has.
sealed interface Denial {
  /// The proofs of a zone; none where it isn't signed.
  static Denial of(Zone zone) {
    return switch (zone.denialChain()) {
      case null -> new Unsigned();
      case NsecChain chain -> new Nsec(chain);
      case Nsec3Chain chain -> new Nsec3(chain, zone.apex());
    };
  }

  /// The type of the records that prove.
  RRType type();

  /// That neither a name nor a wildcard in its place exists.
  Set<Node> nameError(WireName closestEncloser, WireName qname);

  /// That a name, which exists, does not have the type: also of a cut without DS records.
  Set<Node> noData(WireName name);

  /// That the wildcard which stands in for a name does not have the type.
  Set<Node> wildcardNoData(WireName wildcard, WireName qname);

  /// That a wildcard was right to stand in for a name.
  Set<Node> wildcardAnswer(WireName wildcard, WireName qname);

  /// Where a zone has no such records.
  record Unsigned() implements Denial {
    @Override
    public RRType type() {
      return RRType.NSEC;
    }

    @Override
    public Set<Node> nameError(WireName closestEncloser, WireName qname) {
      return Set.of();
    }

    @Override
    public Set<Node> noData(WireName name) {
      return Set.of();
    }

    @Override
    public Set<Node> wildcardNoData(WireName wildcard, WireName qname) {
      return Set.of();
    }

    @Override
    public Set<Node> wildcardAnswer(WireName wildcard, WireName qname) {
      return Set.of();
    }
  }

  /// By NSEC records, each of which names the next name of the zone.
  @Rfc(number = 4035, section = "3.1.3")
  record Nsec(NsecChain chain) implements Denial {
    @Override
    public RRType type() {
      return RRType.NSEC;
    }

    @Override
    @Rfc(number = 4035, section = "3.1.3.2")
    public Set<Node> nameError(WireName closestEncloser, WireName qname) {
      Set<Node> proof = nodes(chain.at(qname));
      WireName wildcard = wildcardOf(closestEncloser);
      if (wildcard != null) {
        proof.add(chain.at(wildcard));
      }
      return proof;
    }

    /// An empty non-terminal has no record of its own: the one before it names a name below it.
    @Override
    @Rfc(number = 4035, section = "3.1.3.1")
    public Set<Node> noData(WireName name) {
      return nodes(chain.at(name));
    }

    @Override
    @Rfc(number = 4035, section = "3.1.3.4")
    public Set<Node> wildcardNoData(WireName wildcard, WireName qname) {
      Set<Node> proof = noData(wildcard);
      proof.add(chain.at(qname));
      return proof;
    }

    @Override
    @Rfc(number = 4035, section = "3.1.3.3")
    public Set<Node> wildcardAnswer(WireName wildcard, WireName qname) {
      return nodes(chain.at(qname));
    }
  }

  /// By NSEC3 records, each of which names the next hash of a name.
  @Rfc(number = 5155, section = "7.2")
  record Nsec3(Nsec3Chain chain, WireName apex) implements Denial {
    @Override
    public RRType type() {
      return RRType.NSEC3;
    }

    /// That the closest encloser exists, and the name one label longer does not.
    ///
    /// @param exists the closest encloser
    /// @param name the one that does not exist
    @Rfc(number = 5155, section = "7.2.1")
    private ClosestEncloser closestEncloser(WireName exists, WireName name) {
      WireName encloser = closestWithRecord(exists);
      Set<Node> proof = nodes();
      Node matching = chain.matching(encloser);
      if (matching != null) {
        proof.add(matching);
      }
      proof.add(chain.covering(name.ancestor(encloser.labelCount() + 1)));
      return new ClosestEncloser(encloser, proof);
    }

    /// With Opt-Out, a name that exists only because of unsigned delegations has no record, so the
    /// closest one that can be proved may lie above it. Those above a name with a record have one
    /// too (RFC 5155 §7.1), so a search by halves finds it: a name has up to 127 labels, and each
    /// try costs a hash.
    @Rfc(number = 5155, section = "7.1")
    private WireName closestWithRecord(WireName exists) {
      if (chain.matching(exists) != null) {
        return exists;
      }
      int with = apex.labelCount();
      int without = exists.labelCount();
      while (without - with > 1) {
        int middle = (with + without) >>> 1;
        if (chain.matching(exists.ancestor(middle)) == null) {
          without = middle;
        } else {
          with = middle;
        }
      }
      return exists.ancestor(with);
    }

    private record ClosestEncloser(WireName name, Set<Node> proof) {}

    @Override
    @Rfc(number = 5155, section = "7.2.2")
    public Set<Node> nameError(WireName closestEncloser, WireName qname) {
      ClosestEncloser encloser = closestEncloser(closestEncloser, qname);
      WireName wildcard = wildcardOf(encloser.name());
      if (wildcard != null) {
        encloser.proof().add(chain.covering(wildcard));
      }
      return encloser.proof();
    }

    @Override
    @Rfc(number = 5155, section = "7.2.3")
    @Rfc(number = 5155, section = "7.2.4")
    @Rfc(number = 5155, section = "7.2.7")
    public Set<Node> noData(WireName name) {
      Node matching = chain.matching(name);
      if (matching != null) {
        return nodes(matching);
      }
      return name.equals(apex) ? nodes() : closestEncloser(name.parent(), name).proof();
    }

    /// With Opt-Out, a wildcard that exists only because of unsigned delegations has no record.
    /// Then there is nothing to show but that no other wildcard could stand in for the name; where
    /// one seems to, at the closest encloser that can be proved, its record would contradict the
    /// answer.
    @Override
    @Rfc(number = 5155, section = "7.2.5")
    public Set<Node> wildcardNoData(WireName wildcard, WireName qname) {
      ClosestEncloser encloser = closestEncloser(wildcard.parent(), qname);
      Node matching = chain.matching(wildcard);
      WireName provable = wildcardOf(encloser.name());
      if (matching != null) {
        encloser.proof().add(matching);
      } else if (provable != null && chain.matching(provable) == null) {
        encloser.proof().add(chain.covering(provable));
      }
      return encloser.proof();
    }

    @Override
    @Rfc(number = 5155, section = "7.2.6")
    public Set<Node> wildcardAnswer(WireName wildcard, WireName qname) {
      return nodes(chain.covering(qname.ancestor(wildcard.labelCount())));
    }
  }

  private static Set<Node> nodes(Node... first) {
    Set<Node> nodes = new LinkedHashSet<>(4);
    for (Node node : first) {
      nodes.add(node);
    }
    return nodes;
  }

  /// Null where `*.` does not fit into 255 octets, so that there can be no wildcard.
  static @Nullable WireName wildcardOf(WireName closestEncloser) {
    return closestEncloser.length() + 2 > WireName.MAX_OCTETS
        ? null
        : closestEncloser.wildcardChild();
  }
}
