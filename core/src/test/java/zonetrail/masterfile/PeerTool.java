package zonetrail.masterfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import zonetrail.fixtures.Tools;
import zonetrail.fixtures.ZoneTextGenerator.Layout;

/// The programs with which other name servers read zone files, each run on one file at a time.
enum PeerTool {
  /// Judges a zone as named does, and prints it.
  BIND("named-compilezone", "CLA IPN"),

  /// Judges a zone as knotd does, and prints nothing.
  KNOT(
      "kzonecheck",
      "MB MG MR WKS X25 ISDN NSAP NSAP-PTR SIG PX GPOS NXT EID NIMLOC ATMA A6 SINK HIP NINFO RKEY"
          + " TALINK AVC DOA AMTRELAY TA DLV DSYNC HHIT BRID RESINFO WALLET CLA IPN RRSIG"),

  /// Reads and prints records, and judges no zone.
  LDNS(
      "ldns-read-zone",
      "NXT A6 SINK NINFO RKEY AVC DOA TA DSYNC HHIT BRID AMTRELAY RESINFO WALLET CLA IPN ATMA"
          + " NSAP-PTR IPSECKEY WKS SVCB HTTPS");

  private static final int MAX_SECONDS = 60;

  private final String program;
  private final String unknownTypes;

  PeerTool(String program, String unknownTypes) {
    this.program = program;
    this.unknownTypes = unknownTypes;
  }

  /// The layouts that it does not read; the page says why.
  Set<Layout> unknownLayouts() {
    return switch (this) {
      case BIND -> Set.of(Layout.BYTE_ORDER_MARK);
      case KNOT ->
          Set.of(
              Layout.BYTE_ORDER_MARK,
              Layout.CR_LF,
              Layout.CLASS_NUMBER,
              Layout.PARENTHESIS_AT_WORD);
      case LDNS -> Set.of(Layout.BYTE_ORDER_MARK, Layout.CLASS_BEFORE_TTL, Layout.ZERO_DEFAULT_TTL);
    };
  }

  /// The types that it has no text form for (`RareTypesPeersIT` says so of most), or whose records
  /// it reads or prints otherwise than it should: Knot gives signatures the TTL of what they cover,
  /// ldns prints parentheses in service parameters bare, and ports by names that others do not
  /// know.
  Set<String> unknownTypes() {
    return Set.of(unknownTypes.split(" "));
  }

  /// Whether it takes a file for a good zone.
  boolean loads(Path folder, ZoneSample zone) throws IOException, InterruptedException {
    return run(folder, zone, true).isPresent();
  }

  /// The records that it reads out of a file, or nothing if it refuses the file.
  Optional<List<PrintedRecord>> records(Path folder, ZoneSample zone)
      throws IOException, InterruptedException {
    Optional<String> printed = run(folder, zone, false);
    if (printed.isEmpty()) {
      return Optional.empty();
    }
    List<PrintedRecord> records = new ArrayList<>();
    for (String line : printed.get().split("\n", -1)) {
      if (!line.isEmpty() && !line.startsWith(";")) {
        records.add(PrintedRecord.parse(line));
      }
    }
    return Optional.of(records);
  }

  /// What it prints, if it takes the file.
  private Optional<String> run(Path folder, ZoneSample zone, boolean judges)
      throws IOException, InterruptedException {
    write(folder, zone);
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command(zone, judges))
            .directory(folder.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)).as("%s ends", program).isTrue();
    return process.exitValue() == 0
        ? Optional.of(Files.readString(output, StandardCharsets.ISO_8859_1))
        : Optional.empty();
  }

  private void write(Path folder, ZoneSample zone) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    if (this == LDNS) {
      text.writeBytes(("$ORIGIN " + zone.apex() + ".\n").getBytes(StandardCharsets.US_ASCII));
    }
    text.writeBytes(zone.octets());
    Files.write(folder.resolve("zone"), text.toByteArray());
    for (Map.Entry<String, byte[]> included : zone.included().entrySet()) {
      Files.write(folder.resolve(included.getKey()), included.getValue());
    }
  }

  private List<String> command(ZoneSample zone, boolean judges) {
    List<String> command = new ArrayList<>();
    command.add(Tools.require(program).toString());
    switch (this) {
      case BIND -> {
        if (!judges) {
          command.addAll(List.of("-k", "ignore", "-n", "ignore", "-i", "none", "-r", "ignore"));
        }
        command.addAll(List.of("-s", "full", "-q", "-o", "-", zone.apex(), "zone"));
      }
      case KNOT -> command.addAll(List.of("-o", zone.apex(), "zone"));
      case LDNS -> command.add("zone");
    }
    return command;
  }
}
