package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.answer.SignedExample.dnssecQuery;
import static zonetrail.answer.SignedExample.shape;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.Rfc;
import zonetrail.zone.Zone;

/// RFC 4035 §3.1 on the zone of its appendix A: authoritative answers to clients that set DO. The
/// first class goes through appendix B; what it shows of the NS RRset beside an answer is optional,
/// and we leave it away.
@Rfc(number = 4035, section = "3.1")
class Rfc4035Test {
  private static final Zone ZONE = SignedExample.zone("example-rfc4035.zone");
  private static final String SOA = "example. SOA";
  private static final String SOA_SIGNATURE = "example. RRSIG SOA";

  private final TestServer server = TestServer.serving(ZONE);

  private Reply ask(String qname, String qtype) {
    return server.ask(dnssecQuery(qname, qtype));
  }

  @Nested
  @Rfc(number = 4035, section = "B")
  class AppendixB_ExampleResponses {
    @Test
    @Rfc(number = 4035, section = "B.1")
    void anAnswerComesWithItsSignaturesAndThoseOfTheAddressesBesideIt() {
      Reply reply = ask("x.w.example.", "MX");

      assertThat(shape(reply, Section.ANSWER))
          .containsExactly("x.w.example. MX", "x.w.example. RRSIG MX");
      assertThat(shape(reply, Section.AUTHORITY)).isEmpty();
      assertThat(shape(reply, Section.ADDITIONAL))
          .containsExactly(
              "xx.example. A", "xx.example. RRSIG A", "xx.example. AAAA", "xx.example. RRSIG AAAA");
    }

    @Test
    @Rfc(number = 4035, section = "B.2")
    @Rfc(number = 4035, section = "3.1.3.2")
    void aNameErrorIsProvedForTheNameAndForTheWildcard() {
      Reply reply = ask("ml.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NXDOMAIN");
      assertThat(shape(reply, Section.AUTHORITY))
          .containsExactly(
              SOA,
              SOA_SIGNATURE,
              "b.example. NSEC",
              "b.example. RRSIG NSEC",
              "example. NSEC",
              "example. RRSIG NSEC");
    }

    @Test
    @Rfc(number = 4035, section = "B.3")
    void noDataIsProvedByTheNsecRecordOfTheName() {
      Reply reply = ask("ns1.example.", "MX");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(shape(reply, Section.AUTHORITY))
          .containsExactly(SOA, SOA_SIGNATURE, "ns1.example. NSEC", "ns1.example. RRSIG NSEC");
    }

    @Test
    @Rfc(number = 4035, section = "B.4")
    @Rfc(number = 4035, section = "3.1.4")
    void aReferralToASignedZoneHasItsDsRecords() {
      Reply reply = ask("mc.a.example.", "MX");

      assertThat(reply.authoritative()).isFalse();
      assertThat(shape(reply, Section.AUTHORITY))
          .containsExactly(
              "a.example. NS", "a.example. NS", "a.example. DS", "a.example. RRSIG DS");
      assertThat(shape(reply, Section.ADDITIONAL))
          .containsExactly("ns1.a.example. A", "ns2.a.example. A");
    }

    @Test
    @Rfc(number = 4035, section = "B.5")
    @Rfc(number = 4035, section = "3.1.4")
    void aReferralToAnUnsignedZoneProvesThatThereIsNoDs() {
      Reply reply = ask("mc.b.example.", "MX");

      assertThat(reply.authoritative()).isFalse();
      assertThat(shape(reply, Section.AUTHORITY))
          .containsExactly(
              "b.example. NS", "b.example. NS", "b.example. NSEC", "b.example. RRSIG NSEC");
      assertThat(shape(reply, Section.ADDITIONAL))
          .containsExactly("ns1.b.example. A", "ns2.b.example. A");
    }

    @Test
    @Rfc(number = 4035, section = "B.6")
    void aWildcardAnswerProvesThatNothingIsCloser() {
      Reply reply = ask("a.z.w.example.", "MX");

      assertThat(shape(reply, Section.ANSWER))
          .containsExactly("a.z.w.example. MX", "a.z.w.example. RRSIG MX");
      assertThat(shape(reply, Section.AUTHORITY))
          .containsExactly("x.y.w.example. NSEC", "x.y.w.example. RRSIG NSEC");
      assertThat(labelsOfTheFirstSignature(reply)).isEqualTo(2);
    }

    private static int labelsOfTheFirstSignature(Reply reply) {
      return reply.message().getSection(Section.ANSWER).stream()
          .filter(RRSIGRecord.class::isInstance)
          .map(RRSIGRecord.class::cast)
          .findFirst()
          .orElseThrow()
          .getLabels();
    }

