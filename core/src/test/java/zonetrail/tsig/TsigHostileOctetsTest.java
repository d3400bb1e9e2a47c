package zonetrail.tsig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static zonetrail.tsig.Messages.NOW;
import static zonetrail.tsig.Messages.key;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import zonetrail.wire.Header;

/// No octets break the verifier, and no bit of a signed message can be changed.
class TsigHostileOctetsTest {
  private static final TsigKey KEY =
      key("k._update.example.com.", TsigAlgorithm.HMAC_SHA256, "a secret");
  private static final KeyRing RING = KeyRing.of(Map.of("_keys", List.of(KEY)));

  private static void exercise(byte[] octets) {
    switch (TsigVerifier.verify(octets, octets.length, RING, NOW)) {
      case Verdict.Unsigned _ -> {}
      case Verdict.FormErr(String why) -> assertThat(why).isNotEmpty();
      case Verdict.Refused refused -> {
        byte[] answer = TsigSigner.refuse(octets, refused, NOW);
        assertThat(TsigVerifier.verify(answer, answer.length, RING, NOW))
            .isInstanceOf(Verdict.FormErr.class); // an error in a request is none
      }
      case Verdict.Verified verified ->
          assertThat(verified.withoutTsig(octets)).hasSize(verified.tsigOffset());
    }
    assertThat(TsigVerifier.verifyResponse(octets, octets.length, KEY, TsigMac.NONE, NOW))
        .isNotNull();
  }

  @FuzzTest
  void anyOctetsGiveAVerdict(byte[] octets) {
    exercise(octets);
  }

  @Test
  void randomOctetsGiveAVerdict() {
    Random random = new Random(1);
    for (int i = 0; i < 4_000; i++) {
      byte[] octets = new byte[random.nextInt(200)];
      random.nextBytes(octets);
      if (octets.length >= Header.OCTETS) {
        for (int count = Header.QDCOUNT; count < Header.OCTETS; count += 2) {
          Header.putU16(octets, count, random.nextInt(3));
        }
      }
      exercise(octets);
    }
  }

  @Test
  void damagedSignedMessagesGiveAVerdict() {
    Random random = new Random(2);
    for (int i = 0; i < 4_000; i++) {
      byte[] octets = Messages.signed(Messages.someMessage(random), KEY, NOW, 300, 32);
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      }
      exercise(Arrays.copyOf(octets, octets.length - random.nextInt(2) * random.nextInt(60)));
    }
  }

  @Test
  void noFlippedBitIsAccepted_butInTheIdAndTheCaseOfNames() {
    Random random = new Random(3);
    int flips = 0;
    for (int i = 0; i < 10; i++) {
      byte[] request = Messages.signed(Messages.someMessage(random), KEY, NOW, 300, 32);
      for (int bit = Header.FLAGS * 8; bit < request.length * 8; bit++) {
        byte[] mutated = request.clone();
        mutated[bit / 8] ^= (byte) (1 << bit % 8);
        if (isCaseOfATsigName(request, mutated, bit / 8)) {
          continue;
        }
        flips++;
        if (TsigVerifier.verify(mutated, mutated.length, RING, NOW) instanceof Verdict.Verified) {
          fail("message %d is accepted with bit %d flipped", i, bit);
        }
      }
    }
    assertThat(flips).isGreaterThan(10_000);
  }

  /// Key and algorithm names are digested in lower case (RFC 8945 §4.3.3), so their case is free.
  /// The ID is replaced by the original one (§4.3.2), which is digested.
  private static boolean isCaseOfATsigName(byte[] request, byte[] mutated, int at) {
    int names = Messages.tsigOffset(request);
    int algorithm = names + KEY.name().wire().length() + 10;
    boolean isInAName =
        (at >= names && at < names + KEY.name().wire().length())
            || (at >= algorithm && at < algorithm + KEY.algorithm().wireName().length());
    return isInAName && Character.isLetter(request[at]) && (request[at] ^ mutated[at]) == 0x20;
  }
}
