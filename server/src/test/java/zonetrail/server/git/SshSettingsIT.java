package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.fixtures.OpenSshServer;
import zonetrail.fixtures.OpenSshServer.KeyKind;
import zonetrail.fixtures.RequiresTool;

/// Which key files and fingerprints are taken, with keys that ssh-keygen made.
@RequiresTool(value = "ssh-keygen", debian = "openssh-client")
class SshSettingsIT {

  private static final String PIN = "SHA256:" + "A".repeat(43);

  private Path key;

  @BeforeEach
  void makeKey(@TempDir Path directory) {
    key = OpenSshServer.keyPair(directory, "id", KeyKind.ED25519, "");
  }

  @Test
  void aKeyOfTheOwnersOnlyIsTaken() throws IOException {
    permit("rw-------");
    assertThatCode(() -> settings(PIN)).doesNotThrowAnyException();
    permit("r--------");
    assertThatCode(() -> settings(PIN)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
  void aKeyThatOthersCanReachIsRefused_withTheRemedy(String permissions) throws IOException {
    permit(permissions);
    assertThatThrownBy(() -> settings(PIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can be read by others: chmod 600 " + key);
  }

  @Test
  void aFileThatIsNoPrivateKeyIsRefused_withoutShowingIt() throws IOException {
    Files.writeString(key, "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n");
    assertThatThrownBy(() -> settings(PIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(key + " cannot be used")
        .hasMessageNotContaining("c2VjcmV0");
  }

  @Test
  void thePublicHalfIsRefused() throws IOException {
    key = key.resolveSibling("id.pub");
    permit("rw-------");
    assertThatThrownBy(() -> settings(PIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is a public key, and it has to be a private key: give the file");
  }

  @Test
  void aMissingFileIsRefused_withTheCommandThatMakesOne() throws IOException {
    Files.delete(key);
    assertThatThrownBy(() -> settings(PIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "there is no SSH key file %s: make one with zonetrail keygen ssh %s, or with ssh-keygen"
                .formatted(key, key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"=", "", "=="})
  void aFingerprintMayEndInPadding(String padding) {
    assertThatCode(() -> settings(PIN + padding)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SHA256:",
        "SHA256:AAAA",
        "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
        "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void anythingElseIsNoFingerprint(String text) {
    assertThatThrownBy(() -> settings(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a host key fingerprint: '" + text + "'");
  }

  private SshSettings settings(String authenticator) {
    return SshSettings.of(key, List.of(authenticator), Optional.empty());
  }

  private void permit(String permissions) throws IOException {
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));
  }
}
