package zonetrail.tsig;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.tsig.Messages.NOW;
import static zonetrail.tsig.Messages.key;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.TSIG;
import zonetrail.tsig.TsigStreamVerifier.Checked;
import zonetrail.wire.Header;
import zonetrail.wire.Rfc;

/// RFC 8945 §5.3.1, as a client reads it.
@Rfc(number = 8945, section = "5.3.1")
class TsigStreamVerifierTest {
  private static final String SECRET = "a secret that both sides know";
  private static final TsigKey KEY =
      key("s._transfer.example.com.", TsigAlgorithm.HMAC_SHA256, SECRET);
  private static final byte[] QUERY = Messages.notifyRequest();
  private static final SignedRequest REQUEST =
      TsigSigner.signRequest(QUERY, QUERY.length, KEY, NOW);

  /// A stream in which only some messages are signed.
  private static List<byte[]> stream(int messages, IntPredicate isSigned) {
    return stream(messages, isSigned, NOW);
  }

  private static List<byte[]> stream(int messages, IntPredicate isSigned, Instant time) {
    List<byte[]> stream = new ArrayList<>();
    TsigMac prior = REQUEST.mac();
    Mac mac = begin(prior);
    for (int i = 0; i < messages; i++) {
      byte[] message = Messages.notifyResponse();
      message[message.length - 1] = 1;
      if (!isSigned.test(i)) {
        mac.update(message);
        stream.add(message);
        continue;
      }
      TsigRecord record = Messages.record(KEY, time, 300, 0);
      TsigDigest.updateMessage(mac, message, message.length, Messages.ID);
      mac.update(i == 0 ? record.variables() : record.timers());
      prior = TsigMac.of(mac.doFinal());
      stream.add(TsigSigner.append(message, message.length, record.withMac(prior)));
      mac = begin(prior);
    }
    return stream;
  }

  private static Mac begin(TsigMac prior) {
    Mac mac = KEY.secret().newMac(KEY.algorithm());
    TsigDigest.updatePrior(mac, prior);
    return mac;
  }

  private static List<Checked> check(List<byte[]> stream) {
    TsigStreamVerifier verifier = new TsigStreamVerifier(KEY, REQUEST.mac());
    return stream.stream().map(message -> verifier.check(message, message.length, NOW)).toList();
  }

  private static boolean isSigned(Checked checked) {
    return checked instanceof Checked.Signed;
  }

  @Test
  void allMessagesSigned_areBelieved_withTheLengthInFrontOfTheSignature() {
    assertThat(check(stream(5, _ -> true)))
        .allMatch(checked ->
            checked instanceof Checked.Signed(int octets)
                && octets == Messages.notifyResponse().length);
  }

  @Test
  void ninetyNineUnsignedMessagesInBetween_areProvedByTheNext() {
    List<Checked> checked = check(stream(101, i -> i % 100 == 0));
    assertThat(checked.subList(1, 100)).allMatch(each -> each instanceof Checked.Unsigned);
    assertThat(checked.getFirst()).matches(TsigStreamVerifierTest::isSigned);
    assertThat(checked.getLast()).matches(TsigStreamVerifierTest::isSigned);
  }

  @Test
  void theHundredthUnsignedMessage_fails() {
    assertThat(check(stream(101, i -> i == 0)).getLast()).isInstanceOf(Checked.Failed.class);
  }

  @Test
  void firstMessageWithoutSignature_fails() {
    assertThat(check(stream(2, i -> i == 1)).getFirst()).isInstanceOf(Checked.Failed.class);
  }

  @Test
  void changedUnsignedMessage_isFoundByTheNextSignature() {
    List<byte[]> stream = stream(3, i -> i != 1);
    stream.get(1)[20] ^= 1;
    assertThat(check(stream).getLast()).isInstanceOf(Checked.Failed.class);
  }

  @Test
  void droppedOrSwappedMessages_fail() {
    List<byte[]> dropped = stream(4, _ -> true);
    dropped.remove(2);
    assertThat(check(dropped).getLast()).isInstanceOf(Checked.Failed.class);
    List<byte[]> unsignedDropped = stream(3, i -> i != 1);
    unsignedDropped.remove(1);
    assertThat(check(unsignedDropped).getLast()).isInstanceOf(Checked.Failed.class);
  }

  @Test
  void anotherKeyOrACutMac_fails() {
    TsigKey other = key("other._transfer.example.com.", TsigAlgorithm.HMAC_SHA256, SECRET);
    List<byte[]> stream = stream(1, _ -> true);
    byte[] foreign = Messages.signed(Messages.notifyResponse(), other, NOW, 300, 32);
    byte[] cut = Messages.signed(Messages.notifyResponse(), KEY, NOW, 300, 16);
    assertThat(check(List.of(stream.getFirst(), foreign)).getLast())
        .isEqualTo(new Checked.Failed("the response is signed with another key"));
    assertThat(check(List.of(stream.getFirst(), cut)).getLast())
        .isEqualTo(new Checked.Failed("the response's signature is not of full length"));
  }

  @Test
  void messagesOutOfTime_fail() {
    assertThat(check(stream(1, _ -> true, NOW.plusSeconds(301))).getFirst())
        .isInstanceOf(Checked.Failed.class);
    assertThat(check(stream(1, _ -> true, NOW.minusSeconds(300))).getFirst())
        .matches(TsigStreamVerifierTest::isSigned);
  }

  @Test
  @Rfc(number = 8945, section = "5.4")
  void refusalOfOurKey_saysSo() {
    byte[] request = REQUEST.message();
    Verdict verdict = TsigVerifier.verify(request, request.length, KeyRing.EMPTY, NOW);
    byte[] refusal = TsigSigner.refuse(request, (Verdict.Refused) verdict, NOW);
    assertThat(check(List.of(refusal)).getFirst())
        .isInstanceOfSatisfying(
            Checked.Failed.class, failed -> assertThat(failed.why()).contains("BADKEY"));
  }

  @Test
  void anyChangedBit_fails() {
    List<byte[]> stream = stream(3, _ -> true);
    for (int i = 0; i < stream.size(); i++) {
      byte[] message = stream.get(i);
      for (int bit = 0; bit < message.length * 8; bit++) {
        byte[] changed = message.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        List<byte[]> attempt = new ArrayList<>(stream.subList(0, i));
        attempt.add(changed);
        attempt.addAll(stream.subList(i + 1, stream.size()));
        // The header's ID is not signed, its original is; and case does not count in the key's
        // name.
        boolean mayPass = bit / 8 < 2 || bit % 8 == 5;
        assertThat(mayPass || !isSigned(check(attempt).getLast()))
            .as("message %d, bit %d", i, bit)
            .isTrue();
      }
    }
  }

  @Test
  void whatAnotherImplementationSigns_isBelieved() throws Exception {
    TSIG theirs =
        new TSIG(
            TSIG.HMAC_SHA256,
            Name.fromString("s._transfer.example.com."),
            new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"),
            Clock.fixed(NOW, ZoneOffset.UTC));
    Message query = new Message(REQUEST.message());
    TSIG.StreamGenerator generator = new TSIG.StreamGenerator(theirs, query.getTSIG());
    List<byte[]> stream = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Message response = new Message(Messages.notifyResponse());
      generator.generate(response);
      byte[] octets = response.toWire();
      assertThat(Header.u16(octets, Header.ARCOUNT)).isEqualTo(1);
      stream.add(octets);
    }
    assertThat(check(stream)).allMatch(TsigStreamVerifierTest::isSigned);
  }
}
