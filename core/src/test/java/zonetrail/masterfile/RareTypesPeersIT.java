package zonetrail.masterfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import zonetrail.fixtures.Knotd;
import zonetrail.fixtures.Named;
import zonetrail.fixtures.Nsd;
import zonetrail.fixtures.PeerServer;
import zonetrail.fixtures.PeerZone;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Tools;
import zonetrail.fixtures.ZoneFixtures;
import zonetrail.wire.RdataLayout;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;

/// Every record type by what other servers answer with, octet for octet, and by what their tools
/// print. What a peer does not read is listed here with its reason, and it is checked that it is
/// so.
class RareTypesPeersIT {
  private static final String APEX = ZoneFixtures.RARE;
  private static final String TYPES_THAT_CAME_LATER = "a type that came after this version";
  private static final String NO_TEXT = "a type that it has no text form for";
  private static final String OPTIONAL = "a part that may be left out is asked for";

  private static final Map<String, String> NOT_READ_BY_BIND =
      reasons(
          Map.of(
              "cla ipn", TYPES_THAT_CAME_LATER,
              "ohttp", "a key that came after this version",
              "ipseckey2", OPTIONAL));

  private static final Map<String, String> NOT_READ_BY_KNOT =
      reasons(
          Map.of(
              "mb mg mr wks x25 isdn isdn2 nsap nsap-ptr sig px gpos nxt eid nimloc atma atma2 a6 sink hip",
              NO_TEXT,
              "ninfo rkey talink avc doa amtrelay amtrelay2 ta dlv",
              NO_TEXT,
              "dsync hhit brid resinfo wallet cla ipn",
              TYPES_THAT_CAME_LATER,
              "svcb12 ohttp",
              "a key that came after this version",
              "key2",
              OPTIONAL));

  private static final Map<String, String> NOT_READ_BY_NSD =
      reasons(
          Map.of(
              "nsap-ptr gpos eid nimloc atma atma2 a6 sink hip ninfo rkey talink doa ta",
              NO_TEXT,
              "amtrelay amtrelay2 dsync hhit brid resinfo wallet cla ipn",
              TYPES_THAT_CAME_LATER,
              "ohttp",
              "a key that came after this version",
              "key2",
              OPTIONAL));

  private static final Map<String, String> NOT_READ_BY_LDNS =
      reasons(
          Map.of(
              "nxt a6 sink ninfo rkey avc doa ta",
              NO_TEXT,
              "dsync hhit brid amtrelay amtrelay2 resinfo wallet cla ipn",
              TYPES_THAT_CAME_LATER,
              "ohttp",
              "a key that came after this version",
              "key2 ipseckey2 csync2",
              OPTIONAL,
              "atma",
              "a telephone number is asked for as hexadecimal digits"));

  private static final Map<String, String> MISREAD_BY_LDNS =
      Map.of("nsap-ptr", "its name is taken for a string");

  private static Map<String, String> reasons(Map<String, String> byOwners) {
    Map<String, String> reasons = new HashMap<>();
    byOwners.forEach((owners, reason) -> {
      for (String owner : List.of(owners.split(" ", -1))) {
        reasons.put(owner, reason);
      }
    });
    return reasons;
  }

  @TempDir private Path folder = Path.of("");

  private static List<String> lines() {
    return new String(ZoneFixtures.text(APEX), StandardCharsets.US_ASCII).lines().toList();
  }

  private static String owner(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  /// The zone without the records of some owners.
  private static String zoneWithout(Map<String, String> owners) {
    return "$ORIGIN "
        + APEX
        + ".\n"
        + String.join(
            "\n", lines().stream().filter(line -> !owners.containsKey(owner(line))).toList())
        + "\n";
  }

  /// A zone with one of these owners alone.
  private static String zoneWithOnly(String line) {
    return "$ORIGIN "
        + APEX
        + ".\n"
        + String.join("\n", lines().subList(0, 4))
        + "\n"
        + line
        + "\n";
  }

  private static Zone read(String text) {
    ZoneReading reading =
        ZoneFileReader.read(
            APEX,
            WireName.parse(APEX),
            text.getBytes(StandardCharsets.ISO_8859_1),
            IncludeSource.NONE);
    return requireNonNull(reading.zone(), reading.findings()::toString);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("zone"), text, StandardCharsets.US_ASCII);
  }

  private int exitCode(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
    return process.exitValue();
  }

  private void assertRefusesWhatIsListed(Map<String, String> notRead, List<String> check)
      throws Exception {
    List<String> command = new ArrayList<>(check);
    command.set(0, Tools.require(check.getFirst()).toString());
    List<String> readNevertheless = new ArrayList<>();
    for (String line : lines()) {
      if (!notRead.containsKey(owner(line))) {
        continue;
      }
      write(zoneWithOnly(line));
      if (exitCode(command) == 0) {
        readNevertheless.add(line);
      }
    }
    assertThat(readNevertheless).as("is read, though it is listed").isEmpty();
  }

