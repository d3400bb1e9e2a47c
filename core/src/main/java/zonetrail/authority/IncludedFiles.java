package zonetrail.authority;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.masterfile.IncludePath;
import zonetrail.masterfile.IncludeSource;
import zonetrail.tsig.KeyFile;

/// What the zone files of one look include: files of the very version that is looked at, and
/// nothing else.
///
/// Zone files may be read by several threads at once, each with an [OfZone] of its own; the rest is
/// one thread's.
final class IncludedFiles {
  /// Stands for the content id of an included file that does not exist.
  private static final String NO_FILE = "-";

  private final SourceTree tree;
  private final long maxOctets;

  // What is held, by content id; guarded by this.
  private final Map<String, byte[]> texts = new HashMap<>();
  private long heldOctets;

  // What the zones whose turn has come included, which does not depend on the order of threads.
  private final Set<String> counted = new HashSet<>();
  private long countedOctets;

  /// @param maxOctets of texts that are held to be read once; of more some are read again
  IncludedFiles(SourceTree tree, long maxOctets) {
    this.tree = tree;
    this.maxOctets = maxOctets;
  }

  /// How many octets are held for the zones whose turn has come, or a few more.
  long octets() {
    return Math.min(countedOctets, maxOctets);
  }

  /// Counts what a zone included, now that it is its turn.
  void count(OfZone zone) {
    zone.lengths.forEach((contentId, length) -> {
      if (counted.add(contentId)) {
        countedOctets += length;
      }
    });
  }

  /// Whether a file would find what it included before.
  boolean areAsBefore(String zoneFile, FileEntry before) {
    return before.includes().entrySet().stream()
        .allMatch(include -> include.getValue().equals(contentIdOf(zoneFile, include.getKey())));
  }

  /// What one zone file includes.
  OfZone of(String zoneFile) {
    return new OfZone(zoneFile);
  }

  private String contentIdOf(String by, String name) {
    SourceFile file = tree.includes().find(by, name);
    return file == null ? NO_FILE : file.contentId();
  }

  /// Finds what one zone file includes, and notes what that was.
  final class OfZone implements IncludeSource {
    private final String zoneFile;

    /// The names of included files by their paths; any other file that includes is the zone's own.
    private final Map<String, String> names = new HashMap<>();

    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, SourceFile> files = new HashMap<>();
    private final Map<String, Integer> lengths = new HashMap<>();

    private OfZone(String zoneFile) {
      this.zoneFile = zoneFile;
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
        byte[] text = text(file);
        lengths.put(file.contentId(), text.length);
        return new Found(file.path(), text);
      } catch (UnreadableException unreadable) {
        ids.put(name, FileEntry.NOT_READ);
        return new Refused(String.valueOf(unreadable.getMessage()));
      }
    }
  }

  /// Read once per look, however often it is included: a thousand copies would fill the memory.
  private synchronized byte[] text(SourceFile file) throws UnreadableException {
    byte[] text = texts.get(file.contentId());
    if (text == null) {
      text = file.read();
      if (heldOctets + text.length > maxOctets) {
        texts.clear();
        heldOctets = 0;
      }
      texts.put(file.contentId(), text);
      heldOctets += text.length;
    }
    return text;
  }
}
