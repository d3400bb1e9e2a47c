package zonetrail.masterfile;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What came of editing a zone file.
public sealed interface ZoneFileEdit {
  /// The files that have another text now: the zone file itself, by the name that it was given, and
  /// files that it includes, by the names that [IncludeSource.Found] gave.
  ///
  /// @param files name to text; empty if the change changed nothing
  /// @param known the zone file as it is now, for the next edit; null if that has to read it
  record Edited(Map<String, FileText> files, @Nullable KnownText known) implements ZoneFileEdit {
    /// Copies the map, not the texts.
    public Edited {
      files = Map.copyOf(files);
    }
  }

  /// Nothing is edited.
  ///
  /// @param reason why, for an operator and for the client's log
  record Refused(String reason) implements ZoneFileEdit {}
}
