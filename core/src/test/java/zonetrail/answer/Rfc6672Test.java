package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Section;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.Rfc;
import zonetrail.zone.Zone;

/// DNAME: the redirection of a subtree.
class Rfc6672Test {
  private static final String LONG_LABEL = "x".repeat(63);

  private static TestServer serving(String apex, String records) {
    return TestServer.serving(ZoneText.zone(apex, "@ 3600 SOA ns host 1 2 3 4 900\n" + records));
  }

  @Nested
  @Rfc(number = 6672, section = "2.2")
  class Section2_2_TheDnameSubstitution {
    /// Table 1 of the section, the rows that match.
    @ParameterizedTest(name = "{0} by {1} DNAME {2} is {3}")
    @CsvSource({
      "a.example.com.,   example.com.,   example.net.,   a.example.net.",
      "a.b.example.com., example.com.,   example.net.,   a.b.example.net.",
      "foo.example.com., example.com.,   example.net.,   foo.example.net.",
      "a.x.example.com., x.example.com., example.net.,   a.example.net.",
      "a.example.com.,   example.com.,   y.example.net., a.y.example.net.",
      "cyc.example.com., example.com.,   example.com.,   cyc.example.com.",
      "cyc.example.com., example.com.,   c.example.com., cyc.c.example.com.",
      "shortloop.x.x.,   x.,             .,              shortloop.x.",
      "shortloop.x.,     x.,             .,              shortloop.",
    })
    void thePartBelowTheOwnerIsPutInFrontOfTheTarget(
        String qname, String owner, String target, String result) {
      TestServer server = serving(owner, "%s 300 DNAME %s".formatted(owner, target));

      Reply reply = server.ask(qname, "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.answer())
          .startsWith(
              "%s 300 DNAME %s".formatted(owner, target),
              "%s 300 CNAME %s".formatted(qname, result));
    }

    @Test
    void onlyWholeLabelsMatch() {
      TestServer server = serving("example.com.", "b.example.com. 300 DNAME example.net.");

      assertThat(server.ask("ab.example.com.", "A").rcode()).isEqualTo("NXDOMAIN");
      assertThat(server.ask("com.", "A").rcode()).isEqualTo("REFUSED");
    }

    @Test
    void aNameThatWouldGetTooLongIsYxdomainWithTheDname() {
      String target = String.join(".", LONG_LABEL, LONG_LABEL, LONG_LABEL, "t.");
      TestServer server = serving("example.", "d 300 DNAME " + target);

      Reply reply = server.ask(LONG_LABEL + ".d.example.", "A");

      assertThat(reply.rcode()).isEqualTo("YXDOMAIN");
      assertThat(reply.authoritative()).isTrue();
      assertThat(reply.answer()).containsExactly("d.example. 300 DNAME " + target);
    }

    @Test
    void aNameOfExactly255OctetsIsNotTooLong() {
      // 1 + 59 for the label in front, 3 × 64 and 2 for the target, 1 for the root.
      String target = String.join(".", LONG_LABEL, LONG_LABEL, LONG_LABEL, "t.");
      TestServer server = serving("example.", "d 300 DNAME " + target);

      assertThat(server.ask("y".repeat(59) + ".d.example.", "A").rcode()).isEqualTo("NOERROR");
      assertThat(server.ask("y".repeat(60) + ".d.example.", "A").rcode()).isEqualTo("YXDOMAIN");
    }
  }

  @Nested
  @Rfc(number = 6672, section = "2.3")
  class Section2_3_TheOwnerItselfIsNotRedirected {
    private final TestServer server =
        serving(
            "example.",
            """
            old  300 DNAME new
            old  60  TXT   "at the owner"
            new  60  TXT   "at the target"
            """);

    @Test
    void otherTypesAtTheOwnerAreAnswered() {
      assertThat(server.ask("old.example.", "TXT").answer())
          .containsExactly("old.example. 60 TXT \"at the owner\"");
    }

    @Test
    void theDnameCanBeAskedFor() {
      assertThat(server.ask("old.example.", "DNAME").answer())
          .containsExactly("old.example. 300 DNAME new.example.");
    }

    @Test
    void aTypeThatTheOwnerLacksIsNodata() {
      Reply reply = server.ask("old.example.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.answer()).isEmpty();
      assertThat(reply.authority()).hasSize(1);
    }
  }

