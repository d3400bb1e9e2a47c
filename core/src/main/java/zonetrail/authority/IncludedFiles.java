package zonetrail.authority;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.masterfile.IncludePath;
import zonetrail.masterfile.IncludeSource;
import zonetrail.tsig.KeyFile;

/// What the zone files of one look include: files of the very version that is looked at, and
/// nothing else. Not for sharing between threads.
final class IncludedFiles {
  /// Stands for the content id of an included file that does not exist.
  private static final String NO_FILE = "-";

  private final SourceTree tree;
  private final long maxOctets;
  private final Map<String, byte[]> texts = new HashMap<>();
  private long octets;

  /// @param maxOctets of texts that are held to be read once; of more some are read again
  IncludedFiles(SourceTree tree, long maxOctets) {
    this.tree = tree;
    this.maxOctets = maxOctets;
  }

  /// How many octets are held.
  long octets() {
    return octets;
  }

  /// Whether a zone file would find what it included before.
  boolean areAsBefore(String zoneFile, FileEntry.OfZone before) {
    return before.includes().entrySet().stream()
        .allMatch(include -> include.getValue().equals(contentIdOf(zoneFile, include.getKey())));
  }

  /// What one zone file includes.
  OfZone of(String zoneFile, SourceFile file) {
    return new OfZone(zoneFile, file);
  }

  private String contentIdOf(String by, String name) {
    SourceFile file = tree.includes().find(by, name);
    return file == null ? NO_FILE : file.contentId();
  }

  /// Finds what one zone file includes, and notes what that was.
  final class OfZone implements IncludeSource {
    private final String zoneFile;
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, SourceFile> files = new HashMap<>();

    private OfZone(String zoneFile, SourceFile file) {
      this.zoneFile = zoneFile;
      names.put(file.path(), zoneFile);
    }

    /// The content ids of what was asked for so far, by file name.
    Map<String, String> contentIds() {
      return Map.copyOf(ids);
    }

    /// The files found so far, by name.
    Map<String, SourceFile> files() {
      return Map.copyOf(files);
    }

    @Override
    public Result open(String includingFile, String path) {
      Optional<String> resolved =
          IncludePath.resolve(names.getOrDefault(includingFile, zoneFile), path);
      if (resolved.isEmpty()) {
        return new Refused("it lies outside of the zones folder; put the file there and commit it");
      }
      String name = resolved.get();
      ids.put(name, contentIdOf(zoneFile, name));
      SourceFile file = tree.includes().find(zoneFile, name);
      if (file == null || KeyFile.isKeyFileName(name)) {
        return new Refused(
            tree.layout().isTree()
                ? "there is no such file in the zones folder; add it and commit it"
                : "there is no such file beside the zone file; add it to the same folder and"
                    + " commit it");
      }
      files.put(name, file);
      names.put(file.path(), name);
      try {
        return new Found(file.path(), text(file));
      } catch (UnreadableException unreadable) {
        ids.put(name, FileEntry.NOT_READ);
        return new Refused(String.valueOf(unreadable.getMessage()));
      }
    }
  }

  /// Read once per look, however often it is included: a thousand copies would fill the memory.
  private byte[] text(SourceFile file) throws UnreadableException {
    byte[] text = texts.get(file.contentId());
    if (text == null) {
      text = file.read();
      if (octets + text.length > maxOctets) {
        texts.clear();
        octets = 0;
      }
      texts.put(file.contentId(), text);
      octets += text.length;
    }
    return text;
  }
}