    @Test
    @Rfc(number = 4035, section = "B.7")
    @Rfc(number = 4035, section = "3.1.3.4")
    void aWildcardWithoutTheTypeIsProvedForTheNameAndForTheWildcard() {
      Reply reply = ask("a.z.w.example.", "AAAA");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(shape(reply, Section.ANSWER)).isEmpty();
      assertThat(shape(reply, Section.AUTHORITY))
          .containsExactlyInAnyOrder(
              SOA,
              SOA_SIGNATURE,
              "x.y.w.example. NSEC",
              "x.y.w.example. RRSIG NSEC",
              "*.w.example. NSEC",
              "*.w.example. RRSIG NSEC");
    }

    @Test
    @Rfc(number = 4035, section = "B.8")
    void dsAskedOfTheChildIsNoDataWithTheChildsProof() {
      Reply reply = ask("example.", "DS");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(shape(reply, Section.AUTHORITY))
          .containsExactly(SOA, SOA_SIGNATURE, "example. NSEC", "example. RRSIG NSEC");
    }
  }

  @Nested
  @Rfc(number = 4035, section = "3.1.1")
  class Section3_1_1_Signatures {
    @Test
    @Rfc(number = 4035, section = "3.2.1")
    void withoutDoTheAnswerIsAsFromAnUnsignedZone() {
      Reply answer = server.ask("x.w.example.", "MX");
      Reply negative = server.ask("ml.example.", "A");
      Reply referral = server.ask("mc.a.example.", "MX");

      assertThat(shape(answer, Section.ANSWER)).containsExactly("x.w.example. MX");
      assertThat(shape(negative, Section.AUTHORITY)).containsExactly(SOA);
      assertThat(shape(referral, Section.AUTHORITY))
          .containsExactly("a.example. NS", "a.example. NS");
    }

    @Test
    void withoutDoTheRecordsOfDnssecAreThereForWhoAsksForThem() {
      assertThat(shape(server.ask("ns1.example.", "NSEC"), Section.ANSWER))
          .containsExactly("ns1.example. NSEC");
      assertThat(shape(server.ask("example.", "DNSKEY"), Section.ANSWER))
          .containsExactly("example. DNSKEY", "example. DNSKEY");
    }

    @Test
    void anRrsetThatDoesNotFitWithItsSignaturesIsCutOffWhole() {
      Message query = dnssecQuery("example.", "DNSKEY");
      Reply reply = server.askOverUdp(query, 512);

      assertThat(reply.truncated()).isTrue();
      assertThat(shape(reply, Section.ANSWER)).isEmpty();
    }

    @Test
    void addressesGoAlongWithoutSignaturesWhereThereIsNoRoomForThem() {
      int whole = ask("x.w.example.", "MX").size();

      Reply reply = server.askOverUdp(dnssecQuery("x.w.example.", "MX"), whole - 1);

      assertThat(reply.truncated()).isFalse();
      assertThat(shape(reply, Section.ADDITIONAL))
          .containsExactly("xx.example. A", "xx.example. RRSIG A", "xx.example. AAAA");
    }

    @Test
    @Rfc(number = 4035, section = "3.1.3")
    void aProofThatDoesNotFitLeavesTcBehind() {
      int whole = ask("ml.example.", "A").size();

      assertThat(server.askOverUdp(dnssecQuery("ml.example.", "A"), whole).truncated()).isFalse();
      assertThat(server.askOverUdp(dnssecQuery("ml.example.", "A"), whole - 1).truncated())
          .isTrue();
    }

    @Test
    @Rfc(number = 4034, section = "3")
    @Rfc(number = 2308, section = "3")
    void signaturesHaveTheTtlOfWhatTheySign() {
      Zone zone =
          ZoneText.zone(
              "ttl.",
              """
              @    3600 SOA   ns host 1 2 3 4 300
              @    3600 RRSIG SOA 13 1 3600 20300101000000 20200101000000 1 ttl. AAAA
              @    3600 NS    ns.elsewhere.
              @    60   A     192.0.2.1
              @    60   RRSIG A   13 1 60 20300101000000 20200101000000 1 ttl. AAAA
              """);
      TestServer ttl = TestServer.serving(zone);

      assertThat(ttls(ttl.ask(dnssecQuery("ttl.", "A")), Section.ANSWER)).containsExactly(60L, 60L);
      assertThat(ttls(ttl.ask(dnssecQuery("ttl.", "MX")), Section.AUTHORITY))
          .containsExactly(300L, 300L);
    }

    private static List<Long> ttls(Reply reply, int section) {
      return reply.message().getSection(section).stream().map(Record::getTTL).toList();
    }

