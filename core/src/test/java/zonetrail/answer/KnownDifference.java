package zonetrail.answer;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.Nsec3Chain;
import zonetrail.zone.Zone;

/// The ways in which we know to answer unlike a peer; each is a row of `docs/differences.md`.
///
/// A row here says as exactly as it can what the peer must have said instead, so that it excuses
/// nothing else.
enum KnownDifference {
  ALIAS_ACROSS_ZONES("alias-across-zones") {
    @Override
    boolean explains(ComparedAnswer asked) {
      List<WireName> chain = asked.chain();
      Zone first = asked.zoneOf(chain.getFirst());
      if (first == null) {
        return false;
      }
      int leaves = 0;
      while (leaves < chain.size() && asked.zoneOf(chain.get(leaves)) == first) {
        leaves++;
      }
      if (leaves == chain.size()) {
        return false;
      }
      return switch (asked.peer()) {
        // The chain ends with the alias that leads out of the zone; but an apex is asked for its DS
        // in
        // the child, if the child is where the chain began.
        case "named" ->
            asked.theirsWithoutProofs().equals(Said.upTo(asked.reply(), leaves))
                || (asked.qtype() == Type.DS && asked.theirs().equals(asked.saidBy(first)));
        // Whatever the first zone says, also of names that are a zone of their own.
        case "knotd" -> {
          Said inFirst = asked.saidBy(first);
          yield asked.theirs().withoutProofs().equals(inFirst.withoutProofs())
              && inFirst.authority().containsAll(asked.proofsOfTheirs());
        }
        default -> false;
      };
    }
  },

  ALIASES_WITHOUT_END("aliases-without-end") {
    @Override
    boolean explains(ComparedAnswer asked) {
      List<WireName> chain = asked.chain();
      boolean endless =
          new HashSet<>(chain).size() < chain.size() || chain.size() > ReferenceAnswer.MAX_ALIASES;
      boolean servfail = asked.peer().equals("named") && asked.theirs().rcode().equals("SERVFAIL");
      return endless
          && (servfail || asked.theirs().rcode().equals("NOERROR"))
          && asked.ours().authority().containsAll(asked.theirs().authority())
          && !asked.theirs().answer().isEmpty()
          && asked.ours().answer().containsAll(asked.theirs().answer());
    }
  },

  ANY("any") {
    @Override
    boolean explains(ComparedAnswer asked) {
      return asked.qtype() == Type.ANY
          && asked.ours().answer().isEmpty() == asked.theirs().answer().isEmpty()
          // All RRsets with their signatures may be too many.
          && asked
              .theirs()
              .untruncated()
              .without(Section.ANSWER)
              .equals(asked.ours().without(Section.ANSWER))
          && switch (asked.peer()) {
            case "named" -> asked.holdsOurAnswerOrIsTruncated();
            case "knotd" ->
                asked.theirs().answer().stream().allMatch(record -> record.contains(" rrsig "));
            default -> true;
          };
    }
  },

  ANY_BELOW_DNAME("any-below-dname") {
    @Override
    boolean explains(ComparedAnswer asked) {
      return asked.peer().equals("named")
          && asked.qtype() == Type.ANY
          && asked.reply().message().getSection(Section.ANSWER).stream()
              .anyMatch(record -> record.getType() == Type.DNAME)
          && asked.theirsWithoutProofs().equals(Said.upTo(asked.reply(), 1));
    }
  },

  ZERO_TTL_FOR_SOA("zero-ttl-for-soa") {
    @Override
    boolean explains(ComparedAnswer asked) {
      return asked.peer().equals("named")
          && asked.qtype() == Type.SOA
          && asked.ours().authority().size() == asked.theirs().authority().size()
          && withTtlZero(asked.ours().authority()).equals(asked.theirs().authority())
          && asked
              .theirs()
              .without(Section.AUTHORITY)
              .equals(asked.ours().without(Section.AUTHORITY));
    }

    private static Set<String> withTtlZero(Set<String> records) {
      return records.stream()
          .map(record -> record.replaceFirst(" [0-9]+ (soa|rrsig soa) ", " 0 $1 "))
          .collect(Collectors.toSet());
    }
  },

  ONE_TREE_OF_NAMES("one-tree-of-names") {
    @Override
    boolean explains(ComparedAnswer asked) {
      return asked.peer().equals("nsd")
          && Set.of("NOERROR", "NXDOMAIN").contains(asked.theirs().rcode())
          && asked.chain().stream().anyMatch(name -> mayBeTakenForAnotherName(asked, name));
    }

    // Another zone's name may exist where ours does not, and keeps a wildcard of ours from
    // matching; then the answer ends there, with the SOA of our zone.
    private static boolean mayBeTakenForAnotherName(ComparedAnswer asked, WireName name) {
      Zone zone = asked.zoneOf(name);
      Said bare = asked.theirs().withoutProofs();
      return zone != null
          && asked.isKnownToAnEnclosingZone(name, zone)
          && asked.ours().answer().containsAll(asked.theirs().answer())
          && (bare.equals(asked.ours().withoutProofs().with(bare.rcode()))
              || bare.authority().equals(Said.negative(zone, asked.query())));
    }
  },

