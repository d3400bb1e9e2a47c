package zonetrail.zone;

import zonetrail.wire.NameKey;
import zonetrail.wire.RRType;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.WireName;

/// Knows of most names of a usual zone, by their octets alone, that [ZoneCheck] has nothing to say
/// about them: the apex, delegations whose name servers have addresses, glue, hosts. It decides
/// nothing: of what it does not know, the check makes a [Node] and looks at it in full.
///
/// Allocation: none after construction. One thread.
final class SoundNames {
  private static final int A = RRType.A.value();
  private static final int AAAA = RRType.AAAA.value();
  private static final int NS = RRType.NS.value();
  private static final int MX = RRType.MX.value();
  private static final int SOA = RRType.SOA.value();

  /// What an ancestor is that hides a name behind another zone.
  private static final int REDIRECTED = Zone.NONE - 1;

  /// What has to be looked at of the RRsets of a type.
  private enum Care {
    /// The check says nothing about them but of their TTL.
    NONE,
    /// They are only known at a cut.
    AT_CUT,
    /// They have host names that should have addresses.
    HOSTS,
    /// Not known here.
    ALL
  }

  /// By type; later ones are not known.
  private static final Care[] CARES = new Care[260];

  static {
    for (int type = 0; type < CARES.length; type++) {
      RdataLayout layout = RdataLayout.of(RRType.of(type));
      CARES[type] = layout == null || layout.mayHoldNames() ? Care.ALL : Care.NONE;
    }
    CARES[NS] = Care.HOSTS;
    CARES[MX] = Care.HOSTS;
    CARES[RRType.DS.value()] = Care.AT_CUT;
    // Those of which the rdata is judged.
    for (RRType judged :
        new RRType[] {RRType.TLSA, RRType.SMIMEA, RRType.DNSKEY, RRType.NSEC3PARAM}) {
      CARES[judged.value()] = Care.ALL;
    }
  }

  private final Zone zone;
  private final NearbyNames names;
  private final WireName apex;
  private final int apexDepth;
  private final boolean mayRepeatApex;

  /// Whether no name one label below the apex lies below a DNAME, or can be the apex twice.
  private final boolean hasPlainChildren;

  private final byte[] apexOctets;
  private final NameKey key = new NameKey();
  private final byte[] owner = new byte[WireName.MAX_OCTETS];
  private int ownerOctets;
  private final NameKey hostKey = new NameKey();
  private final byte[] host = new byte[WireName.MAX_OCTETS];

  SoundNames(Zone zone, NearbyNames names) {
    this.zone = zone;
    this.names = names;
    this.apex = zone.apex();
    this.apexDepth = zone.apexDepth();
    this.mayRepeatApex = !apex.isRoot();
    this.hasPlainChildren = apexDepth > 1 && zone.barrierFrom(apexDepth) > apexDepth;
    this.apexOctets = apex.toCanonicalWire();
  }

  /// Whether the check certainly has nothing to say about a name.
  boolean isSound(int entry) {
    byte[] octets = zone.octets(entry);
    int node = Zone.offset(entry);
    int flags = NodeLayout.flags(octets, node);
    if ((flags & (NodeLayout.CNAME | NodeLayout.DNAME | NodeLayout.ONLY_HASH)) != 0) {
      return false;
    }
    if (NodeLayout.rrsets(octets, node) == 0) {
      return true;
    }
    int prefixOctets = NodeLayout.prefixOctets(octets, node);
    ownerOctets = prefixOctets + apex.length();
    if (prefixOctets == 0) {
      apex.copyTo(owner, 0);
      return isSoundApex(octets, node);
    }
    if (hasPlainChildren && octets[NodeLayout.prefix(node)] == prefixOctets - 1) {
      zone.copyName(owner, octets, node);
      return isSoundAuthority(octets, node, (flags & NodeLayout.CUT) != 0);
    }
    zone.setKey(key, owner, octets, node);
    if (endsInApexTwice(key)) {
      return false;
    }
    int above = cutAbove();
    if (above == REDIRECTED) {
      return false;
    }
    return above == Zone.NONE
        ? isSoundAuthority(octets, node, (flags & NodeLayout.CUT) != 0)
        : isGlue(octets, node) && isNamedAt(above);
  }

