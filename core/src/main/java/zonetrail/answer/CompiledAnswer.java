package zonetrail.answer;

import org.jspecify.annotations.Nullable;
import zonetrail.answer.SetWriter.Fit;
import zonetrail.wire.Header;
import zonetrail.wire.NameKey;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.ResponseWriter;
import zonetrail.wire.ResponseWriter.Section;
import zonetrail.wire.Rfc;
import zonetrail.zone.NodeLayout;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// Answers questions out of zones' octets: records are copied as they are kept, and nothing is made
/// on the way.
///
/// What is rare it leaves to [ReferenceAnswer], which answers everything and must say the same:
/// ANY, signatures asked for by name, long chains of aliases, two DNAMEs in one chain, aliases that
/// lead from a wildcard of a signed zone to another zone, sets of many hosts, and responses beyond
/// the reach of pointers. One object is used again and again by one thread. Allocation: none.
@Rfc(number = 1034, section = "4.3.2")
final class CompiledAnswer {
  /// How many names one question is followed through.
  private static final int MAX_NAMES = 4;

  /// How many hosts of a set are looked up.
  private static final int MAX_HOSTS = 16;

  private static final int A = RRType.A.value();
  private static final int AAAA = RRType.AAAA.value();
  private static final int NS = RRType.NS.value();
  private static final int CNAME = RRType.CNAME.value();
  private static final int DNAME = RRType.DNAME.value();
  private static final int SOA = RRType.SOA.value();
  private static final int MX = RRType.MX.value();
  private static final int SRV = RRType.SRV.value();
  private static final int DS = RRType.DS.value();

  private final ResponseWriter writer;
  private final SetWriter sets;
  private final CompiledDenial denial;
  private final CompiledLookup lookup = new CompiledLookup();
  private final CompiledLookup hostLookup = new CompiledLookup();

  /// The names asked for, alias by alias; the first is the question's.
  private final NameKey[] names = new NameKey[MAX_NAMES];

  private int nameCount;

  /// Where in the response the name stands that is asked for now.
  private int nameAt;

  private boolean dnssecOk;

  /// Whether a DNAME is in the response.
  private boolean isRedirected;

  private final NameKey host = new NameKey();
  private final int[] hostsAt = new int[MAX_HOSTS];
  private final int[] hostHashes = new int[MAX_HOSTS];

  /// Whether the addresses of a host are there already.
  private final boolean[] isHostDone = new boolean[MAX_HOSTS];

  private int hostCount;

  /// @param qname holds the name asked for whenever there is a question
  CompiledAnswer(ResponseWriter writer, NameKey qname) {
    this.writer = writer;
    this.sets = new SetWriter(writer);
    this.denial = new CompiledDenial(sets, MAX_NAMES);
    names[0] = qname;
    for (int i = 1; i < MAX_NAMES; i++) {
      names[i] = new NameKey();
    }
  }

