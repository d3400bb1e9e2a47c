package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import zonetrail.wire.Rfc;
import zonetrail.zone.Zones;

/// EDNS EXPIRE in answers to questions; `zonetrail.transfer` has it in transfers.
class Rfc7314Test {
  private static final int EXPIRE = 9;

  private final TestServer server =
      TestServer.serving(
          ZoneText.zone(
              "example.",
              """
              @ 300 SOA ns h 7 3600 900 604800 60
              @ 300 NS ns
              ns 300 A 192.0.2.53
              child 300 NS ns.child
              """));

  private List<EDNSOption> expire(String name, String type, EDNSOption... asked) {
    Message query = TestServer.query(name, type);
    query.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(asked)), Section.ADDITIONAL);
    return server.ask(query).message().getOPT().getOptions(EXPIRE);
  }

  @Nested
  @Rfc(number = 7314, section = "3.1")
  class Section3_1_PrimaryServer {
    private final EDNSOption empty = new GenericEDNSOption(EXPIRE, new byte[0]);

    @Test
    @Rfc(number = 7314, section = "2")
    void saysTheExpireOfTheSoa_toWhoAsksForIt() {
      assertThat(expire("example.", "SOA", empty))
          .containsExactly(new GenericEDNSOption(EXPIRE, new byte[] {0, 9, 0x3a, (byte) 0x80}));
      assertThat(expire("example.", "SOA")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"example., NS", "ns.example., SOA", "child.example., SOA", "elsewhere., SOA"})
    @Rfc(number = 7314, section = "3.3")
    void saysItWithNoOtherAnswer(String name, String type) {
      assertThat(expire(name, type, empty)).isEmpty();
    }
  }

  @Test
  @Rfc(number = 7314, section = "3.2")
  void secondarySaysWhatIsLeft() {
    Zones zones =
        Zones.of(List.of(ZoneText.zone("example.", "@ 300 SOA ns h 7 3600 900 604800 60\n")))
            .withLifetimes(_ -> 1_000);
    Message query = TestServer.query("example.", "SOA");
    EDNSOption asked = new GenericEDNSOption(EXPIRE, new byte[0]);
    query.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(asked)), Section.ADDITIONAL);
    assertThat(TestServer.serving(zones).ask(query).message().getOPT().getOptions(EXPIRE))
        .containsExactly(new GenericEDNSOption(EXPIRE, new byte[] {0, 0, 3, (byte) 0xe8}));
  }

  @Test
  void withoutEdnsThereIsNothingToSayItIn() {
    assertThat(server.ask("example.", "SOA").message().getOPT()).isNull();
  }
}
