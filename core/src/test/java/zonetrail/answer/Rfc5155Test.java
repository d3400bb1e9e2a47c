package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.answer.SignedExample.dnssecQuery;
import static zonetrail.answer.SignedExample.shape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.utils.base32;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.Nsec3Chain;
import zonetrail.zone.RRset;
import zonetrail.zone.Rdata;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneBuilder;

/// RFC 5155 §7.2 on the zone of its appendix A, whose chain has the bit Opt-Out set.
@Rfc(number = 5155, section = "7.2")
class Rfc5155Test {
  private static final String APEX = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom";
  private static final String NS1 = "2t7b4g4vsa5smi47k61mv5bv1a22bojr";
  private static final String NS2 = "q04jkcevqvmu85r014c7dkba38o0ji5r";
  private static final String A = "35mthgpgcu1qg68fab165klnsnk3dpvl";
  private static final String W = "k8udemvp1j2f7eg6jebps17vp3n8i58h";
  private static final String WILDCARD_W = "r53bq7cc2uvmubfu5ocmm6pers9tk9en";
  private static final String X_W = "b4um86eghhds6nea196smvmlo4ors995";
  private static final String Y_W = "ji6neoaepv8b5o6k4ev33abha8ht9fgc";

  private final TestServer server = TestServer.serving(SignedExample.zone("example-rfc5155.zone"));

  private Reply ask(String qname, String qtype) {
    return server.ask(dnssecQuery(qname, qtype));
  }

