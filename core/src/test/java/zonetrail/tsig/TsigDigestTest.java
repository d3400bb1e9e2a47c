package zonetrail.tsig;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static zonetrail.tsig.Messages.NOW;
import static zonetrail.tsig.Messages.key;

import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import zonetrail.wire.Header;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// What a MAC is made of, octet by octet.
class TsigDigestTest {
  private static final TsigKey KEY =
      key("Hook._Notify.example.", TsigAlgorithm.HMAC_SHA256, "a secret of ours");
  private static final String TIME = "000001020304";
  private static final String FUDGE = "012c";
  private static final String KEY_NAME = "04" + hex("hook") + "07" + hex("_notify");
  private static final String VARIABLES =
      KEY_NAME
          + ("07" + hex("example") + "00")
          + ("00ff" + "00000000")
          + ("0b" + hex("hmac-sha256") + "00")
          + (TIME + FUDGE)
          + ("0012" + "0006" + "aabbccddeeff");

  private static String hex(String ascii) {
    return HexFormat.of().formatHex(ascii.getBytes(US_ASCII));
  }

  private static byte[] octets(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static TsigRecord record() {
    return new TsigRecord(
        KEY.name().wire(),
        WireName.parse("HMAC-SHA256."),
        0x0102_0304,
        300,
        TsigMac.of(new byte[] {9, 9, 9}),
        0xbeef,
        18,
        octets("aabbccddeeff"));
  }

  private static String hmac(String... parts) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec("a secret of ours".getBytes(US_ASCII), "HmacSHA256"));
    for (String part : parts) {
      mac.update(octets(part));
    }
    return HexFormat.of().formatHex(mac.doFinal());
  }

  private static String hex(TsigMac mac) {
    return HexFormat.of().formatHex(mac.toBytes());
  }

  @Test
  @Rfc(number = 8945, section = "4.3.3")
  void theVariablesAreNamesInSmallLetters_class_ttl_times_errorAndOtherData() {
    assertThat(HexFormat.of().formatHex(record().variables())).isEqualTo(VARIABLES);
  }

  @Test
  @Rfc(number = 8945, section = "4.3.3.1")
  void theTimersAreTheTimeSignedAndThenTheFudge() {
    assertThat(HexFormat.of().formatHex(record().timers())).isEqualTo(TIME + FUDGE);
  }

  @Nested
  @Rfc(number = 8945, section = "4.3")
  class Section4_3_MacComputation {
    private final byte[] message = Messages.notifyRequest();
    private final String underOriginalId =
        "beef" + HexFormat.of().formatHex(message).substring(2 * Header.FLAGS);

    @Test
    void ofARequestItIsTheMessageAndThenTheVariables() throws Exception {
      TsigMac mac = TsigDigest.of(KEY, null, message, message.length, record());

      assertThat(hex(mac)).isEqualTo(hmac(underOriginalId, VARIABLES));
    }

    @Test
    @Rfc(number = 8945, section = "4.3.1")
    void ofAResponseTheRequestsMacStandsInFront_withItsSize() throws Exception {
      TsigMac cut = TsigMac.of(octets("00112233445566778899"));

      TsigMac mac = TsigDigest.of(KEY, cut, message, message.length, record());

      assertThat(hex(mac))
          .isEqualTo(hmac("000a" + "00112233445566778899", underOriginalId, VARIABLES));
    }

    @Test
    @Rfc(number = 8945, section = "4.3.3.1")
    @Rfc(number = 8945, section = "5.3.1")
    void ofALaterMessageOfAStreamItIsTheMacBefore_theMessageAndTheTimers() throws Exception {
      byte[] request = Messages.signed(message, KEY, NOW, 300, 32);
      KeyRing ring = KeyRing.EMPTY.with("k", List.of(KEY));
      Verdict.Verified verified =
          (Verdict.Verified) TsigVerifier.verify(request, request.length, ring, NOW);
      TsigStreamSigner signer = new TsigStreamSigner(verified);

      byte[] first = signer.sign(message, message.length, NOW);
      byte[] second = signer.sign(message, message.length, NOW.plusSeconds(1));

      TsigRecord later = recordOf(second);
      assertThat(hex(later.mac()))
          .isEqualTo(
              hmac(
                  "0020" + hex(recordOf(first).mac()),
                  HexFormat.of().formatHex(message),
                  HexFormat.of().formatHex(later.timers())));
      assertThat(later.timeSigned()).isEqualTo(NOW.plusSeconds(1));
    }

    private static TsigRecord recordOf(byte[] signed) {
      if (TsigLocator.locate(signed, signed.length) instanceof TsigLocator.Located.Found found) {
        return found.record();
      }
      throw new AssertionError("the message has no TSIG");
    }
  }
}
