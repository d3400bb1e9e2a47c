package zonetrail.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import zonetrail.notify.NotifyQueue.Place;

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

  /// @param sent when it was told
  /// @param changed when there was something to tell last
  /// @param due when that was to be told
  private record Last(Instant sent, Instant changed, Instant due) {}

  /// By when they were told, oldest first.
  private final SequencedMap<Place, Last> lasts = new LinkedHashMap<>();

  /// When a secondary is to be told of a change.
  ///
  /// @param changed when it would be told if there had been no other
  Instant due(Place place, Instant changed) {
    Last last = lasts.get(place);
    if (last == null) {
      return changed;
    }
    if (changed.equals(last.changed())) {
      return last.due();
    }
    Duration since = Duration.between(last.changed(), changed).abs();
    Instant paced = last.sent().plus(APART);
    Instant due = since.compareTo(CLOSE) < 0 && paced.isAfter(changed) ? paced : changed;
    lasts.put(place, new Last(last.sent(), changed, due));
    return due;
  }

  /// A secondary was told of a change for the first time.
  ///
  /// @param changed as in [#due]
  void told(Place place, Instant changed, Instant now) {
    lasts.remove(place);
    lasts.put(place, new Last(now, changed, now));
    while (lasts.firstEntry().getValue().sent().plus(APART).isBefore(now)) {
      lasts.pollFirstEntry();
    }
  }

  /// How many are remembered.
  int remembered() {
    return lasts.size();
  }
}
