package zonetrail.zone;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import zonetrail.wire.NameKey;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;

/// A zone as a map of RRsets, which changes at random: names of few labels, so that cuts,
/// wildcards, empty non-terminals, DNAMEs, hashes and denial chains come and go. The slow way,
/// against which the zone's own changes are held.
final class RandomZone {
  private static final String HASH = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom";
  private static final List<String> LABELS = List.of("a", "A", "b", "*", "sub", "host");
  private static final List<RRType> TYPES =
      List.of(
          RRType.A,
          RRType.A,
          RRType.NS,
          RRType.CNAME,
          RRType.DNAME,
          RRType.MX,
          RRType.TXT,
          RRType.RRSIG,
          RRType.NSEC,
          RRType.of(65_280));

  private static final Map<Integer, String> FLAGS =
      Map.of(
          NodeLayout.CUT, "cut",
          NodeLayout.DNAME, "DNAME",
          NodeLayout.CNAME, "CNAME",
          NodeLayout.WILDCARD_CHILD, "wildcard",
          NodeLayout.ONLY_HASH, "hash");

  private final Random random;
  private final WireName apex;
  private final int fewRRsets;
  private final Map<String, RRset> rrsets = new TreeMap<>();
  private int serial;

  RandomZone(long seed, WireName apex, int fewRRsets) {
    this.random = new Random(seed);
    this.apex = apex;
    this.fewRRsets = fewRRsets;
    keep(soa());
  }

  /// Built anew from the map.
  Zone build() {
    ZoneBuilder builder = new ZoneBuilder(apex);
    for (RRset rrset : rrsets.values()) {
      for (Rdata rdata : rrset.rdatas()) {
        builder.add(rrset.owner(), rrset.type(), rrset.ttlSeconds(), rdata);
      }
    }
    return builder.build();
  }

  /// Changes the map, and says how.
  ZoneChange change(Zone version) {
    ZoneChange.Builder builder = new ZoneChange.Builder(version);
    for (int i = random.nextInt(4); i >= 0; i--) {
      if (random.nextInt(rrsets.size() + fewRRsets) < fewRRsets) {
        RRset rrset = rrset();
        builder.put(rrset);
        keep(rrset);
      } else {
        remove(builder);
      }
    }
    if (random.nextInt(8) > 0) {
      serial++;
      builder.put(soa());
      keep(soa());
    }
    return builder.build();
  }

  private void remove(ZoneChange.Builder builder) {
    RRset rrset = new ArrayList<>(rrsets.values()).get(random.nextInt(rrsets.size()));
    if (rrset.type().equals(RRType.SOA)) {
      return;
    }
    rrsets.values().remove(rrset);
    if (rrset.type().equals(RRType.RRSIG)) {
      builder.removeSignatures(rrset.owner(), rrset.typeCovered());
    } else {
      builder.remove(rrset.owner(), rrset.type());
    }
  }

  private void keep(RRset rrset) {
    int kind = NodeLayout.kind(rrset.type(), rrset.rdatas().getFirst());
    rrsets.put(rrset.owner().toString().toLowerCase(Locale.ROOT) + " " + kind, rrset);
  }

  private RRset soa() {
    byte[] rdata = new byte[22];
    rdata[4] = (byte) (serial >> 8);
    rdata[5] = (byte) serial;
    return new RRset(apex, RRType.SOA, 60, List.of(Rdata.of(rdata)));
  }

