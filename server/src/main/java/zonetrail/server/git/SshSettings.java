package zonetrail.server.git;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/// How the server logs in to an SSH remote, and how it knows that it is the right one.
///
/// Public key only: no password, no agent, no `~/.ssh/config`. The host key is either pinned by
/// fingerprint or listed in a `known_hosts` file; there is no trust on first use. Immutable; the
/// key is read once, the `known_hosts` file at each connection, so that an operator can mend it
/// while the server runs.
public final class SshSettings {

  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private final Path keyFile;
  private final List<KeyPair> keys;
  private final TrustedHostKeys trustedHostKeys;

  private SshSettings(Path keyFile, List<KeyPair> keys, TrustedHostKeys trustedHostKeys) {
    this.keyFile = keyFile;
    this.keys = keys;
    this.trustedHostKeys = trustedHostKeys;
  }

  /// Reads the key and the pins.
  ///
  /// @param keyFile an OpenSSH private key (Ed25519, ECDSA, RSA) without passphrase, readable by
  ///   its owner only
  /// @param authenticators fingerprints of host keys, `SHA256:...` as `ssh-keygen -l` prints them,
  ///   with or without `=` at the end; the server must show one of them. Where there is one,
  ///   `known_hosts` is not asked
  /// @param knownHosts the file to ask when nothing is pinned; by default `~/.ssh/known_hosts`
  /// @throws IllegalArgumentException saying which of them cannot be used, and what to do
  public static SshSettings of(
      Path keyFile, List<String> authenticators, Optional<Path> knownHosts) {
    List<KeyPair> keys = readKeys(keyFile);
    TrustedHostKeys trusted =
        authenticators.isEmpty()
            ? new TrustedHostKeys.KnownHosts(knownHosts.orElseGet(SshSettings::userKnownHosts))
            : TrustedHostKeys.Pinned.parse(authenticators);
    return new SshSettings(keyFile, keys, trusted);
  }

  /// The file with the private key.
  public Path keyFile() {
    return keyFile;
  }

  List<KeyPair> keys() {
    return keys;
  }

  TrustedHostKeys trustedHostKeys() {
    return trustedHostKeys;
  }

  private static Path userKnownHosts() {
    return Path.of(System.getProperty("user.home", ""), ".ssh", "known_hosts");
  }

  private static List<KeyPair> readKeys(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "there is no SSH key file " + file + ": make one with ssh-keygen -t ed25519 -f " + file);
    }
    if (isReadableByOthers(file)) {
      throw new IllegalArgumentException(
          "the SSH key file "
              + file
              + " can be read by others: chmod 600 "
              + file
              + ", and consider whether the key is still secret");
    }
    List<KeyPair> keys = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      // Without a provider of passphrases an encrypted key is an error, never a question.
      Iterable<KeyPair> read =
          SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName(file.toString()), in, null);
      if (read != null) {
        read.forEach(keys::add);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // Nothing of the library's message: it may quote what the file holds.
      throw unusable(file, e);
    }
    if (keys.isEmpty()) {
      throw unusable(file, null);
    }
    return List.copyOf(keys);
  }

  private static boolean isReadableByOthers(Path file) {
    try {
      return Files.getFileStore(file).supportsFileAttributeView("posix")
          && Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static IllegalArgumentException unusable(Path file, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "the SSH key file "
            + file
            + " cannot be used: it has to be a private key as ssh-keygen makes it, Ed25519, ECDSA or"
            + " RSA, without passphrase (ssh-keygen -p -N '' -f FILE takes one away)",
        cause);
  }
}
