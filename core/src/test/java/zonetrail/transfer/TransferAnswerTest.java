package zonetrail.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import zonetrail.answer.guard.AddressRange;
import zonetrail.tsig.KeyName;
import zonetrail.wire.Header;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;
import zonetrail.zone.Zones;

/// Who gets what, and how a refusal looks.
class TransferAnswerTest {
  private static final Zone ZONE = Transfers.zone("example.com.", "www 60 A 192.0.2.80");
  private static final Zones ZONES =
      Zones.of(List.of(ZONE, new UnavailableZone(WireName.parse("broken.example."))));

  private static TransferAnswer answer(Message query, boolean isPermitted, boolean isStream) {
    return TransferAnswer.to(Transfers.request(query), isPermitted, isStream, ZONES);
  }

  private static TransferAnswer refused(TransferRefusal why) {
    return new TransferAnswer.Refused(why);
  }

  @Nested
  @Rfc(number = 5936, section = "5")
  class WithoutTheRight {
    @ParameterizedTest
    @ValueSource(strings = {"example.com.", "broken.example.", "elsewhere."})
    void everyZoneIsRefusedAlike_soThatNobodyLearnsWhichAreHere(String zone) {
      for (boolean isStream : new boolean[] {true, false}) {
        assertThat(answer(Transfers.axfr(zone), false, isStream))
            .isEqualTo(refused(TransferRefusal.NOT_PERMITTED));
        assertThat(answer(Transfers.ixfr(zone, 1), false, isStream))
            .isEqualTo(refused(TransferRefusal.NOT_PERMITTED));
      }
    }
  }

  @Nested
  class AFullTransfer {
    @Test
    void overTcp_getsTheZone() {
      assertThat(answer(Transfers.axfr("EXAMPLE.com."), true, true))
          .isEqualTo(new TransferAnswer.Whole(ZONE));
    }

    @Test
    @Rfc(number = 5936, section = "4.2")
    void overUdp_isNotDefined() {
      assertThat(answer(Transfers.axfr("example.com."), true, false))
          .isEqualTo(refused(TransferRefusal.NOT_OVER_UDP));
    }

    @ParameterizedTest
    @CsvSource({
      "elsewhere.,       NOT_AUTHORITATIVE",
      "www.example.com., NOT_AUTHORITATIVE",
      "com.,             NOT_AUTHORITATIVE",
      "broken.example.,  UNAVAILABLE",
    })
    @Rfc(number = 5936, section = "2.2.1")
    void ofWhatIsNoZoneHereIsRefused(String zone, TransferRefusal why) {
      assertThat(answer(Transfers.axfr(zone), true, true)).isEqualTo(refused(why));
    }
  }

  @Nested
  class AnIncrementalTransfer {
    @ParameterizedTest
    @CsvSource({
      "6,          DIFFERENCE",
      "7,          SOA",
      "8,          SOA",
      "2147483654, SOA",
      "2147483655, DIFFERENCE", // just as far in both directions (RFC 1982 §3.2): the safe side
      "4294967295, DIFFERENCE",
    })
    @Rfc(number = 1995, section = "2")
    @Rfc(number = 1995, section = "4")
    void getsTheDifference_orTheSoaIfItIsNotOlder(long serial, String expected) {
      for (boolean isStream : new boolean[] {true, false}) {
        assertThat(answer(Transfers.ixfr("example.com.", serial), true, isStream))
            .isEqualTo(
                expected.equals("SOA")
                    ? new TransferAnswer.SoaOnly(ZONE)
                    : new TransferAnswer.Difference(ZONE, Serial.of(serial)));
      }
    }

    @Test
    @Rfc(number = 1995, section = "3")
    void withoutASerialIsMalformed() {
      Message query = Transfers.ixfr("example.com.", 1);
      query.removeAllRecords(Section.AUTHORITY);
      assertThat(answer(query, true, true)).isEqualTo(refused(TransferRefusal.NO_CLIENT_SOA));
    }
  }

  @Nested
  class TheSoaAlone {
    @Test
    void isOneAnswerRecord() {
      byte[] target = Transfers.target();
      TransferRequest request = Transfers.request(Transfers.ixfr("example.com.", 1));
      int octets = TransferOut.soaOnly(request, ZONE, 0, target, 512);
      Message response = Transfers.parse(Arrays.copyOf(target, octets));
      assertThat(response.getSection(Section.ANSWER)).singleElement().isInstanceOf(SOARecord.class);
      assertThat(response.getHeader().printFlags().strip()).isEqualTo("qr aa rd");
    }

