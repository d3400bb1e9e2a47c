package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Tools;
import zonetrail.fixtures.ZoneFixtures;
import zonetrail.fixtures.ZoneTextGenerator;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;

/// What other name servers' tools read out of the same files.
class MasterFilePeersIT {
  @TempDir private Path folder = Path.of("");

  private record Outcome(int exitCode, String output) {}

  private Outcome run(List<String> command) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
    return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
  }

  /// The records of the zone: each once, an RRset with one TTL, as every server has them.
  private static List<String> records(String what, byte[] text, String apex, boolean withTtl) {
    ZoneReading reading = ZoneFileReader.read(what, WireName.parse(apex), text, IncludeSource.NONE);
    List<String> records = new ArrayList<>();
    for (Node node : requireNonNull(reading.zone(), reading.findings()::toString).nodes()) {
      for (RRset rrset : node.rrsets()) {
        for (Rdata rdata : rrset.rdatas()) {
          records.add(
              node.name()
                  + " "
                  + (withTtl ? rrset.ttlSeconds() : "")
                  + " "
                  + rrset.type()
                  + " "
                  + RdataText.print(rrset.type(), rdata));
        }
      }
    }
    return records.stream().sorted().toList();
  }

  static List<String> fixtures() {
    return ZoneFixtures.names();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  @RequiresTool(value = "named-compilezone", debian = "bind9-utils")
  void bindReadsTheSameRecords(String zone) throws Exception {
    assertBindReadsTheSame(zone, ZoneFixtures.text(zone), true);
  }

  /// Where the TTLs of an RRset differ we take the first; BIND takes the first of neighbours, and
  /// of groups the least. So TTLs are not compared here.
  @Test
  @RequiresTool(value = "named-compilezone", debian = "bind9-utils")
  void bindReadsTheSameRecords_outOfGeneratedZones() throws Exception {
    for (long seed = 0; seed < 20; seed++) {
      assertBindReadsTheSame("example.com", ZoneTextGenerator.plain(seed).zone(100), false);
    }
  }

  private static final String SMALL_ZONE =
      "$TTL 1h\n@ SOA ns1 h 1 2h 15m 14d 1h\n@ NS ns1\nns1 A 192.0.2.1\n";

  @Test
  @RequiresTool(value = "named-compilezone", debian = "bind9-utils")
  void bindGeneratesTheSameRecords() throws Exception {
    String text =
        SMALL_ZONE
            + "$GENERATE 1-3 h$ A 10.0.0.$\n"
            + "$GENERATE 0-6/3 g${1,3,d} 300 IN A 10.0.0.${10}\n"
            + "$GENERATE 0-1 n${-5} IN 60 A 10.0.1.$\n"
            + "$GENERATE 8-17 x${0,2,x} CNAME x${0,3,X}.$$.\\$\n"
            + "$GENERATE 8-17 y${0,3,n} PTR o${0,0,o}.n${0,7,N}.net.\n"
            + "$GENERATE 1-2 m$ MX \"10 mail$.example.net.\"\n"
            + "$GENERATE 1-2 t$ TXT \"a $ b\"\n"
            + "$GENERATE 1-2 @ TXT $\n";
    assertBindReadsTheSame("example.com", text.getBytes(StandardCharsets.US_ASCII), true);
  }

  private void assertBindReadsTheSame(String zone, byte[] text, boolean withTtl) throws Exception {
    Path file = Files.write(folder.resolve("zone"), withoutByteOrderMark(text));
    Path compiled = folder.resolve("compiled");
    Outcome outcome =
        run(
            List.of(
                Tools.require("named-compilezone").toString(),
                "-k",
                "ignore",
                "-n",
                "ignore",
                "-i",
                "none",
                "-s",
                "full",
                "-o",
                compiled.toString(),
                zone,
                file.toString()));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(records("ours", text, zone, withTtl))
        .containsExactlyElementsOf(records("BIND's", Files.readAllBytes(compiled), zone, withTtl));
  }

  private static byte[] withoutByteOrderMark(byte[] text) {
    return text[0] == (byte) 0xef ? Arrays.copyOfRange(text, 3, text.length) : text;
  }

  static List<String> fixturesForLdns() {
    return ZoneFixtures.names().stream().filter(name -> !name.equals(ZoneFixtures.TTLS)).toList();
  }

  @ParameterizedTest
  @MethodSource("fixturesForLdns")
  @RequiresTool(value = "ldns-read-zone", debian = "ldnsutils")
  void ldnsReadsTheSameRecords(String zone) throws Exception {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(("$ORIGIN " + zone + ".\n").getBytes(StandardCharsets.US_ASCII));
    text.writeBytes(ZoneFixtures.text(zone));
    Path file = Files.write(folder.resolve("zone"), text.toByteArray());
    Outcome outcome = run(List.of(Tools.require("ldns-read-zone").toString(), file.toString()));

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    // ldns prints an owner name that begins with '$' so that it reads back as a directive.
    String printed = outcome.output().replace("\n$", "\n\\$");
    assertThat(records("ours", text.toByteArray(), zone, true))
        .containsExactlyElementsOf(
            records("ldns's", printed.getBytes(StandardCharsets.ISO_8859_1), zone, true));
  }

  static List<String> fixturesForKnot() {
    return ZoneFixtures.names().stream().filter(name -> !name.equals(ZoneFixtures.ODD)).toList();
  }

  /// Knot's tool says only whether it takes a zone.
  @ParameterizedTest
  @MethodSource("fixturesForKnot")
  @RequiresTool(value = "kzonecheck", debian = "knot-dnssecutils")
  void knotTakesWhatWeTake(String zone) throws Exception {
    Path file = Files.write(folder.resolve("zone"), ZoneFixtures.text(zone));
    Outcome outcome =
        run(List.of(Tools.require("kzonecheck").toString(), "-o", zone, file.toString()));

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(
            ZoneFileReader.read(
                    zone, WireName.parse(zone), ZoneFixtures.text(zone), IncludeSource.NONE)
                .zone())
        .isNotNull();
  }

  /// What BIND loads we load, with the differences that are meant: `BrokenZones` lists those.
  @Test
  @RequiresTool(value = "named-checkzone", debian = "bind9-utils")
  void whatBindLoads_weLoad() throws Exception {
    List<BrokenZones.Case> stricter = new ArrayList<>();
    for (BrokenZones.Case broken : BrokenZones.CASES) {
      boolean isRefused =
          ZoneFileReader.read(
                      "example.com",
                      WireName.parse("example.com"),
                      broken.octets(),
                      IncludeSource.NONE)
                  .zone()
              == null;
      Path file = Files.write(folder.resolve("zone"), broken.octets());
      Outcome outcome =
          run(List.of(Tools.require("named-checkzone").toString(), "example.com", file.toString()));
      if (isRefused && outcome.exitCode() == 0) {
        stricter.add(broken);
      }
    }
    assertThat(stricter).containsExactlyElementsOf(BrokenZones.STRICTER_THAN_BIND);
  }
}
