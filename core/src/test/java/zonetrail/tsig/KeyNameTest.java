package zonetrail.tsig;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.wire.WireName;

/// A key's rights are written in its name.
class KeyNameTest {
  private static KeyName keyName(String name) {
    return KeyName.of(WireName.parse(name));
  }

  private static boolean permits(String key, Operation operation, String name) {
    return keyName(key).permits(operation, WireName.parse(name));
  }

  @Nested
  class OperationAndScope {
    @ParameterizedTest
    @CsvSource({
      "k._update.example.com.,          UPDATE,   example.com.",
      "k._TRANSFER.Example.com.,        TRANSFER, example.com.",
      "_notify.example.com.,            NOTIFY,   example.com.",
      "a.b.c._notify.example.com.,      NOTIFY,   example.com.",
      "k._update.,                      UPDATE,   .",
      "k._update.host.example.,         UPDATE,   host.example.",
      "k._update.x._notify.example.,    NOTIFY,   example.",
      "k._notify.x._update.example.,    UPDATE,   example.",
      "_update._update.,                UPDATE,   .",
    })
    void theLabelNearestTheRootCounts(String name, Operation operation, String scope) {
      assertThat(keyName(name).operation()).contains(operation);
      assertThat(keyName(name).scope()).contains(WireName.parse(scope));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          ".",
          "example.com.",
          "update.example.com.",
          "k._updates.example.",
          "\\_update\\.x."
        })
    void aNameWithoutAnOperationGrantsNothing(String name) {
      assertThat(keyName(name).operation()).isEmpty();
      assertThat(keyName(name).scope()).isEmpty();
      for (Operation operation : Operation.values()) {
        assertThat(permits(name, operation, "example.com.")).isFalse();
      }
    }
  }

  @Nested
  class Rights {
    @Test
    void updateHoldsTransfer_andTransferHoldsNotify() {
      assertThat(permits("k._update.a.", Operation.UPDATE, "a.")).isTrue();
      assertThat(permits("k._update.a.", Operation.TRANSFER, "a.")).isTrue();
      assertThat(permits("k._update.a.", Operation.NOTIFY, "a.")).isTrue();
      assertThat(permits("k._transfer.a.", Operation.UPDATE, "a.")).isFalse();
      assertThat(permits("k._transfer.a.", Operation.TRANSFER, "a.")).isTrue();
      assertThat(permits("k._transfer.a.", Operation.NOTIFY, "a.")).isTrue();
      assertThat(permits("k._notify.a.", Operation.UPDATE, "a.")).isFalse();
      assertThat(permits("k._notify.a.", Operation.TRANSFER, "a.")).isFalse();
      assertThat(permits("k._notify.a.", Operation.NOTIFY, "a.")).isTrue();
    }

    @Test
    void aScopeEndsAtALabel() {
      assertThat(permits("k._notify.example.", Operation.NOTIFY, "my.example.")).isTrue();
      assertThat(permits("k._notify.example.", Operation.NOTIFY, "myexample.")).isFalse();
      assertThat(permits("k._notify.my.example.", Operation.NOTIFY, "example.")).isFalse();
    }

    @Test
    void theMatrixOfRightsIsThatOfAModel() {
      List<String> labels = List.of("a", "B", "_update", "_Transfer", "_NOTIFY", "_other", "b");
      Random random = new Random(2136);
      int granted = 0;
      for (int i = 0; i < 10_000; i++) {
        String key = randomName(random, labels, 6);
        String name = randomName(random, List.of("a", "B", "b", "A"), 4);
        for (Operation operation : Operation.values()) {
          boolean expected = modelPermits(key, operation.name(), name);
          assertThat(permits(key, operation, name))
              .as("%s for %s of %s", operation, name, key)
              .isEqualTo(expected);
          granted += expected ? 1 : 0;
        }
      }
      assertThat(granted).isBetween(1_000, 20_000);
    }

    private static String randomName(Random random, List<String> labels, int most) {
      StringBuilder name = new StringBuilder();
      for (int i = 1 + random.nextInt(most); i > 0; i--) {
        name.append(labels.get(random.nextInt(labels.size()))).append('.');
      }
      return name.toString();
    }

    /// The rule once more, on text: cut at the last operation label, compare suffixes.
    private static boolean modelPermits(String key, String operation, String name) {
      String order = "notify transfer update";
      String lower = "." + key.toLowerCase(Locale.ROOT);
      int cut = -1;
      String said = "";
      for (String word : List.of("notify", "transfer", "update")) {
        int at = lower.lastIndexOf("._" + word + ".");
        if (at > cut) {
          cut = at;
          said = word;
        }
      }
      if (cut < 0) {
        return false;
      }
      String scope = lower.substring(cut + 2 + said.length());
      return order.indexOf(said) >= order.indexOf(operation.toLowerCase(Locale.ROOT))
          && ("." + name.toLowerCase(Locale.ROOT)).endsWith(scope);
    }
  }

  @Nested
  class Addresses {
    @ParameterizedTest
    @CsvSource(
        nullValues = "-",
        value = {
          "192.0.2.1.192.0.2.2._transfer.example.,        192.0.2.1,   192.0.2.2",
          "192.0.2.1._transfer.example.,                  192.0.2.1,   -",
          "k.192.0.2.1._transfer.example.,                192.0.2.1,   -",
          "9.9.192.0.2.1.192.0.2.2._transfer.example.,    192.0.2.1,   192.0.2.2",
          "2001-db8--1._transfer.example.,                2001:db8::1, -",
          "2001-db8--1.2001-db8--2._transfer.example.,    2001:db8::1, 2001:db8::2",
          "192.0.2.1.2001-DB8--2._transfer.example.,      192.0.2.1,   2001:db8::2",
          "2001-db8--1.192.0.2.2._transfer.,              2001:db8::1, 192.0.2.2",
          "192.0.2.1.k._transfer.example.,                -,           -",
          "192.0.2.256._transfer.example.,                -,           -",
          "192.0.2.01._transfer.example.,                 -,           -",
          "0.2.1._transfer.example.,                      -,           -",
          "a-b-c._transfer.example.,                      -,           -",
          "192.0.2.1.192.0.2.2._update.example.,          -,           -",
          "192.0.2.1.192.0.2.2.example.,                  -,           -",
        })
    void theAddressesStandLeftOfTransfer_inNaturalOrder(
        String name, @Nullable String primary, @Nullable String secondary) {
      assertThat(keyName(name).primary().orElse(null))
          .isEqualTo(primary == null ? null : InetAddress.ofLiteral(primary));
      assertThat(keyName(name).secondary().orElse(null))
          .isEqualTo(secondary == null ? null : InetAddress.ofLiteral(secondary));
    }
  }
}
