package zonetrail.zone;

import java.util.Arrays;
import zonetrail.wire.NameKey;
import zonetrail.wire.WireName;

/// A walk over the names of a zone that finds those near it without a look at the index.
///
/// Zones lie as their files were written, and there glue stands beside its delegation, so most of
/// what a check looks for was passed just now or comes next. The index of a large zone costs two
/// cache misses a name instead. One thread.
final class NearbyNames {
  /// How many names the walk looks ahead.
  private static final int AHEAD = 64;

  /// How many places there are at most for names passed or seen ahead, a power of two; each new one
  /// takes the place of an older one.
  private static final int MAX_PLACES = 1024;

  private static final int MIN_PLACES = 8;

  private final Zone zone;
  private final Zone.Entries walk;
  private final int[] next = new int[AHEAD];
  private final int[] nearby;
  private final NameKey key = new NameKey();
  private final byte[] name = new byte[WireName.MAX_OCTETS];
  private int taken;
  private int seen;

  NearbyNames(Zone zone) {
    this.zone = zone;
    this.walk = zone.entries();
    int names = zone.index().count();
    this.nearby = new int[Math.clamp(2L * Integer.highestOneBit(names), MIN_PLACES, MAX_PLACES)];
    Arrays.fill(nearby, Zone.NONE);
  }

  /// The next entry of the zone, in the order in which they lie, or [Zone#NONE] at the end.
  int next() {
    while (seen - taken < AHEAD && walk.next() != Zone.NONE) {
      see(walk.next());
      walk.advance();
    }
    return taken == seen ? Zone.NONE : next[taken++ % AHEAD];
  }

  private void see(int entry) {
    next[seen++ % AHEAD] = entry;
    zone.setKey(key, name, entry);
    nearby[key.hash(key.depth()) & nearby.length - 1] = entry;
  }

  /// As [Zone#find].
  int find(NameKey wanted, int depth) {
    int entry = nearby[wanted.hash(depth) & nearby.length - 1];
    return entry != Zone.NONE && zone.isAt(entry, wanted, depth) ? entry : zone.find(wanted, depth);
  }
}
