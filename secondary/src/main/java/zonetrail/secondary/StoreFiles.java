package zonetrail.secondary;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import zonetrail.wire.WireName;

/// How the files of a state directory are read and written: whole, checked, and on the disk before
/// anything is built on them.
final class StoreFiles {
  /// How long a checksum is, a SHA-256.
  static final int DIGEST_OCTETS = 32;

  private static final String NEW_SUFFIX = ".new";
  private static final int BUFFER_OCTETS = 1 << 16;

  private StoreFiles() {}

  /// Thrown when a file is not as it was written.
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String why) {
      super(why);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("SHA-256 is missing in this Java runtime", missing);
    }
  }

  // ---- reading ----

  static DataInputStream open(Path file, MessageDigest digest) throws IOException {
    return new DataInputStream(
        new DigestInputStream(
            new BufferedInputStream(Files.newInputStream(file), BUFFER_OCTETS), digest));
  }

  static void requireMagic(DataInputStream in, byte[] magic) throws IOException {
    if (!Arrays.equals(in.readNBytes(magic.length), magic)) {
      throw new DamagedException("it does not begin as such a file does");
    }
  }

  /// Requires that the file ends with the checksum of all before it.
  ///
  /// @return that checksum
  static byte[] requireDigest(DataInputStream in, MessageDigest digest) throws IOException {
    byte[] computed = digest.digest();
    if (!Arrays.equals(in.readNBytes(DIGEST_OCTETS), computed) || in.read() >= 0) {
      throw new DamagedException("its checksum is wrong");
    }
    return computed;
  }

  static WireName readName(DataInput in) throws IOException {
    byte[] octets = new byte[WireName.MAX_OCTETS];
    int end = 0;
    while (true) {
      int label = in.readUnsignedByte();
      if (end + 1 + label > octets.length) {
        throw new DamagedException("a name in it is too long");
      }
      octets[end++] = (byte) label;
      if (label == 0) {
        return WireName.fromWire(octets, 0);
      }
      in.readFully(octets, end, label);
      end += label;
    }
  }

  // ---- writing ----

  interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /// Puts a file in the place of another, a checksum at its end. The new one is whole and on the
  /// disk before it gets the name of the old one.
  static void replace(Path file, Content content) throws IOException {
    replaceAsItIs(
        file,
        plain -> {
          MessageDigest digest = sha256();
          DataOutputStream out = new DataOutputStream(new DigestOutputStream(plain, digest));
          content.writeTo(out);
          out.flush();
          plain.write(digest.digest());
        });
  }

  /// The same without a checksum.
  static void replaceAsItIs(Path file, Content content) throws IOException {
    Path fresh = Path.of(file + NEW_SUFFIX);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      DataOutputStream out =
          new DataOutputStream(
              new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_OCTETS));
      content.writeTo(out);
      out.flush();
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceDirectoryOf(file);
  }

  static void forceDirectoryOf(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file.resolveSibling(""), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
