package zonetrail.server.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;
import zonetrail.zone.ShownName;

/// One file of a folder, as it was when it was looked at.
///
/// Its content id is the file's [Stamp]. That cannot tell two changes within one tick of the file
/// system's clock apart, so the id of a file that was changed just now holds a hash of the content
/// too. The id stays when the file settles, if the content is still the same then: a file is not
/// read again for having grown older.
///
/// Immutable.
final class FolderFile implements SourceFile {
  private static final int PIECE_OCTETS = 64 * 1024;

  private final String folder;
  private final String name;
  private final Path real;
  private final Stamp stamp;
  private final @Nullable String hash;
  private final boolean isSettled;
  private final String contentId;

  /// @param folder the zones folder, with what separates it from the name
  /// @param name the file's name within it
  /// @param real where it lies, with no link on the way
  /// @param isSettled whether another change would show in the stamp
  /// @param hash of the content, if the file had not settled when this stamp was first seen
  private FolderFile(
      String folder,
      String name,
      Path real,
      Stamp stamp,
      boolean isSettled,
      @Nullable String hash) {
    this.folder = folder;
    this.name = name;
    this.real = real;
    this.stamp = stamp;
    this.isSettled = isSettled;
    this.hash = hash;
    // Kept, because each look at a folder compares those of all its files.
    this.contentId = hash == null ? stamp.name() : stamp.name() + "-" + hash;
  }

  /// A look at a file.
  ///
  /// @param before how the file was seen the last time; null if it was not
  static FolderFile look(
      String folder,
      String name,
      Path real,
      Stamp stamp,
      Instant now,
      @Nullable FolderFile before) {
    boolean isSettled = stamp.isSettled(now);
    FolderFile same = before != null && before.isAt(name, real, stamp) ? before : null;
    if (same != null && same.isSettled) {
      return same;
    }
    boolean saysItAll = isSettled && same == null;
    return saysItAll || stamp.octets() > ZoneFolder.MAX_FILE_OCTETS
        ? new FolderFile(folder, name, real, stamp, isSettled, null)
        : new FolderFile(folder, name, real, stamp, isSettled, hash(real));
  }

  private boolean isAt(String name, Path real, Stamp stamp) {
    return this.name.equals(name) && this.real.equals(real) && this.stamp.equals(stamp);
  }

  /// @return null if the file may not be read, which is then said when somebody does
  private static @Nullable String hash(Path file) {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      MessageDigest sha256 = sha256();
      byte[] chunk = new byte[PIECE_OCTETS];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        sha256.update(chunk, 0, n);
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (IOException e) {
      return null;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String contentId() {
    return contentId;
  }

  @Override
  public String path() {
    return ShownName.of(folder + name);
  }

  @Override
  public Optional<Finding> exposure() {
    return stamp.isOpenToOthers()
        ? Optional.of(
            new Finding(
                Position.ofFile(path()),
                Finding.Level.WARNING,
                "others than the file's owner may read or write it, and who can read it has its"
                    + " keys; chmod 600 the file, and consider whether the keys are still secret",
                "key-file-exposed"))
        : Optional.empty();
  }

  @Override
  public boolean isLargerThan(long octets) {
    return stamp.octets() > octets;
  }

  /// The content that the content id stands for, or nothing: a file that has changed since it was
  /// listed is left to the next look at the folder.
  @Override
  public byte[] read() throws UnreadableException {
    if (stamp.octets() > ZoneFolder.MAX_FILE_OCTETS) {
      throw new UnreadableException(
          path()
              + " is not read: it has "
              + stamp.octets()
              + " octets, and at most "
              + ZoneFolder.MAX_FILE_OCTETS
              + " are read");
    }
    byte[] content;
    boolean unchanged;
    try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
      content = new byte[Math.toIntExact(stamp.octets())];
      unchanged = fill(content, in) && in.read() < 0 && Stamp.of(real).equals(stamp);
    } catch (IOException e) {
      throw new UnreadableException(
          path() + " cannot be read (" + e.getClass().getSimpleName() + ")");
    }
    boolean asHashed =
        hash == null || hash.equals(HexFormat.of().formatHex(sha256().digest(content)));
    if (!unchanged || !asHashed) {
      throw new UnreadableException(
          path() + " was changed while it was read; it is read again at the next look");
    }
    return content;
  }

  /// In pieces, since Java keeps memory outside of the heap for each thread that has read, as much
  /// as it read at once.
  ///
  /// @return whether there was so much
  private static boolean fill(byte[] content, InputStream in) throws IOException {
    int end = 0;
    while (end < content.length) {
      int count = in.read(content, end, Math.min(PIECE_OCTETS, content.length - end));
      if (count < 0) {
        return false;
      }
      end += count;
    }
    return true;
  }
}
