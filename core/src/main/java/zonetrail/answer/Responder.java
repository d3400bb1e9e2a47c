package zonetrail.answer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.EdnsOption;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.QueryCursor;
import zonetrail.wire.RRClass;
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
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// Answers queries out of one set of zones: a page of guard clauses, then ANSWER, AUTHORITY and
/// ADDITIONAL.
///
/// One responder is used again and again by one thread. It never blocks.
@Rfc(number = 1034, section = "4.3.2")
public final class Responder {
  /// How many aliases are followed for one question; the answer ends there, and the resolver goes
  /// on.
  public static final int MAX_ALIASES = 16;

  /// Types that are never data, so nobody can ask for them (RFC 6895 §3.1; RFC 9824 §3.5 for
  /// NXNAME).
  @Rfc(number = 6895, section = "3.1")
  private static final Set<RRType> NO_QUESTION =
      Set.of(RRType.OPT, RRType.TSIG, RRType.TKEY, RRType.NXNAME);

  private static final List<RRType> ADDRESS_TYPES = List.of(RRType.A, RRType.AAAA);

  /// The reasons of errors (RFC 8914 §4.21, §4.25).
  private static final byte[] NOT_AUTHORITATIVE = {0, 20};

  private static final byte[] INVALID_DATA = {0, 24};

  private final ResponseWriter writer = new ResponseWriter();
  private final ServerIdentity identity;
  private byte @Nullable [] cookie;

  /// Creates a responder that says nothing of the server.
  public Responder() {
    this(ServerIdentity.NONE);
  }

  /// Creates a responder.
  ///
  /// @param identity what it says of the server
  public Responder(ServerIdentity identity) {
    this.identity = identity;
  }

  /// Answers a query.
  ///
  /// @param request a request that the cursor could read ([QueryCursor.Outcome#OK]), or at least
  ///   its header ([QueryCursor.Outcome#FORMERR] or [QueryCursor.Outcome#NOTIMP], which is what the
  ///   response then says)
  /// @param outcome what the cursor said of it, but [QueryCursor.Outcome#DROP]
  /// @param zones the zones to answer from
  /// @param target where the response is written, from index 0
  /// @param limitOctets the most octets of the response
  /// @return the octets of the response
  public int respond(
      QueryCursor request,
      QueryCursor.Outcome outcome,
      Zones zones,
      byte[] target,
      int limitOctets) {
    begin(request, target, limitOctets);
    if (outcome == QueryCursor.Outcome.NOTIMP) {
      return writer.finish(Rcode.NOTIMP); // RFC 8906 §3.1.4
    }
    if (outcome != QueryCursor.Outcome.FORMERR && request.ednsVersion() > 0) {
      return writer.finish(Rcode.BADVERS); // RFC 6891 §6.1.3
    }
    if (outcome == QueryCursor.Outcome.ONLY_COOKIE && cookie != null) {
      return writer.finish(Rcode.NOERROR); // RFC 7873 §5.4
    }
    if (outcome != QueryCursor.Outcome.OK) {
      return writer.finish(Rcode.FORMERR);
    }
    if (request.opcode() != Opcode.QUERY) {
      return writer.finish(Rcode.NOTIMP);
    }
    RRType qtype = request.qtype();
    if (request.qclass() == RRClass.CH) {
      return aboutServer(request.qname(), qtype);
    }
    if (request.qclass() != RRClass.IN) {
      return writer.finish(Rcode.REFUSED);
    }
    if (NO_QUESTION.contains(qtype)) {
      return writer.finish(Rcode.FORMERR);
    }
    if (qtype == RRType.AXFR || qtype == RRType.IXFR) {
      return writer.finish(Rcode.REFUSED);
    }
    if (ZoneOptions.isMalformed(request)) {
      return writer.finish(Rcode.FORMERR);
    }
    WireName qname = request.qname();
    return switch (zoneFor(zones, qname, qtype)) {
      case null -> finish(Rcode.REFUSED, NOT_AUTHORITATIVE);
      case UnavailableZone _ -> finish(Rcode.SERVFAIL, INVALID_DATA);
      case Zone zone -> {
        ZoneOptions.add(writer, request, zone);
        yield answer(zones, zone, qname, qtype, new Draft(request.dnssecOk()));
      }
    };
  }

