package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.Rfc;

/// Glue in referrals, by the RFC's own names.
class Rfc9471Test {
  @Nested
  @Rfc(number = 9471, section = "3.1")
  class Section3_1_GlueForInDomainNameServers {
    private final TestServer test =
        TestServer.serving(
            ZoneText.zone(
                "test.",
                """
                @            3600  SOA  a.ns host 1 2 3 4 900
                foo          86400 NS   ns1.foo
                foo          86400 NS   ns2.foo
                ns1.foo      86400 A    192.0.2.1
                ns2.foo      86400 AAAA 2001:db8::2:2
                """));

    @Test
    void allOfItGoesAlong() {
      Reply reply = test.ask("www.foo.test.", "A");

      assertThat(reply.truncated()).isFalse();
      assertThat(reply.additional())
          .containsExactlyInAnyOrder(
              "ns1.foo.test. 86400 A 192.0.2.1", "ns2.foo.test. 86400 AAAA 2001:db8:0:0:0:0:2:2");
    }

    @Test
    void whatDoesNotFitSetsTc() {
      Message query = TestServer.query("www.foo.test.", "A");
      int whole = test.ask(query).size();

      assertThat(test.askOverUdp(query, whole).truncated()).isFalse();
      assertThat(test.askOverUdp(query, whole - 1).truncated()).isTrue();
    }
  }

  @Nested
  @Rfc(number = 9471, section = "3.2")
  class Section3_2_GlueForSiblingNameServers {
    private final TestServer test =
        TestServer.serving(
            ZoneText.zone(
                "test.",
                """
                @            3600  SOA  a.ns host 1 2 3 4 900
                bar          86400 NS   ns1.bar
                bar          86400 NS   ns2.bar
                ns1.bar      86400 A    192.0.2.1
                ns2.bar      86400 AAAA 2001:db8::2:2
                foo          86400 NS   ns1.bar
                foo          86400 NS   ns2.bar
                foo          86400 NS   in.foo
                in.foo       86400 A    192.0.2.9
                """));

    @Test
    void itGoesAlongBehindTheInDomainGlue() {
      assertThat(test.ask("www.foo.test.", "A").additional())
          .containsExactly(
              "in.foo.test. 86400 A 192.0.2.9",
              "ns1.bar.test. 86400 A 192.0.2.1",
              "ns2.bar.test. 86400 AAAA 2001:db8:0:0:0:0:2:2");
    }

    @Test
    void whatDoesNotFitIsLeftOutWithoutTc() {
      Message query = TestServer.query("www.foo.test.", "A");
      int whole = test.ask(query).size();

      Reply reply = test.askOverUdp(query, whole - 1);

      assertThat(reply.truncated()).isFalse();
      assertThat(reply.additional())
          .containsExactly("in.foo.test. 86400 A 192.0.2.9", "ns1.bar.test. 86400 A 192.0.2.1");
    }
  }
}
