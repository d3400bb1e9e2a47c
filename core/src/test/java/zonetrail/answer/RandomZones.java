package zonetrail.answer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/// Zones with everything that makes answering hard, the same ones for the same seed, as master-file
/// text; and questions about them.
///
/// Names are made of few labels, so that questions hit names, names between names, wildcards and
/// cuts often. Records that no server may load (data beside a CNAME or below a DNAME, two CNAMEs at
/// a name) are not made.
public final class RandomZones {
  /// The labels that names are made of; `w` and `z` are in few zones, so asking for them often
  /// misses.
  private static final String[] LABELS = {"a", "b", "c", "d", "e", "ns1", "ns2", "mail", "w", "z"};

  private static final String[] TYPES = {
    "A",
    "A",
    "A",
    "AAAA",
    "NS",
    "SOA",
    "MX",
    "TXT",
    "CNAME",
    "DNAME",
    "SRV",
    "DS",
    "PTR",
    "ANY",
    "HINFO",
    "CAA",
    "TYPE65280",
    "NAPTR",
    "TYPE1000",
    "NSEC",
    "RRSIG",
    "DNSKEY",
    "NSEC3PARAM"
  };

  private final Random random;
  private final List<String> apexes;
  private final Map<String, String> texts = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>();

  /// @param tree the label under which all the zones lie
  public RandomZones(long seed, String tree) {
    random = new Random(seed);
    // Zones beside and inside one another; the parent may or may not have a cut there.
    apexes =
        Stream.of("one", "a.one", "b.a.one", "two", "c.two")
            .map(zone -> zone + "." + tree + ".")
            .toList();
    apexes.forEach(apex -> texts.put(apex, new ZoneWriter(apex).text()));
  }

  /// Apex and text of each zone.
  public Map<String, String> texts() {
    return Collections.unmodifiableMap(texts);
  }

  /// What is asked.
  record Question(String name, String type) {}

  /// A question about a name of these zones, one near such a name, or now and then a foreign one.
  Question question() {
    String name = names.get(random.nextInt(names.size()));
    int dots = random.nextInt(8);
    if (dots < 3) {
      name = label() + "." + name;
    } else if (dots == 3) {
      name = label() + "." + label() + "." + name;
    } else if (dots == 4 && name.chars().filter(c -> c == '.').count() > 2) {
      name = name.substring(name.indexOf('.') + 1);
    }
    if (random.nextInt(40) == 0) {
      name = random.nextBoolean() ? "outside." : "x.y.outside.";
    }
    return new Question(
        random.nextInt(10) == 0 ? name.toUpperCase(Locale.ROOT) : name,
        TYPES[random.nextInt(TYPES.length)]);
  }

  private String label() {
    return random.nextInt(12) == 0 ? "*" : LABELS[random.nextInt(LABELS.length)];
  }

  /// Writes one zone, record by record.
  private final class ZoneWriter {
    private final String apex;
    private final StringBuilder text = new StringBuilder();
    private final Set<String> taken = new LinkedHashSet<>();
    private final Set<String> closed = new LinkedHashSet<>();
    private final List<String> glued = new ArrayList<>();

    ZoneWriter(String apex) {
      this.apex = apex;
      taken.add(apex);
      names.add(apex);
      add(
          apex,
          3600,
          "SOA",
          "ns1 host %d 7200 900 604800 %d"
              .formatted(1 + random.nextInt(99), 300 + random.nextInt(600)));
      add(apex, 3600, "NS", "ns1");
      add(apex, 3600, "NS", "ns.outside.");
      add("ns1." + apex, 600, "A", address());
      taken.add("ns1." + apex);
      names.add("ns1." + apex);
      if (random.nextBoolean()) {
        add(apex, 300, "MX", "10 mail");
        add(apex, 300, "TXT", "\"v=spf1 -all\"");
      }
      for (int i = 0; i < 60; i++) {
        owner();
      }
    }

    String text() {
      return text.toString();
    }

    private void owner() {
      String name = apex;
      for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
        name = label() + "." + name;
      }
      if (!isOpen(name) || !taken.add(name)) {
        return;
      }
      names.add(name);
      int ttl = 60 * (1 + random.nextInt(10));
      switch (random.nextInt(12)) {
        case 0, 1 -> add(name, ttl, "CNAME", target());
        case 2 -> dname(name, ttl);
        case 3, 4 -> delegation(name, ttl);
        default -> data(name, ttl);
      }
    }

