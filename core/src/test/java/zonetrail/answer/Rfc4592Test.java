package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.Rfc;

/// Wildcards, by the RFC's own example zone.
class Rfc4592Test {
  private static final String SOA = "example. 900 SOA ns.example.com. host.example. 1 2 3 4 900";

  private final TestServer server =
      TestServer.serving(
          ZoneText.zone(
              "example.",
              """
              $ORIGIN example.
              example.                 3600 IN  SOA   ns.example.com. host 1 2 3 4 900
              example.                 3600     NS    ns.example.com.
              example.                 3600     NS    ns.example.net.
              *.example.               3600     TXT   "this is a wildcard"
              *.example.               3600     MX    10 host1.example.
              sub.*.example.           3600     TXT   "this is not a wildcard"
              host1.example.           3600     A     192.0.2.1
              _ssh._tcp.host1.example. 3600     SRV   0 0 22 host1
              _ssh._tcp.host2.example. 3600     SRV   0 0 22 host1
              subdel.example.          3600     NS    ns.example.com.
              subdel.example.          3600     NS    ns.example.net.
              """));

  @Nested
  @Rfc(number = 4592, section = "2.2.1")
  class Section2_2_1_AnExample {
    @Test
    void theSourceOfSynthesisLendsItsRecordsToTheNameAsked() {
      Reply reply = server.ask("host3.example.", "MX");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.answer()).containsExactly("host3.example. 3600 MX 10 host1.example.");
      assertThat(reply.additional()).containsExactly("host1.example. 3600 A 192.0.2.1");
    }

    @Test
    void aTypeThatTheWildcardDoesNotOwnIsNodata() {
      assertIsNodata(server.ask("host3.example.", "A"));
    }

    @Test
    void aWildcardMatchesMoreThanOneLabel() {
      assertThat(server.ask("foo.bar.example.", "TXT").answer())
          .containsExactly("foo.bar.example. 3600 TXT \"this is a wildcard\"");
    }

    @Test
    void anExistingNameIsNotSynthesised() {
      assertIsNodata(server.ask("host1.example.", "MX"));
    }

    @Test
    void aNameBelowTheWildcardThatExistsIsNotSynthesised() {
      assertIsNodata(server.ask("sub.*.example.", "MX"));
    }

    @Test
    void anEmptyNonTerminalIsTheClosestEncloserAndStopsTheWildcard() {
      assertIsNxdomain(server.ask("_telnet._tcp.host1.example.", "SRV"));
    }

    @Test
    void aZoneCutStopsTheWildcard() {
      Reply reply = server.ask("host.subdel.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.authoritative()).isFalse();
      assertThat(reply.answer()).isEmpty();
      assertThat(reply.authority())
          .containsExactlyInAnyOrder(
              "subdel.example. 3600 NS ns.example.com.", "subdel.example. 3600 NS ns.example.net.");
    }

    @Test
    void aWildcardDoesNotMatchBelowItself() {
      assertIsNxdomain(server.ask("ghost.*.example.", "MX"));
    }
  }

  @Nested
  @Rfc(number = 4592, section = "2.2.2")
  class Section2_2_2_EmptyNonTerminals {
    @Test
    void anEmptyNonTerminalExistsWithoutData() {
      assertIsNodata(server.ask("_tcp.host1.example.", "SRV"));
      assertIsNodata(server.ask("host2.example.", "TXT"));
    }

    @Test
    void anEmptyNonTerminalHasNothingForAny() {
      assertIsNodata(server.ask("_tcp.host1.example.", "ANY"));
    }

    @Test
    @Rfc(number = 4592, section = "4.9")
    void aWildcardThatIsAnEmptyNonTerminalSynthesisesNodata() {
      TestServer empty =
          TestServer.serving(
              ZoneText.zone(
                  "example.",
                  """
                  @       3600 SOA ns.example.com. host 1 2 3 4 900
                  below.* 3600 TXT "the wildcard itself owns nothing"
                  """));

      assertIsNodata(empty.ask("any.example.", "TXT"));
      assertIsNodata(empty.ask("*.example.", "TXT"));
    }
  }

