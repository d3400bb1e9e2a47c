package zonetrail.authority;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Which removals a version of the source accepts: a commit says so by the trailer
/// `Zonetrail-Accept: COMMIT`, once for each commit that it accepts, or `Zonetrail-Accept: this`
/// for what it removes itself, which then is not held back at all. A signed update that removes
/// much is such a commit.
public final class Acceptance {
  /// The trailer's key.
  public static final String TRAILER = "Zonetrail-Accept";

  /// What a commit calls itself in its trailer.
  public static final String THIS = "this";

  /// Accepts everything at once, as a plain folder does: whoever removes files there means it.
  public static final Acceptance EVERYTHING = new Acceptance(true, true, Set.of());

  /// Accepts nothing.
  public static final Acceptance NOTHING = new Acceptance(false, false, Set.of());

  /// Seven digits are what git itself abbreviates a commit to; fewer could mean many.
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,40}");

  private final boolean everything;
  private final boolean own;
  private final Set<String> commits;

  private Acceptance(boolean everything, boolean own, Set<String> commits) {
    this.everything = everything;
    this.own = own;
    this.commits = commits;
  }

  /// Accepts what these commits removed.
  ///
  /// @param commits ids as people write them, whole or the first seven digits or more, and [#THIS];
  ///   what is neither accepts nothing
  public static Acceptance of(Set<String> commits) {
    if (commits.isEmpty()) {
      return NOTHING;
    }
    Set<String> ids =
        commits.stream()
            .map(commit -> commit.toLowerCase(Locale.ROOT))
            .filter(commit -> COMMIT.matcher(commit).matches())
            .collect(Collectors.toUnmodifiableSet());
    boolean own = commits.stream().anyMatch(THIS::equalsIgnoreCase);
    return ids.isEmpty() && !own ? NOTHING : new Acceptance(false, own, ids);
  }

  /// Whether nothing that the version itself removes is held back.
  boolean isOfItself() {
    return everything || own;
  }

  /// Whether nothing at all is accepted.
  public boolean isOfNothing() {
    return !everything && !own && commits.isEmpty();
  }

  /// Whether what other versions removed may be accepted.
  boolean isOfOthers() {
    return everything || !commits.isEmpty();
  }

  /// Whether what this version removed is accepted.
  public boolean covers(String version) {
    return everything || commits.stream().anyMatch(version::startsWith);
  }
}