  private RRset rrset() {
    if (random.nextInt(20) == 0) {
      return random.nextBoolean() ? nsec3() : parameters();
    }
    RRType type = TYPES.get(random.nextInt(TYPES.size()));
    List<Rdata> rdatas = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      rdatas.add(rdata(type));
    }
    if (type.equals(RRType.RRSIG)) {
      RRType covered = rdatas.getFirst().typeCovered();
      rdatas.removeIf(rdata -> !rdata.typeCovered().equals(covered));
    }
    WireName owner = random.nextInt(10) == 0 ? apex : name(3).append(apex);
    return new RRset(owner, type, 60 * random.nextInt(2), rdatas.stream().distinct().toList());
  }

  private RRset nsec3() {
    byte[] rdata = new byte[29];
    rdata[0] = 1;
    rdata[5] = 20;
    WireName owner = apex.child(HASH.getBytes(StandardCharsets.US_ASCII));
    return new RRset(owner, RRType.NSEC3, 60, List.of(Rdata.of(rdata)));
  }

  private RRset parameters() {
    return new RRset(apex, RRType.NSEC3PARAM, 0, List.of(Rdata.of(new byte[] {1, 0, 0, 0, 0})));
  }

  private WireName name(int labels) {
    WireName name = WireName.ROOT;
    for (int i = random.nextInt(labels); i >= 0; i--) {
      String label = random.nextInt(30) == 0 ? HASH : LABELS.get(random.nextInt(LABELS.size()));
      name = name.child(label.getBytes(StandardCharsets.US_ASCII));
    }
    return name;
  }

  private Rdata rdata(RRType type) {
    WireName target = random.nextInt(4) == 0 ? name(2) : name(2).append(apex);
    return switch (type.toString()) {
      case "NS", "CNAME", "DNAME" -> Rdata.of(target.toCanonicalWire());
      case "MX" -> {
        byte[] octets = new byte[2 + target.length()];
        System.arraycopy(target.toCanonicalWire(), 0, octets, 2, target.length());
        yield Rdata.of(octets);
      }
      case "RRSIG" -> {
        byte[] octets = new byte[21];
        octets[1] = (byte) (1 + random.nextInt(6));
        octets[2] = (byte) random.nextInt(3);
        yield Rdata.of(octets);
      }
      case "NSEC" -> Rdata.of(new byte[] {0, 0, 1, (byte) (64 + random.nextInt(3))});
      default -> Rdata.of(new byte[] {3, (byte) random.nextInt(9), 0, 1});
    };
  }

  /// What a zone knows of a name that exists, besides its records.
  record Known(int flags, int children, boolean wildcardFound) {}

  static Map<WireName, Known> names(Zone zone) {
    Map<WireName, Known> names = new HashMap<>();
    NameKey key = new NameKey();
    byte[] name = new byte[WireName.MAX_OCTETS];
    for (Zone.Entries entries = zone.entries(); entries.next() != Zone.NONE; entries.advance()) {
      zone.setKey(key, name, entries.next());
      byte[] octets = zone.octets(entries.next());
      int at = Zone.offset(entries.next());
      names.put(
          WireName.fromWire(name, 0),
          new Known(
              NodeLayout.flags(octets, at),
              NodeLayout.children(octets, at),
              zone.findWildcard(key, key.depth()) != Zone.NONE));
    }
    return names;
  }

  /// What is special in a zone.
  static Set<String> kinds(Zone zone) {
    Set<String> kinds = new HashSet<>();
    kinds.add(
        switch (zone.denialChain()) {
          case NsecChain nsec -> "NSEC";
          case Nsec3Chain nsec3 -> "NSEC3";
          case null -> "plain";
        });
    for (Zone.Entries entries = zone.entries(); entries.next() != Zone.NONE; entries.advance()) {
      byte[] octets = zone.octets(entries.next());
      int at = Zone.offset(entries.next());
      FLAGS.forEach((flag, kind) -> {
        if ((NodeLayout.flags(octets, at) & flag) != 0) {
          kinds.add(kind);
        }
      });
      if (NodeLayout.rrsets(octets, at) == 0) {
        kinds.add("empty");
      }
    }
    return kinds;
  }

  /// At which depths there are names that decide over those below them.
  static List<Integer> barriers(Zone zone) {
    List<Integer> depths = new ArrayList<>();
    for (int depth = 1; depth < 10; depth++) {
      depths.add(zone.barrierFrom(depth));
    }
    return depths;
  }

  /// The links of its denial chain.
  static String chain(Zone zone) {
    return String.valueOf(zone.denialChain()).toLowerCase(Locale.ROOT);
  }
}
