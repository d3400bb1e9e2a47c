package zonetrail.wire;

import java.util.SplittableRandom;

/// The hash of a name, made label by label from the root on, so that one pass over a name gives the
/// hashes of all its ancestors too.
///
/// Another one in each process: whoever may put names into a zone can't choose such as meet in one
/// place of a table and make it slow. Nothing that a server does depends on it but its speed.
final class NameHash {
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  /// The state for the root.
  static final long ROOT = new SplittableRandom().nextLong();

  private NameHash() {}

  /// Adds up to eight octets of a label to the state of the labels to their right.
  static long add(long state, long word) {
    long mixed = state ^ word;
    // Both halves of the product: what differs in the highest bits alone then differs everywhere.
    return mixed * MULTIPLIER ^ Math.unsignedMultiplyHigh(mixed, MULTIPLIER) ^ state << 1;
  }

  /// The hash of the name that begins at an octet, whatever the case of its letters.
  static int of(byte[] name, int at) {
    return of(state(name, at));
  }

  private static long state(byte[] name, int at) {
    int label = name[at];
    if (label == 0) {
      return ROOT;
    }
    long state = state(name, at + 1 + label);
    for (int from = at; from <= at + label; from += Long.BYTES) {
      long word = 0;
      for (int i = Math.min(at + label, from + Long.BYTES - 1); i >= from; i--) {
        word = word << 8 | (WireName.lower(name[i]) & 0xff);
      }
      state = add(state, word);
    }
    return state;
  }

  /// What a state comes to as a hash.
  static int of(long state) {
    return (int) (state ^ state >>> 32);
  }
}
