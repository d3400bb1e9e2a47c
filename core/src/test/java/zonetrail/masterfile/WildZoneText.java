package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import zonetrail.fixtures.RdataTextGenerator;

/// Makes zone files of few names in wild styles: owners left out, `$ORIGIN` and `$TTL` that change,
/// no `$TTL` at all, files included within each other, `$GENERATE`, records over several lines,
/// duplicates, TTLs that differ. The same seed gives the same text.
final class WildZoneText {
  /// Types of which a name may have many without being bad.
  static final List<String> TYPES =
      RdataTextGenerator.TYPES.stream().filter(type -> !isDelicate(type)).toList();

  private static final List<String> NAMES =
      List.of("a", "b", "B", "www", "*.w", "sub.a", "x.y.z", "mail", "\\052x\\.y", "3", "10", "@");

  private final Random random;
  private final int commonTypes;
  private final boolean hasDefaultTtl;
  private final String eol;
  private final String gap;
  private final Map<String, byte[]> included = new TreeMap<>();
  private String origin = "example.";
  private boolean hasOwner;
  private int files;

  private WildZoneText(long seed) {
    this.random = new Random(seed);
    this.commonTypes = random.nextInt(4);
    this.hasDefaultTtl = random.nextInt(4) > 0;
    this.eol = random.nextInt(4) == 0 ? "\r\n" : "\n";
    this.gap = List.of(" ", "\t", "  ", "\t\t", "").get(random.nextInt(5));
  }

  /// A zone `example.` with the files that it includes.
  static ZoneSample zone(long seed) {
    return new WildZoneText(seed).zone();
  }

  private ZoneSample zone() {
    StringBuilder text = new StringBuilder();
    if (chance(8)) {
      text.append("\u00ef\u00bb\u00bf");
    }
    text.append(chance(3) ? "; made by a generator" + eol : "");
    boolean soaGivesTtl = !hasDefaultTtl && chance(3);
    if (hasDefaultTtl) {
      text.append("$TTL ").append(ttl()).append(eol);
    }
    String ttl = hasDefaultTtl || soaGivesTtl ? "" : ttl() + gap();
    String fold = chance(2) ? "(" + eol + "\t" : "";
    text.append("@").append(gap()).append(ttl).append("IN SOA ns1 hostmaster ").append(fold);
    text.append(random.nextInt(1 << 30)).append(fold.isEmpty() ? " " : " ; serial" + eol + "\t");
    text.append("2h 900 14d 1h").append(fold.isEmpty() ? "" : " )").append(eol);
    text.append(" NS ns1").append(eol).append("ns1 A 192.0.2.53").append(eol);
    hasOwner = true;
    lines(text, random.nextInt(30), 0);
    byte[] octets = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    if (chance(4)) {
      octets = Arrays.copyOf(octets, octets.length - eol.length());
    }
    return new ZoneSample("f", "example", octets, included);
  }

