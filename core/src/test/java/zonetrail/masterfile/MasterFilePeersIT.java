package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Name;
import org.xbill.DNS.ZoneTransferException;
import org.xbill.DNS.ZoneTransferIn;
import zonetrail.fixtures.Knotd;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.PeerZone;
import zonetrail.fixtures.RequiresTool;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;

/// What other name servers read out of the same files: record for record, and octet for octet of
/// the rdata, out of every zone file that the tests have; and which broken files they take.
///
/// What they print is read by dnsjava. Where they differ from us, `docs/zone-files.md` says so and
/// why, and it is checked that it is so.
class MasterFilePeersIT {
  private static final int LEAST_FILES = 95;
  private static final int LEAST_RECORDS = 8_000;

  @TempDir private Path folder = Path.of("");

  /// How much was compared.
  private static final class Tally {
    private final Map<String, String> differences = new TreeMap<>();
    private int files;
    private int records;

    void add(ZoneSample zone, Optional<Set<PrintedRecord>> theirs, Set<PrintedRecord> ours) {
      files++;
      if (theirs.isEmpty()) {
        differences.put(zone.name(), "refuses it");
      } else if (theirs.get().equals(ours)) {
        records += ours.size();
      } else {
        differences.put(zone.name(), "reads other records");
      }
    }
  }

  private static List<ZoneSample> samplesFor(PeerTool tool) {
    return Stream.of(
            ZoneSamples.written(),
            ZoneSamples.trees(),
            ZoneSamples.generated(tool.unknownTypes(), tool.unknownLayouts()))
        .flatMap(List::stream)
        .toList();
  }

  /// The records of the zone: each once, an RRset with one TTL, as every server has them.
  private static Set<PrintedRecord> ours(ZoneSample zone) {
    ZoneReading reading =
        ZoneFileReader.read(zone.name(), zone.apexName(), zone.octets(), zone.includes());
    Set<PrintedRecord> records = new TreeSet<>();
    for (Node node : requireNonNull(reading.zone(), reading.findings()::toString).nodes()) {
      for (RRset rrset : node.rrsets()) {
        for (Rdata rdata : rrset.rdatas()) {
          records.add(
              PrintedRecord.of(node.name(), rrset.ttlSeconds(), rrset.type(), rdata.toBytes()));
        }
      }
    }
    return records;
  }

  /// The RRsets whose records have more than one TTL in the file. Which one counts, servers choose:
  /// we take the first, BIND that or the least.
  private static Set<String> rrsetsWithSeveralTtls(ZoneSample zone) {
    Map<String, Integer> ttls = new HashMap<>();
    Set<String> several = new HashSet<>();
    MasterFile.parse(zone.name(), zone.octets(), zone.apexName(), zone.includes())
        .forEachRecord((owner, type, ttl, rdata, offset) -> {
          String rrset = PrintedRecord.of(owner, ttl, type, new byte[0]).rrset();
          Integer before = ttls.putIfAbsent(rrset, ttl);
          if (before != null && before != ttl) {
            several.add(rrset);
          }
        });
    return several;
  }

  private static Set<PrintedRecord> comparable(
      Set<String> severalTtls, Iterable<PrintedRecord> records) {
    Set<PrintedRecord> comparable = new TreeSet<>();
    for (PrintedRecord record : records) {
      comparable.add(severalTtls.contains(record.rrset()) ? record.withAnyTtl() : record);
    }
    return comparable;
  }

  private Tally compare(PeerTool tool) throws Exception {
    Tally tally = new Tally();
    for (ZoneSample zone : samplesFor(tool)) {
      Set<String> severalTtls = rrsetsWithSeveralTtls(zone);
      tally.add(
          zone,
          tool.records(folder, zone).map(records -> comparable(severalTtls, records)),
          comparable(severalTtls, ours(zone)));
    }
    return tally;
  }

  @Test
  @RequiresTool(value = "named-compilezone", debian = "bind9-utils")
  void bindReadsTheSameRecords() throws Exception {
    assertAsOnThePage(PeerTool.BIND, compare(PeerTool.BIND));
  }

