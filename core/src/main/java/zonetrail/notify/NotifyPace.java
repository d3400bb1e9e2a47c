package zonetrail.notify;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import zonetrail.wire.WireName;

/// When a secondary is told of a change that comes close behind another of the same zone.
///
/// A change alone is told at once. Where they stream, as when many clients send updates at the same
/// time, to tell of each would have the secondary ask for each: transfers of a few records, which
/// cost both sides more than the updates do. Then it is told every [#APART], and fetches together
/// what came meanwhile.
///
/// Remembers only who was told within that time. One owner, as [NotifyQueue].
final class NotifyPace {
  /// Changes that follow each other so closely are a stream.
  static final Duration CLOSE = Duration.ofMillis(20);

  /// How long after one NOTIFY the next goes out in a stream.
  static final Duration APART = Duration.ofMillis(100);

  private record Place(WireName zone, InetSocketAddress address) {}

  /// @param sent when it was told
  /// @param changed when there was something to tell last
  private record Last(Instant sent, Instant changed) {}

  /// By when they were told, oldest first.
  private final SequencedMap<Place, Last> lasts = new LinkedHashMap<>();

  /// When a secondary is to be told of a change.
  ///
  /// @param now when the zone changed
  Instant due(WireName zone, InetSocketAddress address, Instant now) {
    Place place = new Place(zone, address);
    Last last = lasts.get(place);
    if (last == null) {
      return now;
    }
    lasts.put(place, new Last(last.sent(), now));
    Instant paced = last.sent().plus(APART);
    boolean isStream = now.isBefore(last.changed().plus(CLOSE));
    return isStream && paced.isAfter(now) ? paced : now;
  }

  /// A secondary was told.
  void sent(WireName zone, InetSocketAddress address, Instant now) {
    Place place = new Place(zone, address);
    Last before = lasts.remove(place);
    lasts.put(place, new Last(now, before == null ? now : before.changed()));
    while (lasts.firstEntry().getValue().sent().plus(APART).isBefore(now)) {
      lasts.pollFirstEntry();
    }
  }

  /// How many are remembered.
  int remembered() {
    return lasts.size();
  }
}