  /// Writes the sections of the response.
  ///
  /// @param first the zone to begin in
  /// @return the response's code; null if it is to be begun anew, and made the general way
  @Nullable Rcode answer(Zones zones, Zone first, RRType qtype, boolean wantsDnssec) {
    if (qtype == RRType.ANY || qtype == RRType.RRSIG) {
      return null;
    }
    dnssecOk = wantsDnssec;
    denial.clear();
    isRedirected = false;
    nameCount = 1;
    nameAt = Header.OCTETS;
    Zone zone = first;
    while (true) {
      NameKey name = names[nameCount - 1];
      CompiledLookup.Outcome outcome = lookup.find(zone, name, qtype == RRType.DS);
      if (outcome == CompiledLookup.Outcome.BELOW_CUT) {
        return referral(zone, name);
      }
      if (outcome == CompiledLookup.Outcome.MISSING) {
        if (dnssecOk) {
          denial.nameError(zone, name, lookup.depth());
        }
        // The code speaks of the last name of a chain (RFC 6604 §3).
        return negative(zone, name, Rcode.NXDOMAIN);
      }
      byte[] octets = zone.octets(lookup.entry());
      int node = Zone.offset(lookup.entry());
      int targetAt;
      if (outcome == CompiledLookup.Outcome.REDIRECTED) {
        targetAt = redirect(octets, node, name);
      } else {
        int rrset = NodeLayout.rrset(octets, node, qtype.value());
        boolean isAlias = (NodeLayout.flags(octets, node) & NodeLayout.CNAME) != 0;
        if (rrset < 0 && !isAlias) {
          proveNoData(zone, name);
          return negative(zone, name, Rcode.NOERROR);
        }
        if (dnssecOk && lookup.isSynthesised()) {
          denial.wildcardAnswer(zone, name, lookup.depth());
        }
        if (rrset >= 0) {
          // The DNAME that led here may be what is asked for, and is not to be said twice.
          return isRedirected && qtype == RRType.DNAME
              ? null
              : found(zone, name, octets, node, rrset);
        }
        targetAt = alias(octets, node, name);
      }
      if (targetAt < 0 || nameCount == MAX_NAMES) {
        return null;
      }
      writer.setFlags(Header.AA);
      NameKey target = names[nameCount];
      target.setFromMessage(writer.buffer(), targetAt);
      // Who asks for a CNAME has it, also where it was made of a DNAME.
      if (qtype == RRType.CNAME
          || wasAsked(target)
          || !(Responder.zoneFor(zones, target, qtype) instanceof Zone next)) {
        return settled(denial.write(zone, name, nameAt), Rcode.NOERROR);
      }
      if (next != zone && denial.count() > 0) {
        return null;
      }
      nameCount++;
      nameAt = targetAt;
      zone = next;
    }
  }

  /// Writes the CNAME of a node.
  ///
  /// @return where in the response its target stands, or -1
  private int alias(byte[] octets, int node, NameKey name) {
    int cname = NodeLayout.rrset(octets, node, CNAME);
    Fit fit = write(Section.ANSWER, octets, node, cname, nameAt, name.length());
    return fit == Fit.WRITTEN ? sets.start() + sets.recordHead() : -1;
  }

  /// Writes a DNAME and the CNAME made of it: the labels below the DNAME's owner in front of its
  /// target. Once in a response, as a chain that comes to one DNAME twice is rare.
  ///
  /// @return where in the response the CNAME's target stands, or -1
  @Rfc(number = 6672, section = "3.2")
  private int redirect(byte[] octets, int node, NameKey name) {
    int dname = NodeLayout.rrset(octets, node, DNAME);
    int start = name.start(lookup.depth());
    int ownerOctets = name.length() - start;
    if (isRedirected
        || write(Section.ANSWER, octets, node, dname, sets.suffix(nameAt, start), ownerOctets)
            != Fit.WRITTEN) {
      return -1;
    }
    isRedirected = true;
    // The CNAME has the DNAME's TTL (RFC 6672 §3.1).
    return sets.writeRedirection(nameAt, start, NodeLayout.ttl(octets, dname));
  }

  private void proveNoData(Zone zone, NameKey name) {
    if (dnssecOk && lookup.isSynthesised()) {
      denial.wildcardNoData(zone, name, lookup.depth());
    } else if (dnssecOk) {
      denial.noData(zone, name, lookup.depth(), lookup.entry());
    }
  }

