package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Type;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.UnavailableZone;

/// The algorithm of an authoritative server, step by step; recursion is never ours to offer.
class Rfc1034Test {
  private static final String SOA = "example. 900 SOA ns1.example. host.example. 1 2 3 4 900";

  private final TestServer server =
      TestServer.serving(
          ZoneText.zone(
              "example.",
              """
              @               3600 SOA   ns1 host 1 2 3 4 900
              @               3600 NS    ns1
              @               3600 NS    ns.elsewhere.test.
              @               3600 MX    10 mail
              ns1             3600 A     192.0.2.1
              ns1             3600 AAAA  2001:db8::1
              mail            3600 A     192.0.2.2
              www             300  CNAME web
              web             60   A     192.0.2.3
              web             60   A     192.0.2.4
              one             60   CNAME two
              two             60   CNAME three
              three           60   TXT   "the end"
              away            60   CNAME www.elsewhere.test.
              broken          60   CNAME gone
              circle1         60   CNAME circle2
              circle2         60   CNAME circle1
              self            60   CNAME self
              across          60   CNAME host.other.
              into            60   CNAME www.cut
              inner           60   CNAME a.inside
              lost            60   CNAME www.unavailable.
              cut             3600 NS    ns.cut
              cut             3600 NS    ns1
              cut             3600 DS    1 8 99 00
              ns.cut          3600 A     192.0.2.5
              www.cut         3600 A     192.0.2.6
              @               3600 MX    20 www.cut
              inside          3600 NS    ns.inside
              ns.inside       3600 A     192.0.2.9
              a.b.deep        60   TXT   "below two empty names"
              """),
          ZoneText.zone(
              "inside.example.",
              """
              @               3600 SOA   ns host 7 2 3 4 600
              @               3600 NS    ns
              ns              3600 A     192.0.2.9
              a               60   A     192.0.2.8
              """),
          ZoneText.zone(
              "other.",
              """
              @               3600 SOA   ns host 9 2 3 4 300
              host            60   A     198.51.100.1
              """),
          new UnavailableZone(WireName.parse("unavailable.")));

  @Nested
  @Rfc(number = 1034, section = "4.3.1")
  class Section4_3_1_QueriesAndResponses {
    @Test
    void recursionIsNeverAvailableAndTheWishForItIsCopied() {
      var query = TestServer.query("web.example.", "A");
      query.getHeader().setFlag(org.xbill.DNS.Flags.RD);

      assertThat(server.ask(query).flags()).isEqualTo("qr aa rd");
      assertThat(server.ask("web.example.", "A").flags()).isEqualTo("qr aa");
    }
  }

  @Nested
  @Rfc(number = 1034, section = "4.3.2")
  class Section4_3_2_Step2_TheNearestZone {
    @Test
    void aNameOutsideOurZonesIsRefused() {
      Reply reply = server.ask("www.elsewhere.test.", "A");

      assertThat(reply.rcode()).isEqualTo("REFUSED");
      assertThat(reply.authoritative()).isFalse();
      assertThat(reply.answer()).isEmpty();
      assertThat(reply.authority()).isEmpty();
      assertThat(reply.additional()).isEmpty();
    }

    @Test
    void theRootIsRefusedWhereWeDoNotHaveIt() {
      assertThat(server.ask(".", "NS").rcode()).isEqualTo("REFUSED");
    }

    @Test
    void theRootZoneAnswersForEveryNameThatNoOtherZoneHas() {
      TestServer root =
          TestServer.serving(
              ZoneText.zone(
                  ".",
                  """
                  .                   3600 SOA a.root.test. host.root.test. 1 2 3 4 900
                  .                   3600 NS  a.root.test.
                  test.               3600 NS  ns.test.
                  a.root.test.        3600 A   192.0.2.1
                  ns.test.            3600 A   192.0.2.2
                  """),
              ZoneText.zone("example.", "@ 3600 SOA ns host 1 2 3 4 900"));

      assertThat(root.ask(".", "SOA").answer()).hasSize(1);
      assertThat(root.ask("nothing.", "A").rcode()).isEqualTo("NXDOMAIN");
      assertThat(root.ask("www.test.", "A").authority()).containsExactly("test. 3600 NS ns.test.");
      assertThat(root.ask("example.", "SOA").answer()).hasSize(1);
    }

    @Test
    @Rfc(number = 8109, section = "4.2")
    void aPrimingResponseCarriesTheAddressesBelowTheCut() {
      TestServer root =
          TestServer.serving(
              ZoneText.zone(
                  ".",
                  """
                  .            3600 SOA a.root.test. host.root.test. 1 2 3 4 900
                  .            3600 NS  a.root.test.
                  test.        3600 NS  ns.elsewhere.
                  a.root.test. 3600 A   192.0.2.1
                  """));

      assertThat(root.ask(".", "NS").additional()).containsExactly("a.root.test. 3600 A 192.0.2.1");
    }