  EMPTY_WILDCARD("empty-wildcard") {
    @Override
    boolean explains(ComparedAnswer asked) {
      WireName name = asked.chain().getLast();
      return Set.of("named", "knotd").contains(asked.peer())
          && asked.ours().rcode().equals("NOERROR")
          && asked.isSameOrExplainedWithoutProofs(ZERO_TTL_FOR_SOA)
          && asked.isSynthesisedFromEmptyWildcard(name)
          && (provesLess(asked) || contradictsItself(asked, name));
    }

    private static boolean provesLess(ComparedAnswer asked) {
      return asked.proofsOfOurs().containsAll(asked.proofsOfTheirs());
    }

    // By the record of another wildcard, which the closest encloser that can be proved has.
    private static boolean contradictsItself(ComparedAnswer asked, WireName name) {
      Zone zone = asked.zoneOf(name);
      if (!asked.peer().equals("named")
          || !asked.enclosesWithoutNsec3(name)
          || zone == null
          || !(zone.denialChain() instanceof Nsec3Chain chain)) {
        return false;
      }
      WireName encloser = ComparedAnswer.closestEncloser(zone, name);
      while (chain.matching(encloser) == null) {
        encloser = encloser.parent();
      }
      Node wildcard = chain.matching(encloser.wildcardChild());
      return wildcard != null
          && asked.proofsOfTheirsBut(wildcard.name()).equals(asked.proofsOfOurs());
    }
  },

  ENCLOSER_WITHOUT_NSEC3("encloser-without-nsec3") {
    @Override
    boolean explains(ComparedAnswer asked) {
      WireName name = asked.chain().getLast();
      return switch (asked.peer()) {
        case "knotd" ->
            asked.ours().rcode().equals("NXDOMAIN")
                && asked.theirs().rcode().equals("NXDOMAIN")
                && asked.theirs().authority().isEmpty()
                && asked.enclosesWithoutNsec3(name);
        case "nsd" ->
            asked.theirs().withoutProofs().equals(asked.ours().withoutProofs())
                && asked.ownersOfTheirProofs().equals(withoutEncloser(asked.zoneOf(name), name));
        default -> false;
      };
    }

    // The owners of NSEC3 records that say of a name, or of a wildcard asked by its own, that it
    // does not exist, and leave out what does; empty where the name that does has a record.
    private static Set<WireName> withoutEncloser(@Nullable Zone zone, WireName name) {
      if (zone == null || !(zone.denialChain() instanceof Nsec3Chain chain)) {
        return Set.of();
      }
      WireName encloser = ComparedAnswer.closestEncloser(zone, name);
      if (chain.matching(encloser) != null) {
        return Set.of();
      }
      Set<WireName> owners = new HashSet<>();
      if (!encloser.equals(name)) {
        owners.add(chain.covering(name.ancestor(encloser.labelCount() + 1)).name());
        owners.add(chain.covering(encloser.wildcardChild()).name());
      } else if (name.isWildcard()) {
        owners.add(chain.covering(name).name());
      }
      return owners;
    }
  },

  WILDCARD_ABOVE_WILDCARD("wildcard-above-wildcard") {
    @Override
    boolean explains(ComparedAnswer asked) {
      WireName name = asked.chain().getLast();
      Zone zone = asked.zoneOf(name);
      return asked.peer().equals("nsd")
          && asked.ours().rcode().equals("NOERROR")
          && asked.theirs().withoutProofs().equals(asked.ours().withoutProofs())
          && zone != null
          && zone.denialChain() instanceof Nsec3Chain chain
          && isSynthesisedAboveWildcard(asked, zone, name)
          && lacksEncloser(asked, chain.matching(ComparedAnswer.closestEncloser(zone, name)));
    }

    private static boolean lacksEncloser(ComparedAnswer asked, @Nullable Node encloser) {
      return encloser != null
          && asked.proofsOfTheirs().equals(asked.proofsOfOursBut(encloser.name()));
    }

    private static boolean isSynthesisedAboveWildcard(
        ComparedAnswer asked, Zone zone, WireName name) {
      WireName wildcard = ComparedAnswer.closestEncloser(zone, name).wildcardChild();
      return zone.node(name) == null
          && zone.node(wildcard) != null
          && asked.isMentioned(wildcard.wildcardChild());
    }
  },

  PROOF_AFTER_DNAME("proof-after-dname") {
    @Override
    boolean explains(ComparedAnswer asked) {
      return asked.peer().equals("nsd")
          && asked.reply().message().getSection(Section.ANSWER).stream()
              .anyMatch(record -> record.getType() == Type.DNAME)
          && asked.isSameOrExplainedWithoutProofs(RRSIG);
    }
  },

