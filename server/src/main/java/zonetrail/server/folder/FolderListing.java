package zonetrail.server.folder;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import zonetrail.authority.Layout;

/// The names of what lies in a folder, without a look at the files themselves.
///
/// With [Layout.Folders#TREE] also of what lies in the folders below it, but for folders whose name
/// begins with a dot or that are symbolic links.
///
/// Immutable.
final class FolderListing {
  /// Folders that lie deeper than this below the zones folder are not looked at.
  static final int MAX_LEVELS = 64;

  private final Path real;
  private final Map<String, Path> files;
  private final Map<Path, Stamp> folders;
  private final boolean isSettled;

  private FolderListing(
      Path real, Map<String, Path> files, Map<Path, Stamp> folders, boolean isSettled) {
    this.real = real;
    this.files = Collections.unmodifiableMap(files);
    this.folders = folders;
    this.isSettled = isSettled;
  }

  /// Lists a folder.
  ///
  /// @param real where it lies, with no link on the way
  /// @throws IOException if it cannot be listed, or has more than [ZoneFolder#MAX_FILES] files
  static FolderListing of(Path real, Layout layout, Instant now) throws IOException {
    Lister lister = new Lister(layout.isTree());
    lister.list(real, "", 0);
    boolean isSettled = lister.folders.values().stream().allMatch(stamp -> stamp.isSettled(now));
    return new FolderListing(real, lister.files, lister.folders, isSettled);
  }

  /// Where the folder lies, with no link on the way.
  Path real() {
    return real;
  }

  /// Files, and whatever else is no folder that was listed too, by where they lie within the
  /// folder, as `a/b`. A name in another encoding than the system's leads nowhere, its path does.
  Map<String, Path> files() {
    return files;
  }

  /// Whether nothing came into the folders listed or left them since; what is in a file is another
  /// matter. Costs a look at each folder and none at the files.
  boolean isCurrent() {
    try {
      for (Map.Entry<Path, Stamp> folder : folders.entrySet()) {
        if (!Stamp.of(folder.getKey()).equals(folder.getValue())) {
          return false;
        }
      }
      return isSettled;
    } catch (IOException gone) {
      return false;
    }
  }

  private static final class Lister {
    private final boolean isTree;
    private final Map<String, Path> files = new HashMap<>();
    private final Map<Path, Stamp> folders = new HashMap<>();

    Lister(boolean isTree) {
      this.isTree = isTree;
    }

    void list(Path directory, String prefix, int level) throws IOException {
      try {
        folders.put(directory, Stamp.of(directory)); // Before the names, so that none is missed.
      } catch (NoSuchFileException gone) {
        skip(gone, level);
        return;
      }
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          String name = String.valueOf(entry.getFileName());
          if (name.startsWith(".")) {
            continue;
          }
          if (!isTree || !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            files.put(prefix + name, entry);
          } else if (level < MAX_LEVELS) {
            list(entry, prefix + name + "/", level + 1);
          }
          if (files.size() > ZoneFolder.MAX_FILES) {
            throw new FileSystemException(
                directory.toString(), null, "more than " + ZoneFolder.MAX_FILES + " files");
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      } catch (NoSuchFileException gone) {
        skip(gone, level);
      }
    }

    /// A folder below was removed since it was listed; the zones folder itself must be there.
    private static void skip(NoSuchFileException gone, int level) throws NoSuchFileException {
      if (level == 0) {
        throw gone;
      }
    }
  }
}
