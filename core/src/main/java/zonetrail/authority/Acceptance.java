package zonetrail.authority;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which removals that were held back a version of the source accepts: a commit says so by the
/// trailer `Zonetrail-Accept: COMMIT`, once for each commit that it accepts.
public final class Acceptance {
  /// The trailer's key.
  public static final String TRAILER = "Zonetrail-Accept";

  /// Accepts everything at once, as a plain folder does: whoever removes files there means it.
  public static final Acceptance EVERYTHING = new Acceptance(true, Set.of());

  /// Accepts nothing.
  public static final Acceptance NOTHING = new Acceptance(false, Set.of());

  /// Seven digits are what git itself abbreviates a commit to; fewer could mean many.
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,40}");

  private final boolean everything;
  private final Set<String> commits;

  private Acceptance(boolean everything, Set<String> commits) {
    this.everything = everything;
    this.commits = commits;
  }

  /// Accepts what these commits removed.
  ///
  /// @param commits ids as people write them, whole or the first seven digits or more; what is no
  ///   commit id accepts nothing
  public static Acceptance of(Set<String> commits) {
    Set<String> ids =
        commits.stream()
            .map(commit -> commit.toLowerCase(Locale.ROOT))
            .filter(commit -> COMMIT.matcher(commit).matches())
            .collect(Collectors.toUnmodifiableSet());
    return ids.isEmpty() ? NOTHING : new Acceptance(false, ids);
  }

  /// Whether nothing is ever held back.
  boolean isOfEverything() {
    return everything;
  }

  /// Whether nothing at all is accepted.
  public boolean isOfNothing() {
    return !everything && commits.isEmpty();
  }

  /// Whether what this version removed is accepted.
  boolean covers(String version) {
    return everything || commits.stream().anyMatch(version::startsWith);
  }
}