  private static void assertProvedBy(Reply reply, String... hashes) {
    List<String> expected = new ArrayList<>(List.of("example. SOA", "example. RRSIG SOA"));
    expected.addAll(records(hashes));
    assertThat(shape(reply, Section.AUTHORITY)).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static List<String> records(String... hashes) {
    List<String> records = new ArrayList<>();
    for (String hash : hashes) {
      records.add(hash + ".example. NSEC3");
      records.add(hash + ".example. RRSIG NSEC3");
    }
    return records;
  }

  @Nested
  @Rfc(number = 5155, section = "B")
  class AppendixB_ExampleResponses {
    @Test
    @Rfc(number = 5155, section = "B.1")
    @Rfc(number = 5155, section = "7.2.1")
    @Rfc(number = 5155, section = "7.2.2")
    void aNameErrorProvesTheClosestEncloserTheNextCloserNameAndTheWildcard() {
      Reply reply = ask("a.c.x.w.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NXDOMAIN");
      assertProvedBy(reply, APEX, X_W, A);
    }

    @Test
    @Rfc(number = 5155, section = "B.2")
    @Rfc(number = 5155, section = "7.2.3")
    void noDataIsProvedByTheRecordOfTheName() {
      Reply reply = ask("ns1.example.", "MX");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertProvedBy(reply, NS1);
    }

    @Test
    @Rfc(number = 5155, section = "B.2.1")
    @Rfc(number = 5155, section = "7.2.3")
    void anEmptyNonTerminalHasARecordOfItsOwn() {
      Reply reply = ask("y.w.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertProvedBy(reply, Y_W);
    }

    @Test
    @Rfc(number = 5155, section = "B.3")
    void aReferralToAnOptOutZoneProvesTheClosestProvableEncloser() {
      Reply reply = ask("mc.c.example.", "MX");
      List<String> expected = new ArrayList<>(List.of("c.example. NS", "c.example. NS"));
      expected.addAll(records(A, APEX));

      assertThat(reply.authoritative()).isFalse();
      assertThat(shape(reply, Section.AUTHORITY)).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(shape(reply, Section.ADDITIONAL))
          .containsExactly("ns1.c.example. A", "ns2.c.example. A");
    }

    @Test
    @Rfc(number = 5155, section = "B.4")
    @Rfc(number = 5155, section = "7.2.6")
    void aWildcardAnswerProvesThatTheNextCloserNameDoesNotExist() {
      Reply reply = ask("a.z.w.example.", "MX");

      assertThat(shape(reply, Section.ANSWER))
          .containsExactly("a.z.w.example. MX", "a.z.w.example. RRSIG MX");
      assertThat(shape(reply, Section.AUTHORITY)).isEqualTo(records(NS2));
      assertThat(shape(reply, Section.ADDITIONAL))
          .containsExactly(
              "ai.example. A", "ai.example. RRSIG A", "ai.example. AAAA", "ai.example. RRSIG AAAA");
    }

    @Test
    @Rfc(number = 5155, section = "B.5")
    @Rfc(number = 5155, section = "7.2.5")
    void aWildcardWithoutTheTypeIsProvedWithItsClosestEncloser() {
      Reply reply = ask("a.z.w.example.", "AAAA");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertProvedBy(reply, W, NS2, WILDCARD_W);
    }

    @Test
    @Rfc(number = 5155, section = "B.6")
    void dsAskedOfTheChildIsNoDataWithTheChildsProof() {
      assertProvedBy(ask("example.", "DS"), APEX);
    }
  }

  @Test
  @Rfc(number = 5155, section = "7.2.4")
  void dsAtAnOptOutDelegationIsNoDataWithTheClosestProvableEncloser() {
    Reply reply = ask("c.example.", "DS");

    assertThat(reply.authoritative()).isTrue();
    assertProvedBy(reply, A, APEX);
  }

  @Test
  @Rfc(number = 5155, section = "7.2.7")
  void aReferralBelowNamesWithoutRecordsProvesTheClosestEncloserThatHasOne() {
    Zone example = SignedExample.zone("example-rfc5155.zone");
    Zone deeper = withDelegation(example, "n.m.l.x.w.example.");
    String nextCloser = coveringHash(example, "l.x.w.example.");

    Reply reply = TestServer.serving(deeper).ask(dnssecQuery("n.m.l.x.w.example.", "A"));

    List<String> expected = new ArrayList<>(List.of("n.m.l.x.w.example. NS"));
    expected.addAll(records(X_W, nextCloser));
    assertThat(shape(reply, Section.AUTHORITY)).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  @Rfc(number = 5155, section = "7.2.5")
  void aWildcardThatOptOutPassedOverIsProvedByTheClosestEncloserThatHasARecord() {
    Zone example = SignedExample.zone("example-rfc5155.zone");
    TestServer passedOver = TestServer.serving(withDelegation(example, "d.*.i.x.w.example."));

    Reply reply = passedOver.ask(dnssecQuery("q.i.x.w.example.", "A"));

    assertThat(reply.rcode()).isEqualTo("NOERROR");
    assertProvedBy(
        reply,
        X_W,
        coveringHash(example, "i.x.w.example."),
        coveringHash(example, "*.x.w.example."));
  }

  /// With the record of `*.w` a validator would see an MX record denied that it can prove.
  @Test
  @Rfc(number = 5155, section = "7.2.5")
  void theRecordOfAnotherWildcardDoesNotGoAlong() {
    Zone example = SignedExample.zone("example-rfc5155.zone");
    TestServer passedOver = TestServer.serving(withDelegation(example, "d.*.l.w.example."));

    Reply reply = passedOver.ask(dnssecQuery("q.l.w.example.", "MX"));

    assertThat(reply.rcode()).isEqualTo("NOERROR");
    assertProvedBy(reply, W, coveringHash(example, "l.w.example."));
  }

  /// The zone with a delegation more, which Opt-Out passes over: its chain is the same.
  private static Zone withDelegation(Zone zone, String cut) {
    ZoneBuilder more = new ZoneBuilder(zone.apex());
    for (Node node : zone.nodes()) {
      for (RRset rrset : node.rrsets()) {
        rrset
            .rdatas()
            .forEach(rdata -> more.add(rrset.owner(), rrset.type(), rrset.ttlSeconds(), rdata));
      }
    }
    more.add(WireName.parse(cut), RRType.NS, 3600, Rdata.of(WireName.parse("ns.other.").toWire()));
    return more.build();
  }

  private static String coveringHash(Zone zone, String name) {
    Nsec3Chain chain = (Nsec3Chain) Objects.requireNonNull(zone.denialChain());
    String owner = chain.covering(WireName.parse(name)).name().toString();
    return owner.substring(0, owner.indexOf('.'));
  }

  /// Its hash is in appendix B.3, and its record would be there without Opt-Out.
  @Test
  @Rfc(number = 5155, section = "7.2.7")
  void aReferralToAnUnsignedZoneThatHasARecordIsProvedByItAlone() {
    String hashOfC = "4g6p9u5gvfshp30pqecj98b3maqbn1ck";
    TestServer full =
        TestServer.serving(
            ZoneText.zone(
                "example.",
                """
                @  60 SOA        ns.other. host.other. 1 2 3 4 60
                @  60 NSEC3PARAM 1 0 12 aabbccdd
                %1$s 60 NSEC3 1 0 12 aabbccdd %2$s SOA NSEC3PARAM
                %2$s 60 NSEC3 1 0 12 aabbccdd %1$s NS
                c  60 NS         ns.other.
                """
                    .formatted(APEX, hashOfC)));

    assertThat(shape(full.ask(dnssecQuery("mc.c.example.", "MX")), Section.AUTHORITY))
        .containsExactly("c.example. NS", hashOfC + ".example. NSEC3");
    assertThat(shape(full.ask(dnssecQuery("c.example.", "DS")), Section.AUTHORITY))
        .containsExactly("example. SOA", hashOfC + ".example. NSEC3");
  }

  @Test
  @Rfc(number = 4035, section = "3.1.4")
  void aReferralToASignedZoneHasItsDsRecordsAndNoProof() {
    assertThat(shape(ask("mc.a.example.", "MX"), Section.AUTHORITY))
        .containsExactly("a.example. NS", "a.example. NS", "a.example. DS", "a.example. RRSIG DS");
  }

  @Nested
  class TheChainOfHashes {
    /// The list at the head of appendix A, without the names that are delegated or hashes.
    @ParameterizedTest
    @CsvSource({
      "example., 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom",
      "ai.example., gjeqe526plbf1g8mklp59enfd789njgi",
      "ns1.example., 2t7b4g4vsa5smi47k61mv5bv1a22bojr",
      "ns2.example., q04jkcevqvmu85r014c7dkba38o0ji5r",
      "w.example., k8udemvp1j2f7eg6jebps17vp3n8i58h",
      "*.w.example., r53bq7cc2uvmubfu5ocmm6pers9tk9en",
      "x.w.example., b4um86eghhds6nea196smvmlo4ors995",
      "y.w.example., ji6neoaepv8b5o6k4ev33abha8ht9fgc",
      "x.y.w.example., 2vptu5timamqttgl4luu9kg21e0aor3s",
      "xx.example., t644ebqk9bibcna874givr6joj62mlhv"
    })
    @Rfc(number = 5155, section = "3")
    @Rfc(number = 5155, section = "5")
    void theRecordOfANameIsOwnedByItsHash(String qname, String hash) {
      assertProvedBy(ask(qname, "TYPE65280"), hash);
    }

    /// What dnsjava makes of the hashes: the name one label longer than its closest encloser, and
    /// the wildcard there, each lie between the owner of a record and its next hash.
    @Test
    @Rfc(number = 5155, section = "7.1")
    @Rfc(number = 5155, section = "7.2.2")
    void aNameThatDoesNotExistIsCoveredByARecord() throws Exception {
      Random random = new Random(5155);
      for (int i = 0; i < 500; i++) {
        String nextCloser = "q" + random.nextInt() + ".example.";
        String qname = (random.nextBoolean() ? "a.b." : "") + nextCloser;
        Reply reply = ask(qname, "A");
        List<NSEC3Record> proof =
            reply.message().getSection(Section.AUTHORITY).stream()
                .filter(NSEC3Record.class::isInstance)
                .map(NSEC3Record.class::cast)
                .toList();

        assertThat(reply.rcode()).isEqualTo("NXDOMAIN");
        for (String covered : List.of(nextCloser, "*.example.")) {
          byte[] hash = proof.getFirst().hashName(Name.fromString(covered));
          assertThat(proof).as(qname).anyMatch(record -> covers(record, hash));
        }
      }
    }

    /// The next hash of the last record is that of the first.
    private static boolean covers(NSEC3Record record, byte[] hash) {
      byte[] owner =
          new base32(base32.Alphabet.BASE32HEX, false, true)
              .fromString(record.getName().getLabelString(0));
      boolean isLast = Arrays.compareUnsigned(owner, record.getNext()) > 0;
      boolean after = Arrays.compareUnsigned(owner, hash) < 0;
      boolean before = Arrays.compareUnsigned(hash, record.getNext()) < 0;
      return isLast ? after || before : after && before;
    }
  }

  @Nested
  class TheParameters {
    private static final String OTHER = "0123456789abcdefghijklmnopqrstuv";

    /// A zone with the records of two chains, whose salts differ in their last octet.
    private static Reply ask(String parameters) {
      Zone zone =
          ZoneText.zone(
              "example.",
              """
              @ 60 SOA ns.other. host.other. 1 2 3 4 60
              %s
              %s 60 NSEC3 1 0 12 aabbccde %s SOA NSEC3PARAM
              %s 60 NSEC3 1 0 12 aabbccdd %s SOA NSEC3PARAM
              %s.x 60 NSEC3 1 0 12 aabbccdd %s SOA NSEC3PARAM
              no-hash 60 NSEC3 1 0 12 aabbccdd %s SOA NSEC3PARAM
              """
                  .formatted(parameters, OTHER, OTHER, APEX, APEX, OTHER, APEX, APEX));
      return TestServer.serving(zone).ask(dnssecQuery("y.example.", "A"));
    }

    @Test
    @Rfc(number = 5155, section = "4")
    void theChainThatTheyDescribeIsUsed() {
      assertThat(shape(ask("@ 60 NSEC3PARAM 1 0 12 aabbccdd"), Section.AUTHORITY))
          .containsExactly("example. SOA", APEX + ".example. NSEC3");
      assertThat(shape(ask("@ 60 NSEC3PARAM 1 0 12 aabbccde"), Section.AUTHORITY))
          .containsExactly("example. SOA", OTHER + ".example. NSEC3");
    }

    @Test
    @Rfc(number = 5155, section = "3")
    void aRecordWhoseOwnerIsNoHashRightBelowTheApexIsNotInTheChain() {
      assertThat(shape(ask("@ 60 NSEC3PARAM 1 0 12 aabbccdd"), Section.AUTHORITY))
          .doesNotContain(OTHER + ".x.example. NSEC3", "no-hash.example. NSEC3");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "@ 60 NSEC3PARAM 1 1 12 aabbccdd",
          "@ 60 NSEC3PARAM 1 128 12 aabbccdd",
          "@ 60 NSEC3PARAM 2 0 12 aabbccdd"
        })
    @Rfc(number = 5155, section = "4.1.2")
    void thoseWithFlagsOrOfAnotherHashAreIgnored(String parameters) {
      assertThat(shape(ask(parameters), Section.AUTHORITY)).containsExactly("example. SOA");
      assertThat(shape(ask(parameters + "\n@ 60 NSEC3PARAM 1 0 12 aabbccde"), Section.AUTHORITY))
          .containsExactly("example. SOA", OTHER + ".example. NSEC3");
    }
  }

  @Nested
  @Rfc(number = 5155, section = "7.2.8")
  class Section7_2_8_QuestionsForHashes {
    @Test
    void theNameOfAnNsec3RecordDoesNotExist() {
      Reply reply = ask(APEX + ".example.", "NSEC3");

      assertThat(reply.rcode()).isEqualTo("NXDOMAIN");
      assertThat(reply.answer()).isEmpty();
    }

    @Test
    void aNameThatHasOtherRecordsTooExists() {
      Reply reply = ask(NS1 + ".example.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(shape(reply, Section.ANSWER))
          .containsExactly(NS1 + ".example. A", NS1 + ".example. RRSIG A");
    }
  }
}
