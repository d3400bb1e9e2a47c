package zonetrail.server.folder;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Acceptance;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.zone.ShownName;

/// A folder of zone files on this machine.
///
/// Its entries are the regular files directly in it whose name does not begin with a dot; with
/// [Layout.Folders#TREE] also those of the folders below it ([FolderListing]). A link to a file
/// counts as the file that it leads to, if that lies within the folder (orchestrators mount
/// configuration that way); one that leaves it is left out.
///
/// Not for sharing between threads.
public final class ZoneFolder {

  /// The largest file that is read; a larger one is refused by its size, before it is read.
  public static final int MAX_FILE_OCTETS = 128 * 1024 * 1024;

  /// So many files at most are listed; a folder with more cannot be served.
  public static final int MAX_FILES = 1_000_000;

  private static final String VERSION = "folder";

  private final Path folder;
  private final Layout layout;
  private final InstantSource clock;

  /// How each file was seen the last time.
  private Map<String, FolderFile> seen = new HashMap<>();

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
    try {
      FolderListing listing = FolderListing.of(folder.toRealPath(), layout);
      Map<String, FolderFile> files = new HashMap<>();
      for (Map.Entry<String, Path> entry : listing.files().entrySet()) {
        FolderFile file = look(listing.real(), entry.getKey(), entry.getValue());
        if (file != null) {
          files.put(entry.getKey(), file);
        }
      }
      seen = files;
      return tree(new TreeMap<>(files));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private SourceTree tree(SortedMap<String, SourceFile> files) {
    return new SourceTree(
        VERSION,
        clock.instant(),
        Acceptance.EVERYTHING,
        layout,
        Collections.unmodifiableSortedMap(files));
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

  /// @param real where the zones folder lies, with no link on the way
  /// @return null if no file lies there, or a link to none in the folder
  private @Nullable FolderFile look(Path real, String name, Path entry) throws IOException {
    Path file = entry;
    boolean isLink = false;
    try {
      Stamp stamp = Stamp.of(file);
      isLink = stamp.kind() == Stamp.Kind.LINK;
      if (isLink) {
        file = file.toRealPath();
        if (!file.startsWith(real)) {
          return null;
        }
        stamp = Stamp.of(file);
      }
      if (stamp.kind() != Stamp.Kind.FILE) {
        return null;
      }
      String path = ShownName.of(folder + folder.getFileSystem().getSeparator() + name);
      return FolderFile.look(path, file, stamp, clock.instant(), seen.get(name));
    } catch (NoSuchFileException e) {
      // Removed since it was listed, or a link to nothing.
      return null;
    } catch (FileSystemException e) {
      if (isLink) {
        // A link to itself, say. Not so for a file: an error must not look like a zone removed.
        return null;
      }
      throw e;
    }
  }
}