  private static void assertAnswersTheSame(PeerServer peer, Zone zone) throws Exception {
    List<String> theirs = new ArrayList<>();
    List<String> ours = new ArrayList<>();
    for (Node node : zone.nodes()) {
      for (RRset rrset : node.rrsets()) {
        Name owner = Name.fromString(node.name().toString());
        int type = rrset.type().value();
        Message query = Message.newQuery(Record.newRecord(owner, type, DClass.IN));
        for (Record answer :
            new Message(peer.askOverTcp(query.toWire())).getSection(Section.ANSWER)) {
          theirs.add(shown(rrset, answer.rdataToWireCanonical()));
        }
        RdataLayout layout = requireNonNull(RdataLayout.of(rrset.type()));
        for (Rdata rdata : rrset.rdatas()) {
          ours.add(shown(rrset, layout.canonical(rdata.toBytes())));
        }
      }
    }
    assertThat(theirs).as(peer.log()).containsExactlyInAnyOrderElementsOf(ours);
  }

  private static String shown(RRset rrset, byte[] rdata) {
    return rrset.owner() + " " + rrset.type() + " " + HexFormat.of().formatHex(rdata);
  }

  @Test
  @RequiresTool(value = "named", debian = "bind9")
  void bindServesTheSameOctets() throws Exception {
    String text = zoneWithout(NOT_READ_BY_BIND);
    try (PeerServer named = Named.start(folder, List.of(PeerZone.primary(APEX, write(text))))) {
      assertAnswersTheSame(named, read(text));
    }
  }

  @Test
  @RequiresTool(value = "named-checkzone", debian = "bind9-utils")
  void bindRefusesWhatIsListed() throws Exception {
    assertRefusesWhatIsListed(
        NOT_READ_BY_BIND, List.of("named-checkzone", "-i", "none", APEX, "zone"));
  }

  @Test
  @RequiresTool(value = "knotd", debian = "knot")
  void knotServesTheSameOctets() throws Exception {
    String text = zoneWithout(NOT_READ_BY_KNOT);
    try (PeerServer knotd = Knotd.start(folder, List.of(PeerZone.primary(APEX, write(text))))) {
      assertAnswersTheSame(knotd, read(text));
    }
  }

  @Test
  @RequiresTool(value = "kzonecheck", debian = "knot-dnssecutils")
  void knotRefusesWhatIsListed() throws Exception {
    assertRefusesWhatIsListed(NOT_READ_BY_KNOT, List.of("kzonecheck", "-o", APEX, "zone"));
  }

  @Test
  @RequiresTool(value = "nsd", debian = "nsd")
  void nsdServesTheSameOctets() throws Exception {
    String text = zoneWithout(NOT_READ_BY_NSD);
    try (PeerServer nsd = Nsd.start(folder, List.of(PeerZone.primary(APEX, write(text))))) {
      assertAnswersTheSame(nsd, read(text));
    }
    assertRefusesWhatIsListed(NOT_READ_BY_NSD, List.of("nsd-checkzone", APEX, "zone"));
  }

  @Test
  @RequiresTool(value = "named-compilezone", debian = "bind9-utils")
  void whatBindPrints_readsAsTheSameRecords() throws Exception {
    String text = zoneWithout(NOT_READ_BY_BIND);
    Path file = write(text);
    int exitCode =
        exitCode(
            List.of(
                Tools.require("named-compilezone").toString(),
                "-i",
                "none",
                "-s",
                "full",
                "-o",
                "printed",
                APEX,
                file.toString()));

    assertThat(exitCode).as(Files.readString(folder.resolve("output"))).isZero();
    assertSameRecords(Files.readString(folder.resolve("printed"), StandardCharsets.US_ASCII), text);
  }

  @Test
  @RequiresTool(value = "ldns-read-zone", debian = "ldnsutils")
  void whatLdnsPrints_readsAsTheSameRecords() throws Exception {
    Map<String, String> leftOut = new HashMap<>(NOT_READ_BY_LDNS);
    leftOut.putAll(MISREAD_BY_LDNS);
    String text = zoneWithout(leftOut);
    write(text);
    String tool = Tools.require("ldns-read-zone").toString();
    int exitCode = exitCode(List.of(tool, "zone"));
    String printed = Files.readString(folder.resolve("output"), StandardCharsets.US_ASCII);

    assertThat(exitCode).as(printed).isZero();
    assertSameRecords(printed, text);
    assertRefusesWhatIsListed(NOT_READ_BY_LDNS, List.of("ldns-read-zone", "zone"));
  }

  private static void assertSameRecords(String theirs, String ours) {
    assertThat(printed(read(theirs))).containsExactlyInAnyOrderElementsOf(printed(read(ours)));
  }

  private static List<String> printed(Zone zone) {
    List<String> records = new ArrayList<>();
    for (Node node : zone.nodes()) {
      for (RRset rrset : node.rrsets()) {
        rrset.rdatas().forEach(rdata -> records.add(shown(rrset, rdata.toBytes())));
      }
    }
    return records;
  }
}
