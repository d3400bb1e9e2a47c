package zonetrail.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import zonetrail.authority.Layout;
import zonetrail.masterfile.IncludePath;
import zonetrail.masterfile.IncludeSource;
import zonetrail.tsig.KeyFile;

/// A zones folder as the server would see it: which files it looks at, and what `$INCLUDE` finds.
///
/// @param root the zones folder
record CheckedFolder(Path root, Layout layout) {
  /// Reads a file.
  interface Reader {
    /// The octets.
    ///
    /// @throws UncheckableException if they cannot be had
    byte[] read(Path file) throws UncheckableException;
  }

  /// The folder that a single file lies in.
  static CheckedFolder around(Path file, Layout layout) {
    Path parent = file.getParent();
    return new CheckedFolder(parent == null ? Path.of("") : parent, layout);
  }

  /// The regular files that the server would look at, in the order of their names.
  ///
  /// @throws IOException if a folder cannot be listed
  List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(root, layout.isTree() ? Integer.MAX_VALUE : 1)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .filter(file -> !isHidden(root.relativize(file)))
          .sorted()
          .toList();
    } catch (UncheckedIOException inside) {
      throw inside.getCause();
    }
  }

  private static boolean isHidden(Path relative) {
    for (Path name : relative) {
      if (name.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /// What a zone file may include: files of this folder, and nothing else.
  IncludeSource includesOf(Path zoneFile, Reader reader) {
    return new Includes(zoneFile, reader);
  }

  private final class Includes implements IncludeSource {
    private final Path zoneFile;
    private final Reader reader;

    /// Where included files lie, by what findings call them.
    private final Map<String, Path> known = new HashMap<>();

    Includes(Path zoneFile, Reader reader) {
      this.zoneFile = zoneFile;
      this.reader = reader;
    }

    @Override
    public Result open(String includingFile, String path) {
      Path including = known.getOrDefault(includingFile, zoneFile);
      Optional<String> name =
          IncludePath.resolve(root.relativize(including).toString(), path)
              .filter(found -> layout.isTree() || found.indexOf('/') < 0);
      if (name.isEmpty()) {
        return new Refused(
            layout.isTree()
                ? "it lies outside of the zones folder, which is " + Ozone.shown(place())
                : "only files in the zone file's own folder can be included; move it there");
      }
      if (KeyFile.isKeyFileName(name.get())) {
        return new Refused("a key file is no part of a zone");
      }
      try {
        Path included = root.resolve(name.get());
        if (isHidden(root.relativize(included))
            || !Files.isRegularFile(included, LinkOption.NOFOLLOW_LINKS)
            || !included.toRealPath().startsWith(place().toRealPath())) {
          return new Refused("there is no such file beside the zone file");
        }
        String shown = Ozone.shown(included);
        known.put(shown, included);
        return new Found(shown, reader.read(included));
      } catch (UncheckableException e) {
        return new Refused(String.valueOf(e.getMessage()));
      } catch (InvalidPathException | IOException e) {
        return new Refused("that is no file name here");
      }
    }

    private Path place() {
      return root.toAbsolutePath().normalize();
    }
  }
}
