package zonetrail.server.git;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/// A short text from which an Ed25519 key is made, the same one each time: what the MirageOS tool
/// `awa_gen_key --keytype ed25519` prints and its servers take as `--seed`.
///
/// Two forms. A seed proper is any text; it seeds the generator Fortuna, whose first 32 octets are
/// the private key. With `ed25519:` in front it is the private key itself in base64, as newer
/// versions of that tool print it.
///
/// A seed for an RSA key is not understood: its primes come out of the order in which that one
/// library tries candidates, which is written down nowhere and has changed between its versions.
///
/// Whoever has the seed has the key: [#toString()] does not show it.
public final class SshSeed {
  private static final String RAW_PREFIX = "ed25519:";
  private static final String RSA_PREFIX = "rsa:";
  private static final int KEY_OCTETS = 32;

  /// As many as the MirageOS tool takes: 40 characters of base64.
  private static final int RANDOM_OCTETS = 30;

  private static final int BLOCK_OCTETS = 16;

  private final String text;
  private final byte[] privateKey;

  private SshSeed(String text, byte[] privateKey) {
    this.text = text;
    this.privateKey = privateKey;
  }

  /// Reads a seed in either form.
  ///
  /// @throws IllegalArgumentException if it is none; the message does not show the text
  public static SshSeed parse(String text) {
    String seed = text.strip();
    if (seed.isEmpty()) {
      throw new IllegalArgumentException(
          "the seed is empty: zonetrail keygen ssh --seed makes one");
    }
    if (seed.startsWith(RSA_PREFIX)) {
      throw new IllegalArgumentException(
          "an RSA key cannot be made from its seed here, only an Ed25519 key: make a seed with"
              + " zonetrail keygen ssh --seed, or give the RSA key as a file with --ssh-key");
    }
    return new SshSeed(
        seed,
        seed.startsWith(RAW_PREFIX) ? raw(seed.substring(RAW_PREFIX.length())) : derive(seed));
  }

  /// Reads the seed in a file of one line, which must be its owner's only.
  ///
  /// @throws IllegalArgumentException if it cannot be read, or holds none
  public static SshSeed ofFile(Path file) {
    return parse(
        SecretFile.line(
            file, "seed file", "zonetrail keygen ssh --seed makes a seed to put there"));
  }

  /// Makes a new one.
  public static SshSeed random() {
    byte[] octets = new byte[RANDOM_OCTETS];
    new SecureRandom().nextBytes(octets);
    return parse(Base64.getEncoder().encodeToString(octets));
  }

  /// The secret text itself.
  public String secretText() {
    return text;
  }

  /// The public key as a line of `authorized_keys`, or for a forge's page of deploy keys.
  public String publicLine(String comment) {
    return SshKeyText.publicLine(keyPair().getPublic(), comment);
  }

  /// Always `***`.
  @Override
  public String toString() {
    return "***";
  }

  KeyPair keyPair() {
    try {
      PrivateKey key =
          SecurityUtils.generateEDDSAPrivateKey(KeyPairProvider.SSH_ED25519, privateKey);
      return new KeyPair(SecurityUtils.recoverEDDSAPublicKey(key), key);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Ed25519 is missing in this Java runtime", e);
    }
  }

  private static byte[] raw(String base64) {
    try {
      byte[] key = Base64.getDecoder().decode(base64);
      if (key.length == KEY_OCTETS) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // The decoder's message would show an octet of the key.
    }
    throw new IllegalArgumentException(
        "a seed that begins with " + RAW_PREFIX + " goes on with 32 octets in base64");
  }

  /// Fortuna (Ferguson, Schneier, Kohno: Cryptography Engineering, §9.4), seeded once: the key is
  /// SHA-256 twice over 32 zero octets and the seed; the stream is AES-256 of a counter of 128 bits
  /// that begins at 1.
  private static byte[] derive(String seed) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(new byte[KEY_OCTETS]);
      byte[] key = sha256.digest(sha256.digest(seed.getBytes(StandardCharsets.UTF_8)));
      Cipher counter = Cipher.getInstance("AES/CTR/NoPadding");
      byte[] one = ByteBuffer.allocate(BLOCK_OCTETS).putLong(0).putLong(1).array();
      counter.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(one));
      return counter.doFinal(new byte[KEY_OCTETS]);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES or SHA-256 is missing in this Java runtime", e);
    }
  }
}
