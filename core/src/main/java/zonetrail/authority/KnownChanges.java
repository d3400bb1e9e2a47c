package zonetrail.authority;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.ZoneEdit.SerialRaise;
import zonetrail.update.Alteration;
import zonetrail.update.UpdateOutcome.Made;
import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What a group of edits, or an incremental transfer, did to zones that were there before it and
/// are afterwards, so that nobody has to find that out by comparing their versions.
///
/// It is of the very objects that it was made with, and holds them: of versions that only hold the
/// same records it knows nothing. Immutable, safe on any thread.
final class KnownChanges {
  /// Of no zones.
  static final KnownChanges NONE = new KnownChanges(Map.of());

  private final Map<WireName, Line> lines;

  /// Versions of a zone, each made by a change of the one before.
  private static final class Line {
    private final Zone from;
    private final List<ZoneChange> changes = new ArrayList<>();
    private Zone to;

    Line(Zone from) {
      this.from = from;
      this.to = from;
    }

    boolean add(ZoneChange change, Zone after) {
      to = after;
      return changes.add(change);
    }
  }

  /// Gathers them while a group is made.
  static final class Builder {
    private final ZoneFiles base;
    private final Map<WireName, Line> lines = new HashMap<>();
    private final Set<WireName> unknown = new HashSet<>();

    /// @param base what the group's edits are made on
    Builder(ZoneFiles base) {
      this.base = base;
    }

    /// One edit was made, after those before it.
    void add(Made made, ZoneEdit edit) {
      WireName apex = made.apex();
      Zone before = served(apex);
      boolean isKnown =
          made.alteration() instanceof Alteration.Changed(ZoneChange change)
              && made.after() != null
              // A serial may be raised of what is in the file and is not served.
              && !(edit instanceof SerialRaise)
              && !unknown.contains(apex)
              && before != null
              && lines.computeIfAbsent(apex, _ -> new Line(before)).add(change, made.after());
      if (!isKnown) {
        unknown.add(apex); // comes and goes, or is not what was served
      }
    }

    private @Nullable Zone served(WireName apex) {
      ZoneState state = base.state(apex);
      boolean isServed = state != null && state.problem() == null;
      return isServed && base.zones().zone(apex) instanceof Zone zone ? zone : null;
    }

    KnownChanges build() {
      lines.keySet().removeAll(unknown);
      return new KnownChanges(lines);
    }
  }

  private KnownChanges(Map<WireName, Line> lines) {
    this.lines = lines;
  }

  /// The one that made a version of a zone the next.
  static KnownChanges of(Zone before, ZoneChange change, Zone after) {
    Line line = new Line(before);
    line.add(change, after);
    return new KnownChanges(Map.of(after.apex(), line));
  }

  /// What made one version another; null where that is not known.
  @SuppressWarnings("ReferenceEquality") // known is what was done to this very version
  @Nullable ZoneChange between(Zone before, Zone after) {
    Line line = lines.get(after.apex());
    return line != null && line.from == before && line.to == after
        ? ZoneChange.condensed(line.changes)
        : null;
  }
}
