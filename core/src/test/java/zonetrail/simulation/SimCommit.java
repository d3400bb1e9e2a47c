package zonetrail.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.Acceptance;
import zonetrail.authority.KnownRequest;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.ZoneEdit.CommitOrigin;

/// A commit in memory.
///
/// @param by who made it: a person, or the primary of this name
/// @param author as the commit has it
/// @param requests those that its trailers tell of
/// @param conflicts those of which they tell that they did not fit
/// @param accepts whose losses it accepts
record SimCommit(
    String id,
    @Nullable String parent,
    Instant time,
    String by,
    String author,
    List<String> trailers,
    SortedMap<String, String> files,
    SourceTree tree,
    Set<String> requests,
    Set<String> conflicts,
    Set<String> accepts) {
  static SimCommit of(
      String id,
      @Nullable String parent,
      Instant time,
      String by,
      String author,
      List<String> trailers,
      SortedMap<String, String> files) {
    SortedMap<String, SourceFile> named = new TreeMap<>();
    files.forEach((name, text) -> named.put(name, new Text(name, text)));
    Set<String> accepts = Set.copyOf(values(trailers, Acceptance.TRAILER));
    Acceptance acceptance = Acceptance.of(accepts);
    return new SimCommit(
        id,
        parent,
        time,
        by,
        author,
        trailers,
        files,
        new SourceTree(id, time, acceptance, Layout.DEFAULT, named),
        Set.copyOf(values(trailers, KnownRequest.TRAILER)),
        Set.copyOf(values(trailers, CommitOrigin.CONFLICT)),
        accepts);
  }

  boolean isOurs() {
    return !by.equals(Person.NAME);
  }

  private static List<String> values(List<String> trailers, String key) {
    return trailers.stream()
        .filter(trailer -> trailer.startsWith(key + ": "))
        .map(trailer -> trailer.substring(key.length() + 2))
        .collect(Collectors.toList());
  }

  private record Text(String path, String contentId) implements SourceFile {
    @Override
    public byte[] read() {
      return contentId.getBytes(StandardCharsets.UTF_8);
    }
  }
}
