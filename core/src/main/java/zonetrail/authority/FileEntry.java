package zonetrail.authority;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.wire.WireName;
import zonetrail.zone.Finding;

/// What a file was last seen to hold.
sealed interface FileEntry {
  /// The content id of what could not be read: it equals no file's, so the file is read again at
  /// the next look, when the store may have been mended.
  String NOT_READ = "";

  /// The content seen last, good or not; it need not be read again.
  String contentId();

  /// What `$INCLUDE` names in it, as far as that was looked at, content id by file name.
  default Map<String, String> includes() {
    return Map.of();
  }

  /// A zone; what is served of it is in its [ZoneState].
  record OfZone(String contentId, Map<String, String> includes, WireName apex)
      implements FileEntry {}

  /// A zone that another file claims too, so that this one is not served.
  record Contested(String contentId, WireName apex) implements FileEntry {}

  /// Keys; the keys themselves are in the ring.
  ///
  /// @param good the file of the last good version; null if there is none
  /// @param keys how many keys of it are in force
  /// @param doubts warnings about the good version
  /// @param errors why the content seen last is not the good one; empty if it is
  record OfKeys(
      String contentId,
      @Nullable SourceFile good,
      int keys,
      List<Finding> doubts,
      List<Finding> errors)
      implements FileEntry {
    public OfKeys {
      doubts = List.copyOf(doubts);
      errors = List.copyOf(errors);
    }

    boolean isBroken() {
      return !errors.isEmpty();
    }

    /// Whether the keys in force are those of the content seen last.
    boolean isCurrent() {
      return good != null && good.contentId().equals(contentId);
    }

    /// The same keys, of a file that is gone.
    OfKeys gone() {
      return new OfKeys(NOT_READ, good, keys, doubts, List.of());
    }
  }

  /// Neither; with another content of what it includes it may be a zone.
  record Other(String contentId, String path, String reason, Map<String, String> includes)
      implements FileEntry {}
}
