package zonetrail.transfer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import zonetrail.fixtures.Soak;
import zonetrail.transfer.TransferIn.Progress;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What an incremental transfer is known to have changed is what a comparison of the two versions
/// finds, to the letter.
@Rfc(number = 1995, section = "4")
class TransferredChangeTest {
  private static final String APEX = "example.com.";
  private static final int MAX_STEPS = 5;

  /// The records of each type that a name may have; no two that are the same but for case are drawn
  /// together.
  private static final Map<String, List<String>> RDATAS =
      Map.of(
          "A", List.of("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"),
          "TXT", List.of("one", "One", "two"),
          "MX", List.of("10 mail", "20 Mail.example.net.", "30 a"),
          "PTR", List.of("ALL.example.org.", "all.example.org."),
          "TYPE65280", List.of("\\# 1 01", "\\# 1 02"),
          "RRSIG",
              List.of(
                  "A 13 3 60 20300101000000 20200101000000 7 @ AAAA",
                  "A 13 3 60 20300101000000 20200101000000 8 @ AAAA",
                  "TXT 13 3 60 20300101000000 20200101000000 7 @ AAAA"));

  private static final List<String> NAMES =
      List.of("a", "B", "c.d", "C.d.e", "*.w", "www", "long-name");

  /// A zone that becomes another in steps, each of which draws some RRsets anew.
  private static final class Drawn {
    private final Random random;
    private final Map<String, List<String>> lines = new TreeMap<>();
    private long serial = 0xffff_fff0L;

    Drawn(Random random) {
      this.random = random;
      for (int i = 0; i < 10; i++) {
        draw();
      }
    }

    private void draw() {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      String type = RDATAS.keySet().stream().sorted().toList().get(random.nextInt(RDATAS.size()));
      int ttlSeconds = type.equals("RRSIG") ? 60 : 60 * random.nextInt(1, 4);
      List<String> rdatas = new ArrayList<>(requireNonNull(RDATAS.get(type)));
      rdatas.removeIf(_ -> random.nextBoolean());
      if (type.equals("PTR") && rdatas.size() > 1) {
        rdatas.removeFirst();
      }
      // Of a name that is new again, the case may be another one.
      String spelt = random.nextBoolean() ? name : name.toUpperCase(Locale.ROOT);
      lines.put(
          name + " " + type,
          rdatas.stream()
              .map(rdata -> "%s %d %s %s".formatted(spelt, ttlSeconds, type, rdata))
              .toList());
    }

    Zone next() {
      for (int i = random.nextInt(5); i > 0; i--) {
        draw();
      }
      serial = (serial + 1 + random.nextInt(9)) & 0xffff_ffffL;
      String head =
          "@ %d SOA ns hostmaster %d 3600 900 604800 60\n@ 300 NS ns\nns 300 A 192.0.2.53\n"
              .formatted(300 + random.nextInt(2), serial);
      String rest = String.join("\n", lines.values().stream().flatMap(List::stream).toList());
      return Transfers.read(APEX, (head + rest + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  /// A chain of difference sequences as RFC 1995 §4 orders them, with what no primary has to leave
  /// out: records that go and come in one of them.
  private static List<RRset> changes(List<Zone> versions, Random random) {
    List<RRset> records = new ArrayList<>(List.of(versions.getLast().soa()));
    for (int i = 1; i < versions.size(); i++) {
      Zone before = versions.get(i - 1);
      ZoneChange change = ZoneChange.between(before, versions.get(i));
      List<RRset> both = both(before, change, random);
      records.addAll(change.removed());
      records.addAll(both);
      records.addAll(change.added());
      records.addAll(both);
    }
    records.add(versions.getLast().soa());
    return records;
  }

  private static List<RRset> both(Zone before, ZoneChange change, Random random) {
    List<RRset> both = new ArrayList<>();
    for (Node node : before.nodes()) {
      boolean isConcerned =
          change.replacements().stream().anyMatch(each -> each.owner().equals(node.name()));
      for (RRset rrset : isConcerned ? List.<RRset>of() : node.rrsets()) {
        if (rrset.type() != RRType.SOA && random.nextInt(6) == 0) {
          WireName owner = WireName.parse(rrset.owner().toString().toUpperCase(Locale.ROOT));
          both.add(new RRset(owner, rrset.type(), rrset.ttlSeconds(), rrset.rdatas()));
        }
      }
    }
    return both;
  }

  private static List<String> shown(ZoneChange change) {
    return change.replacements().stream()
        .flatMap(each -> Stream.of(shown(each.before()), shown(each.after())))
        .toList();
  }

  /// To the letter and in order.
  private static String shown(@Nullable RRset rrset) {
    return rrset == null
        ? "-"
        : HexFormat.of().formatHex(rrset.owner().toWire())
            + " "
            + rrset.type()
            + " "
            + rrset.ttlSeconds()
            + " "
            + rrset.rdatas();
  }

  @Soak
  @Test
  void whatIsKnown_isWhatAComparisonFinds() {
    int steps = 0;
    int cancelled = 0;
    for (long seed = 0; seed < Soak.Times.of("chains", 300, 100_000); seed++) {
      Random random = new Random(seed);
      Drawn drawn = new Drawn(random);
      List<Zone> versions = new ArrayList<>(List.of(drawn.next()));
      for (int i = random.nextInt(MAX_STEPS); i >= 0; i--) {
        versions.add(drawn.next());
      }
      Zone base = versions.getFirst();
      List<RRset> records = changes(versions, random);
      Progress progress =
          Inbound.accept(Inbound.incremental(base, records, 512 + random.nextInt(8_000)), base);

      assertThat(progress).as("seed %d", seed).isInstanceOf(Progress.Complete.class);
      Zone version = ((Progress.Complete) progress).zone();
      ZoneChange known = requireNonNull(((Progress.Complete) progress).change());
      ZoneChange compared = ZoneChange.between(base, version);
      assertThat(version.sameRecords(versions.getLast())).as("seed %d", seed).isTrue();
      assertThat(known.replacements()).as("seed %d", seed).isEqualTo(compared.replacements());
      assertThat(shown(known)).as("seed %d", seed).isEqualTo(shown(compared));
      assertThat(known.records()).isEqualTo(compared.records());
      steps += versions.size() - 1;
      cancelled +=
          compared.records() + 2 < records.stream().mapToInt(x -> x.rdatas().size()).sum() ? 1 : 0;
    }
    assertThat(steps).isGreaterThan(500);
    assertThat(cancelled).isGreaterThan(100);
  }
}
