package zonetrail.server.folder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Acceptance;
import zonetrail.authority.FetchScope;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.wire.WireName;

/// A folder of zone files on this machine.
///
/// Its entries are the regular files directly in it whose name does not begin with a dot; with
/// [Layout.Folders#TREE] also those of the folders below it ([FolderListing]). A link to a file
/// counts as the file that it leads to, if that lies within the folder (orchestrators mount
/// configuration that way); one that leaves it is left out.
///
/// A scan for some zones looks at their files alone; the rest of the tree that it hands out is that
/// of the scan before. It lists no names unless the time of a folder says that there are others.
///
/// ```text
///   scan of everything ──► names listed, every file looked at
///   scan of zones ──► folder times as before? ──► their files and key files looked at,
///                      │ no: names listed          and what they include when it is asked for
///                      └ a zone without a file: scan of everything
/// ```
///
/// Not for sharing between threads.
public final class ZoneFolder {

  /// The largest file that is read; a larger one is refused by its size, before it is read.
  public static final int MAX_FILE_OCTETS = 128 * 1024 * 1024;

  /// So many files at most are listed; a folder with more cannot be served.
  public static final int MAX_FILES = 1_000_000;

  /// So many files are looked at by one thread one after the other, where several threads look.
  private static final int AT_ONCE = 256;

  private static final String VERSION = "folder";

  private final Path folder;
  private final String shownFolder;
  private final Layout layout;
  private final InstantSource clock;

  /// How each file was seen the last time.
  private Map<String, FolderFile> seen = new HashMap<>();

  private @Nullable Scan last;

  /// As it was listed when it was opened; null after the first scan.
  private @Nullable FolderListing listed;

  /// What a scan came to.
  ///
  /// @param subjects of all names of this scan and of those before it since everything was looked
  ///   at; null until somebody asks
  /// @param whole the files when everything was looked at the last time
  /// @param included what zone files include that were looked at since then, by their names: files
  ///   by name, empty where there is none. Other zone files include what is among `whole`
  private record Scan(
      FolderListing listing,
      SortedMap<String, SourceFile> files,
      @Nullable FileSubjects subjects,
      SortedMap<String, SourceFile> whole,
      Map<String, Map<String, Optional<FolderFile>>> included) {}

  private ZoneFolder(Path folder, Layout layout, InstantSource clock) {
    this.folder = folder;
    this.shownFolder = folder + folder.getFileSystem().getSeparator();
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
    try {
      opened.listed = opened.list();
      return opened;
    } catch (IOException e) {
      throw opened.unreadable(e);
    }
  }

  /// Looks at the whole folder and hands out what is there now.
  ///
  /// @throws IOException if the folder cannot be listed
  public SourceTree scan() throws IOException {
    return scan(FetchScope.everything());
  }

