package zonetrail.bench;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import zonetrail.wire.Header;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;

/// A zone of hosts `h0`, `h1` ... and delegations `d0`, `d1` ... with glue, which may be signed:
/// its signatures are as long as those of ECDSA P-256, and say nothing.
final class MadeZone {
  /// The name of the zone.
  static final WireName APEX = WireName.parse("bench.example");

  private static final String BASE32HEX = "0123456789abcdefghijklmnopqrstuv";
  private static final int TTL_SECONDS = 300;

  private final ZoneBuilder zone = new ZoneBuilder(APEX);
  private final Denial denial;

  /// The names that have proofs of their own.
  private final TreeSet<WireName> links = new TreeSet<>();

  private MadeZone(Denial denial) {
    this.denial = denial;
  }

  /// Makes one.
  ///
  /// @param names how many hosts and delegations
  static Zone of(int names, Denial denial) {
    MadeZone made = new MadeZone(denial);
    made.addSigned(APEX, RRType.SOA, new byte[22]);
    made.addSigned(APEX, RRType.NS, name("h0").toWire());
    for (int i = 0; i < names / 2; i++) {
      byte[] address = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
      made.addSigned(name("h" + i), RRType.A, address);
      WireName cut = name("d" + i);
      WireName server = WireName.parse("ns").append(cut);
      made.add(cut, RRType.NS, server.toWire());
      made.links.add(cut);
      made.add(server, RRType.A, address);
    }
    switch (denial) {
      case NONE -> {}
      case NSEC -> made.addNsecs();
      case NSEC3 -> made.addNsec3s();
    }
    return made.zone.build();
  }

  private static WireName name(String label) {
    return WireName.parse(label).append(APEX);
  }

  private void add(WireName owner, RRType type, byte[] rdata) {
    zone.add(owner, type, TTL_SECONDS, Rdata.of(rdata));
  }

  private void addSigned(WireName owner, RRType type, byte[] rdata) {
    add(owner, type, rdata);
    if (denial != Denial.NONE) {
      byte[] signature = new byte[18 + APEX.length() + 64];
      Header.putU16(signature, 0, type.value());
      APEX.copyTo(signature, 18);
      add(owner, RRType.RRSIG, signature);
      links.add(owner);
    }
  }

  private void addNsecs() {
    WireName[] owners = links.toArray(WireName[]::new);
    for (int i = 0; i < owners.length; i++) {
      byte[] next = owners[(i + 1) % owners.length].toWire();
      addSigned(owners[i], RRType.NSEC, withTypes(next));
    }
  }

  private void addNsec3s() {
    byte[] parameters = {1, 0, 0, 0, 0};
    TreeMap<byte[], byte[]> hashes = new TreeMap<>(Arrays::compareUnsigned);
    for (WireName name : links) {
      byte[] hash = hash(name);
      hashes.put(hash, hash);
    }
    addSigned(APEX, RRType.NSEC3PARAM, parameters);
    for (byte[] hash : hashes.keySet()) {
      byte[] rdata = Arrays.copyOf(parameters, 6 + hash.length);
      rdata[5] = (byte) hash.length;
      Map.Entry<byte[], byte[]> higher = hashes.higherEntry(hash);
      byte[] next = higher == null ? hashes.firstKey() : higher.getKey();
      System.arraycopy(next, 0, rdata, 6, next.length);
      addSigned(APEX.child(base32(hash)), RRType.NSEC3, withTypes(rdata));
    }
  }

  /// With a bitmap that says A.
  private static byte[] withTypes(byte[] rdata) {
    byte[] longer = Arrays.copyOf(rdata, rdata.length + 3);
    longer[rdata.length + 1] = 1;
    longer[rdata.length + 2] = 0x40;
    return longer;
  }

  private static byte[] hash(WireName name) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(name.toCanonicalWire());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  private static byte[] base32(byte[] hash) {
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < hash.length * 8; i += 5) {
      int bits = (hash[i / 8] & 0xff) << 8 | (i / 8 + 1 < hash.length ? hash[i / 8 + 1] & 0xff : 0);
      digits.append(BASE32HEX.charAt(bits >> (11 - i % 8) & 31));
    }
    return digits.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
