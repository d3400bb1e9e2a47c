package zonetrail.authority;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.wire.WireName;
import zonetrail.zone.Serial;

/// In what the files served differ from those of the source's version, and what has to be known
/// besides to go on from there after a restart.
///
/// @param instead files served in the place of the version's own, or beside them, by name
/// @param withheld files of the version that are not served
/// @param includes what zone files include that is not what the version has under that name, or may
///   not be, by their name and the included one's
/// @param marks the rest
public record HeldBack(
    SortedMap<String, SourceFile> instead,
    SortedSet<String> withheld,
    Map<String, Map<String, SourceFile>> includes,
    List<Mark> marks) {

  /// Copies the list.
  public HeldBack {
    marks = List.copyOf(marks);
  }

  /// Whether exactly the version's own files are served.
  public boolean isNothing() {
    return instead.isEmpty() && withheld.isEmpty();
  }

  /// A fact about one zone that its files do not tell.
  public sealed interface Mark {
    /// The zone.
    WireName zone();

    /// The zone is served as it was at an earlier version of the source.
    record AsOf(WireName zone, String version, Instant time) implements Mark {}

    /// A removal is held back until it is accepted.
    ///
    /// @param version the version that removed
    /// @param contentId the file that lost much; null if the file itself is gone
    record Held(WireName zone, String version, @Nullable String contentId) implements Mark {}

    /// The zone's file is taken for a zone because it was one: no SOA record is in it any more, but
    /// in a file that it includes.
    record Included(WireName zone) implements Mark {}

    /// The zone was removed; it comes back with a newer serial or as it was.
    ///
    /// @param serial the last one served
    /// @param contentId the file that was served last
    record Floor(WireName zone, Serial serial, String contentId) implements Mark {}
  }
}
