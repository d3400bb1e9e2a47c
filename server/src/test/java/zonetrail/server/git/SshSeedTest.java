package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys that are made from a seed, as the MirageOS servers have them.
class SshSeedTest {

  @Test
  void thePrivateKeyThatAwaGenKeyPrints_givesThePublicKeyThatItPrints() {
    // Both from the documentation of a MirageOS DNS server.
    assertThat(
            SshSeed.parse("ed25519:AqKcLX40SblHbAeZ63FCDXJD3xOiRUmCRxzxQFThEf4=")
                .publicLine("awa@awa.local"))
        .isEqualTo(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF3PyCx3KPc84KGXpel9uMwwKailyUWnoLICjSZo37Y7"
                + " awa@awa.local");
  }

  @Test
  void theSameSeedGivesTheSameKey_anotherAnother() {
    String seed = "svIdyO8boxNQP03NrUgfwDxk4iPaURukAyKl1cx8";
    assertThat(SshSeed.parse(seed + "\n").publicLine("c"))
        .isEqualTo(SshSeed.parse(seed).publicLine("c"))
        .isNotEqualTo(SshSeed.parse(seed + "A").publicLine("c"));
  }

  @Test
  void aNewSeedHas30Octets_andCanBeGivenBack() {
    SshSeed seed = SshSeed.random();
    assertThat(Base64.getDecoder().decode(seed.secretText())).hasSize(30);
    assertThat(SshSeed.parse(seed.secretText()).publicLine("c")).isEqualTo(seed.publicLine("c"));
    assertThat(SshSeed.random().secretText()).isNotEqualTo(seed.secretText());
  }

  @Test
  void anRsaSeedIsRefused_sayingWhatWouldDo() {
    assertThatThrownBy(() -> SshSeed.parse("rsa:s3cret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("an RSA key cannot be made from its seed here")
        .hasMessageContaining("--ssh-key")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "ed25519:", "ed25519:s3cret!!", "ed25519:c2VjcmV0"})
  void whatIsNoSeedIsRefused_andNotShown(String text) {
    assertThatThrownBy(() -> SshSeed.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret")
        .hasMessageNotContaining("c2VjcmV0");
  }

  @Test
  void aSeedIsNotPrinted() {
    assertThat(SshSeed.parse("s3cret")).hasToString("***");
  }

  @Test
  void aSeedFileMustBeItsOwnersOnly(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("seed"), "s3cret\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> SshSeed.ofFile(file))
        .hasMessageContaining("can be read by others: chmod 600 " + file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(SshSeed.ofFile(file).secretText()).isEqualTo("s3cret");
  }
}
