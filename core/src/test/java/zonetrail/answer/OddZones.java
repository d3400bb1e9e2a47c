package zonetrail.answer;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import zonetrail.wire.BadNameException;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;
import zonetrail.zone.Zones;

/// Zones as no person writes them, the same ones for the same seed: the root, zones with capitals
/// in their names and zones deep below the root, one inside another; labels of any octets, names of
/// 255 octets; signatures and chains of denial without sense; large sets; several of what there
/// should be one of. Whatever the octets are, an answer out of them is well-formed, and both ways
/// of answering agree on it.
final class OddZones {
  private static final List<byte[]> LABELS =
      List.of(
          octets('a'),
          octets('A'),
          octets('b'),
          octets('N', 's'),
          octets('n', 's'),
          octets('*'),
          octets(0),
          octets(0xc0, 0x0c),
          octets(0xff),
          octets('.', '\\'),
          octets('w', 'w', 'w'),
          new byte[WireName.MAX_LABEL_OCTETS]);

  private static final String[] TYPES = {
    "A",
    "A",
    "AAAA",
    "NS",
    "CNAME",
    "MX",
    "SRV",
    "TXT",
    "PTR",
    "MINFO",
    "DS",
    "DNAME",
    "RP",
    "NSEC",
    "TYPE65280",
    "SOA"
  };

  private final Random random;
  private final List<WireName> names = new ArrayList<>();
  private final Zones zones;

  OddZones(long seed) {
    random = new Random(seed);
    List<Zone> made = new ArrayList<>();
    WireName example = WireName.parse("eXample");
    WireName deep = WireName.ROOT;
    for (int i = 0; i < 100; i++) {
      deep = deep.child(octets(i % 2 == 0 ? 'x' : 'X'));
    }
    List<WireName> apexes =
        new ArrayList<>(List.of(example, example.child(LABELS.get(7)), WireName.parse("a"), deep));
    if (seed % 2 == 0) {
      apexes.add(WireName.ROOT);
    }
    names.addAll(apexes);
    for (WireName apex : apexes) {
      made.add(maybeSigned(zone(apex)));
    }
    zones = Zones.of(made);
  }

  /// With a chain over whatever is there, or what is left of one.
  private Zone maybeSigned(Zone zone) {
    SignedCopy.Kind[] kinds = SignedCopy.Kind.values();
    int kind = random.nextInt(kinds.length + 2);
    return kind < kinds.length
        ? SignedCopy.of(random, zone, kinds[kind], random.nextBoolean() ? 3 : 0)
        : zone;
  }

