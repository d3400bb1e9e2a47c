package zonetrail.tsig;

import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.tsig.Messages.key;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TSIGRecord;
import org.xbill.DNS.TextParseException;

/// What we sign a second implementation verifies, and what it signs we verify.
class TsigOracleTest {
  private static final Instant NOW = Messages.NOW;
  private static final String SECRET = "a secret that both sides know";

  private static TSIG oracle(TsigAlgorithm algorithm) {
    try {
      return new TSIG(
          Name.fromString(algorithm.wireName().toString()),
          Name.fromString("k._update.example.com."),
          new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), algorithm.jcaName()),
          Clock.fixed(NOW, ZoneOffset.UTC));
    } catch (TextParseException e) {
      throw new AssertionError(e);
    }
  }

  private static TsigKey ours(TsigAlgorithm algorithm) {
    return key("k._update.example.com.", algorithm, SECRET);
  }

  private static KeyRing ring(TsigAlgorithm algorithm) {
    return KeyRing.of(Map.of("_keys", List.of(ours(algorithm))));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "HMAC_MD5")
  void requestsThatWeSign_verifyThere(TsigAlgorithm algorithm) throws IOException {
    Random random = new Random(8945);
    for (int i = 0; i < 100; i++) {
      byte[] plain = Messages.someMessage(random);
      byte[] request = TsigSigner.signRequest(plain, plain.length, ours(algorithm), NOW).message();
      assertThat(oracle(algorithm).verify(new Message(request), request, null))
          .isEqualTo(Rcode.NOERROR);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "HMAC_MD5")
  void requestsSignedThere_verifyHere_andOurResponsesVerifyThere(TsigAlgorithm algorithm)
      throws IOException {
    Random random = new Random(8945);
    for (int i = 0; i < 100; i++) {
      Message theirs = new Message(Messages.someMessage(random));
      oracle(algorithm).apply(theirs, null);
      byte[] request = theirs.toWire();
      TSIGRecord theirRecord = new Message(request).getTSIG();

      Verdict verdict = TsigVerifier.verify(request, request.length, ring(algorithm), NOW);

      assertThat(verdict).isInstanceOf(Verdict.Verified.class);
      byte[] plain = Messages.someMessage(random);
      byte[] response =
          TsigSigner.signResponse(
              plain, plain.length, 65_535, (Verdict.Verified) verdict, NOW.plusSeconds(1));
      assertThat(oracle(algorithm).verify(new Message(response), response, theirRecord))
          .isEqualTo(Rcode.NOERROR);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "HMAC_MD5")
  void responsesSignedThere_verifyHere(TsigAlgorithm algorithm) throws IOException {
    byte[] plain = Messages.notifyRequest();
    SignedRequest request = TsigSigner.signRequest(plain, plain.length, ours(algorithm), NOW);
    Message response = new Message(Messages.notifyResponse());
    oracle(algorithm).apply(response, new Message(request.message()).getTSIG());
    byte[] wire = response.toWire();

    assertThat(TsigVerifier.verifyResponse(wire, wire.length, ours(algorithm), request.mac(), NOW))
        .isInstanceOf(ResponseVerdict.Authentic.class);
  }

  @Test
  void streamsThatWeSign_verifyThereMessageByMessage() throws IOException {
    TsigAlgorithm algorithm = TsigAlgorithm.HMAC_SHA256;
    Message theirs = new Message(Messages.notifyRequest());
    oracle(algorithm).apply(theirs, null);
    byte[] request = theirs.toWire();
    TSIGRecord theirRecord = new Message(request).getTSIG();
    Verdict.Verified verified =
        (Verdict.Verified) TsigVerifier.verify(request, request.length, ring(algorithm), NOW);

    TsigStreamSigner signer = new TsigStreamSigner(verified);
    TSIG.StreamVerifier verifier = new TSIG.StreamVerifier(oracle(algorithm), theirRecord);
    Random random = new Random(5936);
    List<Integer> results = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      byte[] plain = Messages.someMessage(random);
      byte[] signed = signer.sign(plain, plain.length, NOW);
      assertThat(signed).hasSize(plain.length + signer.octets());
      results.add(verifier.verify(new Message(signed), signed));
    }
    assertThat(results).containsOnly(Rcode.NOERROR).hasSize(50);
  }

  @Test
  void theAnswerToABadTime_verifiesThereAsSuch() throws IOException {
    TsigAlgorithm algorithm = TsigAlgorithm.HMAC_SHA256;
    Message theirs = new Message(Messages.notifyRequest());
    oracle(algorithm).apply(theirs, null);
    byte[] request = theirs.toWire();
    TSIGRecord theirRecord = new Message(request).getTSIG();
    Instant later = NOW.plusSeconds(3600);
    Verdict verdict = TsigVerifier.verify(request, request.length, ring(algorithm), later);

    byte[] answer = TsigSigner.refuse(request, (Verdict.Refused) verdict, later);

    Message read = new Message(answer);
    assertThat(read.getTSIG().getError()).isEqualTo(Rcode.BADTIME);
    assertThat(oracle(algorithm).verify(read, answer, theirRecord)).isEqualTo(Rcode.NOERROR);
  }
}