  /// Whether a name looks as if a final dot were missing. Where names are few labels deep and the
  /// zone's is long, it takes no look at them.
  private boolean endsInApexTwice(NameKey name) {
    int depth = 2 * apexDepth;
    return mayRepeatApex
        && name.depth() >= depth
        && name.length() - name.start(depth) == 2 * apex.length() - 1
        && startsWithApex(name, name.start(depth));
  }

  private boolean startsWithApex(NameKey name, int from) {
    for (int i = 0; i < apexOctets.length - 1; i++) {
      if (name.octetAt(from + i) != (apexOctets[i] & 0xff)) {
        return false;
      }
    }
    return true;
  }

  /// The nearest cut above the name, [Zone#NONE], or [#REDIRECTED] where a DNAME is above it.
  private int cutAbove() {
    int cut = Zone.NONE;
    int depth = zone.barrierFrom(apexDepth);
    while (depth < key.depth()) {
      int entry = names.find(key, depth);
      if (entry != Zone.NONE) {
        int flags = NodeLayout.flags(zone.octets(entry), Zone.offset(entry));
        if ((flags & NodeLayout.DNAME) != 0) {
          return REDIRECTED;
        }
        cut = (flags & NodeLayout.CUT) != 0 ? entry : cut;
      }
      depth = zone.barrierFrom(depth + 1);
    }
    return cut;
  }

  private static boolean isGlue(byte[] octets, int node) {
    int rrset = NodeLayout.firstRRset(octets, node);
    for (int left = NodeLayout.rrsets(octets, node); left > 0; left--) {
      int type = NodeLayout.type(octets, rrset);
      if (type != A && type != AAAA) {
        return false;
      }
      rrset = NodeLayout.nextRRset(octets, rrset);
    }
    return true;
  }

  /// Whether an NS record of a cut above the name has it.
  private boolean isNamedAt(int cut) {
    byte[] octets = zone.octets(cut);
    int ns = NodeLayout.rrset(octets, Zone.offset(cut), NS);
    int record = ns < 0 ? 0 : NodeLayout.firstRecord(ns);
    for (int left = ns < 0 ? 0 : NodeLayout.records(octets, ns); left > 0; left--) {
      if (isOwner(octets, ns, record + 2)) {
        return true;
      }
      record = nextRecord(octets, record);
    }
    return false;
  }

  /// Whether a name in an RRset of an ancestor is the owner.
  private boolean isOwner(byte[] octets, int rrset, int from) {
    int at = from;
    int ours = 0;
    while (octets[at] != 0) {
      if (NodeLayout.isShared(octets[at])) {
        int shared = NodeLayout.shared(octets, at);
        if (shared < NodeLayout.SHARED_WITH_SET) {
          return ownerOctets - ours == shared; // The ancestor's end is the owner's, too.
        }
        at = RdataReader.placeOf(octets, rrset, shared - NodeLayout.SHARED_WITH_SET, false);
      } else {
        int label = 1 + octets[at];
        if (ownerOctets - ours <= label || !key.matches(ours, label, octets, at)) {
          return false;
        }
        at += label;
        ours += label;
      }
    }
    return ownerOctets - ours == 1;
  }

  private static int nextRecord(byte[] octets, int record) {
    return record + 2 + ((octets[record] & 0xff) << 8 | (octets[record + 1] & 0xff));
  }

  /// The apex, of which the check wants name servers besides. The root's is not known here: where
  /// names begin in its RRsets is another matter.
  private boolean isSoundApex(byte[] octets, int node) {
    if (apexDepth == 0) {
      return false;
    }
    boolean hasNameServers = false;
    int rrset = NodeLayout.firstRRset(octets, node);
    for (int left = NodeLayout.rrsets(octets, node); left > 0; left--) {
      int type = NodeLayout.type(octets, rrset);
      boolean isKnown =
          switch (care(type)) {
            case NONE -> true;
            case HOSTS -> areSoundHosts(octets, rrset, type);
            case AT_CUT, ALL -> type == SOA && areSoundSoaNames(octets, rrset);
          };
      if (!isKnown || NodeLayout.ttl(octets, rrset) > ZoneCheck.LONG_TTL_SECONDS) {
        return false;
      }
      hasNameServers |= type == NS;
      rrset = NodeLayout.nextRRset(octets, rrset);
    }
    return hasNameServers;
  }

