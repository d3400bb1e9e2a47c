package zonetrail.server.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// What the file system says about a file or folder without reading it. Two stamps of one path are
/// equal as long as nothing happened to it, within a tick of the file system's clock.
///
/// The change time is among it because the modification time can be set at will (`cp -p`, `rsync
/// -t`), that one cannot.
///
/// Small, as there is one for each of very many files.
///
/// @param modifiedNanos when the content was changed last, from 1970 on; what is beyond the years
///   1677 to 2262 is the first or last of their nanoseconds
/// @param changedNanos when anything about it was changed last, likewise
/// @param device which file system it lies on; 0 where that is not known
/// @param inode which file of it it is; 0 where that is not known
/// @param mode type and permissions as Unix has them; 0 where the file system knows no such thing
record Stamp(
    Kind kind,
    long octets,
    long modifiedNanos,
    long changedNanos,
    long device,
    long inode,
    int mode) {
  /// Longer than a tick of any file system's clock (FAT has 2 s).
  static final Duration SETTLED = Duration.ofSeconds(3);

  private static final String UNIX = "unix:size,lastModifiedTime,ctime,dev,ino,mode";
  private static final int OTHERS = 077;

  // What a mode says of the kind.
  private static final int KIND = 0170000;
  private static final int REGULAR_FILE = 0100000;
  private static final int SYMBOLIC_LINK = 0120000;

  /// What it is the stamp of.
  enum Kind {
    /// A regular file.
    FILE,
    /// A symbolic link; where it leads has a stamp of its own.
    LINK,
    /// A folder, or something that is no file at all.
    OTHER;

    private static Kind of(boolean isFile, boolean isLink) {
      return isFile ? FILE : isLink ? LINK : OTHER;
    }
  }

  /// The stamp of what lies at a path; links are not followed.
  ///
  /// @throws IOException if nothing lies there, or it cannot be said
  static Stamp of(Path path) throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      BasicFileAttributes basic =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return new Stamp(
          Kind.of(basic.isRegularFile(), basic.isSymbolicLink()),
          basic.size(),
          nanos(basic.lastModifiedTime()),
          nanos(basic.lastModifiedTime()),
          0,
          basic.fileKey() == null ? 0 : basic.fileKey().hashCode(),
          0);
    }
    // All in one system call, which is most of what a look at a folder costs.
    Map<String, Object> all = Files.readAttributes(path, UNIX, LinkOption.NOFOLLOW_LINKS);
    int mode = of(all, "mode", Integer.class);
    return new Stamp(
        Kind.of((mode & KIND) == REGULAR_FILE, (mode & KIND) == SYMBOLIC_LINK),
        of(all, "size", Long.class),
        nanos(of(all, "lastModifiedTime", FileTime.class)),
        nanos(of(all, "ctime", FileTime.class)),
        of(all, "dev", Long.class),
        of(all, "ino", Long.class),
        mode);
  }

  private static <T> T of(Map<String, Object> attributes, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(attributes.get(name), name));
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }

  /// Whether the last change lies so far back that another one would show in the stamp. Never so
  /// for a file from the future.
  boolean isSettled(Instant now) {
    long lastNanos = Math.max(modifiedNanos, changedNanos);
    return Instant.EPOCH.plusNanos(lastNanos).isBefore(now.minus(SETTLED));
  }

  /// Whether others than its owner may read or write it.
  boolean isOpenToOthers() {
    return (mode & OTHERS) != 0;
  }

  /// As part of a content id.
  String name() {
    return Long.toHexString(octets)
        + "-"
        + Long.toHexString(modifiedNanos)
        + "-"
        + Long.toHexString(changedNanos)
        + "-"
        + Long.toHexString(device)
        + "-"
        + Long.toHexString(inode);
  }
}
