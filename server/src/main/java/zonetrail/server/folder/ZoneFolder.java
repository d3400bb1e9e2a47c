package zonetrail.server.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import zonetrail.authority.Acceptance;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.zone.ShownName;

/// A folder of zone files on this machine.
///
/// Its entries are the regular files directly in it whose name does not begin with a dot; with
/// [Layout.Folders#TREE] also those of the folders below it, but for folders whose name begins with
/// a dot or that are symbolic links. A link to a file counts as the file that it leads to, if that
/// lies within the folder (orchestrators mount configuration that way); one that leaves it is left
/// out.
///
/// A file's content id is made of size, times and inode. Those cannot tell two changes within one
/// tick of the file system's clock apart, so for a file that was changed less than [#SETTLED] ago
/// the content is hashed too.
///
/// Threads: any.
public final class ZoneFolder {

  /// The largest file that is read; a larger one is refused by its size, before it is read.
  public static final int MAX_FILE_OCTETS = 128 * 1024 * 1024;

  /// So many files at most are listed; a folder with more cannot be served.
  public static final int MAX_FILES = 1_000_000;

  /// Folders that lie deeper than this below the zones folder are not looked at.
  static final int MAX_LEVELS = 64;

  /// Longer than a tick of any file system's clock (FAT has 2 s).
  static final Duration SETTLED = Duration.ofSeconds(3);

  private static final String VERSION = "folder";

  private final Path folder;
  private final Layout layout;
  private final InstantSource clock;

  private ZoneFolder(Path folder, Layout layout, InstantSource clock) {
    this.folder = folder;
    this.layout = layout;
    this.clock = clock;
  }

  /// A folder that exists and can be listed, of files that are called as their zones.
  ///
  /// @throws IOException saying in one line why it cannot be
  public static ZoneFolder open(Path folder) throws IOException {
    return open(folder, Layout.DEFAULT);
  }

  /// A folder that exists and can be listed.
  ///
  /// @param layout where in it zone files lie and what they are called
  /// @throws IOException saying in one line why it cannot be
  public static ZoneFolder open(Path folder, Layout layout) throws IOException {
    return open(folder, layout, InstantSource.system());
  }