  private boolean areSoundSoaNames(byte[] octets, int rrset) {
    int primary = NodeLayout.firstRecord(rrset) + 2;
    int mailbox = primary;
    while (octets[mailbox] != 0 && !NodeLayout.isShared(octets[mailbox])) {
      mailbox += 1 + octets[mailbox];
    }
    mailbox += octets[mailbox] == 0 ? 1 : 2;
    return !mayEndInApexTwice(readHost(octets, rrset, primary))
        && !mayEndInApexTwice(readHost(octets, rrset, mailbox));
  }

  private boolean mayEndInApexTwice(int hostOctets) {
    if (!endsLikeApex(hostOctets)) {
      return false;
    }
    hostKey.set(host, 0, hostOctets);
    return endsInApexTwice(hostKey);
  }

  private static Care care(int type) {
    return type < CARES.length ? CARES[type] : Care.ALL;
  }

  private boolean isSoundAuthority(byte[] octets, int node, boolean isCut) {
    int rrset = NodeLayout.firstRRset(octets, node);
    for (int left = NodeLayout.rrsets(octets, node); left > 0; left--) {
      int type = NodeLayout.type(octets, rrset);
      Care care = care(type);
      boolean isKnown =
          switch (care) {
            case NONE -> !isCut;
            case AT_CUT -> isCut;
            case HOSTS -> isCut == (type == NS);
            case ALL -> false;
          };
      if (!isKnown
          || NodeLayout.ttl(octets, rrset) > ZoneCheck.LONG_TTL_SECONDS
          || (care == Care.HOSTS && !areSoundHosts(octets, rrset, type))) {
        return false;
      }
      rrset = NodeLayout.nextRRset(octets, rrset);
    }
    return true;
  }

  private boolean areSoundHosts(byte[] octets, int rrset, int type) {
    int record = NodeLayout.firstRecord(rrset);
    for (int left = NodeLayout.records(octets, rrset); left > 0; left--) {
      int name = record + 2 + NodeLayout.namesAt(type);
      if (!isSoundHost(readHost(octets, rrset, name))) {
        return false;
      }
      record = nextRecord(octets, record);
    }
    return true;
  }

  /// @return how many octets the name in [#host] has
  private int readHost(byte[] octets, int rrset, int from) {
    int at = from;
    int end = 0;
    while (octets[at] != 0) {
      if (NodeLayout.isShared(octets[at])) {
        int shared = NodeLayout.shared(octets, at);
        if (shared < NodeLayout.SHARED_WITH_SET) {
          System.arraycopy(owner, ownerOctets - shared, host, end, shared);
          return end + shared;
        }
        at = RdataReader.placeOf(octets, rrset, shared - NodeLayout.SHARED_WITH_SET, false);
      } else {
        int label = 1 + octets[at];
        System.arraycopy(octets, at, host, end, label);
        at += label;
        end += label;
      }
    }
    host[end] = 0;
    return end + 1;
  }

  /// Whether a host is none of this zone, or has an address in it and is no alias.
  private boolean isSoundHost(int hostOctets) {
    if (!endsLikeApex(hostOctets)) {
      return true;
    }
    hostKey.set(host, 0, hostOctets);
    if (hostKey.depth() < apexDepth || !hostKey.matches(apexDepth, apex)) {
      return true; // only its octets end like the apex
    }
    if (endsInApexTwice(hostKey)) {
      return false;
    }
    int entry = names.find(hostKey, hostKey.depth());
    if (entry == Zone.NONE) {
      return false;
    }
    byte[] octets = zone.octets(entry);
    int node = Zone.offset(entry);
    return (NodeLayout.flags(octets, node) & NodeLayout.CNAME) == 0
        && (NodeLayout.rrset(octets, node, A) >= 0 || NodeLayout.rrset(octets, node, AAAA) >= 0);
  }

  private boolean endsLikeApex(int hostOctets) {
    int from = hostOctets - apexOctets.length;
    if (from < 0) {
      return false;
    }
    for (int i = apexOctets.length - 1; i >= 0; i--) {
      if (WireName.lower(host[from + i]) != apexOctets[i]) {
        return false;
      }
    }
    return true;
  }
}
