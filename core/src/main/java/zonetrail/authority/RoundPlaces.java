package zonetrail.authority;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import zonetrail.wire.WireName;

/// The places for zones that primaries are asked for, so many in all, and so many of them for the
/// zones that ask the same primary first. One owner.
final class RoundPlaces {
  private final int most;
  private final int mostAtAPrimary;
  private final Map<WireName, InetSocketAddress> askedFirst = new HashMap<>();
  private final Map<InetSocketAddress, Integer> taken = new HashMap<>();

  /// @param most how many places there are
  /// @param mostAtAPrimary how many of them for one primary
  RoundPlaces(int most, int mostAtAPrimary) {
    this.most = most;
    this.mostAtAPrimary = mostAtAPrimary;
  }

  /// How many places are taken.
  int taken() {
    return askedFirst.size();
  }

  /// Takes a place for a zone that has none.
  ///
  /// @param first the primary that is asked first
  /// @return false if there is none for it
  boolean take(WireName zone, InetSocketAddress first) {
    int there = taken.getOrDefault(first, 0);
    if (askedFirst.size() >= most || there >= mostAtAPrimary) {
      return false;
    }
    askedFirst.put(zone, first);
    taken.put(first, there + 1);
    return true;
  }

  /// Gives back the zone's place, if it has one.
  void leave(WireName zone) {
    InetSocketAddress first = askedFirst.remove(zone);
    if (first != null) {
      taken.computeIfPresent(first, (_, there) -> there == 1 ? null : there - 1);
    }
  }
}
