package zonetrail.zone;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.NameKey;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding.Level;

/// Judges a zone: what makes no sense (error: it is not served) and what is probably not meant
/// (warning).
///
/// It is never stricter than BIND: what `named-checkzone` loads is at most a warning here, so that
/// an existing zone keeps loading.
///
/// Bounds: [#MAX_FINDINGS]. Takes a few lookups for each record, on the caller's thread.
public final class ZoneCheck {
  /// The most findings for a zone; one more says how many there are besides.
  public static final int MAX_FINDINGS = 100;

  /// A TTL above this is worth a warning: a mistake in the record would stay for as long.
  public static final int LONG_TTL_SECONDS = 7 * 86_400;

  /// From here on, sound names are passed: to know them takes some 3 KiB to begin with.
  private static final int MANY_NAMES = 4;

  private static final RRType SIG = RRType.of(24);
  private static final RRType KEY = RRType.of(25);
  private static final RRType NXT = RRType.of(30);

  /// What may stand beside a CNAME: what DNSSEC, old and new, needs there (RFC 4034 §3, §4).
  private static final Set<RRType> BESIDE_CNAME = Set.of(RRType.RRSIG, RRType.NSEC, SIG, KEY, NXT);

  /// What is answered from the parent's side of a cut.
  private static final Set<RRType> AT_CUT =
      Set.of(RRType.NS, RRType.DS, RRType.NSEC, RRType.RRSIG, SIG, KEY, NXT);

  private static final Set<String> CERTAIN_DESPITE_GAPS =
      Set.of(
          "cname-and-other-data",
          "several-cnames",
          "several-dnames",
          "soa-not-at-apex",
          "ds-at-apex");

  private final Zone zone;
  private final WireName apex;
  private final Complaints complaints = new Complaints();
  private final @Nullable WireName apexTwice;
  private final NameKey key = new NameKey();

  /// The entries of names that NS records name, gathered when they are first needed.
  private @Nullable BitSet nameServers;

  private int longTtls;
  private @Nullable RRset longTtl;

  private enum Address {
    THERE,
    MISSING,
    ALIAS,
    NOT_OURS
  }

  ZoneCheck(Zone zone) {
    this.zone = zone;
    this.apex = zone.apex();
    boolean fits = apex.length() * 2 - 1 <= WireName.MAX_OCTETS;
    this.apexTwice = apex.isRoot() || !fits ? null : apex.append(apex);
  }

  /// Checks a zone.
  ///
  /// @param locator says where in its file a record stands; asked only for findings
  /// @return the findings, those of one file in the order of its lines
  public static List<Finding> check(Zone zone, RecordLocator locator) {
    return check(zone, locator, MANY_NAMES);
  }

  /// Checks a zone.
  ///
  /// @param manyNames in a zone of so many names those are passed that [SoundNames] knows to be
  ///   sound; the findings are the same
  static List<Finding> check(Zone zone, RecordLocator locator, int manyNames) {
    ZoneCheck check = new ZoneCheck(zone);
    check.run(manyNames);
    return check.findings(locator);
  }

  List<Finding> findings(RecordLocator locator) {
    return complaints.findings(apex, locator);
  }

  /// Whether a finding with this rule stays true whatever records are added to the zone.
  public static boolean isCertainDespiteGaps(String rule) {
    return CERTAIN_DESPITE_GAPS.contains(rule);
  }

  private void run(int manyNames) {
    checkSoa();
    checkDenial();
    if (zone.nodes().size() >= manyNames) {
      checkUnsound();
    } else {
      checkApexNameServers();
      zone.nodes().forEach(this::check);
    }
    RRset longest = longTtl;
    if (longest != null) {
      warn(longest.owner(), longest.type(), "long-ttl", longTtlMessage(longest));
    }
  }

  private void checkUnsound() {
    NearbyNames names = new NearbyNames(zone);
    SoundNames sound = new SoundNames(zone, names);
    for (int entry = names.next(); entry != Zone.NONE; entry = names.next()) {
      if (!sound.isSound(entry)) {
        if (entry == zone.topEntry()) {
          checkApexNameServers();
        }
        check(zone.view(entry));
      }
    }
  }

  private void check(Node node) {
    if (node.isEmptyNonTerminal()) {
      return;
    }
    checkAliases(node);
    checkFinalDots(node);
    if (isOccluded(node.name())) {
      checkOccluded(node);
    } else {
      checkAuthoritative(node);
    }
  }

