package zonetrail.answer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.Nsec3Chain;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// The ways in which we know to answer unlike a peer; each is a row of `docs/differences.md`.
///
/// A row here says as exactly as it can what the peer must have said instead, so that it excuses
/// nothing else.
enum KnownDifference {
  ALIAS_ACROSS_ZONES("alias-across-zones") {
    @Override
    boolean explains(Case asked) {
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
    boolean explains(Case asked) {
      List<WireName> chain = asked.chain();
      boolean endless =
          new HashSet<>(chain).size() < chain.size() || chain.size() > Responder.MAX_ALIASES;
      boolean servfail = asked.peer().equals("named") && asked.theirs().rcode().equals("SERVFAIL");
      return endless
          && (servfail || asked.theirs().rcode().equals("NOERROR"))
          && asked.theirs().authority().isEmpty()
          && !asked.theirs().answer().isEmpty()
          && asked.ours().answer().containsAll(asked.theirs().answer());
    }
  },

  ANY("any") {
    @Override
    boolean explains(Case asked) {
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
    boolean explains(Case asked) {
      return asked.peer().equals("named")
          && asked.qtype() == Type.ANY
          && asked.reply().message().getSection(Section.ANSWER).stream()
              .anyMatch(record -> record.getType() == Type.DNAME)
          && asked.theirsWithoutProofs().equals(Said.upTo(asked.reply(), 1));
    }
  },

  ZERO_TTL_FOR_SOA("zero-ttl-for-soa") {
    @Override
    boolean explains(Case asked) {
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
    boolean explains(Case asked) {
      return asked.peer().equals("nsd")
          && Set.of("NOERROR", "NXDOMAIN").contains(asked.theirs().rcode())
          && asked.chain().stream().anyMatch(name -> mayBeTakenForAnotherName(asked, name));
    }

    // Another zone's name may exist where ours does not, and keeps a wildcard of ours from
    // matching; then the answer ends there, with the SOA of our zone.
    private static boolean mayBeTakenForAnotherName(Case asked, WireName name) {
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
    boolean explains(Case asked) {
      return Set.of("named", "knotd").contains(asked.peer())
          && asked.ours().rcode().equals("NOERROR")
          && asked.proofsOfOurs().containsAll(asked.proofsOfTheirs())
          && asked.isSameOrExplainedWithoutProofs(ZERO_TTL_FOR_SOA)
          && asked.isSynthesisedFromEmptyWildcard(asked.chain().getLast());
    }
  },

  ENCLOSER_WITHOUT_NSEC3("encloser-without-nsec3") {
    @Override
    boolean explains(Case asked) {
      return asked.peer().equals("knotd")
          && asked.ours().rcode().equals("NXDOMAIN")
          && asked.theirs().rcode().equals("NXDOMAIN")
          && asked.theirs().authority().isEmpty()
          && asked.enclosesWithoutNsec3(asked.chain().getLast());
    }
  },

  PROOF_AFTER_DNAME("proof-after-dname") {
    @Override
    boolean explains(Case asked) {
      return asked.peer().equals("nsd")
          && asked.reply().message().getSection(Section.ANSWER).stream()
              .anyMatch(record -> record.getType() == Type.DNAME)
          && asked.theirs().withoutProofs().equals(asked.ours().withoutProofs());
    }
  },

  DS_OF_A_ZONE_WITHOUT_CUT("ds-of-a-zone-without-cut") {
    @Override
    boolean explains(Case asked) {
      return asked.peer().equals("nsd")
          && asked.qtype() == Type.DS
          && asked.zones().zone(asked.chain().getLast()) != null
          && asked.theirs().withoutProofs().equals(asked.ours().withoutProofs());
    }
  },

  RRSIG("rrsig") {
    @Override
    boolean explains(Case asked) {
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
    boolean explains(Case asked) {
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
    boolean explains(Case asked) {
      return asked.peer().equals("named")
          && asked.qtype() == Type.NSEC
          && !asked.ours().authoritative()
          && asked.theirs().authoritative()
          && asked.theirs().answer().stream().allMatch(Said::isProof)
          && asked.theirs().authority().isEmpty();
    }
  },

  DS_AT_OPT_OUT_CUT("ds-at-opt-out-cut") {
    @Override
    boolean explains(Case asked) {
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
    boolean explains(Case asked) {
      return asked.peer().equals("knotd")
          && asked.qtype() == Type.NSEC
          && !asked.ours().answer().isEmpty()
          && asked.theirs().authority().isEmpty()
          && asked.theirs().equals(asked.ours().withoutProofs());
    }
  },

  WILDCARD_ASKED_BY_NAME("wildcard-asked-by-name") {
    @Override
    boolean explains(Case asked) {
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

  abstract boolean explains(Case asked);

  /// The difference that explains a case, or null.
  static @Nullable KnownDifference explaining(Case asked) {
    for (KnownDifference known : values()) {
      if (known.explains(asked)) {
        return known;
      }
    }
    return null;
  }

  /// What is compared of a response: text in lower case, order apart.
  ///
  /// @param glue addresses in a referral of name servers within the child
  record Said(
      String rcode,
      boolean authoritative,
      boolean truncated,
      Set<String> answer,
      Set<String> authority,
      Set<String> glue) {
    private static final Pattern PROOF = Pattern.compile("^\\S+ [0-9]+ (rrsig )?nsec3? ");

    static Said of(Reply reply) {
      return new Said(
          reply.rcode(),
          reply.authoritative(),
          reply.truncated(),
          folded(reply.answer()),
          folded(reply.authority()),
          mandatoryGlue(reply));
    }

    /// The authority section of a negative answer of a zone, but for its proofs.
    static Set<String> negative(Zone zone, Message asked) {
      Message query = TestServer.query(zone.apex().toString(), "TYPE65000");
      if (asked.getOPT() != null) {
        query.addRecord(asked.getOPT(), Section.ADDITIONAL);
      }
      return of(TestServer.serving(zone).ask(query)).withoutProofs().authority();
    }

    /// Our answer as far as the alias that this many names of the chain lead to, and nothing else.
    static Said upTo(Reply reply, int names) {
      Set<String> answer = new HashSet<>();
      int aliases = 0;
      for (Record record : reply.message().getSection(Section.ANSWER)) {
        boolean signature =
            record instanceof RRSIGRecord rrsig && rrsig.getTypeCovered() == Type.CNAME;
        if (aliases == names && !signature) {
          break;
        }
        answer.add(text(record));
        if (record instanceof CNAMERecord) {
          aliases++;
        }
      }
      return new Said("NOERROR", true, false, answer, Set.of(), Set.of());
    }

    Said with(String otherRcode) {
      return new Said(otherRcode, authoritative, truncated, answer, authority, glue);
    }

    Said withAuthority(Set<String> otherAuthority) {
      return new Said(rcode, authoritative, truncated, answer, otherAuthority, glue);
    }

    Said untruncated() {
      return new Said(rcode, authoritative, false, answer, authority, glue);
    }

    /// The same without what proves to a validator that something does not exist.
    Said withoutProofs() {
      Set<String> rest = new HashSet<>(authority);
      rest.removeIf(Said::isProof);
      return withAuthority(rest);
    }

    /// Whether a record proves that something does not exist, or signs one that does.
    static boolean isProof(String record) {
      return PROOF.matcher(record).find();
    }

    Said without(int section) {
      return new Said(
          rcode,
          authoritative,
          truncated,
          section == Section.ANSWER ? Set.of() : answer,
          section == Section.AUTHORITY ? Set.of() : authority,
          glue);
    }

    private static Set<String> mandatoryGlue(Reply reply) {
      Set<String> glue = new HashSet<>();
      for (Record ns : reply.message().getSection(Section.AUTHORITY)) {
        if (ns instanceof NSRecord nameServer) {
          for (Record address : reply.message().getSection(Section.ADDITIONAL)) {
            if (address.getName().equals(nameServer.getTarget())
                && address.getName().subdomain(ns.getName())) {
              glue.add(text(address));
            }
          }
        }
      }
      return glue;
    }

    private static Set<String> folded(List<String> records) {
      Set<String> folded = new HashSet<>();
      records.forEach(record -> folded.add(record.toLowerCase(Locale.ROOT)));
      return folded;
    }

    private static String text(Record record) {
      return Reply.text(record).toLowerCase(Locale.ROOT);
    }
  }

  /// One question, and what we and a peer said.
  record Case(Zones zones, String peer, Message query, Reply reply, Said ours, Said theirs) {

    int qtype() {
      return query.getQuestion().getType();
    }

    /// What the peer said, but for those proofs in its authority section that we have there too.
    Said theirsWithoutProofs() {
      Set<String> rest = new HashSet<>(theirs.authority());
      rest.removeIf(record -> Said.isProof(record) && ours.authority().contains(record));
      return theirs.withAuthority(rest);
    }

    /// What in our authority section proves something.
    Set<String> proofsOfOurs() {
      return proofsOf(ours);
    }

    /// What in their authority section proves something.
    Set<String> proofsOfTheirs() {
      return proofsOf(theirs);
    }

    private static Set<String> proofsOf(Said said) {
      Set<String> proofs = new HashSet<>(said.authority());
      proofs.removeIf(record -> !Said.isProof(record));
      return proofs;
    }

    /// Whether, proofs apart, they said what we said or what another difference explains.
    boolean isSameOrExplainedWithoutProofs(KnownDifference other) {
      Case bare = new Case(zones, peer, query, reply, ours.withoutProofs(), theirs.withoutProofs());
      return bare.theirs.equals(bare.ours) || other.explains(bare);
    }

    /// What we would say if we had only this zone.
    Said saidBy(Zone zone) {
      return Said.of(TestServer.serving(zone).ask(query));
    }

    /// The name asked for, and where aliases led from there in our answer.
    List<WireName> chain() {
      List<WireName> chain = new ArrayList<>();
      chain.add(WireName.fromWire(query.getQuestion().getName().toWire(), 0));
      for (Record record : reply.message().getSection(Section.ANSWER)) {
        if (record instanceof CNAMERecord alias && record.getType() != qtype()) {
          chain.add(WireName.fromWire(alias.getTarget().toWire(), 0));
        }
      }
      return chain;
    }

    /// The zone of ours that is asked for a name, if there is one.
    @Nullable Zone zoneOf(WireName name) {
      ServedZone zone = zones.enclosing(name);
      boolean atParent = qtype() == Type.DS && zone != null && zone.apex().equals(name);
      if (atParent && zones.enclosing(name.parent()) != null) {
        zone = zones.enclosing(name.parent());
      }
      return zone instanceof Zone good ? good : null;
    }

    boolean holdsOurAnswerOrIsTruncated() {
      return theirs.truncated() || theirs.answer().containsAll(ours.answer());
    }

    /// Whether a wildcard stands in for a name, and exists only because of names below it.
    boolean isSynthesisedFromEmptyWildcard(WireName name) {
      Zone zone = zoneOf(name);
      Node source = zone == null ? null : zone.node(closestEncloser(zone, name).wildcardChild());
      return source != null && source.isEmptyNonTerminal();
    }

    /// Whether the last name above one that does not exist has no NSEC3 record, as Opt-Out allows.
    boolean enclosesWithoutNsec3(WireName name) {
      Zone zone = zoneOf(name);
      return zone != null
          && zone.denialChain() instanceof Nsec3Chain chain
          && chain.matching(closestEncloser(zone, name)) == null;
    }

    private static WireName closestEncloser(Zone zone, WireName name) {
      WireName encloser = name;
      while (zone.node(encloser) == null) {
        encloser = encloser.parent();
      }
      return encloser;
    }

    boolean isKnownToAnEnclosingZone(WireName name, Zone zone) {
      for (ServedZone other : zones.all()) {
        if (other instanceof Zone above && zone.apex().isBelow(above.apex())) {
          for (WireName at = name; at.isBelow(zone.apex()); at = at.parent()) {
            if (above.node(at) != null) {
              return true;
            }
          }
        }
      }
      return false;
    }
  }
}
