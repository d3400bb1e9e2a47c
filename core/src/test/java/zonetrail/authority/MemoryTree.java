package zonetrail.authority;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;

/// A zone repository in memory, with a count of how often each file was read.
public final class MemoryTree {
  static final Instant TIME = Instant.parse("2026-01-01T12:00:00Z");

  private final SortedMap<String, String> texts = new TreeMap<>();
  private final SortedMap<String, SourceTree.LeftOut> leftOut = new TreeMap<>();
  private final Map<String, Integer> reads = new ConcurrentHashMap<>();
  private final Set<String> lost = ConcurrentHashMap.newKeySet();
  private final Layout layout;
  private int commits;

  /// Files in one folder, named as their zones are.
  public MemoryTree() {
    this(Layout.DEFAULT);
  }

  /// Files of any layout.
  public MemoryTree(Layout layout) {
    this.layout = layout;
  }

  /// Writes a file.
  public MemoryTree put(String name, String text) {
    texts.put(name, text);
    return this;
  }

  /// Removes a file.
  public MemoryTree remove(String name) {
    texts.remove(name);
    return this;
  }

  /// Puts something that is not looked at into a file's place.
  MemoryTree leaveOut(String name, String reason) {
    leftOut.put(name, new SourceTree.LeftOut(name, reason));
    return this;
  }

  /// The files as they are now, under a new version.
  public SourceTree commit() {
    return commit(Acceptance.NOTHING);
  }

  /// The files as they are now, under a new version that accepts removals.
  public SourceTree commit(Acceptance acceptance) {
    SortedMap<String, SourceFile> files = new TreeMap<>();
    String version = version(++commits);
    texts.forEach((name, text) -> files.put(name, new MemoryFile(version, name, text)));
    return new SourceTree(
        version,
        TIME.plusSeconds(commits),
        acceptance,
        layout,
        files,
        SourceTree.Includes.among(files),
        new TreeMap<>(leftOut));
  }

  /// What the nth commit is called.
  public static String version(int n) {
    return "%08x".formatted(n).repeat(5);
  }

  /// From now on no file of a version can be read.
  void lose(String version) {
    lost.add(version);
  }

  /// How often a file was read.
  int readsOf(String name) {
    return reads.getOrDefault(name, 0);
  }

  private final class MemoryFile implements SourceFile {
    private final String version;
    private final String name;
    private final String text;

    MemoryFile(String version, String name, String text) {
      this.version = version;
      this.name = name;
      this.text = text;
    }

    @Override
    public String contentId() {
      return text;
    }

    @Override
    public String path() {
      return name;
    }

    @Override
    public boolean isLargerThan(long octets) {
      return text.length() > octets;
    }

    @Override
    public byte[] read() throws UnreadableException {
      reads.merge(name, 1, Integer::sum);
      if (text.equals("unreadable") || lost.contains(version)) {
        throw new UnreadableException("the object is damaged");
      }
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }
}
