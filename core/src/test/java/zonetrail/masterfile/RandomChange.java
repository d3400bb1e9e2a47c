package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import zonetrail.fixtures.RdataTextGenerator;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// A change of a zone at random, as clients make them and as they hardly ever do.
final class RandomChange {
  private static final List<String> NAMES =
      List.of("a", "b", "www", "new", "sub.a", "n.a", "mail", "h2", "h3", "3", "4", "_t.www", "");

  private static final WireName NAME_SERVER = WireName.parse("ns1.example");

  private final Zone zone;
  private final Random random;
  private final ZoneChange.Builder builder;

  private RandomChange(Zone zone, Random random) {
    this.zone = zone;
    this.random = random;
    this.builder = new ZoneChange.Builder(zone);
  }

  static ZoneChange of(Zone zone, Random random) {
    return new RandomChange(zone, random).change();
  }

  private ZoneChange change() {
    for (int steps = random.nextInt(4); steps > 0; steps--) {
      WireName owner = owner();
      Node node = zone.node(owner);
      List<RRset> there =
          node == null
              ? List.of()
              : node.rrsets().stream()
                  .filter(rrset -> rrset.type() != RRType.SOA && rrset.type() != RRType.NS)
                  .toList();
      if (there.isEmpty() || random.nextInt(3) == 0) {
        RRType type = type();
        builder.put(new RRset(owner, type, ttl(), rdatas(type, new ArrayList<>())));
      } else {
        become(there.get(random.nextInt(there.size())));
      }
    }
    if (random.nextInt(8) > 0) {
      soa();
    }
    return builder.build();
  }

  private WireName owner() {
    List<Node> nodes = new ArrayList<>(zone.nodes());
    nodes.removeIf(node -> node.name().equals(NAME_SERVER));
    if (random.nextInt(2) == 0) {
      return nodes.get(random.nextInt(nodes.size())).name();
    }
    String name = NAMES.get(random.nextInt(NAMES.size()));
    return name.isEmpty() ? zone.apex() : WireName.parse(name).append(zone.apex());
  }

  private void become(RRset rrset) {
    List<Rdata> rdatas = new ArrayList<>(rrset.rdatas());
    int ttl = rrset.ttlSeconds();
    switch (random.nextInt(6)) {
      case 0 -> ttl = ttl();
      case 1 -> rdatas = rdatas(rrset.type(), rdatas);
      case 2 -> rdatas.set(random.nextInt(rdatas.size()), rdata(rrset.type()));
      case 3 -> rdatas.remove(random.nextInt(rdatas.size()));
      case 4 -> rdatas = rdatas(rrset.type(), new ArrayList<>());
      default -> rdatas.clear();
    }
    if (rdatas.isEmpty()) {
      builder.remove(rrset.owner(), rrset.type());
    } else {
      builder.put(new RRset(rrset.owner(), rrset.type(), ttl, rdatas));
    }
  }

  private List<Rdata> rdatas(RRType type, List<Rdata> with) {
    for (int i = random.nextInt(3); i >= 0; i--) {
      with.add(rdata(type));
    }
    return with;
  }

  private Rdata rdata(RRType type) {
    String text =
        switch (type.toString()) {
          case "A" -> "192.0.2." + random.nextInt(5);
          case "MX" ->
              random.nextInt(3) * 10 + (random.nextBoolean() ? " mail" : " x.example.org.");
          default ->
              RdataTextGenerator.TYPES.contains(type.toString())
                  ? RdataTextGenerator.plain(random.nextInt(1 << 20)).rdata(type.toString())
                  : "\\# 2 ab0" + random.nextInt(10);
        };
    return RdataText.parse(type, text, zone.apex());
  }

  private RRType type() {
    String text =
        switch (random.nextInt(4)) {
          case 0 -> "A";
          case 1 -> "MX";
          case 2 -> "TYPE65280";
          default -> WildZoneText.TYPES.get(random.nextInt(WildZoneText.TYPES.size()));
        };
    RRType type = RRType.parse(text);
    if (type == null) {
      throw new IllegalStateException(text);
    }
    return type;
  }

  private int ttl() {
    return List.of(0, 60, 300, 3600, 5, 86400).get(random.nextInt(6));
  }

  /// The serial, and sometimes more.
  private void soa() {
    RRset soa = zone.soa();
    byte[] rdata = soa.rdatas().getFirst().toBytes();
    rdata[rdata.length - 17]++;
    if (random.nextInt(6) == 0) {
      rdata[rdata.length - 1 - 4 * random.nextInt(4)] ^= 4;
    }
    int ttl = random.nextInt(10) == 0 ? ttl() : soa.ttlSeconds();
    builder.put(new RRset(soa.owner(), soa.type(), ttl, List.of(Rdata.of(rdata))));
  }
}
