package zonetrail.answer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.WireName;
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
            asked.theirs().equals(Said.upTo(asked.reply(), leaves))
                || (asked.qtype() == Type.DS && asked.theirs().equals(asked.saidBy(first)));
        // Whatever the first zone says, also of names that are a zone of their own.
        case "knotd" -> asked.theirs().equals(asked.saidBy(first));
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
          && asked.theirs().without(Section.ANSWER).equals(asked.ours().without(Section.ANSWER))
          && (asked.peer().equals("named")
              ? asked.theirs().answer().containsAll(asked.ours().answer())
              : asked.peer().equals("nsd"));
    }
  },

  ANY_BELOW_DNAME("any-below-dname") {
    @Override
    boolean explains(Case asked) {
      return asked.peer().equals("named")
          && asked.qtype() == Type.ANY
          && asked.reply().message().getSection(Section.ANSWER).stream()
              .anyMatch(record -> record.getType() == Type.DNAME)
          && asked.theirs().equals(Said.upTo(asked.reply(), 1));
    }
  },

  ZERO_TTL_FOR_SOA("zero-ttl-for-soa") {
    @Override
    boolean explains(Case asked) {
      return asked.peer().equals("named")
          && asked.qtype() == Type.SOA
          && asked.ours().authority().size() == 1
          && asked.theirs().authority().size() == 1
          && withTtlZero(asked.ours().authority()).equals(asked.theirs().authority())
          && asked
              .theirs()
              .without(Section.AUTHORITY)
              .equals(asked.ours().without(Section.AUTHORITY));
    }

    private static Set<String> withTtlZero(Set<String> records) {
      return records.stream()
          .map(record -> record.replaceFirst(" [0-9]+ soa ", " 0 soa "))
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
      return zone != null
          && asked.isKnownToAnEnclosingZone(name, zone)
          && asked.ours().answer().containsAll(asked.theirs().answer())
          && (asked.theirs().equals(asked.ours().with(asked.theirs().rcode()))
              || asked.theirs().authority().equals(Said.negative(zone)));
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

    static Said of(Reply reply) {
      return new Said(
          reply.rcode(),
          reply.authoritative(),
          reply.truncated(),
          folded(reply.answer()),
          folded(reply.authority()),
          mandatoryGlue(reply));
    }

    /// The authority section of a negative answer of a zone.
    static Set<String> negative(Zone zone) {
      return of(TestServer.serving(zone).ask(zone.apex().toString(), "TYPE65000")).authority();
    }

    /// Our answer as far as the alias that this many names of the chain lead to, and nothing else.
    static Said upTo(Reply reply, int names) {
      Set<String> answer = new HashSet<>();
      int aliases = 0;
      for (Record record : reply.message().getSection(Section.ANSWER)) {
        answer.add(text(record));
        if (record instanceof CNAMERecord && ++aliases == names) {
          break;
        }
      }
      return new Said("NOERROR", true, false, answer, Set.of(), Set.of());
    }

    Said with(String otherRcode) {
      return new Said(otherRcode, authoritative, truncated, answer, authority, glue);
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