    @Test
    void isTruncatedWhereItDoesNotFit() {
      String label = "x".repeat(63);
      String other = "y".repeat(63);
      String apex = "z.".repeat(60) + "example.";
      String text =
          "@ 300 SOA %1$s.%2$s.%1$s.ns.a. %2$s.%1$s.%2$s.h.b. 7 1 1 1 1\n@ 300 NS ns.a.\n"
              .formatted(label, other);
      Zone zone = Transfers.read(apex, text.getBytes(StandardCharsets.UTF_8));
      byte[] target = Transfers.target();
      TransferRequest request = Transfers.request(Transfers.ixfr(apex, 1));
      TransferOut.soaOnly(request, zone, 0, target, 512);
      assertThat(Header.u16(target, Header.FLAGS) & Header.TC).isNotZero();
      assertThat(Header.u16(target, Header.ANCOUNT)).isZero();
    }
  }

  @Nested
  class ARefusal {
    @ParameterizedTest
    @EnumSource(TransferRefusal.class)
    void hasTheQuestion_andNothingElse(TransferRefusal why) {
      byte[] target = Transfers.target();
      TransferRequest request = Transfers.request(Transfers.axfr("example.com."));
      int octets = TransferOut.refusal(request, why, target, 512);
      Message response = Transfers.parse(Arrays.copyOf(target, octets));
      assertThat(response.getRcode()).isEqualTo(why.rcode().value());
      assertThat(response.getQuestion()).isNotNull();
      assertThat(response.getSection(Section.ANSWER)).isEmpty();
      assertThat(response.getSection(Section.ADDITIONAL)).isEmpty();
      assertThat(response.getHeader().printFlags().strip()).isEqualTo("qr rd");
    }

    @Test
    @Rfc(number = 8914, section = "4.19")
    @Rfc(number = 8914, section = "2")
    void saysProhibited_toAClientWithEdns() {
      byte[] target = Transfers.target();
      Message query = Transfers.withEdns(Transfers.axfr("example.com."), 9);
      int octets =
          TransferOut.refusal(Transfers.request(query), TransferRefusal.NOT_PERMITTED, target, 512);
      Message response = Transfers.parse(Arrays.copyOf(target, octets));
      assertThat(response.getRcode()).isEqualTo(Rcode.REFUSED);
      assertThat(Transfers.option(response, 15)).hasValue(new byte[] {0, 18});
      assertThat(Transfers.option(response, 9)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"NOT_PERMITTED, 18", "NOT_AUTHORITATIVE, 20", "NOT_OVER_UDP, 21", "UNAVAILABLE, 24"})
  @Rfc(number = 8914, section = "4.19")
  @Rfc(number = 8914, section = "4.21")
  @Rfc(number = 8914, section = "4.22")
  @Rfc(number = 8914, section = "4.25")
  void aRefusalHasTheNumberOfItsReason(TransferRefusal why, int number) {
    assertThat(why.extendedError()).hasValue(number);
  }

  @Nested
  @Rfc(number = 5936, section = "5")
  class Rights {
    private static final InetAddress CLIENT = InetAddress.ofLiteral("192.0.2.7");
    private static final TransferRights NETWORK =
        new TransferRights(false, List.of(AddressRange.parse("192.0.2.0/28")));

    @Test
    void areNobodys_ifNothingIsSaid() {
      assertThat(TransferRights.BY_KEY.permits(CLIENT)).isFalse();
    }

    @Test
    void areThoseOfANetwork_orEverybodys() {
      assertThat(NETWORK.permits(CLIENT)).isTrue();
      assertThat(NETWORK.permits(InetAddress.ofLiteral("192.0.2.16"))).isFalse();
      assertThat(NETWORK.permits(InetAddress.ofLiteral("2001:db8::1"))).isFalse();
      assertThat(new TransferRights(true, List.of()).permits(CLIENT)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
      "k._transfer.example.com., example.com.,     true",
      "k._update.example.com.,   example.com.,     true",
      "k._notify.example.com.,   example.com.,     false",
      "k._transfer.example.com., sub.example.com., true",
      "k._transfer.example.com., example.net.,     false",
      "k._transfer.www.example.com., example.com., false",
      "192.0.2.1.192.0.2.2._transfer.example.com., example.com., true",
      "k._transfer.,             example.net.,     true",
    })
    void areThoseOfAKey_withinItsScope(String key, String zone, boolean isPermitted) {
      KeyName name = KeyName.of(WireName.parse(key));
      assertThat(TransferRights.BY_KEY.permits(CLIENT, name, WireName.parse(zone)))
          .isEqualTo(isPermitted);
    }

    @Test
    void ofANetworkAreNotLostBySigning() {
      KeyName foreign = KeyName.of(WireName.parse("k._notify.example.net."));
      assertThat(NETWORK.permits(CLIENT, foreign, WireName.parse("example.com."))).isTrue();
    }
  }
}
