package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// ZONEVERSION: which version of a zone an answer is from.
class Rfc9660Test {
  private static final int ZONEVERSION = 19;
  private static final EDNSOption EMPTY = new GenericEDNSOption(ZONEVERSION, new byte[0]);

  private static final Zone PARENT =
      ZoneText.zone(
          "example.",
          """
          @         300 SOA   ns h 258 3600 900 604800 60
          @         300 NS    ns
          ns        300 A     192.0.2.53
          www       300 A     192.0.2.1
          *.wild    300 TXT   "w"
          alias     300 CNAME www.child
          away      300 CNAME www.elsewhere.
          dead      300 CNAME nothing.other.
          cut       300 NS    ns.cut
          child     300 NS    ns.child
          child     300 DS    1 8 2 %s
          """
              .formatted("ab".repeat(32)));

  private static final Zone CHILD =
      ZoneText.zone(
          "child.example.",
          """
          @   300 SOA ns h 4294967295 3600 900 604800 60
          @   300 NS  ns
          ns  300 A   192.0.2.54
          www 300 A   192.0.2.2
          """);

  private static final Zone OTHER =
      ZoneText.zone("other.", "@ 300 SOA ns h 7 3600 900 604800 60\n@ 300 NS ns.example.\n");

  private static final TestServer SERVER =
      TestServer.serving(
          Zones.of(List.of(PARENT, CHILD, OTHER, new UnavailableZone(WireName.parse("broken.")))));

  private static Message query(String name, String type, EDNSOption... options) {
    Message query = TestServer.query(name, type);
    query.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(options)), Section.ADDITIONAL);
    return query;
  }

  private static List<String> versions(Reply reply) {
    List<String> versions = new ArrayList<>();
    for (EDNSOption option : reply.message().getOPT().getOptions(ZONEVERSION)) {
      byte[] wire = option.toWire();
      versions.add(HexFormat.of().formatHex(wire, 4, wire.length));
    }
    return versions;
  }

  @Nested
  @Rfc(number = 9660, section = "3.1")
  class Section3_1_Initiators {
    @Test
    void whoDoesNotAskDoesNotGetIt() {
      assertThat(versions(SERVER.ask(query("www.example.", "A")))).isEmpty();
      assertThat(SERVER.ask("www.example.", "A").message().getOPT()).isNull();
    }

    @Test
    void aQuestionForItHasNoContent() {
      EDNSOption version = new GenericEDNSOption(ZONEVERSION, new byte[] {1, 0, 0, 0, 0, 1});

      Reply reply = SERVER.ask(query("www.example.", "A", version));

      assertThat(reply.rcode()).isEqualTo("FORMERR");
      assertThat(reply.answer()).isEmpty();
      assertThat(versions(reply)).isEmpty();
    }

    @Test
    void whoAsksTwiceGetsItOnce() {
      assertThat(versions(SERVER.ask(query("www.example.", "A", EMPTY, EMPTY))))
          .containsExactly("010000000102");
    }
  }

  @Nested
  @Rfc(number = 9660, section = "3.2")
  @Rfc(number = 9660, section = "4")
  class Section3_2_Responders {
    @ParameterizedTest
    @CsvSource({
      "www.example.,           A,    NOERROR,  010000000102",
      "WWW.Example.,           A,    NOERROR,  010000000102",
      "www.example.,           MX,   NOERROR,  010000000102",
      "nothing.example.,       A,    NXDOMAIN, 010000000102",
      "x.y.wild.example.,      TXT,  NOERROR,  010000000102",
      "example.,               ANY,  NOERROR,  010000000102",
      "www.child.example.,     A,    NOERROR,  0200ffffffff",
      "a.b.c.child.example.,   A,    NXDOMAIN, 0200ffffffff",
      "child.example.,         SOA,  NOERROR,  0200ffffffff",
    })
    void itIsThatOfTheZoneTheAnswerIsFrom(String name, String type, String rcode, String version) {
      Reply reply = SERVER.ask(query(name, type, EMPTY));

      assertThat(reply.rcode()).isEqualTo(rcode);
      assertThat(versions(reply)).containsExactly(version);
    }

    @Test
    void ofAReferralItIsThatOfTheZoneWhichRefers() {
      Reply reply = SERVER.ask(query("a.b.cut.example.", "A", EMPTY));

      assertThat(reply.authoritative()).isFalse();
      assertThat(versions(reply)).containsExactly("010000000102");
    }

    @Test
    void forDsAtACutItIsThatOfTheParent() {
      assertThat(versions(SERVER.ask(query("child.example.", "DS", EMPTY))))
          .containsExactly("010000000102");
    }

    @ParameterizedTest
    @CsvSource({"alias.example.", "away.example.", "dead.example."})
    void ofAChainItIsThatOfTheNameAskedFor(String name) {
      assertThat(versions(SERVER.ask(query(name, "A", EMPTY)))).containsExactly("010000000102");
    }

    @Test
    void theRootZoneHasNoLabels() {
      TestServer root = TestServer.serving(ZoneText.zone(".", ". 300 SOA ns. h. 1 2 3 4 60\n"));

      assertThat(versions(root.ask(query("www.example.", "A", EMPTY))))
          .containsExactly("000000000001");
      assertThat(versions(root.ask(query(".", "SOA", EMPTY)))).containsExactly("000000000001");
    }

    @ParameterizedTest
    @CsvSource({"www.elsewhere., REFUSED", "broken., SERVFAIL"})
    void ofAZoneThatIsNotServedThereIsNone(String name, String rcode) {
      Reply reply = SERVER.ask(query(name, "A", EMPTY));

      assertThat(reply.rcode()).isEqualTo(rcode);
      assertThat(versions(reply)).isEmpty();
    }
  }

  /// What does not fit beside it is truncated, and a message is never longer for it.
  @Test
  void itCountsTowardsTheSizeOfTheResponse() {
    Message query = TestServer.query("alias.example.", "A");
    query.addRecord(new OPTRecord(512, 0, 0, ExtendedFlags.DO, List.of(EMPTY)), Section.ADDITIONAL);
    int whole = SERVER.ask(query).size();

    Reply fits = SERVER.askOverUdp(query, whole);
    Reply short1 = SERVER.askOverUdp(query, whole - 1);

    assertThat(fits.truncated()).isFalse();
    assertThat(fits.size()).isEqualTo(whole);
    assertThat(short1.truncated()).isTrue();
    assertThat(versions(short1)).containsExactly("010000000102");
    assertThat(short1.size()).isLessThan(whole);
  }
}
