package zonetrail.server.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import zonetrail.authority.FetchScope;
import zonetrail.authority.SourceLine;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.authority.ZoneCommit;
import zonetrail.authority.ZoneSource.AwayException;
import zonetrail.masterfile.FileText;

/// Commits as an authority makes them.
final class LedgerFixture {
  static final String ZONE = "@ 3600 IN SOA ns hostmaster 1 3600 600 86400 300\n";

  static final String KEY = "robot.example.com._update";

  /// Long ago, but not so that a clock could have been wrong.
  static final Instant TIME = Instant.ofEpochSecond(1_800_000_000);

  private LedgerFixture() {}

  /// An edit of one file for one request.
  static ZoneCommit edit(String file, String text, String request) {
    return edit(file, Optional.of(text), request, TIME);
  }

  static ZoneCommit edit(String file, Optional<String> text, String request, Instant time) {
    TreeMap<String, Optional<FileText>> files = new TreeMap<>();
    files.put(file, text.map(octets -> FileText.of(octets.getBytes(UTF_8))));
    return new ZoneCommit(
        KEY,
        time,
        file + ": 1 change",
        "What changed.",
        List.of("Zonetrail-Request: " + request, "Zonetrail-Key: " + KEY),
        files);
  }

  /// A zone whose file is too large to be a delta, or have one.
  static String large() {
    return ZONE + "; what makes it large\n".repeat(UnsettledCommits.MAX_BASE_OCTETS / 16);
  }

  /// What a file holds.
  static String text(SourceTree tree, String name) throws UnreadableException {
    return new String(Objects.requireNonNull(tree.files().get(name)).read(), UTF_8);
  }

  static SourceTree fetch(GitSource source) throws AwayException {
    return line(source, "").now();
  }

  static SourceLine line(GitSource source, String since) throws AwayException {
    return source.fetch(since, FetchScope.everything());
  }

  /// git finds nothing wrong with a clone, but for `HEAD`, which is no branch in ours.
  static void assertSound(Path clone) throws IOException {
    Process fsck =
        new ProcessBuilder("git", "fsck", "--full", "--strict", "--no-dangling", "--no-progress")
            .directory(clone.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(fsck.getInputStream().readAllBytes(), UTF_8);
    assertThat(said.lines())
        .filteredOn(line -> !line.startsWith("error: HEAD points to something strange"))
        .isEmpty();
  }

  static List<String> versions(List<SourceTree> trees) {
    return trees.stream().map(SourceTree::version).toList();
  }
}
