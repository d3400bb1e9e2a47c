package zonetrail.update;

import zonetrail.wire.WireName;
import zonetrail.zone.Zone;
import zonetrail.zone.ZoneChange;

/// What is done to a zone: what a commit tells of, and what can be done once more where the zones
/// have moved on.
///
/// It has what changes and not the version of the zone that comes of it: thousands of them may wait
/// for a remote that is away, and each version has memory of its own. Immutable.
public sealed interface Alteration {
  /// The name of the zone.
  WireName apex();

  /// It in words, which are put together for each call.
  default ChangeText text() {
    return ChangeText.of(this);
  }

  /// Records of a zone become others.
  ///
  /// @param change with the serial
  record Changed(ZoneChange change) implements Alteration {
    @Override
    public WireName apex() {
      return change.apex();
    }
  }

  /// A zone that was not there.
  record Created(Zone zone) implements Alteration {
    @Override
    public WireName apex() {
      return zone.apex();
    }
  }

  /// A zone that is no more.
  record Removed(WireName apex) implements Alteration {}
}
