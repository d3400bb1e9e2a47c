package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import org.xbill.DNS.ZoneTransferIn;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.wire.Rfc;

/// The sequences of messages that programs send which keep a zone in step with something else:
/// external-dns, certbot and the DHCP server Kea, with what each relies on in the replies. They are
/// told from these programs' sources and from what they sent, since not all can be installed.
@RequiresTool(
    value = {"sshd", "git"},
    debian = "openssh-server git")
class AutomatedClientsIT extends ClientsOfAPrimary {
  private static final Name ZONE = name("example.com.");
  private static final String OWNED =
      "heritage=external-dns,external-dns/owner=k8s,external-dns/resource=ingress/default/web";

  private static Name name(String text) {
    try {
      return Name.fromString(text);
    } catch (IOException wrong) {
      throw new AssertionError(wrong);
    }
  }

  private static Record record(String owner, int ttlSeconds, int type, String rdata)
      throws IOException {
    return Record.fromString(
        Name.fromString(owner, ZONE), type, DClass.IN, ttlSeconds, rdata, ZONE);
  }

  private void made(Update update) {
    Message reply = primary.send(update);
    assertThat(Rcode.string(reply.getRcode())).isEqualTo("NOERROR");
    assertThat(reply.getTSIG()).as("the client checks the reply's signature").isNotNull();
  }

  private String refused(Update update) {
    return Rcode.string(primary.send(update).getRcode());
  }

  /// The zone file, without its serial.
  private String file() {
    return primary.remoteFile("example.com").replaceFirst("\\d{10} ; serial", "; serial");
  }

  private List<String> subjects(int commits) {
    String log =
        GitRepository.gitIn(
            primary.origin().bare(), "log", "-" + commits, "--format=%s", GitRepository.BRANCH);
    return log.lines().toList();
  }

  // ---- external-dns ----

  /// What the program takes for the present state: all of the zone, but for its own SOA.
  private List<String> listed() throws Exception {
    ZoneTransferIn transfer = ZoneTransferIn.newAXFR(ZONE, primary.address(), PrimaryUnderTest.KEY);
    transfer.run();
    return transfer.getAXFR().stream()
        .filter(record -> !(record instanceof SOARecord))
        .map(record ->
            "%s %d %s %s"
                .formatted(
                    record.getName().relativize(ZONE),
                    record.getTTL(),
                    Type.string(record.getType()),
                    record.rdataToString()))
        .sorted()
        .toList();
  }

  private static Update batch(List<Record> removed, List<Record> inserted) {
    Update update = new Update(ZONE);
    removed.forEach(update::delete); // one by one, with their rdata, class NONE and TTL 0
    inserted.forEach(update::add);
    return update;
  }

  @Test
  @Rfc(number = 2136, section = "2.5.4")
  void externalDns_listsByTransfer_changesInBatches_andLeavesTheFileAsItWas() throws Exception {
    String before = file();
    List<String> beforeList = listed();
    List<Record> created =
        List.of(
            record("web", 300, Type.A, "192.0.2.101"),
            record("web", 300, Type.A, "192.0.2.102"),
            record("web", 300, Type.AAAA, "2001:db8::101"),
            record("app", 300, Type.CNAME, "web"),
            record("*.wild", 300, Type.A, "192.0.2.101"),
            record("a-web", 0, Type.TXT, OWNED),
            record("aaaa-web", 0, Type.TXT, OWNED),
            record("cname-app", 0, Type.TXT, OWNED));
    made(batch(List.of(), created));
    List<String> withThem = new ArrayList<>(beforeList);
    withThem.addAll(
        List.of(
            "web 300 A 192.0.2.101",
            "web 300 A 192.0.2.102",
            "web 300 AAAA 2001:db8:0:0:0:0:0:101",
            "app 300 CNAME web.example.com.",
            "*.wild 300 A 192.0.2.101",
            "a-web 0 TXT " + OWNED,
            "aaaa-web 0 TXT " + OWNED,
            "cname-app 0 TXT " + OWNED));
    assertThat(listed()).containsExactlyInAnyOrderElementsOf(withThem);

    Record moved = record("web", 60, Type.A, "192.0.2.103");
    Record again = created.get(5);
    made(batch(List.of(created.get(0), created.get(1), again), List.of(moved, again)));
    assertThat(listed())
        .contains("web 60 A 192.0.2.103", "a-web 0 TXT " + OWNED)
        .doesNotContain("web 300 A 192.0.2.101", "web 300 A 192.0.2.102");

    List<Record> gone = new ArrayList<>(created.subList(2, created.size()));
    gone.add(moved);
    made(batch(gone, List.of()));
    assertThat(listed()).isEqualTo(beforeList);
    assertThat(file()).isEqualTo(before);
    assertThat(subjects(3)).allMatch(subject -> subject.matches("example.com: .*, and \\d+ more"));

    made(batch(gone, List.of())); // what is not there any more: no error, and no commit
    assertThat(subjects(1).getFirst()).contains("remove");
    assertThat(GitRepository.gitIn(primary.origin().bare(), "rev-list", "--count", "main"))
        .isEqualTo("4");
  }

