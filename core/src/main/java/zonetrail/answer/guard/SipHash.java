package zonetrail.answer.guard;

/// SipHash-2-4: a keyed hash of 64 bits for short messages (Aumasson and Bernstein, 2012), which
/// cookies have to use so that servers of different makers understand each other's (RFC 9018 §6).
///
/// Immutable, safe on any thread. Allocation: none after construction.
final class SipHash {
  /// The octets of a key.
  static final int KEY_OCTETS = 16;

  private static final int WORD_OCTETS = 8;
  private static final int ROUNDS_PER_WORD = 2;
  private static final int LAST_ROUNDS = 4;

  private final long key0;
  private final long key1;

  /// @param key [#KEY_OCTETS] octets
  SipHash(byte[] key) {
    if (key.length != KEY_OCTETS) {
      throw new IllegalArgumentException("a key of " + key.length + " octets");
    }
    key0 = littleEndian(key, 0, WORD_OCTETS);
    key1 = littleEndian(key, WORD_OCTETS, WORD_OCTETS);
  }

  /// The hash of the first octets of an array, and all of another one behind them; its octets go on
  /// the wire lowest first.
  ///
  /// @param headOctets a multiple of eight
  long of(byte[] head, int headOctets, byte[] rest) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    int length = headOctets + rest.length;
    for (int at = 0; at <= length + WORD_OCTETS; at += WORD_OCTETS) {
      boolean isEnd = at > length; // behind the last word, which is never a whole one
      long word = isEnd ? 0 : word(head, headOctets, rest, at);
      v3 ^= word;
      v2 ^= isEnd ? 0xff : 0;
      for (int rounds = isEnd ? LAST_ROUNDS : ROUNDS_PER_WORD; rounds > 0; rounds--) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= word;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private static long word(byte[] head, int headOctets, byte[] rest, int at) {
    if (at < headOctets) {
      return littleEndian(head, at, WORD_OCTETS);
    }
    int left = headOctets + rest.length - at;
    return left >= WORD_OCTETS
        ? littleEndian(rest, at - headOctets, WORD_OCTETS)
        : (long) (headOctets + rest.length) << 56 | littleEndian(rest, at - headOctets, left);
  }

  static long littleEndian(byte[] octets, int at, int count) {
    long word = 0;
    for (int i = count - 1; i >= 0; i--) {
      word = word << 8 | (octets[at + i] & 0xff);
    }
    return word;
  }
}
