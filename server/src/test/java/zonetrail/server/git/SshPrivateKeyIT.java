package zonetrail.server.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import zonetrail.fixtures.Commands;
import zonetrail.fixtures.RequiresTool;
import zonetrail.fixtures.Tools;

/// Which keys we can log in with, against what ssh-keygen makes and reads.
@RequiresTool(value = "ssh-keygen", debian = "openssh-client")
class SshPrivateKeyIT {

  private Path directory;
  private Path file;

  @BeforeEach
  void setUp(@TempDir Path fresh) {
    directory = fresh;
    file = fresh.resolve("id");
  }

  @ParameterizedTest(name = "{0} {1} bits as {2}, with a passphrase: {3}")
  @CsvSource({
    "ed25519, 256, RFC4716, false",
    "ed25519, 256, RFC4716, true",
    "ecdsa, 256, RFC4716, false",
    "ecdsa, 384, RFC4716, true",
    "ecdsa, 521, RFC4716, false",
    "rsa, 2048, RFC4716, true",
    "rsa, 3072, RFC4716, false",
    "rsa, 4096, RFC4716, false",
    "rsa, 2048, PEM, false",
    "rsa, 2048, PEM, true",
    "ecdsa, 256, PEM, false",
    "ecdsa, 384, PKCS8, false",
    "rsa, 2048, PKCS8, false"
  })
  void eachKindThatOpenSshMakesIsRead(String kind, String bits, String form, boolean secret)
      throws IOException {
    keygen("-t", kind, "-b", bits, "-m", form, "-N", secret ? "correct horse" : "");
    Optional<Path> passphrase =
        secret ? Optional.of(secretFile("passphrase", "correct horse\n")) : Optional.empty();
    SshPrivateKey key = SshPrivateKey.read(file, passphrase);
    assertThat(SshKeyText.publicLine(key.keyPair().getPublic(), "c"))
        .isEqualTo(Files.readString(directory.resolve("id.pub")).strip());
    assertThat(key).hasToString("the key " + file);
  }

  @Nested
  class ThePassphrase {