  static ZoneFolder open(Path folder, Layout layout, InstantSource clock) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException("--zones " + folder + " is not a folder");
    }
    ZoneFolder opened = new ZoneFolder(folder.toAbsolutePath().normalize(), layout, clock);
    opened.scan();
    return opened;
  }

  /// Looks at the folder and hands out what is there now.
  ///
  /// @throws IOException if the folder cannot be listed
  public SourceTree scan() throws IOException {
    Path real;
    SortedMap<String, SourceFile> files = new TreeMap<>();
    try {
      real = folder.toRealPath();
      list(folder, "", 0, real, files);
    } catch (DirectoryIteratorException e) {
      throw unreadable(new IOException(e));
    } catch (IOException e) {
      throw unreadable(e);
    }
    return new SourceTree(
        VERSION,
        clock.instant(),
        Acceptance.EVERYTHING,
        layout,
        Collections.unmodifiableSortedMap(files));
  }

  private void list(
      Path directory, String prefix, int level, Path real, SortedMap<String, SourceFile> files)
      throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (name.startsWith(".")) {
          continue;
        }
        if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          file(entry, real).ifPresent(file -> files.put(prefix + name, file));
        } else if (layout.isTree() && level < MAX_LEVELS) {
          list(entry, prefix + name + "/", level + 1, real, files);
        }
        if (files.size() > MAX_FILES) {
          throw new FileSystemException(
              folder.toString(), null, "it has more than " + MAX_FILES + " files");
        }
      }
    } catch (NoSuchFileException gone) {
      if (level == 0) {
        throw gone;
      }
      // A folder was removed since it was listed.
    }
  }

  private IOException unreadable(IOException e) {
    return new IOException(
        "the zone folder "
            + folder
            + " cannot be read ("
            + e.getClass().getSimpleName()
            + "): check that it is there and that the server may read it",
        e);
  }

  private Optional<SourceFile> file(Path entry, Path realFolder) throws IOException {
    try {
      Path real = entry.toRealPath();
      if (!real.startsWith(realFolder)) {
        return Optional.empty();
      }
      Stamp stamp = Stamp.of(real);
      if (!stamp.isRegular()) {
        return Optional.empty();
      }
      boolean settled = stamp.lastChange().isBefore(clock.instant().minus(SETTLED));
      if (settled || stamp.octets() > MAX_FILE_OCTETS) {
        return Optional.of(new FolderFile(entry, real, stamp, Optional.empty()));
      }
      return Optional.of(new FolderFile(entry, real, stamp, hash(real)));
    } catch (NoSuchFileException e) {
      // Removed since it was listed, or a link to nothing.
      return Optional.empty();
    } catch (FileSystemException e) {
      if (Files.isSymbolicLink(entry)) {
        // A link to itself, say. Not so for a file: an error must not look like a zone removed.
        return Optional.empty();
      }
      throw e;
    }
  }

  /// @return empty if the file may not be read, which is then said when somebody does
  private static Optional<String> hash(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest sha256 = sha256();
      byte[] chunk = new byte[64 * 1024];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        sha256.update(chunk, 0, n);
      }
      return Optional.of(HexFormat.of().formatHex(sha256.digest()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// What the file system says about a file's content without reading it. The change time is among
  /// it because the modification time can be set at will (`cp -p`, `rsync -t`), that one cannot.
  private record Stamp(
      boolean isRegular, long octets, FileTime modified, FileTime changed, Object inode) {

    static Stamp of(Path file) throws IOException {
      BasicFileAttributes basic =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      boolean isUnix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
      FileTime changed =
          isUnix
              ? (FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS)
              : basic.lastModifiedTime();
      Object key = basic.fileKey();
      return new Stamp(
          basic.isRegularFile(),
          basic.size(),
          basic.lastModifiedTime(),
          changed,
          key == null ? "none" : key);
    }

    Instant lastChange() {
      return modified.compareTo(changed) > 0 ? modified.toInstant() : changed.toInstant();
    }

    String name() {
      return octets + "-" + nanos(modified) + "-" + nanos(changed) + "-" + inode;
    }

    private static String nanos(FileTime time) {
      Instant instant = time.toInstant();
      return instant.getEpochSecond() + "." + instant.getNano();
    }
  }

  private record FolderFile(Path entry, Path real, Stamp stamp, Optional<String> hash)
      implements SourceFile {

    @Override
    public String contentId() {
      return hash.map(digest -> stamp.name() + "-" + digest).orElseGet(stamp::name);
    }

    @Override
    public String path() {
      return ShownName.of(entry.toString());
    }

    /// The content that the content id stands for, or nothing: a file that has changed since it was
    /// listed is left to the next look at the folder.
    @Override
    public byte[] read() throws UnreadableException {
      if (stamp.octets() > MAX_FILE_OCTETS) {
        throw new UnreadableException(
            path()
                + " is not read: it has "
                + stamp.octets()
                + " octets, and at most "
                + MAX_FILE_OCTETS
                + " are read");
      }
      byte[] content;
      boolean unchanged;
      try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
        content = in.readNBytes(Math.toIntExact(stamp.octets()) + 1);
        unchanged = content.length == stamp.octets() && Stamp.of(real).equals(stamp);
      } catch (IOException e) {
        throw new UnreadableException(
            path() + " cannot be read (" + e.getClass().getSimpleName() + ")");
      }
      boolean asHashed =
          hash.isEmpty() || hash.get().equals(HexFormat.of().formatHex(sha256().digest(content)));
      if (!unchanged || !asHashed) {
        throw new UnreadableException(
            path() + " was changed while it was read; it is read again at the next look");
      }
      return content;
    }
  }
}