    /// Nothing may lie below a DNAME, and only glue below a cut.
    private boolean isOpen(String name) {
      return closed.stream().noneMatch(top -> name.endsWith("." + top));
    }

    private boolean hasDescendants(String name) {
      return taken.stream().anyMatch(other -> other.endsWith("." + name));
    }

    /// NSD keeps the names of all zones in one tree, and refuses a DNAME above another zone's
    /// names.
    private boolean isAboveOtherZonesNames(String name) {
      return names.stream().anyMatch(other -> other.endsWith("." + name))
          || apexes.stream()
              .filter(other -> other.length() > apex.length())
              .anyMatch(other -> ("." + name).endsWith("." + other) || other.endsWith("." + name));
    }

    private void dname(String name, int ttl) {
      if (hasDescendants(name) || name.startsWith("*") || isAboveOtherZonesNames(name)) {
        data(name, ttl);
        return;
      }
      closed.add(name);
      add(name, ttl, "DNAME", target());
      if (random.nextBoolean()) {
        add(name, ttl, "TXT", "\"beside a DNAME\"");
      }
    }

    private void delegation(String name, int ttl) {
      if (hasDescendants(name) || name.startsWith("*")) {
        data(name, ttl);
        return;
      }
      closed.add(name);
      boolean inDomain = random.nextBoolean();
      if (inDomain) {
        add(name, ttl, "NS", "ns1." + name);
        add("ns1." + name, ttl, "A", address());
        if (random.nextBoolean()) {
          add("ns1." + name, ttl, "AAAA", "2001:db8::" + (1 + random.nextInt(9)));
        }
        names.add("ns1." + name);
        glued.add("ns1." + name);
      }
      if (!inDomain || random.nextBoolean()) {
        add(name, ttl, "NS", random.nextBoolean() ? sibling() : "ns.outside.");
      }
      if (random.nextInt(3) == 0) {
        add(name, ttl, "DS", "1 8 2 " + "ab".repeat(32));
      }
    }

    /// A name server below another cut, or that of the zone itself.
    private String sibling() {
      return glued.isEmpty() || random.nextBoolean()
          ? "ns1." + apex
          : glued.get(random.nextInt(glued.size()));
    }

    private void data(String name, int ttl) {
      boolean some = false;
      while (!some) {
        for (String type :
            List.of("A", "AAAA", "MX", "TXT", "SRV", "PTR", "HINFO", "CAA", "NAPTR", "TYPE65280")) {
          if (random.nextInt(5) == 0) {
            some = true;
            for (int i = 1 + random.nextInt(2); i > 0; i--) {
              add(name, ttl, type, rdata(type));
            }
          }
        }
      }
    }

    private String rdata(String type) {
      int n = random.nextInt(200);
      return switch (type) {
        case "A" -> address();
        case "AAAA" -> "2001:db8::%x".formatted(n);
        case "MX" -> n + " " + target();
        case "SRV" -> "%d 5 53 %s".formatted(n, target());
        case "TXT" -> "\"%s\"".formatted("t".repeat(n));
        case "HINFO" -> "\"cpu%d\" \"os\"".formatted(n);
        case "CAA" -> "0 issue \"ca%d.test\"".formatted(n);
        case "NAPTR" -> "%d 10 \"s\" \"SIP\" \"\" %s".formatted(n, target());
        case "PTR" -> target();
        default -> "\\# 3 00%04x".formatted(n);
      };
    }

    /// A name in this zone, in another, or outside, that may exist or not.
    private String target() {
      return switch (random.nextInt(8)) {
        case 0 -> "www.outside.";
        case 1, 2 -> names.get(random.nextInt(names.size()));
        case 3 -> label() + "." + names.get(random.nextInt(names.size()));
        case 4 -> "ns1." + apex;
        default -> label() + "." + apex;
      };
    }

    private String address() {
      return "192.0.2." + (1 + random.nextInt(250));
    }

    private void add(String owner, int ttl, String type, String rdata) {
      text.append("%s %d IN %s %s\n".formatted(owner, ttl, type, rdata));
    }
  }
}
