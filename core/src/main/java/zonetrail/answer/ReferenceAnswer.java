package zonetrail.answer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Header;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.ResponseWriter.Section;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.ServedZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// Answers any question the general way, to be read beside the RFCs: [Lookup] finds, [Draft]
/// gathers, and then come ANSWER, AUTHORITY and ADDITIONAL. [CompiledAnswer] says the same faster.
///
/// One object is used again and again by one thread.
@Rfc(number = 1034, section = "4.3.2")
final class ReferenceAnswer {
  /// How many aliases are followed for one question; the answer ends there, and the resolver goes
  /// on.
  static final int MAX_ALIASES = 16;

  private static final List<RRType> ADDRESS_TYPES = List.of(RRType.A, RRType.AAAA);

  private final ResponseWriter writer;

  ReferenceAnswer(ResponseWriter writer) {
    this.writer = writer;
  }

  /// The longest enclosing zone; for DS at an apex the one above it, if that is ours (RFC 4035
  /// §3.1.4.1).
  @Rfc(number = 4035, section = "3.1.4.1")
  private static @Nullable ServedZone zoneFor(Zones zones, WireName qname, RRType qtype) {
    ServedZone zone = zones.enclosing(qname);
    if (zone == null || qtype != RRType.DS || !zone.apex().equals(qname) || qname.isRoot()) {
      return zone;
    }
    ServedZone parent = zones.enclosing(qname.parent());
    return parent == null ? zone : parent;
  }

  /// Writes the sections of the response.
  ///
  /// @param first the zone to begin in
  /// @return the response's code
  Rcode answer(Zones zones, Zone first, WireName qname, RRType qtype, boolean dnssecOk) {
    Draft draft = new Draft(dnssecOk);
    Set<WireName> asked = new HashSet<>();
    Zone zone = first;
    WireName name = qname;
    while (true) {
      asked.add(name);
      switch (Lookup.find(zone, name, qtype)) {
        case LookupResult.Found(Node source, RRset rrset) -> {
          draft.answer(source, rrset);
          draft.proveSource(zone, source, name);
          return positive(zone, draft);
        }
        case LookupResult.Alias(Node source, RRset dname, RRset cname, WireName target) -> {
          if (dname == null) {
            draft.answer(source, cname);
          } else {
            draft.answer(source, dname);
            draft.answerUnsigned(cname);
          }
          draft.proveSource(zone, source, name);
          // Who asks for a CNAME has it, also where it was made of a DNAME.
          boolean goesOn =
              qtype != RRType.CNAME && asked.size() <= MAX_ALIASES && !asked.contains(target);
          if (!goesOn || !(zoneFor(zones, target, qtype) instanceof Zone next)) {
            return positive(zone, draft);
          }
          zone = next;
          name = target;
        }
        case LookupResult.Referral(Node cut, RRset ns) -> {
          return referral(zone, draft, cut, ns);
        }
        case LookupResult.NoData(Node source) -> {
          draft.proveNoData(zone, source, name);
          return negative(zone, draft, Rcode.NOERROR);
        }
        case LookupResult.NameError(Node closestEncloser) -> {
          draft.proveNameError(zone, closestEncloser, name);
          // The code speaks of the last name of a chain (RFC 6604 §3).
          return negative(zone, draft, Rcode.NXDOMAIN);
        }
        case LookupResult.TooLong(Node source, RRset dname) -> {
          draft.answer(source, dname);
          writer.setFlags(Header.AA);
          var _ =
              addAllOrTruncate(Section.ANSWER, draft.answer())
                  && addAllOrTruncate(Section.AUTHORITY, draft.proofs());
          return Rcode.YXDOMAIN; // RFC 6672 §2.2
        }
      }
    }
  }

  private Rcode positive(Zone zone, Draft draft) {
    writer.setFlags(Header.AA);
    if (addAllOrTruncate(Section.ANSWER, draft.answer())
        && addAllOrTruncate(Section.AUTHORITY, draft.proofs())) {
      RRset last = draft.answer().getLast().rrset();
      boolean nameServers = last.type() == RRType.NS;
      addWhereRoom(nameServers ? glue(zone, last, draft) : targetAddresses(zone, last, draft));
    }
    return Rcode.NOERROR;
  }

  /// The SOA goes along with the TTL that the negative answer is to be kept for (RFC 2308 §3).
  @Rfc(number = 2308, section = "3")
  private Rcode negative(Zone zone, Draft draft, Rcode rcode) {
    writer.setFlags(Header.AA);
    RRset soa = zone.soa();
    RRset kept = new RRset(soa.owner(), RRType.SOA, zone.negativeTtlSeconds(), soa.rdatas());
    if (addAllOrTruncate(Section.ANSWER, draft.answer())
        && addOrTruncate(Section.AUTHORITY, draft.signed(zone.top(), kept))) {
      addAllOrTruncate(Section.AUTHORITY, draft.proofs());
    }
    return rcode;
  }