  private boolean wasAsked(NameKey target) {
    for (int i = 0; i < nameCount; i++) {
      if (names[i].depth() == target.depth() && target.sharesAncestor(names[i], target.depth())) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Rcode found(Zone zone, NameKey name, byte[] octets, int node, int rrset) {
    writer.setFlags(Header.AA);
    switch (write(Section.ANSWER, octets, node, rrset, nameAt, name.length())) {
      case OUT_OF_REACH -> {
        return null;
      }
      case TOO_LARGE -> writer.setFlags(Header.TC);
      case WRITTEN -> {
        int type = NodeLayout.type(octets, rrset);
        boolean namesHosts = type == NS || type == MX || type == SRV;
        if (namesHosts && !noteHosts(octets, rrset)) {
          return null;
        }
        Fit fit = denial.write(zone, name, nameAt);
        if (fit != Fit.WRITTEN) {
          return settled(fit, Rcode.NOERROR);
        }
        if (namesHosts && !(type == NS ? addGlueWhereRoom(zone) : addTargetsWhereRoom(zone))) {
          return null;
        }
      }
    }
    return Rcode.NOERROR;
  }

  /// The SOA goes along with the TTL that the negative answer is to be kept for (RFC 2308 §3).
  @Rfc(number = 2308, section = "3")
  private @Nullable Rcode negative(Zone zone, NameKey name, Rcode rcode) {
    writer.setFlags(Header.AA);
    byte[] octets = zone.octets(zone.topEntry());
    int top = Zone.offset(zone.topEntry());
    int soa = NodeLayout.rrset(octets, top, SOA);
    int signatures = dnssecOk ? NodeLayout.signatures(octets, top, SOA) : -1;
    int start = name.start(zone.apexDepth());
    Fit fit =
        sets.write(
            Section.AUTHORITY,
            octets,
            soa,
            signatures,
            sets.suffix(nameAt, start),
            name.length() - start,
            zone.negativeTtlSeconds());
    fit = fit == Fit.WRITTEN ? denial.write(zone, name, nameAt) : fit;
    return settled(fit, rcode);
  }

  private @Nullable Rcode settled(Fit fit, Rcode rcode) {
    if (fit == Fit.TOO_LARGE) {
      writer.setFlags(Header.TC);
    }
    return fit == Fit.OUT_OF_REACH ? null : rcode;
  }

  private @Nullable Rcode referral(Zone zone, NameKey name) {
    int cutDepth = lookup.depth();
    byte[] octets = zone.octets(lookup.entry());
    int cut = Zone.offset(lookup.entry());
    int ds = dnssecOk ? NodeLayout.rrset(octets, cut, DS) : -1;
    if (dnssecOk && ds < 0) {
      denial.noData(zone, name, cutDepth, lookup.entry());
    }
    int ns = NodeLayout.rrset(octets, cut, NS);
    int start = name.start(cutDepth);
    int ownerAt = sets.suffix(nameAt, start);
    int ownerOctets = name.length() - start;
    int ttl = NodeLayout.ttl(octets, ns);
    Fit fit = sets.write(Section.AUTHORITY, octets, ns, -1, ownerAt, ownerOctets, ttl);
    if (fit != Fit.WRITTEN) {
      return settled(fit, Rcode.NOERROR);
    }
    if (!noteHosts(octets, ns)) {
      return null;
    }
    fit = denial.write(zone, name, nameAt);
    if (fit != Fit.WRITTEN) {
      return settled(fit, Rcode.NOERROR);
    }
    if (ds >= 0 && NodeLayout.signatures(octets, cut, DS) >= 0) {
      fit = write(Section.AUTHORITY, octets, cut, ds, ownerAt, ownerOctets);
      if (fit != Fit.WRITTEN) {
        return settled(fit, Rcode.NOERROR);
      }
    }
    fit = addGlue(zone, name, cutDepth);
    if (fit != Fit.WRITTEN) {
      return settled(fit, Rcode.NOERROR);
    }
    return addGlueWhereRoom(zone) ? Rcode.NOERROR : null;
  }

  /// Notes where in the response the hosts stand that the set written last names.
  ///
  /// @return whether they are few
  private boolean noteHosts(byte[] octets, int rrset) {
    hostCount = NodeLayout.records(octets, rrset);
    if (hostCount > MAX_HOSTS) {
      return false;
    }
    int type = NodeLayout.type(octets, rrset);
    int hostInRdata = type == NS ? 0 : type == MX ? 2 : 6;
    int at = sets.start();
    for (int i = 0; i < hostCount; i++) {
      at += sets.recordHead();
      hostsAt[i] = at + hostInRdata;
      isHostDone[i] = false;
      at += Header.u16(writer.buffer(), at - 2);
    }
    return true;
  }

  /// Takes up a host.
  ///
  /// @return whether none of those before has its hash: a set may name a host twice, whose
  ///   addresses then go along once
  private boolean takeHost(int index) {
    host.setFromMessage(writer.buffer(), hostsAt[index]);
    int hash = host.hash(host.depth());
    for (int earlier = 0; earlier < index; earlier++) {
      if (hostHashes[earlier] == hash) {
        return false;
      }
    }
    hostHashes[index] = hash;
    return true;
  }

  /// Glue for name servers within the child must go along, or TC says that it did not fit (RFC 9471
  /// §3).
  @Rfc(number = 9471, section = "3.1")
  private Fit addGlue(Zone zone, NameKey name, int cutDepth) {
    for (int i = 0; i < hostCount; i++) {
      if (!takeHost(i)) {
        return Fit.OUT_OF_REACH;
      }
      isHostDone[i] = host.sharesAncestor(name, cutDepth);
      int entry = isHostDone[i] ? zone.find(host, host.depth()) : Zone.NONE;
      if (entry != Zone.NONE) {
        byte[] octets = zone.octets(entry);
        int node = Zone.offset(entry);
        Fit fit = addGlue(octets, node, A, i);
        fit = fit == Fit.WRITTEN ? addGlue(octets, node, AAAA, i) : fit;
        if (fit != Fit.WRITTEN) {
          return fit;
        }
      }
    }
    return Fit.WRITTEN;
  }

  private Fit addGlue(byte[] octets, int node, int type, int index) {
    int rrset = NodeLayout.rrset(octets, node, type);
    return rrset < 0
        ? Fit.WRITTEN
        : write(Section.ADDITIONAL, octets, node, rrset, hostsAt[index], host.length());
  }

  /// The addresses that this zone holds for name servers, glue below any cut included, as far as
  /// they aren't there yet.
  ///
  /// @return whether all that there is room for are there
  private boolean addGlueWhereRoom(Zone zone) {
    for (int i = 0; i < hostCount; i++) {
      if (!isHostDone[i]) {
        if (!takeHost(i)) {
          return false;
        }
        int entry = isIn(zone) ? zone.find(host, host.depth()) : Zone.NONE;
        if (entry != Zone.NONE && !addAddressesWhereRoom(zone, entry, i)) {
          return false;
        }
      }
    }
    return true;
  }

  /// The addresses of the hosts that MX and SRV records name, as far as this zone is authoritative
  /// for them (RFC 1035 §3.3.9, RFC 2782).
  private boolean addTargetsWhereRoom(Zone zone) {
    for (int i = 0; i < hostCount; i++) {
      if (!takeHost(i)) {
        return false;
      }
      if (isIn(zone)
          && hostLookup.find(zone, host, false) == CompiledLookup.Outcome.AT
          && !addAddressesWhereRoom(zone, hostLookup.entry(), i)) {
        return false;
      }
    }
    return true;
  }

  private boolean isIn(Zone zone) {
    return host.depth() >= zone.apexDepth() && host.matches(zone.apexDepth(), zone.apex());
  }

  private boolean addAddressesWhereRoom(Zone zone, int entry, int index) {
    byte[] octets = zone.octets(entry);
    int node = Zone.offset(entry);
    return addWhereRoom(octets, node, A, index) && addWhereRoom(octets, node, AAAA, index);
  }

  /// What saves a question goes without its signatures, or not at all, where there is no room (RFC
  /// 4035 §3.1.1).
  @Rfc(number = 4035, section = "3.1.1")
  private boolean addWhereRoom(byte[] octets, int node, int type, int index) {
    int rrset = NodeLayout.rrset(octets, node, type);
    if (rrset < 0) {
      return true;
    }
    Fit fit = write(Section.ADDITIONAL, octets, node, rrset, hostsAt[index], host.length());
    if (fit == Fit.TOO_LARGE && dnssecOk) {
      int ttl = NodeLayout.ttl(octets, rrset);
      fit = sets.write(Section.ADDITIONAL, octets, rrset, -1, hostsAt[index], host.length(), ttl);
    }
    return fit != Fit.OUT_OF_REACH;
  }

  /// Writes a set with its own TTL, and with its signatures where the client wants them.
  private Fit write(
      Section section, byte[] octets, int node, int rrset, int ownerAt, int ownerOctets) {
    int type = NodeLayout.type(octets, rrset);
    int signatures = dnssecOk ? NodeLayout.signatures(octets, node, type) : -1;
    int ttl = NodeLayout.ttl(octets, rrset);
    return sets.write(section, octets, rrset, signatures, ownerAt, ownerOctets, ttl);
  }
}
