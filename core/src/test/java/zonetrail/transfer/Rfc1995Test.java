package zonetrail.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import zonetrail.wire.Rfc;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// Incremental transfers, with the zone that RFC 1995 has for its example.
class Rfc1995Test {
  private static final Zone FIRST = version(1, "NEZU A 133.69.136.5");
  private static final Zone SECOND = version(2, "JAIN-BB A 133.69.136.4", "JAIN-BB A 192.41.197.2");
  private static final Zone THIRD = version(3, "JAIN-BB A 133.69.136.3", "JAIN-BB A 192.41.197.2");

  private static final Name NAME = Name.fromConstantString("jain.ad.jp.");

  private static Zone version(int serial, String... records) {
    String head =
        "$TTL 300\n@ SOA NS mohta.jain.ad.jp. %d 600 600 3600000 604800\n@ NS NS\nNS A 133.69.136.1\n"
            .formatted(serial);
    return Transfers.read(
        "jain.ad.jp",
        (head + String.join("\n", records) + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static List<String> lines(List<byte[]> messages) {
    return Transfers.records(messages).stream().map(Rfc1995Test::line).toList();
  }

  private static String line(Record record) {
    return switch (record) {
      case SOARecord soa -> "SOA serial=" + soa.getSerial();
      case ARecord a -> a.getName().relativize(NAME) + " A " + a.getAddress().getHostAddress();
      default -> record.toString();
    };
  }

  private static TransferOut transfer(Zone from, Zone to) {
    return TransferOut.difference(
        Transfers.request(Transfers.ixfr("jain.ad.jp.", from.serial().value())),
        to,
        ZoneChange.between(from, to));
  }

  @Nested
  @Rfc(number = 1995, section = "4")
  class Section4_ResponseFormat {
    @Test
    void isTheNewSoa_theOldOneAndWhatGoes_theNewOneAndWhatComes_theNewOne() {
      assertThat(lines(Transfers.messages(transfer(FIRST, SECOND), 65_535)))
          .containsExactly(
              "SOA serial=2",
              "SOA serial=1",
              "NEZU A 133.69.136.5",
              "SOA serial=2",
              "JAIN-BB A 133.69.136.4",
              "JAIN-BB A 192.41.197.2",
              "SOA serial=2");
    }

    @Test
    void goesOverManyMessages_withTheQuestionInTheFirst() {
      List<byte[]> messages = Transfers.messages(transfer(FIRST, THIRD), 130);
      assertThat(messages).hasSizeGreaterThan(2);
      Message first = Transfers.parse(messages.getFirst());
      assertThat(first.getSection(Section.QUESTION)).hasSize(1);
      assertThat(Transfers.parse(messages.get(1)).getSection(Section.QUESTION)).isEmpty();
      assertThat(lines(messages))
          .isEqualTo(lines(Transfers.messages(transfer(FIRST, THIRD), 9999)));
    }
  }

  @Nested
  @Rfc(number = 1995, section = "6")
  class Section6_Condensation {
    private final List<String> ofSection7 =
        List.of(
            "SOA serial=3",
            "SOA serial=1",
            "NEZU A 133.69.136.5",
            "SOA serial=3",
            "JAIN-BB A 133.69.136.3",
            "JAIN-BB A 192.41.197.2",
            "SOA serial=3");

    @Test
    void leavesOutWhatCameAndWent_asInTheExampleOfSection7() {
      ZoneChange both =
          ZoneChange.condensed(
              List.of(ZoneChange.between(FIRST, SECOND), ZoneChange.between(SECOND, THIRD)));
      TransferOut transfer =
          TransferOut.difference(Transfers.request(Transfers.ixfr("jain.ad.jp.", 1)), THIRD, both);
      assertThat(lines(Transfers.messages(transfer, 65_535))).isEqualTo(ofSection7);
      assertThat(both.records()).isEqualTo(5);
    }

    @Test
    void isWhatTheTwoVersionsAloneCome() {
      assertThat(lines(Transfers.messages(transfer(FIRST, THIRD), 65_535))).isEqualTo(ofSection7);
    }
  }
}
