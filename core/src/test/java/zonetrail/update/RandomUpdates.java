package zonetrail.update;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import zonetrail.masterfile.RdataText;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;

/// Scripts for [UpdateScript], the same ones for the same seed: few names and few values, so that
/// records come, go, are replaced and collide; prerequisites that mostly hold; and now and then
/// something that is wrong.
final class RandomUpdates {
  private static final List<String> NAMES =
      List.of(
          "@",
          "@",
          "www",
          "WWW",
          "mail",
          "b.c",
          "c",
          "*.w",
          "w",
          "x.w",
          "alias",
          "sub",
          "sub",
          "ns.sub",
          "deep.ns.sub",
          "srv",
          "ns1",
          "ns1");

  /// Types, each with values.
  private static final List<List<String>> DATA =
      List.of(
          List.of("A", "192.0.2.1", "192.0.2.2", "192.0.2.3"),
          List.of("A", "192.0.2.1", "192.0.2.2", "192.0.2.3"),
          List.of("AAAA", "2001:db8::1", "2001:db8::2"),
          List.of("TXT", "\"one\"", "\"One\"", "\"two\" \"words\"", "\"\\000\\255\\\"\""),
          List.of("MX", "10 mail", "10 MAIL", "20 mail", "10 mail.other.test."),
          List.of("NS", "ns1", "ns.sub", "NS.sub", "ns.other.test."),
          List.of("CNAME", "www", "mail", "other.test."),
          List.of("CNAME", "www", "mail", "other.test."),
          List.of("DNAME", "older.test.", "newer.test."),
          List.of("SRV", "1 2 80 www", "1 2 80 WWW", "1 2 81 www"),
          List.of("PTR", "www", "mail"),
          List.of("WKS", "192.0.2.9 TCP ssh", "192.0.2.9 TCP smtp", "192.0.2.9 UDP 53"),
          List.of("CAA", "0 issue \"ca.test\"", "0 iodef \"mailto:a@test\""),
          List.of("DS", "1 8 2 " + "ab".repeat(32), "2 8 2 " + "cd".repeat(32)),
          List.of("TYPE65280", "\\# 0", "\\# 2 0102"),
          List.of("HINFO", "\"a\" \"b\"", "\"A\" \"b\""),
          List.of("TLSA", "3 1 1 " + "ef".repeat(32)),
          List.of("SVCB", "1 www port=53", "0 mail"),
          List.of("NAPTR", "1 2 \"u\" \"x\" \"\" www"));

  /// What only signers write, and other types that a server may treat in a way of its own.
  private static final List<List<String>> OFTEN_REFUSED =
      List.of(
          List.of("NSEC", "www A"),
          List.of("NSEC3", "1 0 0 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom A"),
          List.of("NSEC3PARAM", "1 0 0 -"),
          List.of("RRSIG", "A 8 2 300 20300101000000 20200101000000 1 example. AAAA"),
          List.of("DNSKEY", "256 3 8 AwEAAQ=="));

  private static final List<String> META = List.of("ANY", "AXFR", "IXFR", "MAILA", "TYPE200");
  private static final List<String> TTLS = List.of("60", "300", "300", "0", "3600");

  private final Random random;

  RandomUpdates(long seed) {
    this.random = new Random(seed);
  }

