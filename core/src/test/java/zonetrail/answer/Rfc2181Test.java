package zonetrail.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import zonetrail.answer.TestServer.Reply;
import zonetrail.wire.Rfc;

/// What goes into a message whole or not at all, and when TC says so.
class Rfc2181Test {
  private static final int MANY = 40;

  private final TestServer server =
      TestServer.serving(
          ZoneText.zone(
              "example.",
              """
              @    60 SOA ns.other. host.other. 1 2 3 4 60
              @    60 NS  ns.other.
              mail 60 MX  10 host
              """
                  + IntStream.range(0, MANY)
                      .mapToObj(i -> "host 60 A 192.0.2." + i + "\n")
                      .collect(Collectors.joining())));

  @Nested
  @Rfc(number = 2181, section = "5.1")
  class Section5_1_SendingFromARecordSet {
    @Test
    void allRecordsAreSent_orTheAnswerIsTruncated() {
      Message query = TestServer.query("host.example.", "A");
      int whole = server.ask(query).size();

      assertThat(server.ask(query).answer()).hasSize(MANY);
      for (int limit = 64; limit <= whole; limit++) {
        Reply reply = server.askOverUdp(query, limit);
        assertThat(reply.truncated()).as("limit " + limit).isEqualTo(limit < whole);
      }
    }
  }

  @Nested
  @Rfc(number = 2181, section = "9")
  class Section9_TheTruncatedBit {
    /// The addresses are additional section processing.
    @Test
    void extraInformationWithoutRoomIsLeftOutWhole_withoutTheBit() {
      Message query = TestServer.query("mail.example.", "MX");
      int whole = server.ask(query).size();

      assertThat(server.ask(query).additional()).hasSize(MANY);
      for (int limit = whole - 1; limit >= 64; limit--) {
        Reply reply = server.askOverUdp(query, limit);
        assertThat(reply.truncated()).as("limit " + limit).isFalse();
        assertThat(reply.answer()).hasSize(1);
        assertThat(reply.additional()).as("limit " + limit).isEmpty();
      }
    }

    @Test
    void aRequiredSetWithoutRoomLeavesNoPartOfItselfBehind() {
      Reply reply = server.askOverUdp(TestServer.query("host.example.", "A"), 512);

      assertThat(reply.truncated()).isTrue();
      assertThat(reply.answer()).isEmpty();
    }
  }
}
