package zonetrail.answer;

import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSEC3PARAMRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.utils.base32;
import zonetrail.wire.Header;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;

/// A zone as a signer would leave it, but for what nobody here verifies: the signatures are octets
/// of the right form, and the lists of types that exist are empty.
///
/// Hashes are made by dnsjava.
final class SignedCopy {
  /// How absence is proved.
  enum Kind {
    NSEC,
    NSEC3,
    OPT_OUT
  }

  private static final int TTL_SECONDS = 77;
  private static final int OPT_OUT_FLAG = 1;

  private final Random random;
  private final Zone zone;
  private final Kind kind;

  /// Of how many links of the chain one is missing; 0 for a whole chain.
  private final int gapEvery;

  private final ZoneBuilder copy;
  private final Set<WireName> links = new TreeSet<>();

  private SignedCopy(Random random, Zone zone, Kind kind, int gapEvery) {
    this.random = random;
    this.zone = zone;
    this.kind = kind;
    this.gapEvery = gapEvery;
    this.copy = new ZoneBuilder(zone.apex());
  }

  static Zone of(Random random, Zone zone, Kind kind, int gapEvery) {
    SignedCopy signed = new SignedCopy(random, zone, kind, gapEvery);
    zone.nodes().forEach(signed::addSigned);
    if (kind == Kind.NSEC) {
      signed.addNsecs();
    } else {
      signed.addNsec3s();
    }
    return signed.copy.build();
  }

  private void addSigned(Node node) {
    boolean isBelowCut = isBelowCut(node.name());
    boolean isCut = !isBelowCut && isCut(node);
    for (RRset rrset : node.rrsets()) {
      rrset
          .rdatas()
          .forEach(rdata -> copy.add(rrset.owner(), rrset.type(), rrset.ttlSeconds(), rdata));
      boolean isSigned = isCut ? rrset.type() == RRType.DS : !isBelowCut;
      if (isSigned && rrset.type() != RRType.RRSIG) {
        sign(rrset.owner(), rrset.type(), rrset.ttlSeconds());
      }
    }
    boolean isInsecureCut = isCut && !node.has(RRType.DS);
    if (!isBelowCut && !(isInsecureCut && kind == Kind.OPT_OUT)) {
      link(node);
    }
  }

  private boolean isCut(Node node) {
    return node.has(RRType.NS) && !node.name().equals(zone.apex());
  }

  private boolean isBelowCut(WireName name) {
    for (WireName above = name; above.isBelow(zone.apex()); above = above.parent()) {
      Node node = zone.node(above.parent());
      if (node != null && isCut(node)) {
        return true;
      }
    }
    return false;
  }

  /// Names between others have a hash of their own, where something is signed below them.
  private void link(Node node) {
    if (!node.isEmptyNonTerminal()) {
      links.add(node.name());
      for (WireName above = node.name();
          kind != Kind.NSEC && above.isBelow(zone.apex());
          above = above.parent()) {
        links.add(above.parent());
      }
    }
  }

  private void sign(WireName owner, RRType covered, int ttl) {
    byte[] name = zone.apex().toWire();
    byte[] rdata = new byte[18 + name.length + 32 + random.nextInt(64)];
    random.nextBytes(rdata);
    Header.putU16(rdata, 0, covered.value());
    System.arraycopy(name, 0, rdata, 18, name.length);
    copy.add(owner, RRType.RRSIG, ttl, Rdata.of(rdata));
  }

  private boolean isGap(WireName name) {
    return gapEvery > 0 && !name.equals(zone.apex()) && random.nextInt(gapEvery) == 0;
  }

  private void addNsecs() {
    List<WireName> owners = new ArrayList<>(links);
    owners.removeIf(this::isGap);
    for (int i = 0; i < owners.size(); i++) {
      byte[] next = owners.get((i + 1) % owners.size()).toWire();
      byte[] rdata = Arrays.copyOf(next, next.length + 3);
      rdata[next.length + 1] = 1;
      rdata[next.length + 2] = 0x40;
      copy.add(owners.get(i), RRType.NSEC, TTL_SECONDS, Rdata.of(rdata));
      sign(owners.get(i), RRType.NSEC, TTL_SECONDS);
    }
  }

  private void addNsec3s() {
    byte[] salt = new byte[random.nextInt(5)];
    random.nextBytes(salt);
    byte[] parameters = new byte[5 + salt.length];
    parameters[0] = 1;
    parameters[3] = (byte) random.nextInt(4);
    parameters[4] = (byte) salt.length;
    System.arraycopy(salt, 0, parameters, 5, salt.length);
    copy.add(zone.apex(), RRType.NSEC3PARAM, 0, Rdata.of(parameters));
    sign(zone.apex(), RRType.NSEC3PARAM, 0);
    List<byte[]> hashes =
        hashes(new NSEC3PARAMRecord(Name.root, DClass.IN, 0, 1, 0, parameters[3], salt));
    for (int i = 0; i < hashes.size(); i++) {
      byte[] next = hashes.get((i + 1) % hashes.size());
      byte[] rdata = Arrays.copyOf(parameters, parameters.length + 1 + next.length + 3);
      rdata[1] = (byte) (kind == Kind.OPT_OUT ? OPT_OUT_FLAG : 0);
      rdata[parameters.length] = (byte) next.length;
      System.arraycopy(next, 0, rdata, parameters.length + 1, next.length);
      rdata[rdata.length - 2] = 1;
      rdata[rdata.length - 1] = 0x40;
      WireName owner = zone.apex().child(base32(hashes.get(i)));
      copy.add(owner, RRType.NSEC3, TTL_SECONDS, Rdata.of(rdata));
      sign(owner, RRType.NSEC3, TTL_SECONDS);
    }
  }

  private static byte[] base32(byte[] hash) {
    String text = new base32(base32.Alphabet.BASE32HEX, false, true).toString(hash);
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private List<byte[]> hashes(NSEC3PARAMRecord parameters) {
    TreeMap<byte[], WireName> hashes = new TreeMap<>(Arrays::compareUnsigned);
    for (WireName name : links) {
      if (!isGap(name)) {
        hashes.put(hash(parameters, name), name);
      }
    }
    return new ArrayList<>(hashes.keySet());
  }

  private static byte[] hash(NSEC3PARAMRecord parameters, WireName name) {
    try {
      return parameters.hashName(Name.fromString(name.toString()));
    } catch (NoSuchAlgorithmException | TextParseException e) {
      throw new IllegalStateException(e);
    }
  }
}