  @Nested
  @Rfc(number = 4592, section = "2.3")
  class Section2_3_AWildcardIsAlsoAName {
    @Test
    void aQuestionForTheWildcardItselfIsAnsweredLikeAnyOther() {
      assertThat(server.ask("*.example.", "TXT").answer())
          .containsExactly("*.example. 3600 TXT \"this is a wildcard\"");
    }

    @Test
    void anAsteriskElsewhereInANameIsAnOrdinaryLabel() {
      assertThat(server.ask("sub.*.example.", "TXT").answer())
          .containsExactly("sub.*.example. 3600 TXT \"this is not a wildcard\"");
    }
  }

  @Nested
  @Rfc(number = 4592, section = "3.3.1")
  class Section3_3_1_ClosestEncloserAndSourceOfSynthesis {
    /// The chart of section 3.3.2, in which the one source of synthesis is `*.example.`.
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
      "host3.example., source",
      "_telnet._tcp.host1.example., no source",
      "_dns._udp.host2.example., no source",
      "_telnet._tcp.host3.example., source",
      "_chat._udp.host3.example., source",
      "foobar.*.example., no source"
    })
    @Rfc(number = 4592, section = "3.3.2")
    void onlyAWildcardRightBelowTheClosestEncloserIsASource(String qname, String source) {
      Reply reply = server.ask(qname, "TXT");

      if (source.equals("source")) {
        assertThat(reply.answer()).containsExactly(qname + " 3600 TXT \"this is a wildcard\"");
      } else {
        assertIsNxdomain(reply);
      }
    }
  }

  @Nested
  @Rfc(number = 4592, section = "4.3")
  class Section4_3_CnameAtAWildcard {
    private final TestServer types =
        TestServer.serving(
            ZoneText.zone(
                "example.",
                """
                @             3600 SOA   ns.example.com. host 1 2 3 4 900
                www           60   A     192.0.2.7
                *.alias       300  CNAME www
                *.loop        300  CNAME a.loop
                """));

    @Test
    void aWildcardCnameIsFollowed() {
      assertThat(types.ask("x.y.alias.example.", "A").answer())
          .containsExactly(
              "x.y.alias.example. 300 CNAME www.example.", "www.example. 60 A 192.0.2.7");
    }

    @Test
    void aWildcardCnameThatMatchesItsOwnTargetEndsTheChain() {
      Reply reply = types.ask("b.loop.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.answer())
          .containsExactly(
              "b.loop.example. 300 CNAME a.loop.example.",
              "a.loop.example. 300 CNAME a.loop.example.");
    }
  }

  /// The owner of such a record is no wildcard, but a name below one.
  @Test
  @Rfc(number = 4592, section = "4.5")
  void anSrvRecordBelowAWildcardIsNotSynthesised() {
    TestServer services =
        TestServer.serving(
            ZoneText.zone(
                "example.",
                """
                @           3600  SOA ns.example.com. host 1 2 3 4 900
                *           3600  TXT "the source of synthesis"
                _foo._udp.* 10800 SRV 0 1 9 old-slow-box
                """));

    assertIsNodata(services.ask("_foo._udp.bar.example.", "SRV"));
    assertThat(services.ask("_foo._udp.*.example.", "SRV").answer())
        .containsExactly("_foo._udp.*.example. 10800 SRV 0 1 9 old-slow-box.example.");
  }

  private static void assertIsNodata(Reply reply) {
    assertThat(reply.rcode()).isEqualTo("NOERROR");
    assertThat(reply.authoritative()).isTrue();
    assertThat(reply.answer()).isEmpty();
    assertThat(reply.authority()).containsExactly(SOA);
  }

  private static void assertIsNxdomain(Reply reply) {
    assertThat(reply.rcode()).isEqualTo("NXDOMAIN");
    assertThat(reply.authoritative()).isTrue();
    assertThat(reply.answer()).isEmpty();
    assertThat(reply.authority()).containsExactly(SOA);
  }
}
