package zonetrail.masterfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which file an `$INCLUDE` means: its path begins in the folder of the file that it stands in, and
/// never leads out of the zones folder.
public final class IncludePath {
  private IncludePath() {}

  /// Where an included file lies within the zones folder, as `a/b`.
  ///
  /// @param including where the file with the directive lies within the zones folder, as `a/b`
  /// @param path what the directive says
  /// @return empty if that is outside of the zones folder, or names no file
  public static Optional<String> resolve(String including, String path) {
    if (path.isEmpty() || path.startsWith("/") || path.endsWith("/")) {
      return Optional.empty();
    }
    List<String> at = new ArrayList<>(List.of(including.split("/", -1)));
    at.removeLast();
    for (String name : path.split("/", -1)) {
      switch (name) {
        case "", "." -> {}
        case ".." -> {
          if (at.isEmpty()) {
            return Optional.empty();
          }
          at.removeLast();
        }
        default -> at.add(name);
      }
    }
    return at.isEmpty() ? Optional.empty() : Optional.of(String.join("/", at));
  }
}
