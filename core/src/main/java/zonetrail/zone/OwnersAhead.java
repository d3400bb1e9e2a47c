package zonetrail.zone;

import zonetrail.wire.NameKey;
import zonetrail.wire.WireName;

/// Hashes of the owners that are added to a zone next, made some at a time.
///
/// The places that their hashes have in the index of a large zone are in no cache. Looked at one
/// after the other in a short loop, a processor waits for many of them at once; where each is
/// looked at when its record is added, it waits for each by itself. One thread.
final class OwnersAhead {
  /// How many owners: their places in the index are to stay in the cache until their turn.
  private static final int AT_ONCE = 128;

  /// Fewer than so many owners are not looked for ahead: the index of a small zone is in the cache,
  /// and the compiler need not learn here what a start with many of them does not need.
  private static final int MANY = 1_024;

  private static final WireName[] NONE = {};

  private final NameIndex.Editor index;
  private final NameKey key;
  private WireName[] owners = NONE;
  private int from;
  private int to;
  private WireName[] next = NONE;
  private int[] hashes = {};
  private int taken;
  private int count;

  /// What was looked at comes to this, so that the look is not left out for being of no use.
  @SuppressWarnings("UnusedVariable") // nobody has to read it
  private long seen;

  /// @param index where owners will be looked for
  /// @param key for use within a call
  OwnersAhead(NameIndex.Editor index, NameKey key) {
    this.index = index;
    this.key = key;
  }

  /// Says which owners come next, in this order, as far as they come at all. They are not changed
  /// until then.
  void expect(WireName[] owners, int from, int to) {
    taken = 0;
    count = 0;
    this.from = 0;
    this.to = 0;
    if (to - from < MANY) {
      return;
    }
    this.owners = owners;
    this.from = from;
    this.to = to;
    if (next.length == 0) {
      next = new WireName[AT_ONCE];
      hashes = new int[AT_ONCE];
    }
  }

  /// The hash of an owner, whether it was expected or not.
  @SuppressWarnings("ReferenceEquality") // what was expected is the very object
  int hash(WireName owner) {
    if (taken == count && from < to) {
      refill();
    }
    for (int i = taken; i < count; i++) {
      if (next[i] == owner) {
        taken = i + 1;
        return hashes[i];
      }
    }
    return hashOf(owner);
  }

  private int hashOf(WireName owner) {
    key.set(owner);
    return key.hash(key.depth());
  }

  @SuppressWarnings("ReferenceEquality") // records of one owner, one after the other, share it
  private void refill() {
    taken = 0;
    count = 0;
    while (from < to && count < next.length) {
      WireName owner = owners[from++];
      if (count == 0 || next[count - 1] != owner) {
        next[count] = owner;
        hashes[count++] = hashOf(owner);
      }
    }
    long all = 0;
    for (int i = 0; i < count; i++) {
      all += index.look(hashes[i]);
    }
    seen += all;
  }
}
