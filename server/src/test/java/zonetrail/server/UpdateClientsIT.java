package zonetrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Type;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.wire.Rfc;

/// Updates by the clients that people use, and what is in git and in the DNS because of them.
@RequiresTool(
    value = {"sshd", "git", "nsupdate", "knsupdate"},
    debian = "openssh-server git bind9-dnsutils knot-dnsutils")
class UpdateClientsIT extends ClientsOfAPrimary {
  @ParameterizedTest
  @ValueSource(strings = {"udp", "tcp"})
  @Rfc(number = 2136, section = "3")
  void nsupdateAddsARecord_whichIsServedCommittedAndPushed(String transport) throws Exception {
    List<String> options = transport.equals("tcp") ? List.of("-v") : List.of();
    primary.nsupdate(options, "zone example.com", "update add new.example.com 60 A 192.0.2.7");
    assertThat(primary.client().records("new.example.com.", Type.A)).containsExactly("192.0.2.7");
    String log =
        GitRepository.gitIn(
            primary.origin().bare(), "log", "-1", "--format=%an%n%B", GitRepository.BRANCH);
    assertThat(log)
        .startsWith("acme._update.example.com\nexample.com: add new A 192.0.2.7")
        .contains("\nZonetrail-Key: acme._update.example.com.")
        .contains("\nZonetrail-Client: 127.0.0.1")
        .containsPattern("\nZonetrail-Request: [0-9a-f]{32}");
  }

  @Test
  void theDiffOfAnUpdateIsItsLineAndTheSerials() throws Exception {
    primary.nsupdate(List.of(), "zone example.com", "update add new.example.com 300 A 192.0.2.7");
    String diff =
        GitRepository.gitIn(
            primary.origin().bare(), "diff", "-U0", "main~1", "main", "--", "example.com");
    assertThat(diff.lines().filter(line -> line.matches("[-+][^-+].*")))
        .containsExactly(
            "-            2026112801 ; serial",
            "+            2026112802 ; serial",
            "+new     IN A   192.0.2.7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nsupdate", "knsupdate"})
  @Rfc(number = 2136, section = "2.4")
  void aPrerequisiteThatFailsChangesNothing(String program) {
    assertThatThrownBy(() ->
            primary.update(
                program,
                List.of(),
                "zone example.com",
                "prereq nxdomain www.example.com",
                "update add www.example.com 60 A 192.0.2.9"))
        .hasMessageContaining("YXDOMAIN");
    assertThat(primary.remoteFile("example.com")).isEqualTo(PrimaryUnderTest.ZONE.stripTrailing());
  }

  @Test
  void knsupdateDeletesAndReplaces() throws Exception {
    primary.update(
        "knsupdate",
        List.of(),
        "zone example.com",
        "prereq yxrrset www.example.com A",
        "update delete www.example.com A",
        "update add www.example.com 120 A 192.0.2.81");
    assertThat(primary.client().records("www.example.com.", Type.A)).containsExactly("192.0.2.81");
    assertThat(primary.remoteFile("example.com"))
        .contains("192.0.2.81   ; the web")
        .contains("; the zone of an example");
  }
}