    @Test
    void theZoneWithTheLongestNameAnswers() {
      assertThat(server.ask("a.inside.example.", "A").answer())
          .containsExactly("a.inside.example. 60 A 192.0.2.8");
      assertThat(server.ask("inside.example.", "SOA").answer())
          .containsExactly(
              "inside.example. 3600 SOA ns.inside.example. host.inside.example. 7 2 3 4 600");
    }

    @Test
    void aZoneWithoutGoodDataAnswersServfail() {
      Reply reply = server.ask("www.unavailable.", "A");

      assertThat(reply.rcode()).isEqualTo("SERVFAIL");
      assertThat(reply.authoritative()).isFalse();
    }

    @Test
    void aClassOtherThanInternetIsRefused() {
      assertThat(server.ask(TestServer.query("web.example.", Type.A, DClass.HS)).rcode())
          .isEqualTo("REFUSED");
    }
  }

  @Nested
  @Rfc(number = 1034, section = "4.3.2")
  class Section4_3_2_Step3a_TheWholeNameIsMatched {
    @Test
    void allRecordsOfTheTypeAreTheAnswer() {
      Reply reply = server.ask("web.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.answer())
          .containsExactlyInAnyOrder("web.example. 60 A 192.0.2.3", "web.example. 60 A 192.0.2.4");
      assertThat(reply.authority()).isEmpty();
    }

    @Test
    void theApexOwnsItsSoaAndNameServers() {
      assertThat(server.ask("example.", "SOA").answer())
          .containsExactly("example. 3600 SOA ns1.example. host.example. 1 2 3 4 900");
      Reply reply = server.ask("example.", "NS");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.answer())
          .containsExactlyInAnyOrder(
              "example. 3600 NS ns1.example.", "example. 3600 NS ns.elsewhere.test.");
      assertThat(reply.additional())
          .containsExactlyInAnyOrder(
              "ns1.example. 3600 A 192.0.2.1", "ns1.example. 3600 AAAA 2001:db8:0:0:0:0:0:1");
    }

    @Test
    void addressesOfMailExchangersGoAlongUnlessTheyLieBelowACut() {
      assertThat(server.ask("example.", "MX").additional())
          .containsExactly("mail.example. 3600 A 192.0.2.2");
    }

    @Test
    @Rfc(number = 1034, section = "3.6.2")
    void anAliasIsFollowed() {
      assertThat(server.ask("www.example.", "A").answer())
          .containsExactly(
              "www.example. 300 CNAME web.example.",
              "web.example. 60 A 192.0.2.3",
              "web.example. 60 A 192.0.2.4");
    }

    @Test
    @Rfc(number = 1034, section = "3.6.2")
    void aChainOfAliasesIsFollowed() {
      assertThat(server.ask("one.example.", "TXT").answer())
          .containsExactly(
              "one.example. 60 CNAME two.example.",
              "two.example. 60 CNAME three.example.",
              "three.example. 60 TXT \"the end\"");
    }

    @Test
    void anAliasIsNotFollowedWhenItIsWhatWasAskedFor() {
      assertThat(server.ask("www.example.", "CNAME").answer())
          .containsExactly("www.example. 300 CNAME web.example.");
      assertThat(server.ask("www.example.", "ANY").answer())
          .containsExactly("www.example. 300 CNAME web.example.");
    }

    @Test
    void anAliasThatLeavesOurZonesIsTheWholeAnswer() {
      Reply reply = server.ask("away.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.answer()).containsExactly("away.example. 60 CNAME www.elsewhere.test.");
      assertThat(reply.authority()).isEmpty();
    }

    @Test
    void anAliasIntoAnotherZoneOfOursIsFollowedThere() {
      assertThat(server.ask("across.example.", "A").answer())
          .containsExactly("across.example. 60 CNAME host.other.", "host.other. 60 A 198.51.100.1");
    }

    @Test
    void anAliasIntoAChildZoneOfOursIsFollowedThere() {
      assertThat(server.ask("inner.example.", "A").answer())
          .containsExactly(
              "inner.example. 60 CNAME a.inside.example.", "a.inside.example. 60 A 192.0.2.8");
    }

    @Test
    void theSoaOfANegativeChainIsThatOfTheZoneOfItsEnd() {
      Reply reply = server.ask("across.example.", "TXT");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.authority())
          .containsExactly("other. 300 SOA ns.other. host.other. 9 2 3 4 300");
    }

    @Test
    void anAliasIntoAZoneWithoutGoodDataIsTheWholeAnswer() {
      Reply reply = server.ask("lost.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.answer()).containsExactly("lost.example. 60 CNAME www.unavailable.");
    }

    @Test
    @Rfc(number = 6604, section = "3")
    void theCodeSpeaksOfTheLastNameOfAChain() {
      Reply reply = server.ask("broken.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NXDOMAIN");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.answer()).containsExactly("broken.example. 60 CNAME gone.example.");
      assertThat(reply.authority()).containsExactly(SOA);
    }

