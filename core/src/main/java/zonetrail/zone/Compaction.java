package zonetrail.zone;

import zonetrail.wire.NameKey;
import zonetrail.wire.WireName;

/// Gives back the memory of entries that the next version of a zone does not need.
///
/// Chunks of which nothing is needed are dropped. Those of which less than half is needed are
/// evacuated: what is needed is moved behind the last entry, and then they are dropped. So a
/// version takes at most about twice what is needed, and each octet that is moved stands for one
/// that a change left behind. The chunk to which entries are being added is let be.
///
/// One change moves and reads a bounded number of octets; after a large one, those that follow go
/// on with what is left over. One thread.
final class Compaction {
  /// The most octets that one change moves, besides its own: two chunks that are half full, some
  /// 10,000 names.
  static final int MAX_MOVED_OCTETS = Arena.CHUNK_OCTETS;

  /// The most octets of chunks in which one change looks for what is needed.
  static final int MAX_READ_OCTETS = 4 * Arena.CHUNK_OCTETS;

  private final Zone base;
  private final Arena.Writer arena;
  private final NameIndex.Editor index;
  private final NameKey key = new NameKey();
  private final byte[] name = new byte[WireName.MAX_OCTETS];

  /// @param base the zone, for its name
  /// @param index of which every entry lies in the arena
  Compaction(Zone base, Arena.Writer arena, NameIndex.Editor index) {
    this.base = base;
    this.arena = arena;
    this.index = index;
  }

  void run() {
    int movable = MAX_MOVED_OCTETS;
    int readable = MAX_READ_OCTETS;
    for (int chunk = arena.chunkCount() - 1; chunk >= 0; chunk--) {
      int needed = arena.needed(chunk);
      int written = arena.end(chunk);
      if (chunk == arena.tail() || needed >= arena.capacity(chunk) - needed) {
        continue;
      }
      if (needed == 0) {
        arena.drop(chunk);
      } else if (needed <= movable && written <= readable) {
        evacuate(chunk);
        movable -= needed;
        readable -= written;
      }
    }
  }

  private void evacuate(int chunk) {
    int left = arena.needed(chunk);
    int offset = 0;
    while (left > 0) {
      int entry = Arena.ref(chunk, offset);
      byte[] octets = arena.octets(entry);
      int count = NodeLayout.octets(octets, offset);
      base.setKey(key, name, octets, offset);
      int hash = key.hash(key.depth());
      if (index.holds(hash, entry)) {
        index.replace(hash, entry, arena.append(octets, offset, count));
        left -= Arena.padded(count);
      }
      offset += Arena.padded(count);
    }
    arena.drop(chunk);
  }
}
