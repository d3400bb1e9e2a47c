package zonetrail.answer;

import java.nio.charset.StandardCharsets;
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
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.RRType;
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
      WireName name = asked.chain().getLast();
      return Set.of("named", "knotd").contains(asked.peer())
          && asked.ours().rcode().equals("NOERROR")
          && asked.isSameOrExplainedWithoutProofs(ZERO_TTL_FOR_SOA)
          && asked.isSynthesisedFromEmptyWildcard(name)
          && (provesLess(asked) || contradictsItself(asked, name));
    }

    private static boolean provesLess(Case asked) {
      return asked.proofsOfOurs().containsAll(asked.proofsOfTheirs());
    }

    // By the record of another wildcard, which the closest encloser that can be proved has.
    private static boolean contradictsItself(Case asked, WireName name) {
      Zone zone = asked.zoneOf(name);
      if (!asked.peer().equals("named")
          || !asked.enclosesWithoutNsec3(name)
          || zone == null
          || !(zone.denialChain() instanceof Nsec3Chain chain)) {
        return false;
      }
      WireName encloser = Case.closestEncloser(zone, name);
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
    boolean explains(Case asked) {
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
      WireName encloser = Case.closestEncloser(zone, name);
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
    boolean explains(Case asked) {
      WireName name = asked.chain().getLast();
      Zone zone = asked.zoneOf(name);
      return asked.peer().equals("nsd")
          && asked.ours().rcode().equals("NOERROR")
          && asked.theirs().withoutProofs().equals(asked.ours().withoutProofs())
          && zone != null
          && zone.denialChain() instanceof Nsec3Chain chain
          && isSynthesisedAboveWildcard(asked, zone, name)
          && lacksEncloser(asked, chain.matching(Case.closestEncloser(zone, name)));
    }

    private static boolean lacksEncloser(Case asked, @Nullable Node encloser) {
      return encloser != null
          && asked.proofsOfTheirs().equals(asked.proofsOfOursBut(encloser.name()));
    }

    private static boolean isSynthesisedAboveWildcard(Case asked, Zone zone, WireName name) {
      WireName wildcard = Case.closestEncloser(zone, name).wildcardChild();
      return zone.node(name) == null
          && zone.node(wildcard) != null
          && asked.isMentioned(wildcard.wildcardChild());
    }
  },

  PROOF_AFTER_DNAME("proof-after-dname") {
    @Override
    boolean explains(Case asked) {
      return asked.peer().equals("nsd")
          && asked.reply().message().getSection(Section.ANSWER).stream()
              .anyMatch(record -> record.getType() == Type.DNAME)
          && asked.isSameOrExplainedWithoutProofs(RRSIG);
    }
  },

  DS_OF_A_ZONE_WITHOUT_CUT("ds-of-a-zone-without-cut") {
    @Override
    boolean explains(Case asked) {
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
    private static boolean isSaidFromFartherAbove(Case asked, Zone parent, WireName name) {
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
          && asked.theirs().authoritative()
          && asked.theirs().answer().containsAll(asked.ours().answer())
          && !asked.moreInTheirAnswer().isEmpty()
          && asked.moreInTheirAnswer().stream().allMatch(record -> isAtCut(asked, record))
          && asked.theirs().authority().isEmpty();
    }

    private static boolean isAtCut(Case asked, String record) {
      return Said.isProof(record)
          && asked.ours().authority().stream()
              .anyMatch(ns -> ns.contains(" ns ") && Case.ownerOf(ns).equals(Case.ownerOf(record)));
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
      Name last = Name.root;
      for (Record record : reply.message().getSection(Section.ANSWER)) {
        boolean signature =
            record instanceof RRSIGRecord rrsig
                && rrsig.getTypeCovered() == Type.CNAME
                && rrsig.getName().equals(last);
        if (aliases == names && !signature) {
          break;
        }
        answer.add(text(record));
        if (record instanceof CNAMERecord) {
          aliases++;
          last = record.getName();
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

    /// The same without the records of one owner.
    Set<String> proofsOfOursBut(WireName owner) {
      Set<String> rest = proofsOfOurs();
      rest.removeIf(record -> ownerOf(record).equals(owner));
      return rest;
    }

    /// The same of theirs.
    Set<String> proofsOfTheirsBut(WireName owner) {
      Set<String> rest = proofsOfTheirs();
      rest.removeIf(record -> ownerOf(record).equals(owner));
      return rest;
    }

    /// Who owns the records that prove something in their authority section.
    Set<WireName> ownersOfTheirProofs() {
      return proofsOfTheirs().stream().map(Case::ownerOf).collect(Collectors.toSet());
    }

    /// What is in their answer section and not in ours.
    Set<String> moreInTheirAnswer() {
      Set<String> more = new HashSet<>(theirs.answer());
      more.removeAll(ours.answer());
      return more;
    }

    private static WireName ownerOf(String record) {
      return WireName.parse(record.substring(0, record.indexOf(' ')));
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

    /// The name itself where it exists, or else the last one above it that does.
    static WireName closestEncloser(Zone zone, WireName name) {
      WireName encloser = name;
      while (zone.node(encloser) == null) {
        encloser = encloser.parent();
      }
      return encloser;
    }

    /// Whether a name exists in any zone, or stands in the rdata of one.
    boolean isMentioned(WireName name) {
      String octets = new String(name.toWire(), StandardCharsets.ISO_8859_1);
      return zones.all().stream()
          .filter(Zone.class::isInstance)
          .flatMap(zone -> ((Zone) zone).nodes().stream())
          .anyMatch(node ->
              node.name().equals(name)
                  || node.rrsets().stream()
                      .flatMap(rrset -> rrset.rdatas().stream())
                      .anyMatch(rdata ->
                          new String(rdata.toBytes(), StandardCharsets.ISO_8859_1)
                              .contains(octets)));
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