    @Test
    void aCircleOfAliasesEndsWhereItCloses() {
      assertThat(server.ask("circle1.example.", "A").answer())
          .containsExactly(
              "circle1.example. 60 CNAME circle2.example.",
              "circle2.example. 60 CNAME circle1.example.");
      assertThat(server.ask("self.example.", "A").answer())
          .containsExactly("self.example. 60 CNAME self.example.");
    }

    @Test
    void aLongChainIsFollowedAsFarAsTheBound() {
      StringBuilder zone = new StringBuilder("@ 3600 SOA ns host 1 2 3 4 900\n");
      for (int i = 0; i < 40; i++) {
        zone.append("c%d 60 CNAME c%d\n".formatted(i, i + 1));
      }
      TestServer chain = TestServer.serving(ZoneText.zone("chain.", zone.toString()));

      Reply reply = chain.ask("c0.chain.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.answer()).hasSize(ReferenceAnswer.MAX_ALIASES + 1);
    }
  }

  @Nested
  @Rfc(number = 1034, section = "4.3.2")
  class Section4_3_2_Step3b_AReferral {
    @Test
    void aNameBelowACutIsReferredToTheChild() {
      assertIsReferralToCut(server.ask("www.cut.example.", "A"));
      assertIsReferralToCut(server.ask("no.such.name.cut.example.", "TXT"));
    }

    @Test
    void theCutItselfIsReferredToTheChild() {
      assertIsReferralToCut(server.ask("cut.example.", "A"));
      assertIsReferralToCut(server.ask("cut.example.", "NS"));
      assertIsReferralToCut(server.ask("cut.example.", "SOA"));
      assertIsReferralToCut(server.ask("cut.example.", "ANY"));
    }

    @Test
    void glueIsNoAnswer() {
      assertIsReferralToCut(server.ask("ns.cut.example.", "A"));
    }

    @Test
    void aReferralBehindAnAliasKeepsTheAliasAuthoritative() {
      Reply reply = server.ask("into.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.answer()).containsExactly("into.example. 60 CNAME www.cut.example.");
      assertThat(reply.authority())
          .containsExactlyInAnyOrder(
              "cut.example. 3600 NS ns.cut.example.", "cut.example. 3600 NS ns1.example.");
    }

    @Test
    @Rfc(number = 4035, section = "3.1.4.1")
    void dsLiesOnTheParentsSideOfACut() {
      Reply reply = server.ask("cut.example.", "DS");

      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.answer()).containsExactly("cut.example. 3600 DS 1 8 99 00");
      assertThat(reply.authority()).isEmpty();
    }

    @Test
    @Rfc(number = 4035, section = "3.1.4.1")
    void dsBelowACutIsTheChildsBusiness() {
      assertIsReferralToCut(server.ask("www.cut.example.", "DS"));
    }

    @Test
    @Rfc(number = 4035, section = "3.1.4.1")
    void dsOfAChildZoneThatIsOursTooIsAnsweredByTheParent() {
      Reply reply = server.ask("inside.example.", "DS");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.answer()).isEmpty();
      assertThat(reply.authority()).containsExactly(SOA);
    }

    @Test
    @Rfc(number = 4035, section = "3.1.4.1")
    void dsOfAnApexWhoseParentIsNotOursIsNodataOfTheChild() {
      Reply reply = server.ask("example.", "DS");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.authority()).containsExactly(SOA);
    }

    private void assertIsReferralToCut(Reply reply) {
      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.authoritative()).isFalse();
      assertThat(reply.answer()).isEmpty();
      assertThat(reply.authority())
          .containsExactlyInAnyOrder(
              "cut.example. 3600 NS ns.cut.example.", "cut.example. 3600 NS ns1.example.");
      assertThat(reply.additional())
          .containsExactly(
              "ns.cut.example. 3600 A 192.0.2.5",
              "ns1.example. 3600 A 192.0.2.1",
              "ns1.example. 3600 AAAA 2001:db8:0:0:0:0:0:1");
    }
  }

  @Nested
  @Rfc(number = 1034, section = "4.3.2")
  class Section4_3_2_Step3c_TheNameDoesNotExist {
    @Test
    void aNameThatIsNotThereIsANameError() {
      Reply reply = server.ask("nothing.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NXDOMAIN");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.authority()).containsExactly(SOA);
    }

    @Test
    @Rfc(number = 8020, section = "2")
    void aNameAboveExistingNamesExists() {
      assertThat(server.ask("deep.example.", "A").rcode()).isEqualTo("NOERROR");
      assertThat(server.ask("b.deep.example.", "A").rcode()).isEqualTo("NOERROR");
      assertThat(server.ask("x.deep.example.", "A").rcode()).isEqualTo("NXDOMAIN");
      assertThat(server.ask("x.a.b.deep.example.", "A").rcode()).isEqualTo("NXDOMAIN");
    }
  }
}