  /// Whether an NS record names a node. Most are named at the cut that they lie at or below.
  private boolean isNameServer(Node node) {
    WireName name = node.name();
    WireName cutName = node.isCut() ? name : nearestAbove(name, NodeLayout.CUT);
    Node cut = cutName == null ? null : zone.node(cutName);
    RRset ns = cut == null ? null : cut.rrset(RRType.NS);
    if (ns != null && ns.rdatas().stream().anyMatch(rdata -> rdata.nameAt(0).equals(name))) {
      return true;
    }
    BitSet gathered = nameServers;
    if (gathered == null) {
      gathered = gatherNameServers();
      nameServers = gathered;
    }
    return gathered.get(node.entry() & Integer.MAX_VALUE);
  }

  private BitSet gatherNameServers() {
    BitSet entries = new BitSet();
    for (Node node : zone.nodes()) {
      RRset ns = node.rrset(RRType.NS);
      if (ns != null) {
        for (Rdata rdata : ns.rdatas()) {
          Node server = zone.node(rdata.nameAt(0));
          if (server != null) {
            entries.set(server.entry() & Integer.MAX_VALUE);
          }
        }
      }
    }
    return entries;
  }

  @Rfc(number = 1912, section = "2.2")
  private void checkSoa() {
    Rdata soa = zone.soa().rdatas().getFirst();
    int timers = soa.length() - 16;
    long refresh = Integer.toUnsignedLong(soa.u32At(timers));
    long retry = Integer.toUnsignedLong(soa.u32At(timers + 4));
    long expire = Integer.toUnsignedLong(soa.u32At(timers + 8));
    if (expire < refresh + retry) {
      warn(
          apex,
          RRType.SOA,
          "soa-timers",
          "SOA expire "
              + expire
              + " is less than refresh "
              + refresh
              + " and retry "
              + retry
              + " together, so one failed refresh expires the zone at its secondaries (RFC 1912"
              + " §2.2); raise expire, 1209600 is usual");
    }
  }

  @Rfc(number = 1034, section = "4.2.1")
  @Rfc(number = 2181, section = "10.3")
  void checkApexNameServers() {
    Node top = zone.node(apex);
    RRset ns = top == null ? null : top.rrset(RRType.NS);
    if (ns == null) {
      fail(
          apex,
          RRType.SOA,
          "no-ns",
          "no NS record at " + shown(apex) + "; name the zone's servers there (RFC 1034 §4.2.1)");
      return;
    }
    for (Rdata rdata : ns.rdatas()) {
      WireName target = rdata.nameAt(0);
      if (addressOf(target) == Address.MISSING) {
        fail(
            apex,
            RRType.NS,
            "ns-without-address",
            "name server "
                + shown(target)
                + " is in the zone and has no A or AAAA record, so nobody can reach it (RFC 2181"
                + " §10.3); add one, or a final dot to the name");
      }
    }
  }

  /// A signed zone without proofs is served, and validators take its negative answers for forged.
  @Rfc(number = 4035, section = "2.3")
  private void checkDenial() {
    boolean isSigned =
        zone.top().rrset(RRType.DNSKEY) != null && zone.top().signatures(RRType.SOA) != null;
    if (isSigned && zone.denialChain() == null) {
      warn(
          apex,
          RRType.SOA,
          "no-denial-chain",
          "the zone is signed, but no NSEC or NSEC3 records prove what it does not have (RFC 4035"
              + " §2.3); sign it anew, with NSEC3 by SHA-1 and at most "
              + Nsec3Hash.MAX_ITERATIONS
              + " iterations, better 0 (RFC 9276 §3.1)");
    }
  }

  @Rfc(number = 1034, section = "3.6.2")
  @Rfc(number = 2181, section = "10.1")
  @Rfc(number = 6672, section = "2.4")
  void checkAliases(Node node) {
    RRset cname = node.rrset(RRType.CNAME);
    if (cname != null) {
      if (cname.rdatas().size() > 1) {
        fail(
            node.name(),
            RRType.CNAME,
            "several-cnames",
            "several CNAME records at " + shown(node.name()) + "; keep one (RFC 2181 §10.1)");
      }
      if (!node.types().stream().allMatch(ZoneCheck::mayStandWithCname)) {
        fail(
            node.name(),
            RRType.CNAME,
            "cname-and-other-data",
            "CNAME beside other data at " + shown(node.name()) + " (RFC 1034 §3.6.2)");
      }
    }
    RRset dname = node.rrset(RRType.DNAME);
    if (dname != null && dname.rdatas().size() > 1) {
      fail(
          node.name(),
          RRType.DNAME,
          "several-dnames",
          "several DNAME records at " + shown(node.name()) + "; keep one (RFC 6672 §2.4)");
    }
  }

  private static boolean mayStandWithCname(RRType type) {
    return type.equals(RRType.CNAME) || BESIDE_CNAME.contains(type);
  }