  private Rcode referral(Zone zone, Draft draft, Node cut, RRset ns) {
    if (!draft.answer().isEmpty()) {
      writer.setFlags(Header.AA); // the alias in front of the referral is ours (RFC 1035 §4.1.1)
    }
    draft.secure(zone, cut);
    if (addAllOrTruncate(Section.ANSWER, draft.answer())
        && addOrTruncate(Section.AUTHORITY, SignedSet.bare(ns))
        && addAllOrTruncate(Section.AUTHORITY, draft.proofs())) {
      addGlue(zone, draft, ns);
    }
    return Rcode.NOERROR;
  }

  /// Glue for name servers within the child must go along, or TC says that it did not fit; other
  /// addresses go along where there is room (RFC 9471 §3).
  @Rfc(number = 9471, section = "3.1")
  @Rfc(number = 9471, section = "3.2")
  private void addGlue(Zone zone, Draft draft, RRset ns) {
    List<SignedSet> addresses = glue(zone, ns, draft);
    for (SignedSet address : addresses) {
      if (address.rrset().owner().isAtOrBelow(ns.owner()) && !add(Section.ADDITIONAL, address)) {
        writer.setFlags(Header.TC);
        return;
      }
    }
    addresses.removeIf(address -> address.rrset().owner().isAtOrBelow(ns.owner()));
    addWhereRoom(addresses);
  }

  /// What saves a question goes without its signatures, or not at all, where there is no room (RFC
  /// 4035 §3.1.1).
  @Rfc(number = 4035, section = "3.1.1")
  private void addWhereRoom(List<SignedSet> additional) {
    for (SignedSet set : additional) {
      if (!add(Section.ADDITIONAL, set) && !set.signatures().isEmpty()) {
        add(Section.ADDITIONAL, set.withoutSignatures());
      }
    }
  }

  /// The addresses of the hosts that MX and SRV records name, as far as this zone is authoritative
  /// for them (RFC 1035 §3.3.9, RFC 2782).
  private static List<SignedSet> targetAddresses(Zone zone, RRset rrset, Draft draft) {
    Set<SignedSet> addresses = new LinkedHashSet<>();
    for (WireName host : hosts(rrset)) {
      if (host.isAtOrBelow(zone.apex())) {
        for (RRType type : ADDRESS_TYPES) {
          if (Lookup.find(zone, host, type)
              instanceof LookupResult.Found(Node source, RRset address)) {
            addresses.add(draft.signed(source, address));
          }
        }
      }
    }
    return new ArrayList<>(addresses);
  }

  /// The addresses that this zone holds for name servers, glue below any cut included: a resolver
  /// that primes itself at the root gets no others (RFC 8109 §4.2).
  private static List<SignedSet> glue(Zone zone, RRset ns, Draft draft) {
    Set<SignedSet> addresses = new LinkedHashSet<>();
    for (WireName host : hosts(ns)) {
      Node node = zone.node(host);
      for (RRType type : ADDRESS_TYPES) {
        RRset address = node == null ? null : node.rrset(type);
        if (node != null && address != null) {
          addresses.add(draft.signed(node, address));
        }
      }
    }
    return new ArrayList<>(addresses);
  }

  private static List<WireName> hosts(RRset rrset) {
    int nameAt = offsetOfHost(rrset.type());
    return nameAt < 0
        ? List.of()
        : rrset.rdatas().stream().map(rdata -> rdata.nameAt(nameAt)).toList();
  }

  private static int offsetOfHost(RRType type) {
    if (type == RRType.NS) {
      return 0;
    }
    if (type == RRType.MX) {
      return 2;
    }
    return type == RRType.SRV ? 6 : -1;
  }

  /// Sets that are needed, until one does not fit.
  private boolean addAllOrTruncate(Section section, Collection<SignedSet> sets) {
    for (SignedSet set : sets) {
      if (!addOrTruncate(section, set)) {
        return false;
      }
    }
    return true;
  }

  /// A set that is needed and does not fit leaves TC behind and nothing of itself (RFC 2181 §9);
  /// its signatures are part of it (RFC 4035 §3.1.1).
  @Rfc(number = 2181, section = "9")
  @Rfc(number = 4035, section = "3.1.1")
  private boolean addOrTruncate(Section section, SignedSet set) {
    if (add(section, set)) {
      return true;
    }
    writer.setFlags(Header.TC);
    return false;
  }

  private boolean add(Section section, SignedSet set) {
    RRset rrset = set.rrset();
    writer.beginSet();
    if (addAll(rrset, rrset.type(), rrset.rdatas())
        && addAll(rrset, RRType.RRSIG, set.signatures())) {
      writer.endSet(section);
      return true;
    }
    writer.abandonSet();
    return false;
  }

  private boolean addAll(RRset owner, RRType type, List<Rdata> rdatas) {
    for (Rdata rdata : rdatas) {
      if (!writer.record(owner.owner(), type, owner.ttlSeconds(), rdata.toBytes())) {
        return false;
      }
    }
    return true;
  }
}
