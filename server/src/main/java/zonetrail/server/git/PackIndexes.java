package zonetrail.server.git;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Repository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checks the indexes of a clone's packs by their checksums at a start, and makes those anew that
/// are damaged or gone.
///
/// JGit does not look at the checksum, and asks for as much memory as an index says: one octet that
/// flipped there ended the process at each start. Of objects each is checked when it is read, so
/// the packs themselves, which may be large, are not looked at.
final class PackIndexes {
  private static final int CHECKSUM_OCTETS = 20;
  private static final int BUFFER_OCTETS = 1 << 16;

  private static final Logger LOG = LoggerFactory.getLogger(PackIndexes.class);

  private PackIndexes() {}

  /// @throws IOException if the folder of packs cannot be read or written
  static void mend(Repository clone) throws IOException {
    Path objects = clone.getDirectory().toPath().resolve("objects");
    try (DirectoryStream<Path> packs =
        Files.newDirectoryStream(objects.resolve("pack"), "pack-*.pack")) {
      for (Path pack : packs) {
        Path index = pack.resolveSibling(pack.getFileName().toString().replace(".pack", ".idx"));
        if (!isSound(index)) {
          LOG.warn("the index of {} is damaged; it is made anew", pack);
          Files.deleteIfExists(index);
          // Removed at the next start, should we be killed in the middle.
          Path aside = objects.resolve("incoming_" + pack.getFileName());
          Files.move(pack, aside);
          takeIn(clone, aside);
          Files.delete(aside);
        }
      }
    }
  }

  private static boolean isSound(Path index) throws IOException {
    if (!Files.isRegularFile(index) || Files.size(index) <= CHECKSUM_OCTETS) {
      return false;
    }
    try (InputStream file = Files.newInputStream(index)) {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      DigestInputStream in = new DigestInputStream(file, sha1);
      byte[] buffer = new byte[BUFFER_OCTETS];
      for (long rest = Files.size(index) - CHECKSUM_OCTETS; rest > 0; ) {
        int octets = in.read(buffer, 0, (int) Math.min(rest, buffer.length));
        if (octets < 0) {
          return false;
        }
        rest -= octets;
      }
      return MessageDigest.isEqual(sha1.digest(), file.readNBytes(CHECKSUM_OCTETS));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  private static void takeIn(Repository clone, Path pack) {
    try (InputStream in = Files.newInputStream(pack);
        ObjectInserter inserter = clone.newObjectInserter()) {
      inserter.newPackParser(in).parse(NullProgressMonitor.INSTANCE);
      inserter.flush();
    } catch (IOException | RuntimeException damaged) {
      LOG.warn(
          "{} is damaged too ({}); what is missing is fetched anew",
          pack,
          RemoteText.oneLine(String.valueOf(damaged.getMessage())));
    }
  }
}
