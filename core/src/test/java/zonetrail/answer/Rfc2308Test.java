package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.Rfc;

/// Negative answers and how long they are kept.
class Rfc2308Test {
  private static TestServer serverWithSoa(long ttl, long minimum) {
    return TestServer.serving(
        ZoneText.zone(
            "xx.",
            """
            @    %d    SOA   ns1 hostmaster 1 1800 900 604800 %d
            @    86400 NS    ns1
            ns1  86400 A     127.0.0.2
            an   86400 CNAME triple
            an2  86400 CNAME example
            some 86400 A     127.0.0.3
            example 86400 MX 0 some
            """
                .formatted(ttl, minimum)));
  }

  private final TestServer server = serverWithSoa(3600, 1200);
  private static final String SOA = "xx. 1200 SOA ns1.xx. hostmaster.xx. 1 1800 900 604800 1200";

  @Nested
  @Rfc(number = 2308, section = "2.1")
  class Section2_1_NameError {
    @Test
    void itIsOfType2_NxdomainWithTheSoaAndWithoutNs() {
      Reply reply = server.ask("another.xx.", "A");

      assertThat(reply.rcode()).isEqualTo("NXDOMAIN");
      assertThat(reply.authority()).containsExactly(SOA);
      assertThat(reply.additional()).isEmpty();
    }

    @Test
    void behindAnAliasTheAliasIsTheAnswer() {
      Reply reply = server.ask("an.xx.", "A");

      assertThat(reply.rcode()).isEqualTo("NXDOMAIN");
      assertThat(reply.answer()).containsExactly("an.xx. 86400 CNAME triple.xx.");
      assertThat(reply.authority()).containsExactly(SOA);
    }
  }

  @Nested
  @Rfc(number = 2308, section = "2.2")
  class Section2_2_NoData {
    @Test
    void itIsOfType2_NoerrorWithTheSoaAndWithoutNs() {
      Reply reply = server.ask("example.xx.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.answer()).isEmpty();
      assertThat(reply.authority()).containsExactly(SOA);
      assertThat(reply.additional()).isEmpty();
    }

    @Test
    void behindAnAliasTheAliasIsTheAnswer() {
      Reply reply = server.ask("an2.xx.", "A");

      assertThat(reply.rcode()).isEqualTo("NOERROR");
      assertThat(reply.answer()).containsExactly("an2.xx. 86400 CNAME example.xx.");
      assertThat(reply.authority()).containsExactly(SOA);
    }
  }

  @Nested
  @Rfc(number = 2308, section = "3")
  class Section3_TheTtlOfANegativeAnswer {
    @ParameterizedTest(name = "SOA with TTL {0} and MINIMUM {1}: {2} s")
    @CsvSource({
      "3600, 1200, 1200",
      "1200, 3600, 1200",
      "0, 3600, 0",
      "3600, 0, 0",
      "3600, 2147483647, 3600",
      "3600, 4294967295, 3600"
    })
    void isTheLesserOfTheSoasTtlAndItsMinimum(long ttl, long minimum, long expected) {
      TestServer other = serverWithSoa(ttl, minimum);

      assertThat(other.ask("another.xx.", "A").authority().getFirst())
          .startsWith("xx. " + expected + " SOA ");
      assertThat(other.ask("example.xx.", "A").authority().getFirst())
          .startsWith("xx. " + expected + " SOA ");
    }

    @Test
    void aPositiveAnswerKeepsTheSoasOwnTtl() {
      assertThat(server.ask("xx.", "SOA").answer().getFirst()).startsWith("xx. 3600 SOA ");
    }
  }
}