    @Test
    void thatIsMissingIsAskedFor_withBothRemedies() throws IOException {
      keygen("-t", "ed25519", "-N", "correct horse");
      assertThatThrownBy(() -> SshPrivateKey.read(file, Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the key in %1$s has a passphrase: give --ssh-key-passphrase-file FILE, or take it"
                  + " away with ssh-keygen -p -N '' -f %1$s",
              file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RFC4716", "PEM"})
    void thatIsWrongIsSaidSo_andNotShown(String form) throws IOException {
      keygen("-t", "rsa", "-b", "2048", "-m", form, "-N", "correct horse");
      Path wrong = secretFile("passphrase", "battery staple\n");
      assertThatThrownBy(() -> SshPrivateKey.read(file, Optional.of(wrong)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the passphrase in %s is not that of the key %s", wrong, file)
          .hasMessageNotContaining("battery");
    }

    @Test
    void thatIsNotNeededIsRefused() throws IOException {
      keygen("-t", "ed25519", "-N", "");
      Path needless = secretFile("passphrase", "correct horse\n");
      assertThatThrownBy(() -> SshPrivateKey.read(file, Optional.of(needless)))
          .hasMessageEndingWith("has no passphrase: leave --ssh-key-passphrase-file out");
    }

    @Test
    void mustBeItsOwnersOnly() throws IOException {
      keygen("-t", "ed25519", "-N", "correct horse");
      Path open = secretFile("passphrase", "correct horse\n");
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
      assertThatThrownBy(() -> SshPrivateKey.read(file, Optional.of(open)))
          .hasMessageContaining(
              "the passphrase file " + open + " can be read by others: chmod 600");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "one\ntwo\n"})
    void isOneLine(String text) throws IOException {
      keygen("-t", "ed25519", "-N", "correct horse");
      Path none = secretFile("passphrase", text);
      assertThatThrownBy(() -> SshPrivateKey.read(file, Optional.of(none)))
          .hasMessageContaining("has to have one line");
    }
  }

  @Nested
  class WhatIsNoKeyOfOurs {

    @Test
    void thePublicHalfIsNamedAsThat() throws IOException {
      keygen("-t", "rsa", "-b", "2048", "-N", "");
      Files.move(
          directory.resolve("id.pub"), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      permitOwnerOnly(file);
      assertThatThrownBy(() -> SshPrivateKey.read(file, Optional.empty()))
          .hasMessageContaining("is a public key, and it has to be a private key");
    }

    @Test
    void puttysFormatIsNamed_withTheCommandThatConvertsIt() throws IOException {
      file = secretFile("id.ppk", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n");
      assertThatThrownBy(() -> SshPrivateKey.read(file, Optional.empty()))
          .hasMessageContaining("is in PuTTY's format: puttygen " + file);
    }

    @Test
    void anRsaKeyThatIsTooShortIsRefused() throws IOException {
      keygen("-t", "rsa", "-b", "1024", "-N", "");
      assertThatThrownBy(() -> SshPrivateKey.read(file, Optional.empty()))
          .hasMessageContaining("has 1024 bits, and at least 2048 are needed");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "no key at all",
          "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n",
          "-----BEGIN OPENSSH PRIVATE KEY-----\n%%%%\n-----END OPENSSH PRIVATE KEY-----\n",
          "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n"
        })
    void anythingElseIsRefused_andNotShown(String text) throws IOException {
      file = secretFile("id", text);
      assertThatThrownBy(() -> SshPrivateKey.read(file, Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(file + " cannot be used: it has to be a private key")
          .hasMessageNotContaining("c2VjcmV0");
    }
  }

  @Nested
  class ANewKey {

    @ParameterizedTest
    @EnumSource(NewSshKey.Kind.class)
    void isReadByOpenSshAndByUs(NewSshKey.Kind kind) throws IOException {
      NewSshKey made = NewSshKey.generate(kind, "zones@example");
      made.writeTo(file);
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(keygenOutput("-y", "-f", file.toString())).isEqualTo(made.publicLine());
      assertThat(Files.readString(directory.resolve("id.pub"))).isEqualTo(made.publicLine() + "\n");
      SshPrivateKey read = SshPrivateKey.read(file, Optional.empty());
      assertThat(SshKeyText.publicLine(read.keyPair().getPublic(), "zones@example"))
          .isEqualTo(made.publicLine());
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "id.pub"})
    void neverOverwritesAnother(String name) throws IOException {
      Files.writeString(directory.resolve(name), "precious");
      NewSshKey made = NewSshKey.generate(NewSshKey.Kind.ED25519, "c");
      assertThatThrownBy(() -> made.writeTo(file)).isInstanceOf(FileAlreadyExistsException.class);
      assertThat(Files.readString(directory.resolve(name))).isEqualTo("precious");
      try (var files = Files.list(directory)) {
        assertThat(files).hasSize(1);
      }
    }
  }

  private void keygen(String... options) {
    keygenOutput(
        List.of(options).contains("-t")
            ? concat(options, "-q", "-C", "c", "-f", file.toString())
            : options);
  }

  private String keygenOutput(String... options) {
    return Commands.run(
            directory,
            Map.of(),
            List.of(concat(new String[] {Tools.require("ssh-keygen").toString()}, options)))
        .strip();
  }

  private static String[] concat(String[] first, String... second) {
    return java.util.stream.Stream.of(first, second)
        .flatMap(java.util.Arrays::stream)
        .toArray(String[]::new);
  }

  private Path secretFile(String name, String text) throws IOException {
    Path secret = Files.writeString(directory.resolve(name), text);
    permitOwnerOnly(secret);
    return secret;
  }

  private static void permitOwnerOnly(Path secret) throws IOException {
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
  }
}
