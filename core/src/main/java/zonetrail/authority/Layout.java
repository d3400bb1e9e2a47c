package zonetrail.authority;

import java.util.Optional;
import zonetrail.masterfile.ZoneFilePattern;
import zonetrail.tsig.KeyFile;
import zonetrail.wire.WireName;

/// Where zone files lie and what they are called: what an operator says by `--layout` and
/// `--file-pattern`.
///
/// @param folders which folders are looked at
/// @param pattern how zones name their files
public record Layout(Folders folders, ZoneFilePattern pattern) {
  /// Files in one folder, named as their zones are.
  public static final Layout DEFAULT = new Layout(Folders.FLAT, ZoneFilePattern.NAME_ALONE);

  /// Which folders are looked at.
  public enum Folders {
    /// The zones folder alone.
    FLAT,
    /// The zones folder and those below it, at any depth, but for those whose name begins with a
    /// dot.
    TREE
  }

  /// Whether folders below the zones folder are looked at.
  public boolean isTree() {
    return folders == Folders.TREE;
  }

  /// The zone that a file is named after; empty where its name is no zone's.
  ///
  /// @param path where it lies within the zones folder, as `a/b`; the folders do not matter
  public Optional<WireName> zoneOf(String path) {
    return pattern.zoneOf(path.substring(path.lastIndexOf('/') + 1));
  }

  /// Where the file of a new zone is put.
  ///
  /// @param beside a file in the same folder, as `a/b`; where all lie in one folder it does not
  ///   matter
  /// @return empty where no file's name gives this zone: that of `x._keys` is a key file's
  Optional<String> fileOf(WireName zone, String beside) {
    String folder = isTree() ? beside.substring(0, beside.lastIndexOf('/') + 1) : "";
    return pattern.fileOf(zone).filter(name -> !KeyFile.isKeyFileName(name)).map(folder::concat);
  }

  /// Why a file with a name that gives no zone is none, for people.
  String whyNoZone() {
    return pattern.equals(ZoneFilePattern.NAME_ALONE)
        ? "its name is not a zone's"
        : "its name does not fit " + pattern;
  }

  /// The layout in one line, for example `flat {zone}`.
  @Override
  public String toString() {
    return (isTree() ? "tree " : "flat ") + pattern;
  }
}