  /// Looks for the apex twice over, as in `www.example.com.example.com`.
  @Rfc(number = 1912, section = "3.2")
  private void checkFinalDots(Node node) {
    WireName twice = apexTwice;
    if (twice == null) {
      return;
    }
    if (node.name().isAtOrBelow(twice)) {
      warn(node.name(), node.types().getFirst(), "forgotten-final-dot", finalDot(node.name()));
    }
    for (RRset rrset : node.rrsets()) {
      RdataNames.forEach(
          rrset,
          (rdata, name) -> {
            if (name.isAtOrBelow(twice)) {
              warn(node.name(), rrset.type(), "forgotten-final-dot", finalDot(name));
            }
          });
    }
  }

  private static String finalDot(WireName name) {
    return shown(name) + " ends in the zone's name twice; is a final dot missing? (RFC 1912 §3.2)";
  }

  boolean isOccluded(WireName name) {
    key.set(name);
    return zone.nearestAbove(key, NodeLayout.CUT | NodeLayout.DNAME) >= 0;
  }

  /// The nearest ancestor of a name in the zone that has a flag, or null.
  private @Nullable WireName nearestAbove(WireName name, int flag) {
    key.set(name);
    int depth = zone.nearestAbove(key, flag);
    return depth < 0 ? null : name.ancestor(depth);
  }

  @Rfc(number = 1034, section = "4.2.1")
  @Rfc(number = 6672, section = "2.4")
  private void checkOccluded(Node node) {
    WireName redirection = nearestAbove(node.name(), NodeLayout.DNAME);
    if (redirection != null && node.isOnlyHash()) {
      return; // A DNAME at the apex has all hashes of the zone below it.
    }
    if (redirection != null) {
      warn(
          node.name(),
          node.types().getFirst(),
          "below-dname",
          shown(node.name())
              + " is below the DNAME at "
              + shown(redirection)
              + ", which hides it (RFC 6672 §2.4); remove one of them");
      return;
    }
    for (RRset rrset : node.rrsets()) {
      if (isAddress(rrset.type()) && isNameServer(node)) {
        continue;
      }
      warn(
          node.name(),
          rrset.type(),
          "occluded",
          rrset.type()
              + " record at "
              + shown(node.name())
              + " is below the delegation at "
              + shown(nearestAbove(node.name(), NodeLayout.CUT))
              + " and no glue, so it is never served (RFC 1034 §4.2.1)");
    }
  }

  private void checkAuthoritative(Node node) {
    boolean isApex = node.name().equals(apex);
    boolean isCut = !isApex && node.has(RRType.NS);
    for (RRset rrset : node.rrsets()) {
      RRType type = rrset.type();
      checkTtl(rrset);
      RdataCheck.check(rrset, (rule, message) -> warn(node.name(), type, rule, message));
      if (failIfMisplaced(node, type)) {
        continue;
      }
      if (type.equals(RRType.DS) && !isCut) {
        warn(
            node.name(),
            type,
            "ds-without-ns",
            "DS record at "
                + shown(node.name())
                + " without a delegation there (RFC 4035 §2.4); add its NS records or remove it");
      } else if (isCut && !AT_CUT.contains(type) && !isGlue(node, type)) {
        warn(
            node.name(),
            type,
            "occluded",
            type
                + " record at "
                + shown(node.name())
                + " stands beside a delegation and is never served (RFC 1034 §4.2.1)");
      }
    }
    checkTargets(node, isCut);
  }

  /// Whether records of this type must not be at this node, which is an error then.
  boolean failIfMisplaced(Node node, RRType type) {
    boolean isApex = node.name().equals(apex);
    if (type.equals(RRType.SOA) && !isApex) {
      fail(
          node.name(),
          type,
          "soa-not-at-apex",
          "SOA record at "
              + shown(node.name())
              + ", which is not the zone's apex "
              + shown(apex)
              + " (RFC 1035 §5.2); a zone below this one has a file of its own");
      return true;
    }
    if (type.equals(RRType.DS) && isApex) {
      fail(
          apex,
          type,
          "ds-at-apex",
          "DS record at the apex "
              + shown(apex)
              + " (RFC 4035 §2.4); it belongs into the parent zone");
      return true;
    }
    return false;
  }

  private boolean isGlue(Node node, RRType type) {
    return isAddress(type) && isNameServer(node);
  }

  private static boolean isAddress(RRType type) {
    return type.equals(RRType.A) || type.equals(RRType.AAAA);
  }

  private void checkTtl(RRset rrset) {
    if (rrset.ttlSeconds() > LONG_TTL_SECONDS) {
      longTtls++;
      RRset longest = longTtl;
      if (longest == null || rrset.ttlSeconds() > longest.ttlSeconds()) {
        longTtl = rrset;
      }
    }
  }