  // ---- certbot ----

  private Message signedSoa(String owner) throws IOException {
    SimpleResolver resolver = new SimpleResolver(primary.address());
    resolver.setTCP(true);
    resolver.setTSIGKey(PrimaryUnderTest.KEY);
    Message query = DnsClient.query(owner, Type.SOA);
    query.getHeader().unsetFlag(Flags.RD);
    return resolver.send(query); // throws if the signature of the response is wrong
  }

  @Test
  @Rfc(number = 8945, section = "5.3")
  void certbot_findsTheZoneBySignedQuestions_fromTheNameUpwards() throws Exception {
    for (String below : List.of("_acme-challenge.www.example.com.", "www.example.com.")) {
      Message response = signedSoa(below);
      assertThat(response.getSection(Section.ANSWER)).isEmpty();
      assertThat(response.isSigned()).isTrue();
    }
    Message response = signedSoa("example.com.");
    assertThat(response.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(response.getSection(Section.ANSWER)).hasOnlyElementsOfType(SOARecord.class);

    String before = file();
    Record challenge = record("_acme-challenge.www", 120, Type.TXT, "\"gi-8mIu2xh_Xkl\"");
    made(batch(List.of(), List.of(challenge)));
    made(batch(List.of(challenge), List.of()));
    assertThat(file()).isEqualTo(before);
  }

  // ---- Kea: RFC 4703 ----

  private static final String FIRST_CLIENT = "AAEBERERERERERERERERERERERERERERERERERERERERERE=";
  private static final String OTHER_CLIENT = "AAEBIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI=";

  private static Update ifNobodyHasIt(String host, String address, String client)
      throws IOException {
    Update update = new Update(ZONE);
    update.absent(Name.fromString(host, ZONE));
    update.add(record(host, 1300, Type.A, address));
    update.add(record(host, 1300, Type.DHCID, client));
    return update;
  }

  private static Update ifTheClientHasIt(String host, String address, String client)
      throws IOException {
    Update update = new Update(ZONE);
    update.present(Name.fromString(host, ZONE));
    update.present(record(host, 0, Type.DHCID, client));
    update.delete(Name.fromString(host, ZONE), Type.A);
    update.add(record(host, 1300, Type.A, address));
    return update;
  }

  @Test
  @Rfc(number = 2136, section = "2.4")
  void kea_givesANameToTheClientThatHasIt_andToNoOther() throws Exception {
    String before = file();
    made(ifNobodyHasIt("pc1", "192.0.2.77", FIRST_CLIENT));
    assertThat(refused(ifNobodyHasIt("pc1", "192.0.2.78", FIRST_CLIENT))).isEqualTo("YXDOMAIN");
    made(ifTheClientHasIt("pc1", "192.0.2.78", FIRST_CLIENT));
    assertThat(primary.client().records("pc1.example.com.", Type.A)).containsExactly("192.0.2.78");

    assertThat(refused(ifNobodyHasIt("pc1", "192.0.2.79", OTHER_CLIENT))).isEqualTo("YXDOMAIN");
    assertThat(refused(ifTheClientHasIt("pc1", "192.0.2.79", OTHER_CLIENT))).isEqualTo("NXRRSET");
    assertThat(refused(ifTheClientHasIt("www", "192.0.2.79", FIRST_CLIENT))).isEqualTo("NXRRSET");

    Update address = new Update(ZONE);
    address.present(record("pc1", 0, Type.DHCID, FIRST_CLIENT));
    address.delete(record("pc1", 0, Type.A, "192.0.2.78"));
    made(address);
    Update rest = new Update(ZONE);
    rest.present(record("pc1", 0, Type.DHCID, FIRST_CLIENT));
    rest.absent(Name.fromString("pc1", ZONE), Type.A);
    rest.absent(Name.fromString("pc1", ZONE), Type.AAAA);
    rest.delete(Name.fromString("pc1", ZONE));
    made(rest);
    assertThat(file()).isEqualTo(before);
  }
}
