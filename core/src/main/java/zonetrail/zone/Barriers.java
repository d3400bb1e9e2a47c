package zonetrail.zone;

import java.util.Arrays;

/// At which depths a zone has names that decide over those below them: cuts, DNAMEs and hashes. A
/// question looks at its ancestors there and at no others. Immutable.
final class Barriers {
  static final Barriers NONE = new Barriers(new int[0]);

  /// By depth, up to the last one that has some.
  private final int[] counts;

  private Barriers(int[] counts) {
    this.counts = counts;
  }

  /// The least depth, from one on, that has some, or [Integer#MAX_VALUE].
  int nextFrom(int depth) {
    for (int i = depth; i < counts.length; i++) {
      if (counts[i] > 0) {
        return i;
      }
    }
    return Integer.MAX_VALUE;
  }

  /// Counts them while a zone is made. One thread.
  static final class Counter {
    private int[] counts;

    Counter(Barriers base) {
      counts = base.counts.clone();
    }

    /// A name that has flags, or after `-1` that no longer has.
    void add(int flags, int depth, int oneOrMinusOne) {
      if ((flags & NodeLayout.BARRIER) != 0) {
        if (depth >= counts.length) {
          counts = Arrays.copyOf(counts, depth + 1);
        }
        counts[depth] += oneOrMinusOne;
      }
    }

    Barriers toBarriers() {
      return counts.length == 0 ? NONE : new Barriers(counts);
    }
  }
}