  DS_OF_A_ZONE_WITHOUT_CUT("ds-of-a-zone-without-cut") {
    @Override
    boolean explains(ComparedAnswer asked) {
      WireName name = asked.chain().getLast();
      Zone parent = asked.zoneOf(name);
      return asked.peer().equals("nsd")
          && asked.qtype() == Type.DS
          && asked.zones().zone(name) != null
          && parent != null
          && (asked.theirs().withoutProofs().equals(asked.ours().withoutProofs())
              || isSaidFromFartherAbove(asked, parent, name));
    }

    // By another zone of ours, which has a delegation of that name, hidden below the parent.
    private static boolean isSaidFromFartherAbove(
        ComparedAnswer asked, Zone parent, WireName name) {
      return asked.zones().all().stream()
          .anyMatch(other ->
              other instanceof Zone above
                  && parent.apex().isBelow(above.apex())
                  && isCut(above.node(name))
                  && asked.theirs().equals(asked.saidBy(above)));
    }

    private static boolean isCut(@Nullable Node node) {
      return node != null && node.rrset(RRType.NS) != null;
    }
  },

  RRSIG("rrsig") {
    @Override
    boolean explains(ComparedAnswer asked) {
      return Set.of("named", "nsd").contains(asked.peer())
          && asked.qtype() == Type.RRSIG
          && !asked.ours().answer().isEmpty()
          && asked.holdsOurAnswerOrIsTruncated()
          && asked
              .theirs()
              .untruncated()
              .without(Section.ANSWER)
              .equals(asked.ours().without(Section.ANSWER));
    }
  },

  OF_THE_ALIAS_ITSELF("of-the-alias-itself") {
    @Override
    boolean explains(ComparedAnswer asked) {
      Set<String> more = new HashSet<>(asked.ours().answer());
      more.removeAll(asked.theirs().answer());
      return Set.of("named", "knotd").contains(asked.peer())
          && Set.of(Type.NSEC, Type.RRSIG).contains(asked.qtype())
          && asked.ours().answer().containsAll(asked.theirs().answer())
          && more.stream().anyMatch(record -> record.contains(" cname "))
          && asked.theirs().rcode().equals("NOERROR")
          && asked.theirs().authority().stream().anyMatch(record -> record.contains(" soa "));
    }
  },

  NSEC_AT_CUT("nsec-at-cut") {
    @Override
    boolean explains(ComparedAnswer asked) {
      return asked.peer().equals("named")
          && asked.qtype() == Type.NSEC
          && asked.theirs().authoritative()
          && asked.theirs().answer().containsAll(asked.ours().answer())
          && !asked.moreInTheirAnswer().isEmpty()
          && asked.moreInTheirAnswer().stream().allMatch(record -> isAtCut(asked, record))
          && asked.theirs().authority().isEmpty();
    }

    private static boolean isAtCut(ComparedAnswer asked, String record) {
      return Said.isProof(record)
          && asked.ours().authority().stream()
              .anyMatch(ns ->
                  ns.contains(" ns ")
                      && ComparedAnswer.ownerOf(ns).equals(ComparedAnswer.ownerOf(record)));
    }
  },

  DS_AT_OPT_OUT_CUT("ds-at-opt-out-cut") {
    @Override
    boolean explains(ComparedAnswer asked) {
      Set<String> missing = asked.proofsOfOurs();
      missing.removeAll(asked.theirs().authority());
      return asked.peer().equals("nsd")
          && asked.qtype() == Type.DS
          && asked.ours().rcode().equals("NOERROR")
          && missing.size() == 2
          && asked.theirs().withoutProofs().equals(asked.ours().withoutProofs());
    }
  },

  NSEC_FROM_WILDCARD("nsec-from-wildcard") {
    @Override
    boolean explains(ComparedAnswer asked) {
      return asked.peer().equals("knotd")
          && asked.qtype() == Type.NSEC
          && !asked.ours().answer().isEmpty()
          && asked.theirs().authority().isEmpty()
          && asked.theirs().equals(asked.ours().withoutProofs());
    }
  },

  WILDCARD_ASKED_BY_NAME("wildcard-asked-by-name") {
    @Override
    boolean explains(ComparedAnswer asked) {
      Set<String> proofs = asked.proofsOfTheirs();
      return asked.chain().stream().anyMatch(WireName::isWildcard)
          && asked.theirs().withoutProofs().equals(asked.ours().withoutProofs())
          && switch (asked.peer()) {
            case "nsd" -> proofs.containsAll(asked.proofsOfOurs());
            case "knotd" -> asked.proofsOfOurs().containsAll(proofs);
            default -> false;
          };
    }
  };

  private final String id;

  KnownDifference(String id) {
    this.id = id;
  }

  /// The first cell of its row.
  String id() {
    return id;
  }

  abstract boolean explains(ComparedAnswer asked);

  /// The difference that explains a case, or null.
  static @Nullable KnownDifference explaining(ComparedAnswer asked) {
    for (KnownDifference known : values()) {
      if (known.explains(asked)) {
        return known;
      }
    }
    return null;
  }
}
