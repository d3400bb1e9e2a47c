package zonetrail.server.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;

/// SSH keys in the forms that OpenSSH writes.
final class SshKeyText {

  private SshKeyText() {}

  /// `ssh-ed25519 AAAA... comment`.
  static String publicLine(PublicKey key, String comment) {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePublicKey(key, comment, out);
      return out.toString(StandardCharsets.UTF_8).strip();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot write a " + key.getAlgorithm() + " key", e);
    }
  }

  /// `-----BEGIN OPENSSH PRIVATE KEY-----` and so on, without a passphrase.
  static byte[] privateText(KeyPair key, String comment) {
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, comment, null, out);
      return out.toByteArray();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(
          "cannot write a " + key.getPublic().getAlgorithm() + " key", e);
    }
  }
}