  private static byte[] octets(int... values) {
    byte[] octets = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      octets[i] = (byte) values[i];
    }
    return octets;
  }

  Zones zones() {
    return zones;
  }

  /// A name that is there, or one near it, in any case.
  WireName qname() {
    WireName name = names.get(random.nextInt(names.size()));
    for (int more = random.nextInt(4) - 1; more > 0; more--) {
      name = below(name, random.nextInt(60) == 0 ? 60 : 1);
    }
    if (!name.isRoot() && random.nextInt(8) == 0) {
      name = name.parent();
    }
    return random.nextInt(4) == 0 ? inOtherCase(name) : name;
  }

  RRType qtype() {
    if (random.nextInt(20) == 0) {
      return RRType.of(random.nextInt(70));
    }
    return type(TYPES[random.nextInt(TYPES.length)]);
  }

  private static RRType type(String name) {
    return requireNonNull(RRType.parse(name));
  }

  private WireName inOtherCase(WireName name) {
    byte[] wire = name.toWire();
    for (int at = 0; wire[at] != 0; at += 1 + wire[at]) {
      for (int i = at + 1; i <= at + wire[at]; i++) {
        int letter = wire[i] | 0x20;
        wire[i] ^= (byte) (letter >= 'a' && letter <= 'z' && random.nextBoolean() ? 0x20 : 0);
      }
    }
    return WireName.fromWire(wire, 0);
  }

  /// The name with labels in front, as many of them as fit.
  private WireName below(WireName name, int labels) {
    WireName longer = name;
    try {
      for (int i = 0; i < labels; i++) {
        longer = longer.child(LABELS.get(random.nextInt(LABELS.size())));
      }
    } catch (BadNameException full) {
      return longer;
    }
    return longer;
  }

  private WireName target(WireName apex, WireName owner) {
    return switch (random.nextInt(10)) {
      case 0 -> owner;
      case 1 -> apex;
      case 2 -> WireName.ROOT;
      case 3 -> inOtherCase(owner);
      case 4 -> owner.isRoot() ? owner : owner.parent();
      case 5 -> below(owner, 1);
      case 6 -> below(WireName.parse("elsewhere"), 2);
      case 7 -> below(apex, 2);
      default -> names.get(random.nextInt(names.size()));
    };
  }

  private Zone zone(WireName apex) {
    ZoneBuilder builder = new ZoneBuilder(apex);
    boolean isSigned = random.nextInt(3) == 0;
    add(builder, apex, "SOA", joined(target(apex, apex), target(apex, apex), new byte[20]));
    add(builder, apex, "NS", joined(below(apex, 1)));
    if (isSigned) {
      add(builder, apex, "NSEC", rdata("NSEC", apex, apex));
    }
    for (int i = 0; i < 80; i++) {
      WireName owner =
          random.nextInt(12) == 0
              ? apex
              : random.nextInt(4) == 0
                  ? names.get(random.nextInt(names.size()))
                  : below(apex, random.nextInt(30) == 0 ? 120 : 1 + random.nextInt(3));
      owner = owner.isAtOrBelow(apex) ? owner : apex;
      names.add(owner);
      String type = TYPES[random.nextInt(TYPES.length - 1)];
      int records = random.nextInt(4) > 0 ? 1 : 1 + random.nextInt(4);
      if (random.nextInt(25) == 0) {
        records = 10 + random.nextInt(random.nextInt(4) == 0 ? 1_500 : 90);
      }
      for (int record = 0; record < records; record++) {
        add(builder, owner, type, rdata(type, apex, owner));
      }
      if (isSigned && random.nextInt(3) > 0) {
        add(builder, owner, "RRSIG", signature(type, apex));
        add(builder, owner, "NSEC", rdata("NSEC", apex, owner));
        add(builder, owner, "RRSIG", signature("NSEC", apex));
      }
    }
    return builder.build();
  }

  private void add(ZoneBuilder builder, WireName owner, String type, Rdata rdata) {
    int ttl = random.nextInt(10) == 0 ? Integer.MAX_VALUE : random.nextInt(1000);
    builder.add(owner, type(type), ttl, rdata);
  }

  private Rdata signature(String covered, WireName apex) {
    byte[] head = new byte[18];
    head[0] = (byte) (type(covered).value() >> 8);
    head[1] = (byte) type(covered).value();
    return joined(head, apex, new byte[random.nextInt(3) == 0 ? 400 : 40]);
  }

  private Rdata rdata(String type, WireName apex, WireName owner) {
    byte[] some = new byte[16];
    random.nextBytes(some);
    WireName target = target(apex, owner);
    return switch (type) {
      case "A" -> joined(octets(192, 0, 2, random.nextInt(256)));
      case "AAAA" -> joined(some);
      case "MX" -> joined(octets(0, random.nextInt(3)), target);
      case "SRV" -> joined(octets(0, 1, 0, 2, 0, random.nextInt(3)), target);
      case "TXT" -> joined(octets(16), some);
      case "MINFO", "RP" -> joined(target, target(apex, owner));
      case "DS" -> joined(octets(0, 1, 8, 2), some, some);
      case "NSEC" -> joined(target, octets(0, 1, 0x40));
      case "TYPE65280" -> joined(new byte[random.nextInt(200) == 0 ? 65_535 : random.nextInt(9)]);
      default -> joined(target);
    };
  }

  private static Rdata joined(Object... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Object part : parts) {
      all.writeBytes(part instanceof WireName name ? name.toWire() : (byte[]) part);
    }
    return Rdata.of(all.toByteArray());
  }
}