  private void begin(QueryCursor request, byte[] target, int limitOctets) {
    writer.begin(request, target, limitOctets);
    if (cookie != null) {
      writer.option(EdnsOption.COOKIE, cookie, cookie.length);
    }
    byte[] nsid = request.hasOption(EdnsOption.NSID) ? identity.nsid() : null;
    if (nsid != null) {
      writer.option(EdnsOption.NSID, nsid, nsid.length);
    }
  }

  /// What is said of the server itself, with class CH.
  private int aboutServer(WireName qname, RRType qtype) {
    byte[] txt = identity.txt(qname.toString(), qtype);
    if (txt == null) {
      return writer.finish(Rcode.REFUSED);
    }
    writer.setFlags(Header.AA);
    writer.beginSet();
    if (writer.record(qname, RRType.TXT, RRClass.CH, 0, txt)) {
      writer.endSet(Section.ANSWER);
    } else {
      writer.abandonSet();
      writer.setFlags(Header.TC);
    }
    return writer.finish(Rcode.NOERROR);
  }

  /// Ends an error with the reason for it (RFC 8914 §2).
  @Rfc(number = 8914, section = "2")
  private int finish(Rcode rcode, byte[] extendedError) {
    writer.option(EdnsOption.EXTENDED_ERROR, extendedError, extendedError.length);
    return writer.finish(rcode);
  }

  /// Sets the cookie that goes with every response from now on (RFC 7873 §5.2.3).
  ///
  /// @param reply client's and server's part, read with each response; null for none
  @Rfc(number = 7873, section = "5.2.3")
  public void setCookie(byte @Nullable [] reply) {
    cookie = reply;
  }

  /// Writes a response that has nothing but a code.
  public int respondOnly(QueryCursor request, Rcode rcode, byte[] target, int limitOctets) {
    begin(request, target, limitOctets);
    return writer.finish(rcode);
  }

  /// Writes a response that says nothing but to ask again over TCP.
  public int respondTruncated(QueryCursor request, byte[] target, int limitOctets) {
    begin(request, target, limitOctets);
    writer.setFlags(Header.TC);
    return writer.finish(Rcode.NOERROR);
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

  private int answer(Zones zones, Zone first, WireName qname, RRType qtype, Draft draft) {
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
        case LookupResult.Alias(Node source, List<RRset> records, WireName target) -> {
          records.forEach(rrset -> draft.answer(source, rrset));
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
          return writer.finish(Rcode.YXDOMAIN); // RFC 6672 §2.2
        }
      }
    }
  }

  private int positive(Zone zone, Draft draft) {
    writer.setFlags(Header.AA);
    if (addAllOrTruncate(Section.ANSWER, draft.answer())
        && addAllOrTruncate(Section.AUTHORITY, draft.proofs())) {
      RRset last = draft.answer().getLast().rrset();
      boolean nameServers = last.type() == RRType.NS;
      addWhereRoom(nameServers ? glue(zone, last, draft) : targetAddresses(zone, last, draft));
    }
    return writer.finish(Rcode.NOERROR);
  }

  /// The SOA goes along with the TTL that the negative answer is to be kept for (RFC 2308 §3).
  @Rfc(number = 2308, section = "3")
  private int negative(Zone zone, Draft draft, Rcode rcode) {
    writer.setFlags(Header.AA);
    RRset soa = zone.soa();
    RRset kept = new RRset(soa.owner(), RRType.SOA, zone.negativeTtlSeconds(), soa.rdatas());
    if (addAllOrTruncate(Section.ANSWER, draft.answer())
        && addOrTruncate(Section.AUTHORITY, draft.signed(zone.top(), kept))) {
      addAllOrTruncate(Section.AUTHORITY, draft.proofs());
    }
    return writer.finish(rcode);
  }

  private int referral(Zone zone, Draft draft, Node cut, RRset ns) {
    if (!draft.answer().isEmpty()) {
      writer.setFlags(Header.AA); // the alias in front of the referral is ours (RFC 1035 §4.1.1)
    }
    draft.secure(zone, cut);
    if (addAllOrTruncate(Section.ANSWER, draft.answer())
        && addOrTruncate(Section.AUTHORITY, SignedSet.bare(ns))
        && addAllOrTruncate(Section.AUTHORITY, draft.proofs())) {
      addGlue(zone, draft, ns);
    }
    return writer.finish(Rcode.NOERROR);
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