  private void lines(StringBuilder text, int count, int depth) {
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(24)) {
        case 0 -> text.append(List.of("", " \t", "; comment (", "  ; it").get(random.nextInt(4)));
        case 1 -> {
          if (hasDefaultTtl) {
            text.append("$TTL ").append(ttl());
          }
        }
        case 2 -> origin(text);
        case 3 -> generate(text);
        case 4 -> include(text, depth);
        case 5 -> text.append(named(random.nextBoolean() ? "a.example." : "b")).append(record());
        default -> text.append(owner()).append(record());
      }
      text.append(eol);
    }
  }

  private void origin(StringBuilder text) {
    origin = List.of("example.", "a.example.", "example.").get(random.nextInt(3));
    text.append("$ORIGIN ").append(origin).append(chance(3) ? " ; here" : "");
  }

  private void generate(StringBuilder text) {
    String step = chance(3) ? "/2" : "";
    String range = random.nextInt(3) + "-" + (2 + random.nextInt(6)) + step;
    String ttl = chance(2) ? ttl() + " " : "";
    String record =
        switch (random.nextInt(4)) {
          case 0 -> "h$ " + ttl + "A 10.0.0.$";
          case 1 -> "a " + ttl + "IN TXT \"t $\"";
          case 2 -> "$ " + ttl + "PTR p$.example.net.";
          default -> "b " + ttl + "A 10.1.0.${1,1,d}";
        };
    text.append("$GENERATE ").append(range).append(' ').append(record).append(comment());
  }

  private void include(StringBuilder text, int depth) {
    if (depth == 2) {
      return;
    }
    String name = "inc" + files++;
    StringBuilder more = new StringBuilder();
    String before = origin;
    String itsOrigin = chance(2) ? " a.example." : "";
    origin = itsOrigin.isEmpty() ? origin : "a.example.";
    lines(more, random.nextInt(6), depth + 1);
    origin = before;
    if (chance(3) && more.length() > 0) {
      more.setLength(more.length() - eol.length());
    }
    included.put(name, more.toString().getBytes(StandardCharsets.ISO_8859_1));
    text.append("$INCLUDE ").append(name).append(itsOrigin).append(comment());
    if (chance(10)) {
      text.append(eol).append("$INCLUDE ").append(name).append(itsOrigin);
    }
  }

  private String owner() {
    if (chance(3) && hasOwner) {
      return gap().equals(" ") ? "    " : "\t";
    }
    return named(NAMES.get(random.nextInt(NAMES.size())));
  }

  private String named(String name) {
    if (chance(8)) {
      return (name.equals("@") ? "example." : name.endsWith(".") ? name : name + ".example.")
          + gap();
    }
    return name + gap();
  }

  private String record() {
    String type =
        commonTypes > 0
            ? List.of("A", "A", "MX", "TXT", "AAAA", "SRV").get(random.nextInt(6))
            : TYPES.get(random.nextInt(TYPES.size()));
    String head =
        switch (random.nextInt(6)) {
          case 0 -> ttl() + gap() + "IN" + gap();
          case 1 -> "in" + gap() + ttl() + gap();
          case 2 -> ttl() + gap();
          case 3 -> (chance(2) ? "CLASS1" : "IN") + gap();
          default -> "";
        };
    String line = head + (chance(5) ? type.toLowerCase(Locale.ROOT) : type) + gap();
    String rdata = rdata(type);
    return chance(10) ? "( " + line + rdata + " )" : folded(line, rdata);
  }

  private String folded(String line, String rdata) {
    int blank = rdata.indexOf(' ');
    String folded =
        chance(6) && blank > 0 && !rdata.substring(0, blank).contains("\"")
            ? "(" + rdata.substring(0, blank) + comment() + eol + rdata.substring(blank) + " )"
            : rdata;
    return line + folded;
  }

  private String rdata(String type) {
    return switch (type) {
      case "A" -> "192.0.2." + random.nextInt(4);
      case "AAAA" -> "2001:db8::" + random.nextInt(4);
      case "MX" -> random.nextInt(3) * 10 + gap() + target();
      case "SRV" -> "0 5 " + random.nextInt(3) + gap() + target();
      case "TXT" -> List.of("a", "\"b c\"", "d \"e;f\"", "\"\"").get(random.nextInt(4));
      default -> RdataTextGenerator.plain(random.nextInt(1 << 20)).rdata(type);
    };
  }

  private String target() {
    return List.of("mail", "mail.example.", "MAIL.Example.", "out.example.net.", "@")
        .get(random.nextInt(5));
  }

  private String comment() {
    return chance(5) ? " ; it's \"so\" (" : "";
  }

  private String gap() {
    return gap.isEmpty() ? List.of(" ", "\t", "   ").get(random.nextInt(3)) : gap;
  }

  private String ttl() {
    return List.of("60", "1h", "300", "0", "1H30M").get(random.nextInt(5));
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private static boolean isDelicate(String type) {
    return switch (type) {
      case "SOA", "NS", "CNAME", "DNAME", "DS", "CDS", "CDNSKEY", "DNSKEY", "ZONEMD" -> true;
      case "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "SIG", "KEY", "NXT", "MD", "MF" -> true;
      default -> false;
    };
  }
}
