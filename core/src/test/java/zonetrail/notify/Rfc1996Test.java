package zonetrail.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// RFC 1996: the NOTIFY request, as a second implementation reads it.
class Rfc1996Test {
  @ParameterizedTest
  @ValueSource(strings = {".", "example.", "Example.COM.", "0/25.2.0.192.in-addr.arpa."})
  @Rfc(number = 1996, section = "4.5")
  void theRequestAsksForTheSoaOfTheZone_authoritatively(String zone) throws IOException {
    Message request =
        new Message(NotifyMessage.request(0xbeef, WireName.parse(zone), Serial.of(4_294_967_295L)));
    assertThat(request.getHeader().getID()).isEqualTo(0xbeef);
    assertThat(request.getHeader().getOpcode()).isEqualTo(Opcode.NOTIFY);
    assertThat(request.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(request.getHeader().getFlag(Flags.QR)).isFalse();
    assertThat(request.getHeader().getFlag(Flags.RD)).isFalse();
    assertThat(request.getHeader().getRcode()).isZero();
    assertThat(request.getSection(Section.QUESTION)).hasSize(1);
    assertThat(request.getQuestion().getName()).isEqualTo(Name.fromString(zone));
    assertThat(request.getQuestion().getType()).isEqualTo(Type.SOA);
    assertThat(request.getQuestion().getDClass()).isEqualTo(DClass.IN);
  }

  @Test
  @Rfc(number = 1996, section = "3.7")
  @Rfc(number = 1996, section = "3.9")
  void theHintIsAnSoaWithTheSerial_andNothingElseInIt() throws IOException {
    Message request =
        new Message(
            NotifyMessage.request(1, WireName.parse("example.com."), Serial.of(2026112201)));
    Name zone = Name.fromString("example.com.");
    assertThat(request.getSection(Section.ANSWER))
        .containsExactly(new SOARecord(zone, DClass.IN, 0, zone, zone, 2026112201L, 0, 0, 0, 0));
    assertThat(request.getSection(Section.AUTHORITY)).isEmpty();
    assertThat(request.getSection(Section.ADDITIONAL)).isEmpty();
  }
}
