package zonetrail.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import zonetrail.transport.LoopCounters.What;
import zonetrail.wire.Rcode;

class LoopCountersTest {
  private final TransportCounters all = new TransportCounters();
  private final LoopCounters one = all.newLoop();
  private final LoopCounters other = all.newLoop();

  private static byte[] response(int rcode, boolean withOpt) throws Exception {
    Message message = TestZones.query("www.example.com.", Type.A);
    message.getHeader().setFlag(Flags.QR);
    message.getHeader().setRcode(rcode & 0xf);
    if (withOpt) {
      message.addRecord(new OPTRecord(1232, rcode >> 4, 0, ExtendedFlags.DO), Section.ADDITIONAL);
    }
    return message.toWire();
  }

  private void count(LoopCounters loop, byte[] response) {
    loop.response(response, response.length);
  }

  @ParameterizedTest
  @EnumSource(
      value = Rcode.class,
      names = {"NOERROR", "SERVFAIL", "NXDOMAIN", "REFUSED", "NOTAUTH", "BADVERS"})
  void aResponseIsCountedByItsRcode_alsoWhereOptExtendsIt(Rcode rcode) throws Exception {
    count(one, response(rcode.value(), true));
    assertThat(all.responses(rcode.value())).isEqualTo(1);
    long sum = 0;
    for (int i = 0; i < LoopCounters.RCODES; i++) {
      sum += all.responses(i);
    }
    assertThat(sum).isEqualTo(1);
  }

  @Test
  void whatTheLoopsCountedIsSummedUp() throws Exception {
    count(one, response(0, false));
    count(other, response(0, true));
    one.request(TestExchange.udp());
    other.request(TestExchange.tcp());
    other.request(TestExchange.udp());
    assertThat(all.responses(0)).isEqualTo(2);
    assertThat(all.sum(What.UDP_IPV4)).isEqualTo(2);
    assertThat(all.sum(What.TCP_IPV4)).isEqualTo(1);
    assertThat(all.sum(What.UDP_IPV6)).isZero();
  }

  @Test
  void truncationIsCountedBeside() throws Exception {
    byte[] response = response(0, false);
    response[2] |= 0x02;
    count(one, response);
    assertThat(all.sum(What.TRUNCATED)).isEqualTo(1);
    assertThat(all.responses(0)).isEqualTo(1);
  }

  @Test
  void whatIsNoMessageIsNotCounted() {
    one.response(new byte[12], 0);
    assertThat(all.responses(0)).isZero();
  }
}