  /// Looks at the folder and hands out what is there now, but what lies outside of the scope as it
  /// was before.
  ///
  /// @throws IOException if the folder cannot be listed
  public SourceTree scan(FetchScope scope) throws IOException {
    Scan before = last;
    try {
      Scan scan =
          before != null && scope instanceof FetchScope.Zones(Set<WireName> zones)
              ? scan(zones, before)
              : scanAll(listed != null && isCurrent(listed) ? listed : list());
      listed = null;
      last = scan;
      return tree(scan);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private FolderListing list() throws IOException {
    return FolderListing.of(folder.toRealPath(), layout, clock.instant());
  }

  private boolean isCurrent(FolderListing listing) throws IOException {
    return listing.real().equals(folder.toRealPath()) && listing.isCurrent();
  }

  private Scan scanAll(FolderListing listing) throws IOException {
    Map<String, FolderFile> files = last == null ? lookOnAllCores(listing) : lookOneByOne(listing);
    seen = files;
    SortedMap<String, SourceFile> whole = new TreeMap<>(files);
    return new Scan(listing, whole, null, whole, Map.of());
  }

  private Map<String, FolderFile> lookOneByOne(FolderListing listing) throws IOException {
    Map<String, FolderFile> files = new HashMap<>();
    for (String name : listing.files().keySet()) {
      FolderFile file = look(listing, name);
      if (file != null) {
        files.put(name, file);
      }
    }
    return files;
  }

  /// At the start, when nobody is served yet.
  private Map<String, FolderFile> lookOnAllCores(FolderListing listing) throws IOException {
    try {
      String[] names = listing.files().keySet().toArray(String[]::new);
      @Nullable FolderFile[] looked = new FolderFile[names.length];
      IntStream.range(0, Math.ceilDiv(names.length, AT_ONCE))
          .parallel()
          .forEach(part -> {
            int end = Math.min(names.length, (part + 1) * AT_ONCE);
            for (int i = part * AT_ONCE; i < end; i++) {
              looked[i] = lookUnchecked(listing, names[i]);
            }
          });
      Map<String, FolderFile> files = HashMap.newHashMap(names.length);
      for (int i = 0; i < names.length; i++) {
        FolderFile file = looked[i];
        if (file != null) {
          files.put(names[i], file);
        }
      }
      return files;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private @Nullable FolderFile lookUnchecked(FolderListing listing, String name) {
    try {
      return look(listing, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Scan scan(Set<WireName> zones, Scan before) throws IOException {
    boolean isListed = isCurrent(before.listing);
    FolderListing listing = isListed ? before.listing : list();
    FileSubjects subjects = isListed ? before.subjects : null;
    if (subjects == null) {
      Set<String> names = new HashSet<>(listing.files().keySet());
      names.addAll(before.files.keySet()); // Also those that are gone.
      subjects = new FileSubjects(layout, names);
    }
    if (!subjects.haveFilesOf(zones)) {
      return scanAll(listing);
    }
    SortedMap<String, SourceFile> files = new TreeMap<>(before.files);
    Map<String, Map<String, Optional<FolderFile>>> included = new HashMap<>(before.included);
    for (String name : subjects.zoneFilesOf(zones)) {
      lookAgain(listing, name, files);
      included.put(name, new HashMap<>());
    }
    for (String name : subjects.keyFilesOf(zones)) {
      lookAgain(listing, name, files);
    }
    return new Scan(listing, files, subjects, before.whole, included);
  }

  private void lookAgain(FolderListing listing, String name, Map<String, SourceFile> files)
      throws IOException {
    FolderFile file = look(listing, name);
    if (file == null) {
      files.remove(name);
      seen.remove(name);
    } else {
      files.put(name, file);
      seen.put(name, file);
    }
  }

  private SourceTree tree(Scan scan) {
    return new SourceTree(
        VERSION,
        clock.instant(),
        Acceptance.EVERYTHING,
        layout,
        Collections.unmodifiableSortedMap(scan.files),
        (zoneFile, name) -> included(scan, zoneFile, name),
        Collections.emptySortedMap());
  }

  private @Nullable SourceFile included(Scan scan, String zoneFile, String name) {
    Map<String, Optional<FolderFile>> own = scan.included.get(zoneFile);
    return own == null
        ? scan.whole.get(name)
        : own.computeIfAbsent(name, _ -> lookAtIncluded(scan.listing, name)).orElse(null);
  }

  private Optional<FolderFile> lookAtIncluded(FolderListing listing, String name) {
    try {
      Optional<FolderFile> file = Optional.ofNullable(look(listing, name));
      file.ifPresent(found -> seen.put(name, found));
      return file;
    } catch (IOException unreadable) {
      // What it was before will say of itself that it cannot be read.
      return Optional.ofNullable(seen.get(name));
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

  /// @return null if there is no file of this name, or a link to none in the folder
  private @Nullable FolderFile look(FolderListing listing, String name) throws IOException {
    Path file = listing.files().get(name);
    if (file == null) {
      return null;
    }
    boolean isLink = false;
    try {
      Stamp stamp = Stamp.of(file);
      isLink = stamp.kind() == Stamp.Kind.LINK;
      if (isLink) {
        file = file.toRealPath();
        if (!file.startsWith(listing.real())) {
          return null;
        }
        stamp = Stamp.of(file);
      }
      if (stamp.kind() != Stamp.Kind.FILE) {
        return null;
      }
      return FolderFile.look(shownFolder, name, file, stamp, clock.instant(), seen.get(name));
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