  @Test
  @RequiresTool(value = "ldns-read-zone", debian = "ldnsutils")
  void ldnsReadsTheSameRecords() throws Exception {
    assertAsOnThePage(PeerTool.LDNS, compare(PeerTool.LDNS));
  }

  /// Knot's tool prints nothing, so its server has to hand over the zones.
  @Test
  @RequiresTool(value = "knotd", debian = "knot")
  void knotReadsTheSameRecords() throws Exception {
    Tally tally = new Tally();
    List<ZoneSample> samples = samplesFor(PeerTool.KNOT);
    List<PeerZone> zones = new ArrayList<>();
    for (ZoneSample zone : samples) {
      Path file = Files.write(folder.resolve(zone.apex() + ".zone"), zone.octets());
      for (Map.Entry<String, byte[]> included : zone.included().entrySet()) {
        Files.write(folder.resolve(included.getKey()), included.getValue());
      }
      zones.add(new PeerZone(zone.apex(), file, "acl: everybody"));
    }
    String acl = "acl:\n  - id: everybody\n    address: 127.0.0.1\n    action: transfer";
    try (PeerServer knotd = Knotd.start(folder, zones, "", acl)) {
      for (ZoneSample zone : samples) {
        Set<String> severalTtls = rrsetsWithSeveralTtls(zone);
        tally.add(
            zone,
            transferred(knotd, zone).map(records -> comparable(severalTtls, records)),
            comparable(severalTtls, ours(zone).stream().map(PrintedRecord::canonical).toList()));
      }
    }
    assertAsOnThePage(PeerTool.KNOT, tally);
  }

  private static Optional<List<PrintedRecord>> transferred(PeerServer server, ZoneSample zone)
      throws IOException {
    ZoneTransferIn transfer =
        ZoneTransferIn.newAXFR(
            Name.fromString(zone.apex() + "."), PeerServer.HOST, server.port(), null);
    try {
      transfer.run();
    } catch (ZoneTransferException refused) {
      return Optional.empty();
    }
    return Optional.of(
        transfer.getAXFR().stream().map(PrintedRecord::of).map(PrintedRecord::canonical).toList());
  }

  private static void assertAsOnThePage(PeerTool tool, Tally tally) throws IOException {
    System.out.printf("%s: %d files, %d records%n", tool, tally.files, tally.records);
    assertThat(tally.differences)
        .as("%s, and docs/zone-files.md", tool)
        .isEqualTo(ZoneFilesPage.read().notReadBy(tool));
    assertThat(tally.files).isGreaterThanOrEqualTo(LEAST_FILES);
    assertThat(tally.records).isGreaterThanOrEqualTo(LEAST_RECORDS);
  }

  /// How many of the broken files of each rule a tool judges unlike we do, and all files of it.
  private Map<String, String> judgedOtherwise(PeerTool tool) throws Exception {
    Map<String, List<String>> otherwise = new TreeMap<>();
    Map<String, Integer> files = new HashMap<>();
    for (BrokenZones.Case broken : BrokenZones.CASES) {
      ZoneSample zone = ZoneSample.of(broken.toString(), "example.com", broken.octets());
      boolean isLoaded =
          ZoneFileReader.read("f", zone.apexName(), zone.octets(), zone.includes()).zone() != null;
      files.merge(broken.rule(), 1, Integer::sum);
      if (tool.loads(folder, zone) != isLoaded) {
        otherwise.computeIfAbsent(broken.rule(), rule -> new ArrayList<>()).add(broken.toString());
      }
    }
    Map<String, String> counts = new TreeMap<>();
    otherwise.forEach((rule, names) -> counts.put(rule, names.size() + " of " + files.get(rule)));
    return counts;
  }

  @Test
  @RequiresTool(
      value = {"named-compilezone", "kzonecheck", "ldns-read-zone"},
      debian = "bind9-utils knot-dnssecutils ldnsutils")
  void brokenFilesAreJudgedAsThePageSays() throws Exception {
    ZoneFilesPage page = ZoneFilesPage.read();
    for (PeerTool tool : PeerTool.values()) {
      assertThat(judgedOtherwise(tool))
          .as("%s, and docs/zone-files.md", tool)
          .isEqualTo(page.judgedOtherwiseBy(tool));
    }
  }
}
