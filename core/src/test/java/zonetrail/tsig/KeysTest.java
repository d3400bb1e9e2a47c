package zonetrail.tsig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static zonetrail.tsig.Messages.NOW;
import static zonetrail.tsig.Messages.key;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.WireName;

/// Keys, where they are kept, and that no secret leaves them.
class KeysTest {
  private static final String CANARY = "canary-Sd8f7sdf98";
  private static final String CANARY_BASE64 =
      Base64.getEncoder().encodeToString(CANARY.getBytes(StandardCharsets.UTF_8));
  private static final TsigKey KEY =
      key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA256, CANARY);

  @Nested
  class CommandLineForm {
    @ParameterizedTest
    @CsvSource({
      "SHA256, HMAC_SHA256",
      "sha256, HMAC_SHA256",
      "SHA-256, HMAC_SHA256",
      "hmac-sha256, HMAC_SHA256",
      "hmac-sha256., HMAC_SHA256",
      "163, HMAC_SHA256",
      "SHA1, HMAC_SHA1",
      "161, HMAC_SHA1",
      "SHA224, HMAC_SHA224",
      "SHA384, HMAC_SHA384",
      "164, HMAC_SHA384",
      "HMAC-SHA512, HMAC_SHA512",
    })
    void theAlgorithmIsANameOrANumber(String written, TsigAlgorithm algorithm) {
      TsigKey parsed = TsigKey.parse("k._notify.example.com:" + written + ":" + CANARY_BASE64);
      assertThat(parsed).isEqualTo(key("k._notify.example.com.", algorithm, CANARY));
    }

    @Test
    void withoutAnAlgorithmItIsSha256() {
      assertThat(TsigKey.parse("k._notify.example.com:" + CANARY_BASE64)).isEqualTo(KEY);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "name-only",
          "k.example:SHA256:",
          "k.example:SHA256:***",
          "k.example:SHA256:canary-Sd8f7sdf98!",
          "k.example:MD5:Y2FuYXJ5LVNkOGY3c2RmOTg=",
          "k.example:157:Y2FuYXJ5LVNkOGY3c2RmOTg=",
          "k.example:SHA3:Y2FuYXJ5LVNkOGY3c2RmOTg=",
          "k..example:SHA256:Y2FuYXJ5LVNkOGY3c2RmOTg=",
          "hmac-sha256:k.example:Y2FuYXJ5LVNkOGY3c2RmOTg=",
          "a:b:c:Y2FuYXJ5LVNkOGY3c2RmOTg=",
          "k.example:Y2FuYXJ5LVNkOGY3c2RmOTg=:SHA256",
        })
    void whatIsNoKeyIsRefused_andItsSecretIsNotShown(String text) {
      assertThatThrownBy(() -> TsigKey.parse(text))
          .isInstanceOf(BadKeyException.class)
          .hasNoCause()
          .message()
          .doesNotContain("canary", CANARY_BASE64, "Y2FuYXJ5");
    }
  }

  @Nested
  class Ring {
    private final TsigKey next = key("K._notify.Example.com.", TsigAlgorithm.HMAC_SHA256, "next");
    private final TsigKey strong = key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA512, "s");

    @Test
    void oneNameMayHaveTwoSecrets() {
      KeyRing ring = KeyRing.of(Map.of("example.com._keys", List.of(KEY, next, strong)));
      assertThat(ring.lookup(WireName.parse("k._NOTIFY.example.com."), TsigAlgorithm.HMAC_SHA256))
          .containsExactly(KEY, next);
    }

    @Test
    void aKeyIsBoundToItsAlgorithm() {
      KeyRing ring = KeyRing.of(Map.of("example.com._keys", List.of(KEY)));
      assertThat(ring.lookup(KEY.name().wire(), TsigAlgorithm.HMAC_SHA512)).isEmpty();
    }

    @Test
    void oneFilesKeysAreReplaced_andTheOthersStay() {
      KeyRing before =
          KeyRing.of(Map.of("_keys", List.of(strong), "example.com._keys", List.of(KEY)));
      KeyRing after = before.with("example.com._keys", List.of(next));
      assertThat(after.keys()).containsExactly(strong, next);
      assertThat(after.contains(KEY)).isFalse();
      assertThat(after.contains(next)).isTrue();
      assertThat(before.keys()).containsExactly(strong, KEY);
      assertThat(after.without("_keys").files()).containsExactly("example.com._keys");
      assertThat(after.without(Set.of("_keys", "example.com._keys", "no such")).keys()).isEmpty();
    }

    @Test
    void aKeyWithAnotherSecretIsAnotherKey() {
      KeyRing ring = KeyRing.of(Map.of("_keys", List.of(KEY)));
      assertThat(ring.contains(key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA256, "x")))
          .isFalse();
    }
  }

  @Nested
  class Secrecy {
    @Test
    void noSecretAndNoMacIsInAnyText() {
      byte[] plain = Messages.notifyRequest();
      SignedRequest request = TsigSigner.signRequest(plain, plain.length, KEY, NOW);
      KeyRing ring = KeyRing.of(Map.of("_keys", List.of(KEY)));
      byte[] message = request.message();
      Verdict verified = TsigVerifier.verify(message, message.length, ring, NOW);
      Verdict late = TsigVerifier.verify(message, message.length, ring, NOW.plusSeconds(999));
      Verdict unknown = TsigVerifier.verify(message, message.length, KeyRing.EMPTY, NOW);
      String mac = HexFormat.of().formatHex(request.mac().toBytes());

      assertThat(List.of(KEY, KEY.secret(), ring, verified, late, unknown, request.mac()))
          .map(Object::toString)
          .allSatisfy(text ->
              assertThat(text)
                  .doesNotContain(CANARY, CANARY_BASE64)
                  .doesNotContainIgnoringCase(mac));
      assertThat(KEY.toString()).contains("***").contains("k._notify.example.com.");
      assertThat(((Verdict.Verified) verified).requestId()).hasSize(32).isNotEqualTo(mac);
    }

    @Test
    void secretsCompareByTheirOctets() {
      assertThat(Secret.of(new byte[] {1, 2})).isEqualTo(Secret.ofBase64("AQI="));
      assertThat(Secret.of(new byte[] {1, 2})).isEqualTo(Secret.ofBase64("AQI"));
      assertThat(Secret.of(new byte[] {1, 2})).isNotEqualTo(Secret.of(new byte[] {1, 3}));
    }
  }
}