    @Test
    @Rfc(number = 4035, section = "2.2")
    @Rfc(number = 4034, section = "3.1.1")
    void anRrsetComesWithAllSignaturesThatCoverItsTypeAndNoOther() {
      Zone zone =
          ZoneText.zone(
              "two.",
              """
              @ 60 SOA   ns.elsewhere. host 1 2 3 4 60
              @ 60 NS    ns.elsewhere.
              @ 60 A     192.0.2.1
              @ 60 AAAA  2001:db8::1
              @ 60 RRSIG AAAA 13 1 60 20300101000000 20200101000000 1 two. AAAA
              @ 60 RRSIG A    13 1 60 20300101000000 20200101000000 1 two. AAAA
              @ 60 RRSIG NS   13 1 60 20300101000000 20200101000000 1 two. AAAA
              @ 60 RRSIG A    8  1 60 20300101000000 20200101000000 2 two. AAAA
              """);

      Reply reply = TestServer.serving(zone).ask(dnssecQuery("two.", "A"));

      assertThat(shape(reply, Section.ANSWER))
          .containsExactly("two. A", "two. RRSIG A", "two. RRSIG A");
    }

    @Test
    @Rfc(number = 8482, section = "4.1")
    void aQuestionForSignaturesIsAnsweredWithThoseOverOneType() {
      assertThat(shape(ask("x.w.example.", "RRSIG"), Section.ANSWER))
          .containsExactly("x.w.example. RRSIG MX");
    }
  }

  @Nested
  @Rfc(number = 4035, section = "2.5")
  class Section2_5_Aliases {
    private final TestServer aliases =
        TestServer.serving(
            ZoneText.zone(
                "alias.",
                """
                @    60 SOA   ns.elsewhere. host 1 2 3 4 60
                @    60 NS    ns.elsewhere.
                @    60 NSEC  a.alias. NS SOA NSEC
                a    60 CNAME b
                a    60 NSEC  b.alias. CNAME NSEC
                b    60 A     192.0.2.1
                b    60 NSEC  alias. A NSEC
                """));

    @Test
    void theNsecRecordOfAnAliasIsItsOwn() {
      assertThat(shape(aliases.ask("a.alias.", "NSEC"), Section.ANSWER))
          .containsExactly("a.alias. NSEC");
    }

    @Test
    @Rfc(number = 6840, section = "4.3")
    void aTypeThatTheAliasDoesNotHaveIsLookedForAtItsTarget() {
      assertThat(shape(aliases.ask(dnssecQuery("a.alias.", "RRSIG")), Section.ANSWER))
          .containsExactly("a.alias. CNAME");
    }
  }

  @Nested
  @Rfc(number = 4035, section = "3.1.4.1")
  class Section3_1_4_1_DsQueries {
    @Test
    void dsAtACutIsAnsweredByTheParent() {
      Reply reply = ask("a.example.", "DS");

      assertThat(reply.authoritative()).isTrue();
      assertThat(shape(reply, Section.ANSWER))
          .containsExactly("a.example. DS", "a.example. RRSIG DS");
    }

    @Test
    void noDsAtACutIsNoDataWithTheParentsProof() {
      Reply reply = ask("b.example.", "DS");

      assertThat(reply.authoritative()).isTrue();
      assertThat(shape(reply, Section.AUTHORITY))
          .containsExactly(SOA, SOA_SIGNATURE, "b.example. NSEC", "b.example. RRSIG NSEC");
    }
  }

  @Nested
  class Section3_1_4_DsInReferrals {
    @ParameterizedTest
    @CsvSource({"mc.a.example., a.example. DS", "mc.b.example., b.example. NSEC"})
    @Rfc(number = 4035, section = "3.1.4")
    void whatIsNeededOfDsAndDoesNotFitSetsTc(String qname, String needed) {
      int whole = ask(qname, "A").size();
      int truncated = 0;
      for (int limit = 64; limit < whole; limit++) {
        Reply reply = server.askOverUdp(dnssecQuery(qname, "A"), limit);
        List<String> authority = shape(reply, Section.AUTHORITY);
        assertThat(reply.truncated() || authority.contains(needed)).as("limit " + limit).isTrue();
        truncated += authority.contains(needed) ? 0 : 1;
      }

      assertThat(truncated).isPositive();
    }
  }

  @Nested
  class TheNsecChain {
    /// Names below the apex, most of which do not exist.
    private static String anyName(Random random) {
      StringBuilder name = new StringBuilder();
      for (int labels = 1 + random.nextInt(3); labels > 0; labels--) {
        name.append("*abmnwxyz1".charAt(random.nextInt(10)));
        name.append(random.nextBoolean() ? "." : "\\" + (200 + random.nextInt(56)) + ".");
      }
      return name + (random.nextBoolean() ? "example." : "w.example.");
    }

