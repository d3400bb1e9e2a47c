package zonetrail.masterfile;

import java.util.Optional;
import zonetrail.wire.BadNameException;
import zonetrail.wire.WireName;

/// How zones name their files: a text in which `{zone}` stands for the zone's name, such as
/// `{zone}.zone` or `db.{zone}`.
///
/// The zone's name is written without a final dot, `/` as `%2F`, and the root as `@`. Letters are
/// compared in any case, those of the pattern too: on a disk that does not tell them apart there is
/// only one such file. Only ASCII letters have a case, as in the DNS (RFC 4343 §3).
///
/// Key files have nothing to do with it: they are called `ZONE._keys` whatever the pattern says.
public final class ZoneFilePattern {
  /// What stands for the zone's name.
  public static final String PLACEHOLDER = "{zone}";

  /// File name = zone name.
  public static final ZoneFilePattern NAME_ALONE = new ZoneFilePattern("", "");

  private static final String KEY_FILE_SUFFIX = "_keys";

  private final String before;
  private final String after;

  private ZoneFilePattern(String before, String after) {
    this.before = before;
    this.after = after;
  }

  /// Reads a pattern.
  ///
  /// @throws IllegalArgumentException if no zone's file could be told by it; says why and how a
  ///   pattern is written
  public static ZoneFilePattern parse(String text) {
    int at = text.indexOf(PLACEHOLDER);
    if (at < 0 || text.indexOf(PLACEHOLDER, at + 1) >= 0) {
      throw unusable(text, (at < 0 ? "lacks" : "has more than one") + " " + PLACEHOLDER);
    }
    String before = text.substring(0, at);
    String after = text.substring(at + PLACEHOLDER.length());
    if (text.indexOf('/') >= 0) {
      throw unusable(
          text, "names a folder (--path says where the zones lie, --layout tree looks below it)");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw unusable(printable(text), "holds a control character");
    }
    if (text.startsWith(".")) {
      throw unusable(text, "begins with a dot, and files whose name does are never looked at");
    }
    if (foldCase(after).endsWith(KEY_FILE_SUFFIX)) {
      throw unusable(text, "ends as the names of key files do");
    }
    return new ZoneFilePattern(before, after);
  }

  private static IllegalArgumentException unusable(String text, String why) {
    return new IllegalArgumentException(
        "the file pattern '"
            + text
            + "' "
            + why
            + "; write a file name in which {zone} stands once for the zone's name, such as"
            + " '{zone}.zone' or 'db.{zone}'");
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /// The zone that a file of this name, its folder aside, is named after; empty where the name is
  /// no zone's.
  public Optional<WireName> zoneOf(String fileName) {
    if (fileName.length() <= before.length() + after.length()
        || !startsWith(fileName, 0, before)
        || !startsWith(fileName, fileName.length() - after.length(), after)) {
      return Optional.empty();
    }
    String name = foldCase(fileName.substring(before.length(), fileName.length() - after.length()));
    if (name.equals("@")) {
      return Optional.of(WireName.ROOT);
    }
    if (name.endsWith(".")) {
      return Optional.empty();
    }
    try {
      return Optional.of(WireName.parse(name.indexOf('%') < 0 ? name : name.replace("%2f", "/")));
    } catch (BadNameException notAName) {
      return Optional.empty();
    }
  }

  /// The name of the file of a zone, the other way round.
  ///
  /// @return empty where no name gives this zone: one with octets that a file's name cannot have
  public Optional<String> fileOf(WireName zone) {
    String name = zone.isRoot() ? "@" : foldCase(zone.toStringNoDot()).replace("/", "%2F");
    String file = before + name + after;
    return zoneOf(file).filter(zone::equals).map(_ -> file);
  }

  private static boolean startsWith(String name, int at, String part) {
    for (int i = 0; i < part.length(); i++) {
      if (foldCase(name.charAt(at + i)) != foldCase(part.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /// In lower case, as the DNS understands it. [String#toLowerCase] would make a `k` of the Kelvin
  /// sign, and so a second name for another zone's file.
  private static String foldCase(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (foldCase(name.charAt(i)) != name.charAt(i)) {
        return foldCase(name, i);
      }
    }
    return name; // as most are written
  }

  private static String foldCase(String name, int from) {
    StringBuilder folded = new StringBuilder(name);
    for (int i = from; i < name.length(); i++) {
      folded.setCharAt(i, foldCase(name.charAt(i)));
    }
    return folded.toString();
  }

  private static char foldCase(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
  }

  /// The pattern as it is written.
  @Override
  public String toString() {
    return before + PLACEHOLDER + after;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ZoneFilePattern pattern
        && before.equals(pattern.before)
        && after.equals(pattern.after);
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
