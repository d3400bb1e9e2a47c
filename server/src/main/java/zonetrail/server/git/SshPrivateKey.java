package zonetrail.server.git;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.RSAKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/// The key that we log in with: Ed25519, ECDSA (P-256, P-384, P-521) or RSA of 2048 bits or more,
/// from a file, with a passphrase or without, or from a seed.
///
/// It is read once, so that a mistake shows at the start and not at night. Immutable; prints its
/// name only.
public final class SshPrivateKey {

  /// Fewer bits are within reach of those who have the means; forges refuse them too.
  static final int MIN_RSA_BITS = 2048;

  private static final Set<String> KINDS =
      Set.of(
          KeyPairProvider.SSH_ED25519,
          KeyPairProvider.ECDSA_SHA2_NISTP256,
          KeyPairProvider.ECDSA_SHA2_NISTP384,
          KeyPairProvider.ECDSA_SHA2_NISTP521,
          KeyPairProvider.SSH_RSA);

  private static final String WHAT = "SSH key file";

  private final String name;
  private final String publicHalf;
  private final KeyPair key;

  private SshPrivateKey(String name, String publicHalf, KeyPair key) {
    this.name = name;
    this.publicHalf = publicHalf;
    this.key = key;
  }

  /// Reads a key file of OpenSSH, or in PEM.
  ///
  /// @param file readable by its owner only
  /// @param passphraseFile a file of one line, likewise; needed where the key has a passphrase, and
  ///   refused where it has none
  /// @throws IllegalArgumentException saying what is wrong, and what to do
  public static SshPrivateKey read(Path file, Optional<Path> passphraseFile) {
    byte[] text =
        SecretFile.read(
            file, WHAT, "make one with zonetrail keygen ssh " + file + ", or with ssh-keygen");
    refuseOtherForms(file, new String(text, StandardCharsets.ISO_8859_1).stripLeading());
    Passphrase passphrase =
        new Passphrase(
            passphraseFile.map(path ->
                SecretFile.line(path, "passphrase file", "it has one line, the passphrase")));
    List<KeyPair> keys = parse(file, text, passphrase, passphraseFile);
    if (keys.size() != 1) {
      throw unusable(file, null);
    }
    if (passphraseFile.isPresent() && !passphrase.wasAsked) {
      throw new IllegalArgumentException(
          "the key in " + file + " has no passphrase: leave --ssh-key-passphrase-file out");
    }
    KeyPair key = keys.getFirst();
    refuseWeak(file, key);
    return new SshPrivateKey("the key " + file, file + ".pub", key);
  }

  /// The key that a seed stands for.
  public static SshPrivateKey of(SshSeed seed) {
    return new SshPrivateKey(
        "the key of the seed", "'" + seed.publicLine("zonetrail") + "'", seed.keyPair());
  }

  /// How messages call it: `the key FILE`.
  @Override
  public String toString() {
    return name;
  }

  /// The public half, for somebody who has to enter it at the remote: its file, or the line itself.
  String publicHalf() {
    return publicHalf;
  }

  KeyPair keyPair() {
    return key;
  }

  private static void refuseOtherForms(Path file, String text) {
    if (text.startsWith("PuTTY-User-Key-File")) {
      throw new IllegalArgumentException(
          "the SSH key file "
              + file
              + " is in PuTTY's format: puttygen "
              + file
              + " -O private-openssh-new -o NEWFILE makes one that can be used");
    }
    boolean isPublic =
        text.startsWith("ssh-")
            || text.startsWith("ecdsa-")
            || text.startsWith("sk-")
            || text.startsWith("---- BEGIN SSH2 PUBLIC KEY")
            || text.matches("(?s)-----BEGIN (RSA )?PUBLIC KEY.*");
    if (isPublic) {
      throw new IllegalArgumentException(
          "the SSH key file "
              + file
              + " is a public key, and it has to be a private key: give the file of that name"
              + " without .pub");
    }
  }

  private static List<KeyPair> parse(
      Path file, byte[] text, Passphrase passphrase, Optional<Path> passphraseFile) {
    List<KeyPair> keys = new ArrayList<>();
    try {
      Iterable<KeyPair> read =
          SecurityUtils.loadKeyPairIdentities(
              null,
              NamedResource.ofName(file.toString()),
              new ByteArrayInputStream(text),
              passphrase);
      if (read != null) {
        read.forEach(keys::add);
      }
      return keys;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      if (!passphrase.wasAsked) {
        throw unusable(file, e);
      }
      throw new IllegalArgumentException(
          passphraseFile
              .map(path -> "the passphrase in " + path + " is not that of the key " + file)
              .orElse(
                  "the key in "
                      + file
                      + " has a passphrase: give --ssh-key-passphrase-file FILE, or take it away"
                      + " with ssh-keygen -p -N '' -f "
                      + file));
    }
  }

  private static void refuseWeak(Path file, KeyPair key) {
    String kind = KeyUtils.getKeyType(key);
    if (kind == null || !KINDS.contains(kind)) {
      throw unusable(file, null);
    }
    if (key.getPublic() instanceof RSAKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      throw new IllegalArgumentException(
          "the RSA key in "
              + file
              + " has "
              + rsa.getModulus().bitLength()
              + " bits, and at least "
              + MIN_RSA_BITS
              + " are needed: make another with zonetrail keygen ssh");
    }
  }

  /// Nothing of the library's message: it may quote what the file holds.
  private static IllegalArgumentException unusable(Path file, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "the SSH key file "
            + file
            + " cannot be used: it has to be a private key as ssh-keygen makes it, Ed25519, ECDSA or"
            + " RSA, and not one of a hardware token",
        cause);
  }

  /// Gives the library the passphrase, once, and remembers whether it was needed.
  private static final class Passphrase implements FilePasswordProvider {
    private final Optional<String> text;
    private boolean wasAsked;

    Passphrase(Optional<String> text) {
      this.text = text;
    }

    @Override
    public @Nullable String getPassword(
        @Nullable SessionContext session, NamedResource resource, int retryIndex) {
      wasAsked = true;
      return text.orElse(null);
    }
  }
}
