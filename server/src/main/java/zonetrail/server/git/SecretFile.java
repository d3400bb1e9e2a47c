package zonetrail.server.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// A file that holds something nobody else may know: a private key, a passphrase, a seed, a token.
/// It must be its owner's only (`chmod 600`), and nothing of it is ever in a message.
public final class SecretFile {

  /// The largest file that is read as a secret; a key of 16,384 bits has 13 KiB.
  static final int MAX_OCTETS = 64 * 1024;

  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private SecretFile() {}

  /// The file's octets.
  ///
  /// @param what how messages call the file, for example `SSH key file`
  /// @param remedy what to do where there is no such file
  /// @throws IllegalArgumentException saying what is wrong with it, and what to do
  public static byte[] read(Path file, String what, String remedy) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("there is no " + what + " " + file + ": " + remedy);
    }
    try {
      if (isOpenToOthers(file)) {
        throw new IllegalArgumentException(
            "the "
                + what
                + " "
                + file
                + " can be read by others: chmod 600 "
                + file
                + ", and consider whether what it holds is still secret");
      }
      if (Files.size(file) > MAX_OCTETS) {
        throw new IllegalArgumentException(
            "the " + what + " " + file + " has more than " + MAX_OCTETS + " octets");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the " + what + " " + file + " cannot be read: check its owner and its rights", e);
    }
  }

  /// The only line of the file, without its end.
  ///
  /// @throws IllegalArgumentException also if there is none, or more than one
  static String line(Path file, String what, String remedy) {
    String text = new String(read(file, what, remedy), StandardCharsets.UTF_8);
    String line = text.replaceFirst("\\R$", "");
    if (line.isEmpty() || line.lines().count() != 1) {
      throw new IllegalArgumentException(
          "the " + what + " " + file + " has to have one line, and nothing else in it");
    }
    return line;
  }

  private static boolean isOpenToOthers(Path file) throws IOException {
    return Files.getFileStore(file).supportsFileAttributeView("posix")
        && Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
  }
}