  private String longTtlMessage(RRset longest) {
    String others = longTtls == 1 ? "" : " (and " + (longTtls - 1) + " more are above a week)";
    return "the TTL of "
        + longest.ttlSeconds()
        + " seconds of the "
        + longest.type()
        + " records at "
        + shown(longest.owner())
        + others
        + " keeps a mistake in caches for as long (RFC 1912 §2.2); use at most "
        + LONG_TTL_SECONDS;
  }

  private void checkTargets(Node node, boolean isCut) {
    RRset ns = node.rrset(RRType.NS);
    if (ns != null) {
      for (Rdata rdata : ns.rdatas()) {
        if (isCut) {
          checkDelegatedTo(node.name(), rdata.nameAt(0));
        } else {
          checkTarget(node.name(), RRType.NS, rdata.nameAt(0), false);
        }
      }
    }
    RRset mx = node.rrset(RRType.MX);
    if (mx != null) {
      mx.rdatas().forEach(rdata -> checkTarget(node.name(), RRType.MX, rdata.nameAt(2), true));
    }
    RRset srv = node.rrset(RRType.SRV);
    if (srv != null) {
      srv.rdatas().forEach(rdata -> checkTarget(node.name(), RRType.SRV, rdata.nameAt(6), true));
    }
    checkServiceTargets(node, RRType.SVCB);
    checkServiceTargets(node, RRType.HTTPS);
  }

  /// The target of a service may be an alias, and that of an alias record may be anything.
  @Rfc(number = 9460, section = "2.4.3")
  private void checkServiceTargets(Node node, RRType type) {
    RRset bindings = node.rrset(type);
    if (bindings == null) {
      return;
    }
    for (Rdata rdata : bindings.rdatas()) {
      WireName target = rdata.nameAt(2);
      if (rdata.u16At(0) > 0 && !target.isRoot() && addressOf(target) == Address.MISSING) {
        checkTarget(node.name(), type, target, true);
      }
    }
  }

  @Rfc(number = 1034, section = "4.2.1")
  private void checkDelegatedTo(WireName cut, WireName target) {
    if (!target.isAtOrBelow(cut)) {
      checkTarget(cut, RRType.NS, target, true);
    } else if (!hasAddress(zone.node(target))) {
      warn(
          cut,
          RRType.NS,
          "missing-glue",
          "name server "
              + shown(target)
              + " is below the delegation at "
              + shown(cut)
              + " and has no A or AAAA record (glue), so nobody can reach it (RFC 1034 §4.2.1)");
    }
  }

  /// A target that is no name server of the apex; those without address are an error of their own.
  @Rfc(number = 2181, section = "10.3")
  private void checkTarget(WireName owner, RRType type, WireName target, boolean sayMissing) {
    Address address = target.isRoot() ? Address.NOT_OURS : addressOf(target);
    if (address == Address.ALIAS) {
      warn(
          owner,
          type,
          "target-is-cname",
          type
              + " record at "
              + shown(owner)
              + " points to "
              + shown(target)
              + ", which is a CNAME (RFC 2181 §10.3); name its target instead");
    } else if (address == Address.MISSING && sayMissing) {
      warn(
          owner,
          type,
          "target-without-address",
          type
              + " record at "
              + shown(owner)
              + " points to "
              + shown(target)
              + ", which is in this zone and has no A or AAAA record; add one, or a final dot to the"
              + " name");
    }
  }

  /// What a question for the address of a name would find, wildcards included.
  private Address addressOf(WireName name) {
    if (!name.isAtOrBelow(apex) || nearestAbove(name, NodeLayout.DNAME) != null) {
      return Address.NOT_OURS;
    }
    Node node = zone.node(name);
    if ((node != null && node.isCut()) || nearestAbove(name, NodeLayout.CUT) != null) {
      return hasAddress(node) ? Address.THERE : Address.NOT_OURS;
    }
    if (node == null) {
      WireName encloser = name.parent();
      while (zone.node(encloser) == null) {
        encloser = encloser.parent();
      }
      node =
          encloser.length() + 2 > WireName.MAX_OCTETS ? null : zone.node(encloser.wildcardChild());
    }
    if (node != null && node.has(RRType.CNAME)) {
      return Address.ALIAS;
    }
    return hasAddress(node) ? Address.THERE : Address.MISSING;
  }

  private static boolean hasAddress(@Nullable Node node) {
    return node != null && (node.has(RRType.A) || node.has(RRType.AAAA));
  }

  private static String shown(@Nullable WireName name) {
    return name == null ? "?" : name.toStringNoDot();
  }

  private void fail(WireName owner, RRType type, String rule, String message) {
    complaints.add(owner, type, Level.ERROR, rule, message);
  }

  private void warn(WireName owner, RRType type, String rule, String message) {
    complaints.add(owner, type, Level.WARNING, rule, message);
  }
}
