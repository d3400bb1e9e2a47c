package zonetrail.authority;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import zonetrail.zone.Finding;
import zonetrail.zone.Position;

/// The files of a zone repository or folder at one version.
///
/// @param version what the version is called in logs and on the wire: a commit id in hexadecimal,
///   or `folder` for a plain folder
/// @param time when the version was made, by its author's clock: the committer's time
/// @param acceptance which removals that were held back this version accepts
/// @param layout how the names of files are to be read
/// @param files every regular file that may hold a zone or keys, by its name: where it lies within
///   the zones folder, as `a/b`
/// @param includes finds what `$INCLUDE` names
/// @param leftOut what has a file's place and is not looked at, such as a symbolic link: why, by
///   name
public record SourceTree(
    String version,
    Instant time,
    Acceptance acceptance,
    Layout layout,
    Map<String, SourceFile> files,
    Includes includes,
    SortedMap<String, LeftOut> leftOut) {

  /// A version of files that include each other, and nothing else.
  public SourceTree(
      String version,
      Instant time,
      Acceptance acceptance,
      Layout layout,
      Map<String, SourceFile> files) {
    this(
        version,
        time,
        acceptance,
        layout,
        files,
        Includes.among(files),
        Collections.emptySortedMap());
  }

  /// Finds the files that `$INCLUDE` names.
  @FunctionalInterface
  public interface Includes {
    /// The file that is meant.
    ///
    /// @param zoneFile the name of the zone file that includes it, be it by way of another one
    /// @param name where it lies within the zones folder, as `a/b`
    /// @return null if there is no such file
    @Nullable SourceFile find(String zoneFile, String name);

    /// Files of one version.
    static Includes among(Map<String, SourceFile> files) {
      return (_, name) -> files.get(name);
    }

    /// Files of one version, but for zone files that find others first: what was served has such,
    /// where a zone that was held back included them at an earlier version.
    ///
    /// @param own those, by the zone file's name and then their own
    static Includes among(Map<String, SourceFile> files, Map<String, Map<String, SourceFile>> own) {
      return (zoneFile, name) -> {
        SourceFile first = own.getOrDefault(zoneFile, Map.of()).get(name);
        return first != null ? first : files.get(name);
      };
    }
  }

  /// Something that has a file's place and is none to us.
  ///
  /// @param path where it lies, for messages
  /// @param reason why it is not looked at, for people
  public record LeftOut(String path, String reason) {}

  /// One file; nothing is read until [#read()] is called. Any thread may.
  public interface SourceFile {
    /// A name of the content: two files with the same content id hold the same octets, so a file
    /// whose id has not changed is not read again. A git blob id, or size and time of a plain file.
    String contentId();

    /// Where the file lies, for messages: its path within the repository or folder, with nothing in
    /// it that could forge a line ([zonetrail.zone.ShownName]).
    String path();

    /// The file's octets.
    ///
    /// @throws UnreadableException if they cannot be had: too large, gone, or the store is damaged
    byte[] read() throws UnreadableException;

    /// Whether it is known, without reading it, to have more than so many octets.
    default boolean isLargerThan(long octets) {
      return false;
    }

    /// A warning if others on this machine may read the file; asked only of key files. None where
    /// files have no permissions.
    default Optional<Finding> exposure() {
      return Optional.empty();
    }
  }

  /// Says in one line why a file could not be read.
  public static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isDamage;

    /// Creates the exception.
    ///
    /// @param message why, for an operator to read
    public UnreadableException(String message) {
      this(message, false);
    }

    /// Creates the exception.
    ///
    /// @param message why, for an operator to read
    /// @param isDamage whether the file was there, and was lost or changed by the disk
    public UnreadableException(String message, boolean isDamage) {
      super(message);
      this.isDamage = isDamage;
    }

    /// Whether the file was there, and was lost or changed by the disk.
    boolean isDamage() {
      return isDamage;
    }

    /// The same as a finding about the file.
    Finding finding(SourceFile file) {
      return new Finding(
          Position.ofFile(file.path()),
          Finding.Level.ERROR,
          "cannot be read: " + getMessage(),
          "unreadable");
    }
  }
}
