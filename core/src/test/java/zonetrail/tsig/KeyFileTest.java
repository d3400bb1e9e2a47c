package zonetrail.tsig;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;

/// Key files: which keys they give, and what is said about those they don't.
class KeyFileTest {
  private static final String CANARY = "canary-0123456789-canary";
  private static final String BASE64 =
      Base64.getEncoder().encodeToString(CANARY.getBytes(StandardCharsets.UTF_8));

  private static KeyFile read(String fileName, String... lines) {
    String text = String.join("\n", lines) + "\n";
    return KeyFile.read(fileName, text.getBytes(StandardCharsets.UTF_8));
  }

  private static TsigKey key(String name, TsigAlgorithm algorithm) {
    return Messages.key(name, algorithm, CANARY);
  }

  @Nested
  class Names {
    @ParameterizedTest
    @CsvSource({
      "_keys,                                 .",
      "example.com._keys,                     example.com.",
      "Example.COM._keys,                     example.com.",
      "zones/example.com._keys,               example.com.",
      "@._keys,                               .",
      "0%2F25.2.0.192.in-addr.arpa._keys,     0/25.2.0.192.in-addr.arpa.",
    })
    void aKeyFileIsForTheSubtreeOfItsZone(String fileName, String zone) {
      assertThat(KeyFile.isKeyFileName(fileName)).isTrue();
      assertThat(KeyFile.zoneOf(fileName)).contains(WireName.parse(zone));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "example.com",
          "keys",
          "my_keys",
          "_keys/example.com",
          "_keys.txt",
          "_\u212aeys",
          "example.com._\u212aeys"
        })
    void otherFilesAreNone(String fileName) {
      assertThat(KeyFile.isKeyFileName(fileName)).isFalse();
      assertThat(KeyFile.zoneOf(fileName)).isEmpty();
    }

