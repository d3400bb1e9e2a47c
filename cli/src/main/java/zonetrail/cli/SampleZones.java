package zonetrail.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The sample zones repository, `zones-sample/`, as it is packed into this program's jar.
final class SampleZones {
  private static final String FOLDER = "/zones-sample";

  private SampleZones() {}

  /// The files by their path within the sample, with `/` between folders.
  static SortedMap<String, byte[]> files() throws IOException {
    URL folder = SampleZones.class.getResource(FOLDER);
    if (folder == null) {
      throw new IOException("the sample zones are missing from this build; build it again");
    }
    try {
      URI uri = folder.toURI();
      if (!uri.getScheme().equals("jar")) {
        return filesBelow(Path.of(uri));
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return filesBelow(jar.getPath(FOLDER));
      }
    } catch (URISyntaxException unlikely) {
      throw new IOException("cannot read the sample zones at " + folder, unlikely);
    }
  }

  private static SortedMap<String, byte[]> filesBelow(Path top) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(top)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        files.put(top.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return files;
  }
}
