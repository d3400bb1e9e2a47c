package zonetrail.server.git;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Set;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/// An SSH key that was just made, and is to be written to a file that OpenSSH reads too.
public final class NewSshKey {

  /// What kinds of key are made.
  public enum Kind {
    /// The best choice wherever it is known.
    ED25519(KeyPairProvider.SSH_ED25519, 256),
    /// On the curve P-256.
    ECDSA(KeyPairProvider.ECDSA_SHA2_NISTP256, 256),
    /// 3072 bits, used with SHA-2; for servers that know nothing newer.
    RSA(KeyPairProvider.SSH_RSA, 3072);

    private final String sshName;
    private final int bits;

    Kind(String sshName, int bits) {
      this.sshName = sshName;
      this.bits = bits;
    }
  }

  private final KeyPair key;
  private final String comment;

  private NewSshKey(KeyPair key, String comment) {
    this.key = key;
    this.comment = comment;
  }

  /// Makes a key.
  ///
  /// @param comment stands behind the public key, for people; without line breaks
  public static NewSshKey generate(Kind kind, String comment) {
    if (comment.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a control character in the key's comment");
    }
    try {
      return new NewSshKey(KeyUtils.generateKeyPair(kind.sshName, kind.bits), comment);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(kind + " is missing in this Java runtime", e);
    }
  }

  /// The public key as a line of `authorized_keys`, or for a forge's page of deploy keys.
  public String publicLine() {
    return SshKeyText.publicLine(key.getPublic(), comment);
  }

  /// Writes the private key to `file` (mode 0600) and the public one beside it, with `.pub`.
  /// Neither file may exist: a key that is overwritten is lost.
  ///
  /// @throws java.nio.file.FileAlreadyExistsException if one does; nothing is changed then
  /// @throws IOException if one cannot be written
  public void writeTo(Path file) throws IOException {
    Path publicFile = file.resolveSibling(file.getFileName() + ".pub");
    write(publicFile, (publicLine() + "\n").getBytes(StandardCharsets.UTF_8), "rw-r--r--");
    try {
      write(file, SshKeyText.privateText(key, comment), "rw-------");
    } catch (IOException e) {
      Files.deleteIfExists(publicFile);
      throw e;
    }
  }

  private static void write(Path file, byte[] text, String permissions) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
            }
            : new FileAttribute<?>[0];
    Set<StandardOpenOption> onlyIfNew =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, onlyIfNew, attributes)) {
      ByteBuffer rest = ByteBuffer.wrap(text);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }
}