  @Nested
  @Rfc(number = 6672, section = "3.2")
  class Section3_2_TheServerAlgorithm {
    private final TestServer server =
        TestServer.serving(
            ZoneText.zone(
                "example.",
                """
                @        3600 SOA   ns host 1 2 3 4 900
                old      300  DNAME new
                a.new    60   TXT   "found"
                first    300  DNAME second
                second   200  DNAME third
                a.third  60   TXT   "two steps"
                alias    60   CNAME a.old
                far      300  DNAME other.
                away     300  DNAME elsewhere.test.
                grow     300  DNAME sub.grow
                """),
            ZoneText.zone(
                "other.",
                """
                @        3600 SOA   ns host 1 2 3 4 900
                a        60   TXT   "in the other zone"
                """));

    @Test
    void theQuestionGoesOnAtTheNewName() {
      assertThat(server.ask("a.old.example.", "TXT").answer())
          .containsExactly(
              "old.example. 300 DNAME new.example.",
              "a.old.example. 300 CNAME a.new.example.",
              "a.new.example. 60 TXT found");
    }

    @Test
    void aRedirectionMayLeadToAnother() {
      assertThat(server.ask("a.first.example.", "TXT").answer())
          .containsExactly(
              "first.example. 300 DNAME second.example.",
              "a.first.example. 300 CNAME a.second.example.",
              "second.example. 200 DNAME third.example.",
              "a.second.example. 200 CNAME a.third.example.",
              "a.third.example. 60 TXT \"two steps\"");
    }

    @Test
    void anAliasMayLeadToARedirection() {
      assertThat(server.ask("alias.example.", "TXT").answer())
          .containsExactly(
              "alias.example. 60 CNAME a.old.example.",
              "old.example. 300 DNAME new.example.",
              "a.old.example. 300 CNAME a.new.example.",
              "a.new.example. 60 TXT found");
    }

    @Test
    void theCodeSpeaksOfTheNewName() {
      assertThat(server.ask("none.old.example.", "TXT").rcode()).isEqualTo("NXDOMAIN");
      assertThat(server.ask("a.old.example.", "A").rcode()).isEqualTo("NOERROR");
      assertThat(server.ask("a.old.example.", "A").authority()).hasSize(1);
    }

    @Test
    void aRedirectionIntoAnotherZoneOfOursIsFollowedThere() {
      assertThat(server.ask("a.far.example.", "TXT").answer())
          .endsWith("a.other. 60 TXT \"in the other zone\"");
    }

    @Test
    void aRedirectionOutOfOurZonesIsTheWholeAnswer() {
      Reply reply = server.ask("a.away.example.", "TXT");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.answer()).hasSize(2);
      assertThat(reply.authority()).isEmpty();
    }

    @Test
    void aQuestionForTheCnameIsAnsweredByTheOneThatIsMade() {
      assertThat(server.ask("a.old.example.", "CNAME").answer())
          .containsExactly(
              "old.example. 300 DNAME new.example.", "a.old.example. 300 CNAME a.new.example.");
      assertThat(server.ask("none.old.example.", "CNAME").rcode()).isEqualTo("NOERROR");
    }

    @Test
    void aDnameThatLeadsToItselfAndIsAskedForIsSaidOnce() {
      TestServer server = serving("example.", "old 300 DNAME example.");

      assertThat(server.ask("old.old.example.", "DNAME").answer())
          .containsExactly(
              "old.example. 300 DNAME example.", "old.old.example. 300 CNAME old.example.");
    }

    @Test
    void aDnameThatIsMetAgainAndAgainIsSaidOnce() {
      Reply reply = server.ask("a.grow.example.", "TXT");

      assertThat(reply.answer()).doesNotHaveDuplicates();
      assertThat(reply.answer().stream().filter(text -> text.contains(" DNAME "))).hasSize(1);
    }
  }

  @Nested
  @Rfc(number = 6672, section = "5.3.1")
  class Section5_3_1_SignedDnameUnsignedCname {
    /// Also where the DNAME's owner has a signature over some CNAME, which is left from before.
    @Test
    void theDnameIsSigned_andTheCnameMadeOfItIsNot() {
      Zone unsigned =
          ZoneText.zone(
              "example.",
              """
              @ 3600 SOA ns host 1 2 3 4 900
              old 300 DNAME new
              old 300 RRSIG CNAME 8 2 300 20300101000000 20200101000000 1 example. AAAA
              """);
      TestServer server =
          TestServer.serving(SignedCopy.of(new Random(1), unsigned, SignedCopy.Kind.NSEC, 0));

      Reply reply = server.ask(SignedExample.dnssecQuery("a.old.example.", "CNAME"));

      assertThat(SignedExample.shape(reply, Section.ANSWER))
          .containsExactly(
              "old.example. DNAME", "old.example. RRSIG DNAME", "a.old.example. CNAME");
    }
  }
}