    @Test
    void aNameThatIsNoZone_isAnError() {
      assertThat(read("..example._keys", "k._notify.example. DNSKEY 0 3 163 " + BASE64).findings())
          .singleElement()
          .satisfies(it -> assertThat(it.rule()).isEqualTo("key-file-name"))
          .matches(Finding::isError);
    }
  }

  @Nested
  class Keys {
    @Test
    void eachDnskeyRecordIsAKey_withOrWithoutTtlClassAndFinalDot() {
      KeyFile file =
          read(
              "example.com._keys",
              "; who may do what",
              "k._update.example.com. DNSKEY 0 3 163 " + BASE64,
              "192.0.2.1.192.0.2.2._transfer.example.com 300 IN DNSKEY 0 3 165 " + BASE64,
              "k._notify.www.example.com. IN DNSKEY 0 3 162 " + BASE64);
      assertThat(file.findings()).isEmpty();
      assertThat(file.keys())
          .containsExactly(
              key("k._update.example.com.", TsigAlgorithm.HMAC_SHA256),
              key("192.0.2.1.192.0.2.2._transfer.example.com.", TsigAlgorithm.HMAC_SHA512),
              key("k._notify.www.example.com.", TsigAlgorithm.HMAC_SHA224));
    }

    @Test
    void twoRecordsOfOneNameAreTwoSecrets() {
      String other = Base64.getEncoder().encodeToString(new byte[32]);
      KeyFile file =
          read(
              "_keys",
              "k._notify. DNSKEY 0 3 163 " + BASE64,
              "k._notify. DNSKEY 0 3 163 " + other,
              "k._notify. DNSKEY 0 3 163 " + BASE64);
      assertThat(file.findings()).isEmpty();
      assertThat(file.keys()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
      "k._update.example.org.,        163, key-scope",
      "k._update.com.,                163, key-scope",
      "k._update.,                    163, key-scope",
      "k._update.notexample.com.,     163, key-scope",
      "k._update,                     163, key-scope",
      "k.example.com.,                163, key-operation",
      "k._update.example.com.,        157, key-algorithm",
      "k._update.example.com.,        161, key-algorithm",
      "k._update.example.com.,        13,  key-algorithm",
    })
    void aRecordThatGivesNoGoodKey_isAWarning_andTheOthersAreTaken(
        String name, int algorithm, String rule) {
      KeyFile file =
          read(
              "example.com._keys",
              name + " DNSKEY 0 3 " + algorithm + " " + BASE64,
              "k._notify.example.com. DNSKEY 0 3 163 " + BASE64);
      assertThat(file.keys())
          .containsExactly(key("k._notify.example.com.", TsigAlgorithm.HMAC_SHA256));
      assertThat(file.findings())
          .singleElement()
          .satisfies(it -> assertThat(it.rule()).isEqualTo(rule))
          .satisfies(it -> assertThat(it.where().line()).isEqualTo(1));
      assertThat(file.hasErrors()).isFalse();
    }

    @Test
    void hmacSha1IsTakenWhereItIsAllowed_andHmacMd5Never() {
      String text =
          "k._notify. DNSKEY 0 3 161 " + BASE64 + "\nk._notify. DNSKEY 0 3 157 " + BASE64 + "\n";
      KeyFile file =
          KeyFile.read("_keys", text.getBytes(StandardCharsets.UTF_8), AlgorithmPolicy.SHA1_TOO);
      assertThat(file.keys()).containsExactly(key("k._notify.", TsigAlgorithm.HMAC_SHA1));
      assertThat(file.findings()).hasSize(1);
    }

    @Test
    void aShortSecretIsTaken_withAWarning() {
      KeyFile file = read("_keys", "k._notify. DNSKEY 0 3 163 c2hvcnQ=");
      assertThat(file.keys()).hasSize(1);
      assertThat(file.findings())
          .singleElement()
          .matches(it -> it.rule().equals("key-secret-short"));
    }
  }

  @Nested
  class Errors {
    @Test
    void aLineThatIsNoRecord_isAnErrorWithItsLine_andGivesNoKeyAtAll() {
      KeyFile file =
          read(
              "example.com._keys",
              "k._notify.example.com. DNSKEY 0 3 163 " + BASE64,
              "k._update.example.com. DNSKEY 0 3 163 " + CANARY + "!");
      assertThat(file.hasErrors()).isTrue();
      assertThat(file.keys()).isEmpty();
      assertThat(file.findings())
          .filteredOn(Finding::isError)
          .allSatisfy(it -> assertThat(it.where().line()).isEqualTo(2));
    }

    @Test
    void noFindingShowsWhatStandsInTheFile_howeverItIsBroken() {
      String good =
          "k._notify.example.com. DNSKEY 0 3 163 "
              + BASE64
              + "\n"
              + "k._update.example.com. 300 IN DNSKEY 0 3 163 ( "
              + BASE64
              + " )\n"
              + "k.example.com. DNSKEY 0 3 157 "
              + BASE64
              + "\n";
      List<String> noise =
          List.of(
              "\"", "(", ")", ";", " ", "\n", ":", "\\", "$INCLUDE ", "$TTL ", "@", "DNSKEY ", "!");
      Random random = new Random(157);
      int findings = 0;
      for (int i = 0; i < 2_000; i++) {
        StringBuilder text = new StringBuilder(good);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
          int at = random.nextInt(text.length());
          text.replace(at, at + random.nextInt(2), noise.get(random.nextInt(noise.size())));
        }
        KeyFile file = read("example.com._keys", text.toString());
        for (Finding finding : file.findings()) {
          // Eight characters in a row of the secret would be a leak, wherever it was cut.
          for (int from = 0; from + 8 <= BASE64.length(); from++) {
            assertThat(finding.toString()).doesNotContain(BASE64.substring(from, from + 8));
          }
          findings++;
        }
      }
      assertThat(findings).isGreaterThan(1_000);
    }
  }
}
