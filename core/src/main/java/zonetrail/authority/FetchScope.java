package zonetrail.authority;

import java.util.HashSet;
import java.util.Set;
import zonetrail.wire.WireName;

/// How much of its source a fetch has to look at. A source that is had as a whole anyway, such as a
/// git branch, may look at more.
public sealed interface FetchScope {
  /// So many zones at most are looked for one by one; where more are named the whole source is
  /// looked at.
  int MAX_ZONES = 100;

  /// The whole source: at the start, after the poll interval, and when somebody on this machine
  /// asks for it.
  record Everything() implements FetchScope {}

  /// What NOTIFYs named: of each zone its file, what that includes, and the key files of the zone,
  /// of those above it and of the names below it. A name that is no zone's may mean anything, so
  /// then the whole source is looked at.
  record Zones(Set<WireName> zones) implements FetchScope {
    /// Copies the set.
    public Zones {
      zones = Set.copyOf(zones);
    }
  }

  /// Nothing; what scopes are put together from.
  static FetchScope nothing() {
    return new Zones(Set.of());
  }

  /// The whole source.
  static FetchScope everything() {
    return new Everything();
  }

  /// One zone.
  static FetchScope of(WireName zone) {
    return new Zones(Set.of(zone));
  }

  /// What both look at.
  default FetchScope and(FetchScope other) {
    if (!(this instanceof Zones(var mine)) || !(other instanceof Zones(var theirs))) {
      return everything();
    }
    Set<WireName> both = new HashSet<>(mine);
    both.addAll(theirs);
    return both.size() <= MAX_ZONES ? new Zones(both) : everything();
  }
}