  /// A script for the zone as it is now.
  String next(Zone zone) {
    List<String> lines = new ArrayList<>();
    for (int i = random.nextInt(6) - 3; i > 0; i--) {
      lines.add(random.nextInt(8) > 0 ? trueOf(zone) : anyPrerequisite());
    }
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      lines.add(update(zone));
    }
    if (random.nextInt(25) == 0) {
      lines.add(random.nextInt(lines.size() + 1), odd());
    }
    return String.join("\n", lines);
  }

  private String update(Zone zone) {
    int kind = random.nextInt(20);
    List<String> data = pick(random.nextInt(60) == 0 ? OFTEN_REFUSED : DATA);
    String type = data.getFirst();
    String owner = type.equals("DS") && random.nextInt(4) > 0 ? "sub" : name();
    if (random.nextInt(25) == 0) {
      return soa(zone);
    }
    if (kind < 10) {
      return "add " + owner + " " + pick(TTLS) + " " + type + " " + value(data);
    }
    if (kind < 12) {
      return "delete " + owner + " " + type;
    }
    if (kind < 13) {
      return "delete " + owner;
    }
    if (kind < 15) {
      return "delete " + owner + " " + type + " " + value(data);
    }
    RRset there = rrset(zone);
    String what = "delete " + owner(there, zone) + " " + there.type();
    return kind < 16 ? what : what + " " + RdataText.print(there.type(), there.rdatas().getFirst());
  }

  private String soa(Zone zone) {
    long serial = zone.serial().value() + random.nextInt(4) - 1;
    String rdata =
        "ns1 admin " + Math.max(1, serial) + " 7200 3600 1209600 " + (300 + random.nextInt(2));
    return switch (random.nextInt(6)) {
      case 0 -> "add www 300 SOA " + rdata;
      // Deleting it and adding none removes our zone.
      case 1 ->
          "delete @ SOA "
              + rdata
              + "\nadd @ 300 SOA "
              + rdata.replaceFirst("admin [0-9]+", "admin " + (zone.serial().value() + 5));
      default -> "add @ " + pick(TTLS) + " SOA " + rdata;
    };
  }

  private String trueOf(Zone zone) {
    RRset there = rrset(zone);
    String owner = owner(there, zone);
    return switch (random.nextInt(5)) {
      case 0 -> "if-in-use " + owner;
      case 1 -> "if-rrset " + owner + " " + there.type();
      case 2 -> "if-unused none" + random.nextInt(3);
      case 3 -> "if-no-rrset " + owner + " TYPE65281";
      default -> whole(owner, there);
    };
  }

  /// All records of an RRset, sometimes not all of them.
  private String whole(String owner, RRset there) {
    List<String> lines = new ArrayList<>();
    there
        .rdatas()
        .forEach(rdata ->
            lines.add(
                "if-rrset "
                    + owner
                    + " "
                    + there.type()
                    + " "
                    + RdataText.print(there.type(), rdata)));
    if (lines.size() > 1 && random.nextInt(6) == 0) {
      lines.removeFirst();
    }
    return String.join("\n", lines);
  }

  private String anyPrerequisite() {
    List<String> data = pick(DATA);
    return switch (random.nextInt(5)) {
      case 0 -> "if-in-use " + name();
      case 1 -> "if-unused " + name();
      case 2 -> "if-rrset " + name() + " " + data.getFirst();
      case 3 -> "if-no-rrset " + name() + " " + data.getFirst();
      default -> "if-rrset " + name() + " " + data.getFirst() + " " + value(data);
    };
  }

  private String odd() {
    return switch (random.nextInt(11)) {
      case 0 -> "add out.test. 300 A 192.0.2.1";
      case 1 -> "if-in-use out.test.";
      case 2 -> "update " + name() + " IN 300 " + pick(META) + " 00";
      case 3 -> "update " + name() + " ANY 0 " + pick(META.subList(1, META.size()));
      case 4 -> "update " + name() + " NONE 0 " + pick(META);
      case 5 -> "update " + name() + " CH 300 A c0000201";
      case 6 -> "update " + name() + " ANY 1 A";
      case 7 -> "update " + name() + " NONE 1 A c0000201";
      case 8 -> "update " + name() + " IN 300 A c00002";
      case 9 -> "update " + name() + " IN 300 A";
      default -> "prerequisite " + name() + " ANY 60 A";
    };
  }

  private RRset rrset(Zone zone) {
    List<Node> nodes =
        zone.nodes().stream()
            .filter(node -> !node.isEmptyNonTerminal())
            .sorted((a, b) -> a.name().compareTo(b.name()))
            .toList();
    RRset there = pick(pick(nodes).rrsets());
    return there.type().toString().equals("SOA") ? rrset(zone) : there;
  }

  private static String owner(RRset rrset, Zone zone) {
    return rrset.owner().equals(zone.apex()) ? "@" : rrset.owner().toString();
  }

  private String name() {
    return pick(NAMES);
  }

  private String value(List<String> data) {
    return data.get(1 + random.nextInt(data.size() - 1));
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
