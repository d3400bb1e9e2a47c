package zonetrail.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which message is the reply to a request, and which is stray or forged.
class ReplyMatchTest {
  private final byte[] request = request();
  private final byte[] reply = request();

  private static byte[] request() {
    byte[] name = WireName.parse("www.example.com.").toWire();
    byte[] request = new byte[Header.OCTETS + name.length + 4];
    Header.putU16(request, Header.ID, 4711);
    Header.putU16(request, Header.FLAGS, Header.withOpcode(Opcode.NOTIFY));
    Header.putU16(request, Header.QDCOUNT, 1);
    System.arraycopy(name, 0, request, Header.OCTETS, name.length);
    Header.putU16(request, request.length - 4, RRType.SOA.value());
    Header.putU16(request, request.length - 2, RRClass.IN);
    return request;
  }

  @BeforeEach
  void theReplyIsTheRequestWithQrSet() {
    Header.putU16(reply, Header.FLAGS, Header.QR | Header.withOpcode(Opcode.NOTIFY));
  }

  private boolean matches() {
    return ReplyMatch.isReplyTo(request, reply, reply.length);
  }

  @Test
  @Rfc(number = 5452, section = "9.1")
  void idOpcodeAndQuestionOfTheRequest_andQr_makeAReply() {
    assertThat(matches()).isTrue();
  }

  @Test
  void theCaseOfTheNameDoesNotMatter() {
    reply[Header.OCTETS + 1] = 'W';
    assertThat(matches()).isTrue();
  }

  @Test
  void anotherId_isNoReply() {
    Header.putU16(reply, Header.ID, 4712);
    assertThat(matches()).isFalse();
  }

  @Test
  void theRequestItself_isNoReply() {
    assertThat(ReplyMatch.isReplyTo(request, request, request.length)).isFalse();
  }

  @Test
  void anotherOpcode_isNoReply() {
    Header.putU16(reply, Header.FLAGS, Header.QR | Header.withOpcode(Opcode.QUERY));
    assertThat(matches()).isFalse();
  }

  @Test
  void anotherNameTypeOrClass_isNoReply() {
    for (int at = Header.OCTETS; at < reply.length; at++) {
      reply[at] ^= 1;
      assertThat(matches()).as("octet %d", at).isFalse();
      reply[at] ^= 1;
    }
  }

  @Test
  void anErrorWithoutAQuestion_isAReply() {
    Header.putU16(reply, Header.QDCOUNT, 0);
    assertThat(matches()).isFalse();
    reply[3] |= (byte) Rcode.NOTIMP.value();
    assertThat(matches()).isTrue();
    assertThat(ReplyMatch.isReplyTo(request, reply, Header.OCTETS)).isTrue();
  }

  @Test
  void anyOctetsGiveAnAnswer() {
    Random random = new Random(5452);
    for (int i = 0; i < 10_000; i++) {
      byte[] octets = Arrays.copyOf(reply, random.nextInt(reply.length + 1));
      for (int changes = random.nextInt(3); changes > 0 && octets.length > 0; changes--) {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      }
      boolean isWhole = octets.length == reply.length;
      assertThat(ReplyMatch.isReplyTo(request, octets, octets.length) && !isWhole)
          .isEqualTo(
              !isWhole
                  && octets.length >= Header.OCTETS
                  && Header.u16(octets, Header.QDCOUNT) == 0
                  && ReplyMatch.isReplyTo(request, octets, Header.OCTETS));
    }
  }
}