    @Test
    @Rfc(number = 4034, section = "4.1.1")
    @Rfc(number = 4035, section = "3.1.3.2")
    void aNameThatDoesNotExistLiesBetweenTheOwnerOfARecordAndItsNextName() {
      Random random = new Random(4034);
      int nameErrors = 0;
      for (int i = 0; i < 2_000; i++) {
        Reply reply = ask(anyName(random), "A");
        if (reply.rcode().equals("NXDOMAIN")) {
          nameErrors++;
          Name qname = reply.message().getQuestion().getName();
          assertThat(reply.message().getSection(Section.AUTHORITY))
              .as(qname.toString())
              .anyMatch(record -> record instanceof NSECRecord nsec && covers(nsec, qname));
        }
      }

      assertThat(nameErrors).isGreaterThan(500);
    }

    /// The next name of the last record is the apex.
    private static boolean covers(NSECRecord nsec, Name name) {
      return nsec.getName().compareTo(name) < 0
          && (name.compareTo(nsec.getNext()) < 0 || nsec.getNext().labels() == 2);
    }

    @Test
    @Rfc(number = 4035, section = "3.1.3.2")
    @Rfc(number = 4035, section = "3.1.3.4")
    void aRecordThatProvesTwoThingsIsSaidOnce() {
      TestServer small =
          TestServer.serving(
              ZoneText.zone(
                  "small.",
                  """
                  @     60 SOA   ns.elsewhere. host 1 2 3 4 60
                  @     60 NS    ns.elsewhere.
                  @     60 NSEC  *.m.small. NS SOA NSEC
                  *.m   60 A     192.0.2.1
                  *.m   60 NSEC  small. A NSEC
                  """));

      Reply nameError = small.ask(dnssecQuery("a.small.", "A"));
      Reply wildcardNoData = small.ask(dnssecQuery("x.m.small.", "MX"));

      assertThat(nameError.rcode()).isEqualTo("NXDOMAIN");
      assertThat(shape(nameError, Section.AUTHORITY)).containsExactly("small. SOA", "small. NSEC");
      assertThat(shape(wildcardNoData, Section.AUTHORITY))
          .containsExactly("small. SOA", "*.m.small. NSEC");
    }
  }

  @Test
  @Rfc(number = 4035, section = "3.1.3.1")
  void anEmptyNonTerminalIsProvedByTheRecordBeforeIt() {
    Reply reply = ask("y.w.example.", "A");

    assertThat(reply.rcode()).isEqualTo("NOERROR");
    assertThat(shape(reply, Section.AUTHORITY))
        .containsExactly(SOA, SOA_SIGNATURE, "x.w.example. NSEC", "x.w.example. RRSIG NSEC");
  }

  @Test
  @Rfc(number = 4035, section = "3.1.3.3")
  void aWildcardInFrontOfANameThatGetsTooLongHasItsProof() {
    String label = "t".repeat(63) + ".";
    Zone zone =
        ZoneText.zone(
            "example.",
            "@ 60 SOA ns.other. host.other. 1 2 3 4 60\n"
                + "@ 60 NSEC *.w.example. SOA NSEC\n"
                + ("*.w 60 CNAME " + label + "d.example.\n")
                + "*.w 60 NSEC d.example. CNAME NSEC\n"
                + ("d 60 DNAME " + label.repeat(3) + "\n")
                + "d 60 NSEC example. DNAME NSEC\n");

    Reply reply = TestServer.serving(zone).ask(dnssecQuery("x.w.example.", "A"));

    assertThat(reply.rcode()).isEqualTo("YXDOMAIN");
    assertThat(shape(reply, Section.AUTHORITY)).containsExactly("*.w.example. NSEC");
  }

  @Test
  @Rfc(number = 4035, section = "3.1.3.3")
  void everyWildcardInAChainOfAliasesHasItsProof() {
    Zone zone =
        ZoneText.zone(
            "chain.",
            """
            @     60 SOA   ns.elsewhere. host 1 2 3 4 60
            @     60 NS    ns.elsewhere.
            @     60 NSEC  *.a.chain. NS SOA NSEC
            *.a   60 CNAME x.b
            *.a   60 NSEC  *.b.chain. CNAME NSEC
            *.b   60 A     192.0.2.1
            *.b   60 NSEC  chain. A NSEC
            """);
    Reply reply = TestServer.serving(zone).ask(dnssecQuery("x.a.chain.", "A"));

    assertThat(shape(reply, Section.ANSWER)).containsExactly("x.a.chain. CNAME", "x.b.chain. A");
    assertThat(shape(reply, Section.AUTHORITY))
        .isEqualTo(List.of("*.a.chain. NSEC", "*.b.chain. NSEC"));
  }
}
